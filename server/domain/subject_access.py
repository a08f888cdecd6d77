"""Everything held about one person who asks for it: what was found, and what people decided about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from server.domain.casework.events import CaseId, PartyId, ThingId
from server.domain.ids import CallId, ForceId, PersonId
from server.domain.papers import Line, PaperEvent, PaperId

NUMBERS_AND_POSTCODES = "Numbers, postcodes and other people's names were left out."


class ItemKind(StrEnum):
    CALL = "call"
    CASE = "case"
    REFERRAL = "referral"
    EARLIER = "earlier record"


class Fate(StrEnum):
    """What a person decided about one item. Nothing leaves that nobody decided about."""

    INCLUDE = "include"
    REDACT = "redact"
    WITHHOLD = "withhold"
    """It is left out, and the schedule that goes out says that it was, and why."""
    UNSAID = "withhold, unsaid"
    """What goes out neither confirms nor denies it: that there is such a call may itself be the danger."""

    @property
    def leaves(self) -> bool:
        return self in (Fate.INCLUDE, Fate.REDACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that is held, and why it is taken to be about them."""

    id: str
    kind: ItemKind
    at: datetime
    call: CallId | None = None
    case: CaseId | None = None
    referral: ThingId | None = None
    party: PartyId | None = None
    """Who they are in this case."""
    confirmed: bool
    """A person said that it is about them; else only the machine does."""
    because: tuple[str, ...] = field(repr=False)
    others: tuple[str, ...] = field(default=(), repr=False)
    """Other people who are named in it."""
    cautions: tuple[str, ...] = ()

    def needs_reason(self, fate: Fate) -> bool:
        """Whether a person has to say why they decide so."""
        if not fate.leaves or not self.confirmed:
            return True
        return bool(self.cautions) or (fate is Fate.INCLUDE and bool(self.others))


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectAsked(PaperEvent):
    """Somebody asked what is held about them; the person takes it on."""

    force: ForceId
    name: str = field(repr=False)
    numbers: tuple[str, ...] = field(default=(), repr=False)
    addresses: tuple[str, ...] = field(default=(), repr=False)
    case: CaseId | None = None
    party: PartyId | None = None
    """Of a case: who they are in it."""
    why: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDecided(PaperEvent):
    """The latest about an item stands, all are kept."""

    item: str
    fate: Fate
    why: str = field(default="", repr=False)
    names: tuple[str, ...] = field(default=(), repr=False)
    """Whose names are left out of a redacted copy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """One item as it was put before the second person."""

    item: Item
    fate: Fate
    why: str = field(default="", repr=False)
    names: tuple[str, ...] = field(default=(), repr=False)
    number: int = 0
    """Of a call: by which number its disclosure was asked for; of a case: its last entry then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectProposed(PaperEvent):
    """All is decided; somebody else has to agree."""

    items: tuple[Settled, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectApproved(PaperEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectTurnedDown(PaperEvent):
    """It goes back to whoever put it forward."""

    why: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectTaken(PaperEvent):
    """The bundle was made, and is about to leave."""

    digest: str
    """SHA-256 of the bundle's list of hashes."""


SubjectEvent = (
    SubjectAsked | ItemDecided | SubjectProposed | SubjectApproved | SubjectTurnedDown | SubjectTaken
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectRequest:
    id: PaperId
    asked: SubjectAsked
    asked_at: datetime
    last_seq: int
    decided: Mapping[str, ItemDecided] = field(default_factory=lambda: MappingProxyType({}))
    proposed: SubjectProposed | None = None
    approved_by: PersonId | None = None
    turned_down: SubjectTurnedDown | None = None
    taken: int = 0
    """How often the bundle was made."""

    @property
    def waits(self) -> bool:
        """For a second person."""
        return self.proposed is not None and self.approved_by is None

    @property
    def open(self) -> bool:
        """Whether anything can still be decided."""
        return self.proposed is None

    @property
    def leaving(self) -> dict[CallId, int]:
        """The calls that leave, by the number under which each one's disclosure was asked for."""
        settled = self.proposed.items if self.proposed is not None else ()
        return {
            one.item.call: one.number
            for one in settled
            if one.item.call is not None and one.item.kind is ItemKind.CALL and one.fate.leaves
        }

    def further(self, found: Iterable[Item]) -> list[Item]:
        """What of this was not put before the second person."""
        if self.proposed is None:
            return []
        before = {one.item.id for one in self.proposed.items}
        return [item for item in found if item.id not in before]

    def missing(self, found: Iterable[Item]) -> list[Item]:
        """What is to leave and is not among this."""
        there = {item.id for item in found}
        settled = self.proposed.items if self.proposed is not None else ()
        return [one.item for one in settled if one.fate.leaves and one.item.id not in there]


def request_of(paper: PaperId, lines: Iterable[Line]) -> SubjectRequest | None:
    found: SubjectRequest | None = None
    for line in lines:
        if isinstance(line.event, SubjectAsked):
            found = found or SubjectRequest(
                id=paper, asked=line.event, asked_at=line.recorded_at, last_seq=line.seq
            )
        elif found is not None:
            found = replace(_with(found, line.event), last_seq=line.seq)
    return found


def _with(request: SubjectRequest, event: PaperEvent) -> SubjectRequest:
    match event:
        case ItemDecided():
            decided = MappingProxyType({**request.decided, event.item: event})
            return replace(request, decided=decided)
        case SubjectProposed():
            return replace(request, proposed=event, turned_down=None)
        case SubjectApproved():
            return replace(request, approved_by=event.person)
        case SubjectTurnedDown():
            return replace(request, proposed=None, turned_down=event)
        case SubjectTaken():
            return replace(request, taken=request.taken + 1)
        case _:
            return request
