"""Where briefs and transfer sheets stand: sent, carried, opened, read, and what a reader has yet to name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from server.domain.briefs import Brief
from server.domain.events import (
    AdviceSaid,
    CrewArrived,
    Entry,
    SheetCarried,
    SheetEnded,
    SheetKind,
    SheetOpened,
    SheetRead,
    SheetSent,
    SheetWay,
)
from server.domain.events.transferring import SheetReceived
from server.domain.ids import MarkerId, PersonId, SheetId


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    by: str = field(repr=False)
    at: datetime
    seq: int
    named: tuple[MarkerId, ...]
    person: PersonId | None = None
    """Who put it on record for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    sent: SheetSent
    sent_at: datetime
    carried: SheetCarried | None = None
    received: SheetReceived | None = None
    """The first receipt of the other force's own server."""
    opened_at: datetime | None = None
    readings: tuple[Reading, ...] = ()
    ended: bool = False

    @property
    def named(self) -> frozenset[MarkerId]:
        return frozenset(marker for reading in self.readings for marker in reading.named)

    def must(self, brief: Brief) -> tuple[MarkerId, ...]:
        """What somebody there has to name; by the other force's own server, every immediate marker too."""
        return brief.grave if self.sent.way is SheetWay.EARSHOT else brief.must

    def missing(self, must: Iterable[MarkerId]) -> tuple[MarkerId, ...]:
        """What nobody there has named yet; more comes when more is heard after they read it."""
        return tuple(marker for marker in must if marker not in self.named)

    def took_over(self, must: Iterable[MarkerId]) -> bool:
        """Whether the other force has the call: it read the sheet, and named all that must not be lost."""
        transfer = self.sent.sheet_kind is SheetKind.TRANSFER
        return transfer and bool(self.readings) and not self.missing(must)

    def good_at(self, now: datetime) -> bool:
        return not self.ended and now < self.sent.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One line of the thread between crew and specialist."""

    text: str = field(repr=False)
    at: datetime
    seq: int
    from_crew: bool
    by: str = field(repr=False)
    """The name that the crew gave, or the specialist's sign-in name."""
    sheet: SheetId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheets:
    sheets: Mapping[SheetId, Sheet]
    advice: tuple[Advice, ...]
    there_at: datetime | None = None
    """When the crew arrived."""


OF_SHEETS = (SheetCarried, SheetReceived, SheetOpened, SheetRead, SheetEnded)


def sheets_of(entries: Sequence[Entry]) -> Sheets:
    sheets: dict[SheetId, Sheet] = {}
    for entry in entries:
        match entry.event:
            case SheetSent():
                sheets[entry.event.sheet] = Sheet(sent=entry.event, sent_at=entry.recorded_at)
            case _ if isinstance(entry.event, OF_SHEETS) and entry.event.sheet in sheets:
                sheets[entry.event.sheet] = _moved(sheets[entry.event.sheet], entry)
            case _:
                pass
    there = [entry.recorded_at for entry in entries if isinstance(entry.event, CrewArrived)]
    return Sheets(sheets=sheets, advice=tuple(_advice(entries)), there_at=there[0] if there else None)


def _moved(sheet: Sheet, entry: Entry) -> Sheet:
    match entry.event:
        case SheetCarried():
            return replace(sheet, carried=entry.event)
        case SheetReceived():
            return replace(sheet, received=sheet.received or entry.event)
        case SheetOpened():
            return replace(sheet, opened_at=sheet.opened_at or entry.recorded_at)
        case SheetRead(by=by, named=named, person=person):
            reading = Reading(by=by, at=entry.recorded_at, seq=entry.seq, named=named, person=person)
            return replace(sheet, readings=(*sheet.readings, reading))
        case _:
            return replace(sheet, ended=True)


def _advice(entries: Iterable[Entry]) -> Iterable[Advice]:
    for entry in entries:
        event = entry.event
        if isinstance(event, AdviceSaid):
            yield Advice(
                text=event.text,
                at=entry.recorded_at,
                seq=entry.seq,
                from_crew=event.sheet is not None,
                by=event.by or event.person or "",
                sheet=event.sheet,
            )
