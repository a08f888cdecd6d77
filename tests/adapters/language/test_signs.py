"""Taps and coughs: an answer behind a question that asks for them, and nothing anywhere else."""

import pytest

from server.domain.markers import MarkerClass
from server.domain.sightings import Sighting, Source
from server.domain.sounds import SoundHeard, SoundKind
from server.domain.speech import Party
from tests.adapters.language.calls import reader, turns, utterance

ASKS = "cough or tap the handset if you need help"


def taps(from_ms: int, count: int = 2) -> SoundHeard:
    return SoundHeard(kind=SoundKind.TAPS, from_ms=from_ms, to_ms=from_ms + 400, count=count)


def after(line: str, heard: SoundHeard, shown_ms: int | None = None) -> list[Sighting]:
    """What the sound brings behind these turns."""
    reading = reader().begin()
    for turn in turns(line):
        reading.settle(turn)
    return list(reading.sound(heard, party=Party.CALLER, shown_ms=shown_ms))


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
    assert found.because == "What sounded like 2 taps, 1.4 s after the handler asked for a sign."


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


def test_long_after_the_question_they_are_nothing() -> None:
    line = f"handler: {ASKS}"
    assert after(line, taps(end_ms(line) + 10_001)) == []
    assert after(line, taps(end_ms(line) - 1000)) == []


def test_the_next_question_may_be_answered_the_same_way() -> None:
    line = f"handler: {ASKS} / handler: is anybody hurt"
    assert len(after(line, taps(end_ms(line) + 9000))) == 1


def test_a_question_that_settles_after_its_answer_was_heard_finds_it() -> None:
    reading = reader().begin()
    asked = utterance(ASKS, party=Party.HANDLER)
    assert reading.sound(taps(asked.end_ms + 600), party=Party.CALLER) == ()
    (found,) = reading.settle(asked)
    assert found.rule == "covert_call/answered-by-taps"
    assert reading.settle(utterance(ASKS, party=Party.HANDLER, number=1, from_ms=5000)) == ()


def test_while_a_prompt_asks_for_a_sign_they_are_one() -> None:
    line = "handler: hello"
    assert len(after(line, taps(9000), shown_ms=4000)) == 1
    assert after(line, taps(3000), shown_ms=4000) == []


def test_whispering_answers_nothing() -> None:
    line = f"handler: {ASKS}"
    heard = SoundHeard(kind=SoundKind.WHISPER, from_ms=end_ms(line), to_ms=end_ms(line) + 2000)
    assert after(line, heard) == []
