"""What somebody is told who may not know of an earlier call: nothing of it, not even that it counts."""

from collections.abc import Collection, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, get_args, get_type_hints

import pytest

from server.domain.assigning import Waiting
from server.domain.combining import LINKED_CALLS
from server.domain.events import (
    CombinationSeen,
    DowngradeAsked,
    Entry,
    Event,
    GradeSet,
    HistoryLinked,
    LinkClosed,
    LinkConfirmed,
    LinkFound,
    LinkOpened,
    LinkUndone,
    PromptOwned,
    PromptRaised,
    RiskRaised,
    SpecialistAssigned,
    VideoInvited,
    VideoOpened,
)
from server.domain.events.transferring import TransferReceived
from server.domain.ids import CallId, ChangeId, ForceId, LinkId, MarkerId, PromptId
from server.domain.linking import Combination, Link, LinkState, Strength
from server.domain.markers import MarkerClass
from server.domain.memory import Memory, naming
from server.domain.transfers import EarlierCalls, TransferSheet
from server.domain.video_links import Closing, LinkKind
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


def invited(room: CallId, case: str = "") -> VideoInvited:
    return VideoInvited(
        at_ms=0,
        person=HANNAH.id,
        link=LinkId("v1"),
        room=room,
        into=LinkKind.VIDEO,
        until=START,
        channel="twilio",
        to="+447700900123",
        case=case,
    )


OPENED = VideoOpened(at_ms=0, from_call=KEPT, case="case-1")
NAMING: dict[str, Event] = {
    "CombinationSeen.combination.calls": CombinationSeen(
        at_ms=0, combination=Combination(name="", because="", markers=(), calls=(SEEN, KEPT))
    ),
    "HistoryLinked.counted": COUNTED,
    "LinkClosed.room": LinkClosed(at_ms=0, link=LinkId("v1"), room=KEPT, why=Closing.OVER),
    "LinkConfirmed.earlier": LinkConfirmed(at_ms=0, person=HANNAH.id, earlier=KEPT),
    "LinkFound.link.earlier": LinkFound(at_ms=0, link=link(KEPT)),
    "LinkFound.link.through": LinkFound(at_ms=0, link=link(SEEN, through=KEPT)),
    "LinkUndone.earlier": LinkUndone(at_ms=0, person=HANNAH.id, earlier=KEPT),
    "VideoInvited.room": invited(KEPT),
    "VideoOpened.from_call": OPENED,
}
THE_SAME_CALL = "TransferReceived.sheet.call"
"""As the force has it that handed it over."""


def places(kind: Any, path: str, within: tuple[Any, ...] = ()) -> Iterator[str]:  # noqa: ANN401 - any type
    """Where something of this kind holds the id of a call."""
    if kind is CallId:
        yield path
    elif is_dataclass(kind) and kind not in within:
        hints = get_type_hints(kind)
        for part in fields(kind):
            yield from places(hints[part.name], f"{path}.{part.name}", (*within, kind))
    else:
        for part in get_args(kind):
            yield from places(part, path, within)


def test_every_call_that_an_event_can_name_is_known_as_named() -> None:
    found = {path for kind in get_args(Event) for path in places(kind, kind.__name__)}
    assert found - {THE_SAME_CALL} == set(NAMING)
    assert [path for path, event in NAMING.items() if KEPT not in naming(event)] == []
    assert CallId("case-1") in naming(OPENED) & naming(invited(SEEN, "case-1"))


@pytest.mark.parametrize("event", NAMING.values(), ids=NAMING)
@pytest.mark.parametrize("leaving", [False, True])
def test_nothing_that_is_told_names_it(event: Event, *, leaving: bool) -> None:
    (left,) = copied([event], BARRED) if leaving else [told(event, BARRED)]
    assert left is None or KEPT not in naming(left)


def copied(events: Collection[Event], calls: Collection[CallId] | None) -> list[Event | None]:
    entries = [Entry(call=SEEN, seq=seq, recorded_at=START, event=one) for seq, one in enumerate(events, 1)]
    return [*unsaid(entries, calls)]


def test_a_video_call_is_told_of_without_the_call_and_the_case_that_it_came_from() -> None:
    assert told(OPENED, BARRED) == replace(OPENED, from_call=None)
    assert told(OPENED, {CallId("case-1")}) == replace(OPENED, case="")
    assert told(invited(SEEN, "case-1"), {CallId("case-1")}) == invited(SEEN)


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
    assigned = SpecialistAssigned(at_ms=0, person=SAM.id, because=("weapon",))
    assert copied(events, BARRED) == [seen, None, None, events[3], None, assigned, None]
    assert copied(events, None) == [*events]


def test_a_copy_that_leaves_has_no_marker_of_another_call_among_what_stood_against_a_lower_grade() -> None:
    against = (MarkerId("weapon"), MarkerId("strangulation"))
    wanted = DowngradeAsked(
        at_ms=0,
        person=SAM.id,
        change=ChangeId("c"),
        grade="C",
        was="A",
        reason="",
        against=against,
        linked=1,
    )
    lowered = GradeSet(at_ms=0, person=SAM.id, grade="C", against=against)
    seen = sighted("weapon", "he has a knife", utterance=0, at_ms=0)
    linked = LinkFound(at_ms=0, link=link(KEPT))
    own = against[:1]
    left = [seen, None, replace(wanted, against=own, linked=0), replace(lowered, against=own)]
    assert copied([seen, linked, wanted, lowered], BARRED) == left
    assert copied([seen, wanted, lowered], BARRED) == [seen, wanted, lowered]
    assert told(wanted, BARRED) == replace(wanted, against=(), linked=0)
    assert told(lowered, BARRED) == replace(lowered, against=())


def test_a_copy_that_leaves_has_no_link_into_a_video_call_that_does_not() -> None:
    other = replace(invited(SEEN), link=LinkId("v2"))
    opened = [LinkOpened(at_ms=0, link=LinkId(one)) for one in ("v1", "v2")]
    assert copied([invited(KEPT), other, *opened], BARRED) == [None, other, None, opened[1]]


def test_a_copy_that_leaves_says_nothing_of_another_forces_earlier_calls() -> None:
    sheet = TransferSheet(
        transfer="CA7/s1",
        revision=9,
        from_force=ForceId("northmoor"),
        from_name="Northmoor",
        to_force=ForceId("midshire"),
        call=CallId("CA7"),
        name="A7",
        live=False,
        sent_by="kim",
        earlier="2 earlier calls: same mobile",
        linked=EarlierCalls(calls=2, because="same mobile"),
    )
    received = TransferReceived(at_ms=0, sheet=sheet, phone="")
    assert copied([received], ()) == [replace(received, sheet=replace(sheet, linked=None, earlier=""))]
    assert copied([received], None) == [received]
    assert told(received, BARRED) is received
