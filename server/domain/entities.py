"""Who and what a call is about: numbers, addresses, people, vehicles, orders, as heard or typed."""

from dataclasses import dataclass, field
from enum import StrEnum

from server.domain.ids import EntityId, PersonId
from server.domain.speech import Party


class EntityKind(StrEnum):
    NUMBER = "number"
    ADDRESS = "address"
    PERSON = "person"
    VEHICLE = "vehicle"
    ORDER = "order"


class Origin(StrEnum):
    """How it came to be known: never mixed, each is shown with it."""

    LINE = "line"
    """The telephone network gave it."""
    HEARD = "heard"
    TYPED = "typed"
    RECORD = "record"
    """Imported with a force's history."""
    TOLD = "told"
    """By another force, which handed the call over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What calls are compared by."""

    kind: EntityKind
    value: str = field(repr=False)
    """In the normal form of its kind, the same however it was said or written."""
    about: str = ""
    """Whose it is, such as `victim`, `suspect` or `mother`; empty: nobody said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    id: EntityId
    kind: EntityKind
    text: str = field(repr=False)
    """As people read it."""
    value: str = field(repr=False)
    about: str = ""
    origin: Origin
    shared: bool = False
    """A number that many people ring from: it says little about who rings."""
    party: Party | None = None
    utterance: int | None = None
    start_ms: int = 0
    quote: str = field(default="", repr=False)
    """The words that it was heard in."""

    @property
    def known(self) -> Known:
        return Known(kind=self.kind, value=self.value, about=self.about)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityState:
    """Heard by the machine, or said to be right by a person; or said to be wrong."""

    entity: Entity
    confirmed_by: PersonId | None = None
    refused_by: PersonId | None = None

    @property
    def sure(self) -> bool:
        return self.confirmed_by is not None or self.entity.origin is not Origin.HEARD

    @property
    def counts(self) -> bool:
        return self.refused_by is None
