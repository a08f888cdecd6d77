"""What somebody is told who may not know of an earlier call: nothing of it, not even that it counts."""

from dataclasses import replace

import pytest

from server.domain.assigning import Waiting
from server.domain.combining import LINKED_CALLS
from server.domain.events import (
    Entry,
    Event,
    HistoryLinked,
    LinkFound,
    LinkUndone,
    PromptOwned,
    PromptRaised,
    RiskRaised,
    SpecialistAssigned,
)
from server.domain.ids import CallId, ForceId, PromptId
from server.domain.linking import Link, LinkState, Strength
from server.domain.markers import MarkerClass
from server.domain.memory import Memory
from server.domain.withholding import WITHHELD, earlier_for, memory_for, told, unsaid, waiting_for
from tests.fakes import START
from tests.stories import HANNAH, SAM, raised, sighted

KEPT, SEEN = CallId("kept"), CallId("seen")
BARRED = frozenset({KEPT})
COUNTED = HistoryLinked(
    at_ms=0,
    earlier_calls=2,
    within_7_days=2,
    tonight=2,
    within_24_hours=2,
    within_12_months=2,
    grave_calls=1,
    because="same mobile, 41 min ago",
    counted=((KEPT, 60), (SEEN, 3600)),
)


def link(earlier: CallId, through: CallId | None = None) -> Link:
    return Link(
        earlier=earlier,
        force=ForceId("midshire"),
        before_s=60,
        reasons=("same mobile",),
        confidence=0.99,
        strength=Strength.LINKED,
        through=through,
    )


def test_whoever_is_barred_from_nothing_is_told_everything() -> None:
    assert told(COUNTED, frozenset()) is COUNTED


def test_a_count_is_made_without_the_call_and_without_its_reasons() -> None:
    event = told(COUNTED, BARRED)
    assert isinstance(event, HistoryLinked)
    assert (event.earlier_calls, event.tonight, event.counted) == (1, 1, ((SEEN, 3600),))
    assert event.because == ""


def test_where_nothing_else_counts_nothing_is_said() -> None:
    assert told(COUNTED, {KEPT, SEEN}) is None


def test_a_count_of_an_older_kind_that_does_not_say_of_what_is_not_told() -> None:
    assert told(replace(COUNTED, counted=()), BARRED) is None


@pytest.mark.parametrize(
    "event",
    [
        LinkFound(at_ms=0, link=link(KEPT)),
        LinkFound(at_ms=0, link=link(SEEN, through=KEPT)),
        LinkUndone(at_ms=0, person=HANNAH.id, earlier=KEPT),
    ],
)
def test_what_names_the_call_is_not_told(event: Event) -> None:
    assert told(event, BARRED) is None


def test_a_prompt_that_rests_on_it_is_shown_without_its_words() -> None:
    shown = raised(
        1, sighted("weapon", "he said he will kill me", utterance=0, at_ms=1), severity=MarkerClass.HIGH
    )
    linked = replace(shown, prompt=replace(shown.prompt, marker=LINKED_CALLS))
    event = told(linked, BARRED)
    assert isinstance(event, PromptRaised)
    assert event.prompt.quote == WITHHELD
    assert told(shown, BARRED) is shown


def test_lists_and_histories_leave_it_out() -> None:
    memory = Memory(links={one: LinkState(link=link(one)) for one in (KEPT, SEEN)})
    assert list(memory_for(memory, BARRED).links) == [SEEN]
    assert memory_for(memory, BARRED).counts.tonight == 1
    assert (earlier_for(memory, 2, BARRED), earlier_for(memory, 2, ())) == (1, 2)


def test_the_waiting_list_gives_no_reason_that_counts_it() -> None:
    one = Waiting(
        call=SEEN, rank=1, because=("1 unresolved immediate marker", "2 earlier calls linked"), since=None
    )
    (told_of,) = waiting_for([one, replace(one, call=KEPT)], BARRED)
    assert told_of.because == ("1 unresolved immediate marker",)


def test_a_copy_that_leaves_says_not_even_that_anything_rests_on_a_call_that_does_not() -> None:
    seen = raised(1, sighted("weapon", "he has a knife", utterance=0, at_ms=0))
    linked = replace(seen, prompt=replace(seen.prompt, id=PromptId("m1"), marker=LINKED_CALLS))
    why = ("weapon", "2 earlier calls linked")
    events: tuple[Event, ...] = (
        seen,
        linked,
        PromptOwned(at_ms=0, person=SAM.id, prompt=PromptId("m1")),
        PromptOwned(at_ms=0, person=SAM.id, prompt=seen.prompt.id),
        RiskRaised(at_ms=0, severity=MarkerClass.IMMEDIATE, because=LINKED_CALLS),
        SpecialistAssigned(at_ms=0, person=SAM.id, because=why),
        LinkFound(at_ms=0, link=link(KEPT)),
    )
    entries = [Entry(call=SEEN, seq=seq, recorded_at=START, event=one) for seq, one in enumerate(events, 1)]
    assigned = SpecialistAssigned(at_ms=0, person=SAM.id, because=("weapon",))
    assert [*unsaid(entries, BARRED)] == [seen, None, None, events[3], None, assigned, None]
    assert [*unsaid(entries, ())] == [*events]
