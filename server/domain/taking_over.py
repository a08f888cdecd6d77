"""What another force has handed over: a fold over the call's journal here."""

from collections.abc import Iterable
from dataclasses import replace

from server.domain.events import Entry
from server.domain.events.transferring import TransferAcknowledged, TransferReceived
from server.domain.transfers import Acknowledged, Received


def received(before: Received | None, entry: Entry) -> Received | None:
    """As it stands after this entry; none: the call did not come from another force's server."""
    match entry.event:
        case TransferReceived(sheet=sheet, phone=phone) if before is None:
            return Received(sheet=sheet, at=entry.recorded_at, phone=phone)
        case TransferReceived(sheet=sheet, phone=phone) if before is not None:
            return replace(before, sheet=sheet, phone=phone)
        case TransferAcknowledged(named=named, by=by) if before is not None:
            new = {
                marker: Acknowledged(marker=marker, by=by, at=entry.recorded_at)
                for marker in named
                if marker not in before.acknowledged
            }
            return replace(before, taken_by=by, acknowledged={**before.acknowledged, **new})
        case _:
            return before


def received_of(entries: Iterable[Entry]) -> Received | None:
    found: Received | None = None
    for entry in entries:
        found = received(found, entry)
    return found
