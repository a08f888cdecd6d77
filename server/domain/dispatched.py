"""What became of a call in the world, and which watch nobody has answered: a fold over its events."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from server.domain.events.dispatch import (
    NoiseLabelled,
    QueueMoved,
    RungBack,
    UnitArrived,
    UnitAssigned,
    UnitNotNeeded,
    UnitStoodDown,
    Watch,
    WatchEnded,
    WatchRaised,
)
from server.domain.events.prompting import Escalation

DISPATCHING = (
    NoiseLabelled,
    QueueMoved,
    RungBack,
    UnitArrived,
    UnitAssigned,
    UnitNotNeeded,
    UnitStoodDown,
    WatchEnded,
    WatchRaised,
)
Dispatching = (
    NoiseLabelled
    | QueueMoved
    | RungBack
    | UnitArrived
    | UnitAssigned
    | UnitNotNeeded
    | UnitStoodDown
    | WatchEnded
    | WatchRaised
)
NO_UNITS: "Mapping[str, bool]" = MappingProxyType({})
NO_WATCHES: "Mapping[Watch, Brought]" = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A watch that was raised, and how far it has been brought."""

    to: Escalation
    steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatched:
    units: Mapping[str, bool] = field(default_factory=lambda: NO_UNITS)
    """Who is on the way, or there: whether they have arrived."""
    sent: bool = False
    """Whether a unit was ever assigned,"""
    attended: bool = False
    """and whether one was ever there, though it has left since."""
    awaited: bool = False
    """Whether one was ever watched for in vain."""
    not_needed: bool = False
    """Somebody decided that nobody is sent; a unit that is assigned all the same ends it."""
    rung_back: bool = False
    answered: bool = False
    """Whether the caller answered when they were rung back."""
    queue: str = ""
    """Where the control system's log lies; empty: not told."""
    noise: bool = False
    watches: Mapping[Watch, Brought] = field(default_factory=lambda: NO_WATCHES)
    """Those that are open."""


def dispatched(before: Dispatched, event: Dispatching) -> Dispatched:
    match event:
        case UnitAssigned():
            return _with_unit(replace(before, not_needed=False), event.unit, arrived=False)
        case UnitArrived():
            return _with_unit(replace(before, not_needed=False), event.unit, arrived=True)
        case UnitStoodDown():
            left = {unit: here for unit, here in before.units.items() if unit != event.unit}
            return replace(before, units=MappingProxyType(left))
        case WatchRaised():
            steps = before.watches[event.watch].steps if event.watch in before.watches else 0
            brought = Brought(to=event.to, steps=steps + 1)
            awaited = before.awaited or event.watch is Watch.NO_UNIT
            watches = MappingProxyType({**before.watches, event.watch: brought})
            return replace(before, watches=watches, awaited=awaited)
        case WatchEnded():
            left_open = {watch: one for watch, one in before.watches.items() if watch is not event.watch}
            return replace(before, watches=MappingProxyType(left_open))
        case _:
            return _decided(before, event)


def _decided(before: Dispatched, event: NoiseLabelled | QueueMoved | RungBack | UnitNotNeeded) -> Dispatched:
    match event:
        case NoiseLabelled():
            return replace(before, noise=True)
        case QueueMoved():
            return replace(before, queue=event.queue)
        case RungBack():
            return replace(before, rung_back=True, answered=before.answered or event.answered)
        case UnitNotNeeded():
            return replace(before, not_needed=True)


def _with_unit(before: Dispatched, unit: str, *, arrived: bool) -> Dispatched:
    here = arrived or before.units.get(unit, False)
    units = MappingProxyType({**before.units, unit: here})
    return replace(before, units=units, sent=True, attended=before.attended or here)
