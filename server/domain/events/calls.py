"""A call, its legs and its lines."""

from dataclasses import dataclass, field
from enum import StrEnum

from server.domain.events.base import CallEvent
from server.domain.ids import ForceId
from server.domain.speech import Party


class Ending(StrEnum):
    HUNG_UP = "hung up"
    """The source said that the stream or the call was over."""
    LINE_LOST = "line lost"
    """The source went away and did not come back in time."""
    TOO_LONG = "too long"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallArrived(CallEvent):
    force: ForceId
    doorway: str
    caller: str = field(repr=False)
    called: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineOpened(CallEvent):
    """A transport began to carry the call's sound; the epoch counts them from 1."""

    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineLost(CallEvent):
    """The transport went away while the call may still be going on."""

    epoch: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegJoined(CallEvent):
    party: Party


@dataclass(frozen=True, slots=True, kw_only=True)
class LegLeft(CallEvent):
    party: Party


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackReceived(CallEvent):
    """The telephony provider told us how the call or its stream stands."""

    about: str
    """`call`, `stream`, or `desk` (the leg to the handler)."""
    status: str
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitPressed(CallEvent):
    party: Party
    digit: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded(CallEvent):
    why: Ending
