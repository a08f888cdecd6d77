"""What the handler did by themselves is listed: questions in words, grades and units before any prompt."""

from datetime import UTC, datetime

from server.domain.events import Entry, Event, GradeSet, UnitAssigned
from server.domain.ids import CallId, PersonId
from server.domain.review import Finding, Listed, findings
from server.domain.speech import Party
from tests.stories import arrived, opened, raised, said, sighted

CALL = CallId("CA1")
HAL = PersonId("hal")
DRINK = said(Party.HANDLER, 0, "has he been drinking tonight", at_ms=5000)
WEAPON = said(Party.HANDLER, 1, "has he got a knife or anything", at_ms=40_000)
KNIFE = sighted("weapon", "he has a knife", utterance=0, at_ms=30_000)


def unprompted(*events: Event) -> list[tuple[str, str]]:
    at = datetime(2026, 1, 2, tzinfo=UTC)
    told = [arrived(), *opened(), *events]
    entries = [Entry(call=CALL, seq=seq, recorded_at=at, event=event) for seq, event in enumerate(told, 1)]
    found: list[Finding] = [one for one in findings(entries, None) if one.listed is Listed.UNPROMPTED]
    return [(one.what, one.quote) for one in found]


def test_a_question_of_the_checklist_in_the_handlers_own_words_is_listed_once() -> None:
    again = said(Party.HANDLER, 2, "is he drunk now", at_ms=9000)
    assert unprompted(DRINK, again) == [("Alcohol, drugs", "has he been drinking tonight")]


def test_what_a_prompt_had_raised_before_is_not_unprompted() -> None:
    heard = said(Party.CALLER, 0, "he has a knife", at_ms=30_000)
    assert unprompted(heard, KNIFE, raised(1, KNIFE), WEAPON) == []
    assert unprompted(WEAPON) == [("Weapons", "has he got a knife or anything")]


def test_a_caller_who_uses_the_same_words_asks_nothing() -> None:
    assert unprompted(said(Party.CALLER, 0, "has he been drinking tonight", at_ms=5000)) == []


def test_a_grade_raised_and_a_unit_called_before_any_prompt_are_listed() -> None:
    sooner = GradeSet(at_ms=8000, person=HAL, grade="1", was="3", reason="She was whispering")
    unit = UnitAssigned(at_ms=9000, person=HAL, unit="AB12")
    assert unprompted(sooner, unit) == [("Grade raised", "She was whispering"), ("Unit requested", "")]
    assert unprompted(KNIFE, raised(1, KNIFE), sooner, unit) == []


def test_a_first_grade_or_a_lowering_is_no_raise() -> None:
    first = GradeSet(at_ms=8000, person=HAL, grade="2")
    lower = GradeSet(at_ms=9000, person=HAL, grade="3", was="2", lowered=True)
    assert unprompted(first, lower) == []
