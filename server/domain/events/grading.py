"""How people grade a call: every grade set, and what a lowering waits for."""

from dataclasses import dataclass, field

from server.domain.events.base import Act
from server.domain.ids import ChangeId, MarkerId, PersonId

NO_CHANGE = ChangeId("")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldAct(Act):
    """What a person did, at one of our screens or in another system that tells us of it."""

    system: str = ""
    """The system that told us; empty: it was done here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeSet(ToldAct):
    """The call has this grade from now on."""

    grade: str
    was: str = ""
    """Empty: none was known."""
    lowered: bool = False
    reason: str = field(default="", repr=False)
    second: PersonId | None = None
    """Who confirmed a lowering."""
    change: ChangeId = NO_CHANGE
    """The lowering that this carries out, where something stood against it."""
    unconfirmed: bool = False
    """Another system has lowered it already, and no second person is named."""
    against: tuple[MarkerId, ...] = ()
    """The markers that stood against it at that moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DowngradeAsked(Act):
    """Somebody wants a lower grade, and something stands against it: it stays until a second confirms."""

    change: ChangeId
    grade: str
    was: str
    reason: str = field(repr=False)
    against: tuple[MarkerId, ...] = ()
    linked: int = 0
    """How many of these stand in earlier calls about the same people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DowngradeConfirmed(ToldAct):
    """A second person has looked at what stands against it, and answers for it too."""

    change: ChangeId


@dataclass(frozen=True, slots=True, kw_only=True)
class DowngradeTurnedDown(Act):
    """Somebody says no to it; whoever asked may, too."""

    change: ChangeId
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DowngradeLapsed(Act):
    """Another grade was set meanwhile: nothing is left to confirm."""

    change: ChangeId
