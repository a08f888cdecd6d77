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
    Entry,
    Event,
    HistoryLinked,
    PromptRaised,
    PromptUpgraded,
    RiskRaised,
    SpecialistAssigned,
    SpecialistAwaited,
)
from server.domain.ids import CallId
from server.domain.linking import LinkState
from server.domain.memory import Memory, counts_of, naming
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
        case _:
            return None if naming(event) & frozenset(barred) else event


def entries_for(entries: list[Entry], barred: Collection[CallId]) -> list[Entry]:
    if not barred:
        return entries
    left = ((entry, told(entry.event, barred)) for entry in entries)
    return [replace(entry, event=event) for entry, event in left if event is not None]


def unsaid(entries: Iterable[Entry], calls: Collection[CallId]) -> Iterator[Event | None]:
    """Each event for a copy that leaves: not even that anything rests on these other calls. None: nothing."""
    resting: set[str] = set()
    for entry in entries:
        event = entry.event
        if calls and isinstance(event, PromptRaised) and event.prompt.marker == LINKED_CALLS:
            resting.add(event.prompt.id)
        yield None if calls and _rests(event, resting) else _unreasoned(told(event, calls), calls)


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


def _rests(event: Event, resting: Collection[str]) -> bool:
    match event:
        case PromptRaised():
            return event.prompt.id in resting
        case RiskRaised():
            return event.because == LINKED_CALLS
        case PromptUpgraded() if event.because == LINKED_RECENTLY:
            return True
        case _:
            return getattr(event, "prompt", None) in resting


def _unreasoned(event: Event | None, calls: Collection[CallId]) -> Event | None:
    """Without the reasons that count linked calls."""
    if not calls or not isinstance(event, SpecialistAssigned | SpecialistAwaited):
        return event
    return replace(event, because=tuple(why for why in event.because if not why.endswith(LINKED)))


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
