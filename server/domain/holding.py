"""A call's legal hold as its journal has it: who placed it and why, and who asked for its end."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from server.domain.events import Entry, HoldLifted, HoldPlaced
from server.domain.events.keeping import HoldLiftAsked
from server.domain.ids import PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldState:
    by: PersonId
    at: datetime
    why: str = field(repr=False)
    lift_by: PersonId | None = None
    """Who asked for its end; somebody else has to agree."""
    lift_why: str = field(default="", repr=False)


def hold_of(entries: Iterable[Entry]) -> HoldState | None:
    held: HoldState | None = None
    for entry in entries:
        match entry.event:
            case HoldPlaced():
                held = HoldState(by=entry.event.person, at=entry.recorded_at, why=entry.event.why)
            case HoldLiftAsked() if held is not None:
                held = replace(held, lift_by=entry.event.person, lift_why=entry.event.why)
            case HoldLifted():
                held = None
            case _:
                pass
    return held
