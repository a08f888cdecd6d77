"""What is told of a call to somebody who may not know of every earlier call that it is linked to.

Nothing of those calls: neither that they were, nor how many. A prompt that rests on them is a matter of life,
so it is shown all the same, without the words and reasons that come out of them.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from server.domain.assigning import Waiting
from server.domain.combining import LINKED_CALLS
from server.domain.escalating import LINKED_RECENTLY
from server.domain.events import (
    DowngradeAsked,
    Entry,
    Event,
    GradeSet,
    HistoryLinked,
    MarkerSighted,
    PromptRaised,
    PromptUpgraded,
    RiskRaised,
    SpecialistAssigned,
    SpecialistAwaited,
    VideoInvited,
    VideoOpened,
)
from server.domain.events.transferring import TransferReceived
from server.domain.ids import CallId, LinkId, MarkerId, PromptId
from server.domain.linking import LinkState
from server.domain.memory import Memory, counts_of, linking, naming
from server.domain.quiet_calls import QUIET

WITHHELD = "rests on what may not be shown to you"
LINKED = ("call linked", "calls linked")


def told(event: Event, barred: Collection[CallId]) -> Event | None:
    """The event as it is told to whoever is barred from these calls; none: nothing of it."""
    if not barred:
        return event
    match event:
        case HistoryLinked():
            return _recounted(event, barred)
        case PromptRaised() if event.prompt.marker == LINKED_CALLS:
            return replace(event, prompt=replace(event.prompt, quote=WITHHELD))
        case PromptRaised() if event.prompt.marker in QUIET:
            found = event.prompt.found.partition(". ")[0]
            return replace(event, prompt=replace(event.prompt, found=f"{found.rstrip('.')}."))
        case PromptUpgraded() if event.because == LINKED_RECENTLY:
            return replace(event, because=WITHHELD)
        case DowngradeAsked() | GradeSet():
            return _weighed(event)
        case _:
            return _named(event, barred)


def entries_for(entries: list[Entry], barred: Collection[CallId]) -> list[Entry]:
    if not barred:
        return entries
    left = ((entry, told(entry.event, barred)) for entry in entries)
    return [replace(entry, event=event) for entry, event in left if event is not None]


def unsaid(entries: Iterable[Entry], calls: Collection[CallId] | None) -> Iterator[Event | None]:
    """Each event for a copy that leaves: not even that anything rests on these other calls. None: nothing.

    `calls`: none for a copy of everything, and empty for one that speaks of no call but its own.
    """
    events = [entry.event for entry in entries]
    if calls is None:
        yield from events
        return
    hidden = _Hidden(events, frozenset(calls))
    for event in events:
        yield hidden.left(event)


def memory_for(memory: Memory, barred: Collection[CallId]) -> Memory:
    links = {call: one for call, one in memory.links.items() if not _names(one, barred)}
    combinations = tuple(one for one in memory.combinations if not set(one.calls) & set(barred))
    return replace(memory, links=links, combinations=combinations)


def earlier_for(memory: Memory, counted: int, barred: Collection[CallId]) -> int:
    """How many earlier calls somebody may know of."""
    if not barred:
        return counted
    return sum(one.link.before_s >= 0 for one in memory_for(memory, barred).linked)


def waiting_for(waiting: Iterable[Waiting], barred: Collection[CallId]) -> list[Waiting]:
    """The waiting list without the calls themselves, and without reasons that count earlier ones."""
    known = [one for one in waiting if one.call not in barred]
    if not barred:
        return known
    return [replace(one, because=tuple(w for w in one.because if not w.endswith(LINKED))) for one in known]


def _names(state: LinkState, barred: Collection[CallId]) -> bool:
    return state.link.earlier in barred or state.link.through in barred


class _Hidden:
    """What a copy that leaves says nothing of: other calls, and what rests on them or leads into them."""

    def __init__(self, events: Iterable[Event], calls: frozenset[CallId]) -> None:
        self._calls = calls
        self._linked = False
        self._prompts: set[PromptId] = set()
        self._links: set[LinkId] = set()
        self._own: set[MarkerId] = set()
        for event in events:
            self._linked = self._linked or bool(linking(event) & calls)
            self._note(event)

    def left(self, event: Event) -> Event | None:
        match event:
            case TransferReceived():
                return replace(event, sheet=replace(event.sheet, linked=None, earlier=""))
            case HistoryLinked():
                return _recounted(event, self._calls)
            case _ if getattr(event, "link", None) in self._links:
                return None
            case _ if self._linked:
                return None if self._rests(event) else self._unreasoned(event)
            case _:
                return _named(event, self._calls)

    def _note(self, event: Event) -> None:
        match event:
            case VideoInvited() if event.room in self._calls:
                self._links.add(event.link)
            case PromptRaised() if event.prompt.marker == LINKED_CALLS:
                self._prompts.add(event.prompt.id)
            case PromptRaised():
                self._own.add(event.prompt.marker)
            case MarkerSighted():
                self._own.add(event.sighting.marker)
            case _:
                pass

    def _rests(self, event: Event) -> bool:
        match event:
            case PromptRaised():
                return event.prompt.id in self._prompts
            case RiskRaised():
                return event.because == LINKED_CALLS
            case PromptUpgraded() if event.because == LINKED_RECENTLY:
                return True
            case _:
                return getattr(event, "prompt", None) in self._prompts

    def _unreasoned(self, event: Event) -> Event | None:
        """Without the reasons that count linked calls, and without their markers."""
        match event:
            case SpecialistAssigned() | SpecialistAwaited():
                return replace(event, because=tuple(why for why in event.because if not why.endswith(LINKED)))
            case GradeSet():
                return replace(event, against=self._of_this_call(event.against))
            case DowngradeAsked():
                return replace(event, linked=0, against=self._of_this_call(event.against))
            case _:
                return told(event, self._calls)

    def _of_this_call(self, markers: Iterable[MarkerId]) -> tuple[MarkerId, ...]:
        return tuple(marker for marker in markers if marker in self._own)


def _weighed(event: DowngradeAsked | GradeSet) -> Event:
    """Without the markers against it where some may stand in earlier calls; the record does not say which."""
    if isinstance(event, GradeSet):
        return replace(event, against=())
    return replace(event, linked=0, against=()) if event.linked else event


def _named(event: Event, barred: Collection[CallId]) -> Event | None:
    """The event without these calls and cases where they are but where it came from; else none of it."""
    match event:
        case VideoOpened():
            from_call = None if event.from_call in barred else event.from_call
            return replace(event, from_call=from_call, case=_case(event.case, barred))
        case VideoInvited() if event.room not in barred:
            return replace(event, case=_case(event.case, barred))
        case _:
            return None if naming(event) & frozenset(barred) else event


def _case(case: str, barred: Collection[CallId]) -> str:
    return "" if CallId(case) in barred else case


def _recounted(event: HistoryLinked, barred: Collection[CallId]) -> HistoryLinked | None:
    left = tuple((call, before_s) for call, before_s in event.counted if call not in barred)
    if len(left) == event.earlier_calls:
        return event
    if not left:
        return None
    counts = counts_of(timedelta(seconds=before_s) for _, before_s in left)
    return replace(
        event,
        earlier_calls=len(left),
        counted=left,
        because="",
        grave_calls=0,
        tonight=counts.tonight,
        within_24_hours=counts.day,
        within_7_days=counts.week,
        within_12_months=counts.year,
    )
