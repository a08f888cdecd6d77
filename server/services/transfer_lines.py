"""A transferred call in the list: what the other force told, and who here has said that they have it."""

from dataclasses import dataclass, field
from datetime import datetime

from server.domain.ids import MarkerId
from server.domain.markers import MarkerClass
from server.domain.sightings import Source
from server.domain.speech import Party
from server.domain.transfers import Acknowledged, EarlierCalls, Received, TransferItem


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    marker: MarkerId
    title: str
    severity: MarkerClass
    quote: str = field(repr=False)
    party: Party
    said_at: datetime
    third_hand: bool
    sure: bool
    grave: bool
    by: str = field(repr=False)
    """Who here has it; empty: nobody has said so."""
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferLine:
    from_name: str
    name: str
    """What the call is called there."""
    phone: str
    caller: str = field(repr=False)
    at: datetime
    why: str = field(repr=False)
    live: bool
    sent_by: str
    taken: bool
    """Whether everything is named."""
    items: tuple[ItemLine, ...]
    not_asked: tuple[str, ...]
    records: tuple[str, ...] = field(repr=False)
    notes: tuple[str, ...] = field(repr=False)
    earlier: str = field(repr=False)
    linked: EarlierCalls | None
    """What `earlier` says, where the first force's server tells it by its parts."""
    sound: str


def transfer_line(found: Received) -> TransferLine:
    sheet = found.sheet
    return TransferLine(
        from_name=sheet.from_name,
        name=sheet.name,
        phone=found.phone,
        caller=sheet.caller,
        at=found.at,
        why=sheet.why,
        live=sheet.live,
        sent_by=sheet.sent_by,
        taken=found.taken,
        items=tuple(_item(item, found.acknowledged.get(item.marker)) for item in sheet.items),
        not_asked=sheet.not_asked,
        records=sheet.records,
        notes=sheet.notes,
        earlier="" if sheet.linked is not None else sheet.earlier,
        linked=sheet.linked,
        sound=sheet.sound,
    )


def _item(item: TransferItem, acknowledged: Acknowledged | None) -> ItemLine:
    return ItemLine(
        marker=item.marker,
        title=item.title,
        severity=item.severity,
        quote=item.quote,
        party=item.party,
        said_at=item.said_at,
        third_hand=item.source is Source.THIRD_HAND,
        sure=item.sure,
        grave=item.grave,
        by=acknowledged.by if acknowledged else "",
        at=acknowledged.at if acknowledged else None,
    )
