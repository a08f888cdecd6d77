"""What the people who go there are told, by which way, and who says to have read it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from server.domain.events.base import NO_ACT, Act, CallEvent
from server.domain.ids import ActId, MarkerId, PersonId, SheetId


class RecordCheck(StrEnum):
    """What is looked up on police records for a call."""

    ORDERS = "court orders"
    BAIL = "bail"
    HISTORY = "earlier reports"
    MARAC = "MARAC"
    FIREARMS = "firearms licence"
    WARNINGS = "warning markers"
    CHILDREN = "child protection"


class CheckResult(StrEnum):
    SOMETHING = "found"
    NOTHING = "none found"
    OUT_OF_REACH = "could not be checked"


class SheetKind(StrEnum):
    BRIEF = "brief"
    """For the crew on its way."""
    TRANSFER = "transfer"
    """For another force that takes the call over."""


class SheetWay(StrEnum):
    SMS = "sms"
    EMAIL = "email"
    API = "api"
    """The control room's system fetches it, and says who read it."""
    RADIO = "radio"
    """Read out; who took it down says so."""
    PRINT = "print"
    EARSHOT = "earshot"
    """The other force's own Earshot is told, which signs for it."""


class Carriage(StrEnum):
    """How far a message has got, as its channel says."""

    TAKEN = "taken"
    """The provider has taken it and will pass it on."""
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChecked(Act):
    """Somebody looked on a record; the latest of each check stands, all are kept."""

    check: RecordCheck
    found: CheckResult
    text: str = field(default="", repr=False)
    source: str = ""
    """Where they looked: `PNC`, `the family court`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefNoted(Act):
    """A line that a person adds to the brief."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetSent(Act):
    """A brief or a transfer sheet goes to people outside; its link shows it as it stands, then and later."""

    sheet: SheetId
    sheet_kind: SheetKind
    way: SheetWay
    to: str = field(default="", repr=False)
    """The number or address; empty where the way needs none."""
    name: str
    """Whom it is for: a call sign, another force."""
    until: datetime
    """When its link ends."""
    must: tuple[MarkerId, ...]
    """What it must not lose, as it stood."""
    phone: str = ""
    """Where the other force is rung instead, where its own server is told."""
    why: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetCarried(CallEvent):
    """What the channel says became of the message."""

    sheet: SheetId
    carried: Carriage
    reference: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetOpened(CallEvent):
    """Its link was opened for the first time."""

    sheet: SheetId


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRead(CallEvent):
    """Somebody says that they have received and read it, and names what must not be lost."""

    sheet: SheetId
    by: str = field(repr=False)
    """As they give it: name and collar number."""
    named: tuple[MarkerId, ...] = ()
    person: PersonId | None = None
    """Who put it on record for them, where it was read out; none: they themselves, by the link."""
    act: ActId = NO_ACT


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetEnded(Act):
    """Its link was closed before its time."""

    sheet: SheetId


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewArrived(CallEvent):
    """The crew is there: what is heard from now on stands apart on the brief."""

    sheet: SheetId | None = None
    by: str = field(default="", repr=False)
    person: PersonId | None = None
    act: ActId = NO_ACT


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceSaid(CallEvent):
    """A line between the crew and the specialist."""

    text: str = field(repr=False)
    sheet: SheetId | None = None
    """The crew's, by whose link it came; none: the specialist's own."""
    by: str = field(default="", repr=False)
    person: PersonId | None = None
    act: ActId = NO_ACT
