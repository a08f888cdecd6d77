"""Who has a call: assigned and why, handed over, waited for, and looked at again afterwards."""

from dataclasses import dataclass, field
from enum import StrEnum

from server.domain.events.base import NO_ACT, Act, CallEvent
from server.domain.ids import ActId, CallId, PersonId
from server.domain.markers import MarkerClass
from server.domain.people import Skill


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerAssigned(CallEvent):
    person: PersonId
    act: ActId = NO_ACT


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialistAssigned(CallEvent):
    person: PersonId
    because: tuple[str, ...] = ()
    """Why this person, in plain phrases: what was matched, how much they had, until when they are here."""
    by: PersonId | None = None
    """Who gave the call: the person themselves who took it, a colleague, or nobody: the rule did."""
    act: ActId = NO_ACT


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialistReleased(Act):
    """A specialist no longer has the call; `person` did it, for themselves or (a supervisor) for another."""

    holder: PersonId
    to: PersonId | None = None
    """Who has it next, recorded together with it; none: it waits again."""
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NobodyOnDuty(CallEvent):
    """No specialist of the force could be assigned; the handler is told so."""

    next_shift: str = ""
    """When the rota has somebody again, such as `Thu 16:00`; empty if it does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialistAwaited(CallEvent):
    """Specialists are on duty, and none can take the call now: it waits."""

    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedNoted(Act):
    """Somebody on the call says that it wants a specialist with this skill."""

    need: Skill


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLinked(CallEvent):
    """How many earlier calls are about the same people, each time that changes: a specialist is wanted."""

    earlier_calls: int
    within_7_days: int
    because: str = field(default="", repr=False)
    tonight: int = 0
    """How many of them came in the last twelve hours: this is the next one."""
    within_24_hours: int = 0
    within_12_months: int = 0
    grave_calls: int = 0
    """How many of them showed a high or immediate marker: this one is read as theirs."""
    counted: tuple[tuple[CallId, int], ...] = ()
    """Which they are, and how many seconds before this one each came."""


class ReviewWhy(StrEnum):
    NOBODY_ON_DUTY = "nobody on duty"
    NEVER_ASSIGNED = "no specialist was free"
    UNRESOLVED = "unresolved at the end"
    IMMEDIATE_PUT_ASIDE = "immediate prompt put aside"
    DOWNGRADED = "graded down"
    UNOWNED = "a prompt that nobody owned"
    HEARD_MORE = "the second hearing heard more"
    MARKER = "a marker was heard"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAsked(CallEvent):
    """The call joins the review queue, once for each reason."""

    why: ReviewWhy
    severity: MarkerClass = MarkerClass.NONE
    """The gravest class that the call shows by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewTaken(Act):
    """A specialist looks at the call for review, and may read it from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDone(Act):
    """The call leaves the review queue."""

    note: str = field(default="", repr=False)
