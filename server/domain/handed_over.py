"""Transfer sheets that went to another force's server: since when each waits for a receipt, and for names."""

from dataclasses import dataclass, replace
from datetime import datetime

from server.domain.events import Entry, SheetEnded, SheetRead, SheetSent, SheetWay
from server.domain.events.transferring import SheetReceived
from server.domain.ids import MarkerId, SheetId


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    sent_at: datetime
    name: str
    phone: str
    received_at: datetime | None = None
    """When their first receipt was put on record here."""
    must: tuple[MarkerId, ...] = ()
    named: frozenset[MarkerId] = frozenset()
    ended: bool = False

    @property
    def waits(self) -> bool:
        """Whether the other force has not said that it has it, all of it."""
        return not self.ended and (self.received_at is None or bool(self.missing))

    @property
    def missing(self) -> tuple[MarkerId, ...]:
        return tuple(marker for marker in self.must if marker not in self.named)


def handed_over(sheets: dict[SheetId, HandedOver], entry: Entry) -> None:
    """Note what this entry says of them."""
    event = entry.event
    if isinstance(event, SheetSent) and event.way is SheetWay.EARSHOT:
        sheets[event.sheet] = HandedOver(
            sent_at=entry.recorded_at, name=event.name, phone=event.phone, must=event.must
        )
    elif isinstance(event, SheetReceived | SheetRead | SheetEnded) and event.sheet in sheets:
        sheets[event.sheet] = _moved(sheets[event.sheet], entry)


def _moved(sheet: HandedOver, entry: Entry) -> HandedOver:
    match entry.event:
        case SheetReceived(must=must):
            return replace(sheet, received_at=sheet.received_at or entry.recorded_at, must=must)
        case SheetRead(named=named):
            # Read back by telephone is received too.
            named_now = sheet.named | frozenset(named)
            return replace(sheet, received_at=sheet.received_at or entry.recorded_at, named=named_now)
        case _:
            return replace(sheet, ended=True)
