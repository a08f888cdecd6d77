"""Who says nothing after a grave question has not answered it: that is shown, and speaks for nothing."""

from server.adapters.language.reading import SpacyCallReading
from server.adapters.language.silence import SILENT_MS
from server.domain.sightings import Polarity, Sighting
from tests.adapters.language.calls import draft, reader, turns, utterance

ASKED = "caller: my husband strangled me / handler: has he got a knife"
END_MS = turns(ASKED)[-1].end_ms


def begun(line: str = ASKED) -> SpacyCallReading:
    reading = reader().begin()
    assert isinstance(reading, SpacyCallReading)
    for turn in turns(line):
        reading.settle(turn)
    return reading


def told(found: tuple[Sighting, ...]) -> list[tuple[str, Polarity]]:
    return [(one.marker, one.polarity) for one in found]


def test_a_grave_question_that_nobody_answers_is_shown_once() -> None:
    reading = begun()
    assert reading.wait(END_MS + SILENT_MS - 1) == ()
    silence = reading.wait(END_MS + SILENT_MS)
    assert told(silence) == [("weapon", Polarity.UNCERTAIN)]
    assert "has he got a knife" in silence[0].because
    assert not silence[0].stands
    assert reading.wait(END_MS + 2 * SILENT_MS) == ()


def test_a_late_answer_is_still_an_answer() -> None:
    reading = begun()
    reading.wait(END_MS + SILENT_MS)
    late = utterance("yes", number=1, from_ms=END_MS + SILENT_MS + 500)
    assert ("weapon", Polarity.AFFIRMED) in told(reading.settle(late))


def test_who_is_speaking_is_not_silent() -> None:
    reading = begun()
    reading.draft(draft("well i think that", number=1, from_ms=END_MS + 3000))
    assert reading.wait(END_MS + SILENT_MS) == ()


def test_a_call_that_has_shown_nothing_is_only_quiet() -> None:
    quiet = begun("caller: my shed was broken into / handler: did he have a knife")
    assert quiet.wait(END_MS + 60_000) == ()


def test_the_end_of_a_call_answers_nothing() -> None:
    assert begun().wait(END_MS + 100, over=True) == ()
