"""What a call is about, which earlier calls it belongs to, and what they say together."""

from dataclasses import dataclass, field

from server.domain.entities import Entity
from server.domain.events.base import Act, CallEvent
from server.domain.events.grading import ToldAct
from server.domain.ids import CallId, EntityId
from server.domain.linking import Combination, Link


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityHeard(CallEvent):
    """The machine takes these words, or what the network gave, for a name, a number or a place."""

    entity: Entity


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityTyped(ToldAct):
    entity: Entity


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityConfirmed(Act):
    """A person says that it is right, as it stands or as they corrected it."""

    entity: EntityId
    text: str = field(default="", repr=False)
    value: str = field(default="", repr=False)
    """Empty: as it was heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityRefused(ToldAct):
    """A person says that it is wrong: nothing is compared by it any more."""

    entity: EntityId


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFound(CallEvent):
    """The machine takes an earlier call to be about the same people; again, when it finds more reasons."""

    link: Link


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkConfirmed(Act):
    earlier: CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkUndone(Act):
    """A person says that it is not about the same people. The machine does not link the two again."""

    earlier: CallId
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CombinationSeen(CallEvent):
    """Markers that each stood alone in a call stand together over the linked calls."""

    combination: Combination


MemoryEvent = (
    EntityHeard
    | EntityTyped
    | EntityConfirmed
    | EntityRefused
    | LinkFound
    | LinkConfirmed
    | LinkUndone
    | CombinationSeen
)
