"""What became of a call in the world, as people and other systems tell us, and what nobody saw to in time."""

from dataclasses import dataclass, field
from enum import StrEnum

from server.domain.events.base import CallEvent
from server.domain.events.grading import ToldAct
from server.domain.events.prompting import Escalation
from server.domain.ids import PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitAssigned(ToldAct):
    """Somebody is on the way."""

    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitArrived(ToldAct):
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitStoodDown(ToldAct):
    """This unit does not come, or not any more."""

    unit: str
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitNotNeeded(ToldAct):
    """Somebody decided that nobody is sent, and says why."""

    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RungBack(ToldAct):
    """Somebody rang the caller back."""

    answered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueMoved(ToldAct):
    """The control system's log of the call now lies in this queue."""

    queue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseLabelled(ToldAct):
    """A person says that nobody needed help, and why. No machine ever says so."""

    reason: str = field(repr=False)


class Watch(StrEnum):
    """What has to happen on a call with a danger in it, and is watched for."""

    NO_UNIT = "no unit assigned"
    NOT_RUNG_BACK = "not rung back"
    WRONG_QUEUE = "not in a dispatch queue"
    UNANSWERED = "prompts not answered at the call's end"
    DOWNGRADE = "downgrade without a second person"
    NO_RECEIPT = "transfer sheet without a receipt"
    """Another force's server has not said that it has the sheet."""
    NOT_NAMED = "transfer sheet not acknowledged"
    """It has, and nobody there has named all that must not be lost."""
    NOT_TAKEN_OVER = "transfer to us not acknowledged"
    """Another force handed the call to us, and nobody here has named it all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRaised(CallEvent):
    """It has not happened for so long, and is brought to somebody."""

    watch: Watch
    to: Escalation
    after_s: int
    person: PersonId | None = None
    """The duty supervisor, where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchEnded(CallEvent):
    """It has happened since, or is wanted no more."""

    watch: Watch
