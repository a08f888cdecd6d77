"""Taps and coughs: an answer behind a question that asks for them, and nothing anywhere else."""

import pytest

from server.domain.markers import MarkerClass
from server.domain.sightings import Sighting, Source
from server.domain.sounds import SoundHeard, SoundKind
from server.domain.speech import Party, Utterance
from tests.adapters.language.calls import reader, turns, utterance

ASKS = "cough or tap the handset if you need help"
END_MS = 2700
"""When it has been said, in the tests' time."""


def taps(from_ms: int, count: int = 2) -> SoundHeard:
    return SoundHeard(kind=SoundKind.TAPS, from_ms=from_ms, to_ms=from_ms + 400, count=count)


def after(line: str, heard: SoundHeard, shown_ms: int | None = None) -> list[Sighting]:
    """What the sound brings behind these turns."""
    reading = reader().begin()
    for turn in turns(line):
        reading.settle(turn)
    return list(reading.sound(heard, party=Party.CALLER, shown_ms=shown_ms))


def handler(text: str, number: int = 0, from_ms: int = 0) -> Utterance:
    return utterance(text, party=Party.HANDLER, number=number, from_ms=from_ms)


def end_ms(line: str) -> int:
    return turns(line)[-1].end_ms


@pytest.mark.parametrize(
    "question",
    [
        ASKS,
        "if you can not speak tap the screen",
        "tap once for yes and twice for no",
        "can you cough for me",
        "can you make any noise so i know you are there",
        "give one knock if he is there with you",
        "are you there tax a him said if you need help",
        "if you can not talk press any key",
    ],
)
def test_taps_behind_a_question_for_them_are_a_covert_call(question: str) -> None:
    line = f"handler: {question}"
    (found,) = after(line, taps(end_ms(line) + 1400))
    assert (found.marker, found.rule, found.source) == (
        "covert_call",
        "covert_call/answered-by-taps",
        Source.SOUND,
    )
    assert found.stands
    assert found.because.endswith("s after the handler asked for a sign.")


def test_a_cough_is_an_answer_too_and_the_call_takes_the_class() -> None:
    reading = reader().begin()
    (asked,) = turns(f"handler: {ASKS}")
    reading.settle(asked)
    heard = SoundHeard(kind=SoundKind.COUGHS, from_ms=asked.end_ms + 800, to_ms=asked.end_ms + 1000)
    (found,) = reading.sound(heard, party=Party.CALLER)
    assert found.quote == "a cough"
    assert reading.severity is reader().markers[found.marker].severity is not MarkerClass.NONE


@pytest.mark.parametrize(
    "line",
    [
        "handler: police what is your emergency",
        "handler: has he got a bad cough",
        "handler: is the tap still running",
        "handler: are you there",
        "caller: i need the police please / handler: press this again if you need us",
        f"handler: {ASKS} / caller: no i am all right it was my little boy",
    ],
)
def test_without_a_question_or_behind_words_they_are_nothing(line: str) -> None:
    assert after(line, taps(end_ms(line) + 1000)) == []


def test_long_after_the_question_and_before_it_they_are_nothing() -> None:
    line = f"handler: {ASKS}"
    assert after(line, taps(end_ms(line) + 10_001)) == []
    assert after(line, taps(500)) == []


def test_the_next_question_may_be_answered_the_same_way() -> None:
    line = f"handler: {ASKS} / handler: is anybody hurt"
    (found,) = after(line, taps(end_ms(line) + 9000))
    assert found.because == "What sounded like 2 taps, 10.4 s after the handler asked for a sign."


@pytest.mark.parametrize("from_ms", [END_MS - 300, END_MS + 1400])
def test_an_answer_is_one_though_the_handler_has_said_more_before_we_hear_of_it(from_ms: int) -> None:
    reading = reader().begin()
    reading.settle(handler(ASKS))
    reading.settle(handler("okay", 1, END_MS + 1600))
    (found,) = reading.sound(taps(from_ms), party=Party.CALLER)
    after_s = max(0, from_ms - END_MS) / 1000
    assert found.because == f"What sounded like 2 taps, {after_s:.1f} s after the handler asked for a sign."


def test_an_answer_may_come_while_the_handler_talks_on() -> None:
    (found,) = after(f"handler: tap the handset now and {'i will stay with you ' * 4}", taps(2000))
    assert found.because == "What sounded like 2 taps, 1.1 s after the handler asked for a sign."


def test_what_is_said_long_after_the_question_asks_for_no_sign() -> None:
    reading = reader().begin()
    reading.settle(handler(ASKS))
    reading.settle(handler("i am still here", 1, 120_000))
    assert reading.sound(taps(123_000), party=Party.CALLER) == ()
    assert reading.settle(handler("still here", 2, 124_000)) == ()


def test_one_who_answers_by_taps_goes_on_answering_by_them() -> None:
    reading = reader().begin()
    reading.settle(handler(ASKS))
    for number in range(1, 6):
        assert reading.sound(taps(END_MS + number * 20_000 - 18_000), party=Party.CALLER) != ()
        reading.settle(handler("is he in the room", number, END_MS + number * 20_000))


def test_a_handlers_okay_makes_no_answer_of_a_sound_long_before_it() -> None:
    reading = reader().begin()
    reading.settle(handler(ASKS))
    reading.settle(handler("okay", 1, END_MS + 20_000))
    assert reading.sound(taps(END_MS + 15_000), party=Party.CALLER) == ()


def test_a_sound_waits_for_its_question_whatever_settles_before_it() -> None:
    reading = reader().begin()
    heard = taps(END_MS + 41_000)
    assert reading.sound(heard, party=Party.CALLER) == ()
    assert reading.settle(handler(ASKS)) == ()
    (found,) = reading.settle(handler(ASKS, 1, 40_000))
    assert found.start_ms == heard.from_ms
    assert found.because == "What sounded like 2 taps, 1.0 s after the handler asked for a sign."


def test_a_question_that_settles_after_its_answer_was_heard_finds_it() -> None:
    reading = reader().begin()
    asked = utterance(ASKS, party=Party.HANDLER)
    assert reading.sound(taps(asked.end_ms + 600), party=Party.CALLER) == ()
    (found,) = reading.settle(asked)
    assert found.rule == "covert_call/answered-by-taps"
    assert reading.settle(utterance(ASKS, party=Party.HANDLER, number=1, from_ms=5000)) == ()


def test_while_a_prompt_for_such_a_caller_is_shown_they_are_one_for_ten_seconds() -> None:
    line = "handler: hello"
    (found,) = after(line, taps(9000), shown_ms=4000)
    shown = "5.0 s after the handler was shown a prompt for a caller who may not be able to speak."
    assert found.because == f"What sounded like 2 taps, {shown}"
    assert after(line, taps(3000), shown_ms=4000) == []
    assert after(line, taps(14_001), shown_ms=4000) == []


def test_one_who_has_spoken_since_the_prompt_was_shown_only_coughs() -> None:
    line = "handler: hello / caller: no it is all fine thank you"
    assert after(line, taps(9000), shown_ms=300) == []


def test_whispering_answers_nothing() -> None:
    line = f"handler: {ASKS}"
    heard = SoundHeard(kind=SoundKind.WHISPER, from_ms=end_ms(line), to_ms=end_ms(line) + 2000)
    assert after(line, heard) == []
