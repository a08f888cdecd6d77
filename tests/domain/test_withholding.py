"""What somebody is told who may not know of an earlier call: nothing of it, not even that it counts."""

from dataclasses import replace

import pytest

from server.domain.assigning import Waiting
from server.domain.combining import LINKED_CALLS
from server.domain.events import Event, HistoryLinked, LinkFound, LinkUndone, PromptRaised
from server.domain.ids import CallId, ForceId
from server.domain.linking import Link, LinkState, Strength
from server.domain.markers import MarkerClass
from server.domain.memory import Memory
from server.domain.withholding import WITHHELD, earlier_for, memory_for, told, waiting_for
from tests.stories import HANNAH, raised, sighted

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
