"""The sheet that another force's server is given: the brief as it stands, whole, for other screens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from server.domain.briefs import Brief, Line, Record, Sureness
from server.domain.call import folded
from server.domain.entities import Origin
from server.domain.events import CallArrived, Entry, RecordingBegan
from server.domain.people import Force
from server.domain.said_earlier import SaidEarlier
from server.domain.sheets import Sheet
from server.domain.sightings import WORDLESS, Source
from server.domain.transfers import (
    EarlierCalls,
    Peer,
    SaidBefore,
    TransferItem,
    TransferKnown,
    TransferSheet,
)
from server.services.sheet_views import call_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """Who hands over, and to whom."""

    force: Force
    peer: Peer


def transfer_sheet(entries: Sequence[Entry], sheet: Sheet, brief: Brief, ends: Ends) -> TransferSheet:
    call, arrived = entries[0].call, entries[0].event
    return TransferSheet(
        transfer=f"{call}/{sheet.sent.sheet}",
        revision=brief.seq,
        from_force=ends.force.id,
        from_name=ends.force.name,
        to_force=ends.peer.id,
        call=call,
        name=call_name(call),
        caller=arrived.caller if isinstance(arrived, CallArrived) else "",
        arrived_at=brief.arrived_at,
        live=brief.live,
        sent_by=sheet.sent.person,
        why=sheet.sent.why,
        items=tuple(_items(brief)),
        denied=tuple(line.title for line in brief.denied),
        not_asked=tuple(one.label for one in brief.not_asked),
        records=tuple(_record(one) for one in brief.records),
        not_checked=tuple(brief.not_checked),
        notes=tuple(note.text for note in brief.notes),
        earlier=_earlier(brief, ends.force),
        linked=_linked(brief),
        known=tuple(_known(entries)),
        sound=_sound(entries, ends.force),
    )


def _items(brief: Brief) -> Iterator[TransferItem]:
    blocks = (
        (Source.HEARD, brief.heard),
        (Source.THIRD_HAND, brief.third_hand),
        (Source.RECORD, brief.on_record),
    )
    for source, lines in blocks:
        for line in lines:
            yield _item(source, line)


def _item(source: Source, line: Line) -> TransferItem:
    return TransferItem(
        marker=line.marker,
        title=line.title,
        severity=line.severity,
        quote=line.quote,
        party=line.party,
        at_ms=line.at_ms,
        said_at=line.said_at,
        source=source,
        grave=line.grave,
        sure=line.sure is Sureness.SAID,
        answers=line.answers,
        taken_back=line.taken_back,
        wordless=line.source.value if line.source in WORDLESS else "",
    )


def _record(one: Record) -> str:
    words = f"{one.check}: {one.found}{f': {one.text}' if one.text else ''}"
    return f"{words} ({one.source})" if one.source else words


def _earlier(brief: Brief, force: Force) -> str:
    if not brief.earlier_calls:
        return ""
    calls = "1 earlier call" if brief.earlier_calls == 1 else f"{brief.earlier_calls} earlier calls"
    counted = f"{calls}: {brief.earlier_because}" if brief.earlier_because else calls
    said = "; ".join(_in_words(one, ZoneInfo(force.rota.zone)) for one in brief.earlier)
    return f"{counted}. {said}" if said else counted


def _in_words(one: SaidEarlier, zone: ZoneInfo) -> str:
    return f"{one.title}: “{one.quote}”, {one.said_at.astimezone(zone):%d/%m %H:%M}"


def _linked(brief: Brief) -> EarlierCalls | None:
    if not brief.earlier_calls:
        return None
    return EarlierCalls(
        calls=brief.earlier_calls,
        because=brief.earlier_because,
        unread=brief.earlier_unread,
        said=tuple(
            SaidBefore(
                marker=one.marker,
                title=one.title,
                severity=one.severity,
                quote=one.quote,
                said_at=one.said_at,
                name=call_name(one.call),
            )
            for one in brief.earlier
        ),
    )


def _known(entries: Sequence[Entry]) -> Iterator[TransferKnown]:
    for one in folded(entries).memory.entities.values():
        entity = one.entity
        if one.counts and entity.origin is not Origin.LINE:
            yield TransferKnown(kind=entity.kind, text=entity.text, about=entity.about, sure=one.sure)


def _sound(entries: Sequence[Entry], force: Force) -> str:
    kept = any(isinstance(entry.event, RecordingBegan) for entry in entries)
    return f"Recorded by {force.name} as {entries[0].call}" if kept else ""
