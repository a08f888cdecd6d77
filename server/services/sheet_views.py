"""What a page shows of a brief: its four blocks, short and spoken forms, who was sent it, who read it."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from server.domain.brief_words import lead_of, spoken
from server.domain.briefs import Brief, brief_of
from server.domain.call import folded
from server.domain.events import Entry, SheetKind, SheetWay
from server.domain.ids import CallId, MarkerId, SheetId
from server.domain.markers import Marker
from server.domain.people import Force
from server.domain.said_earlier import linked_before, said_earlier
from server.domain.sheets import Advice, Reading, Sheet, Sheets, sheets_of
from server.domain.transfers import Peers
from server.ports.history import CallHistory, HistoryLost

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    marker: MarkerId
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetView:
    sheet: SheetId
    kind: SheetKind
    way: SheetWay
    name: str
    sent_at: datetime
    sent_by: str
    until: datetime
    good: bool
    carried: str
    """What the channel says; empty: it has said nothing yet, or the way has no channel."""
    why: str
    opened_at: datetime | None
    received_at: datetime | None
    """When the other force's own server had it, by that server's clock,"""
    received_as: str
    """and what the call is called there."""
    phone: str
    """Where the other force is rung instead, where its own server is told."""
    must: Sequence[Named]
    readings: Sequence[Reading]
    missing: Sequence[Named]
    """What must not be lost and nobody there has named."""
    took_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefView:
    name: str
    """What the call is called on every screen."""
    force: str
    now: datetime
    brief: Brief
    lead: Sequence[tuple[str, str]]
    spoken: str
    must: Sequence[Named]
    advice: Sequence[Advice]
    there_at: datetime | None
    sheets: Sequence[SheetView]
    responsible: str
    """Who has the call: the force, until another has signed for everything."""


LONG_ID = 10


def call_name(call: CallId) -> str:
    """As the consoles say it: the last letters of the id, which two people can say to each other."""
    return f"Call {call[-4:].upper()}" if len(call) > LONG_ID else f"Call {call}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """Makes views of entries."""

    markers: Mapping[MarkerId, Marker]
    peers: Peers = field(default_factory=Peers)
    history: CallHistory | None = None
    """Where the words of earlier calls are read; none: a brief tells only how many there are."""

    async def view(self, entries: Sequence[Entry], force: Force, now: datetime) -> BriefView:
        call = entries[0].call
        brief, sheets = await self.brief(entries), sheets_of(entries)
        name = call_name(call)
        return BriefView(
            name=name,
            force=force.name,
            now=now,
            brief=brief,
            lead=lead_of(brief),
            spoken=spoken(brief, name=name, zone=ZoneInfo(force.rota.zone)),
            must=self.named(brief.must),
            advice=sheets.advice,
            there_at=sheets.there_at,
            sheets=[self._sheet(sheet, brief, now) for sheet in sheets.sheets.values()],
            responsible=_responsible(sheets, brief, force),
        )

    async def brief(self, entries: Sequence[Entry]) -> Brief:
        """With what was said on the linked calls. It is read now: what has been erased since is not in it."""
        call = entries[0].call
        brief, linked = brief_of(call, entries, self.markers), linked_before(folded(entries).memory)
        if self.history is None or not linked:
            return brief
        try:
            return replace(brief, earlier=said_earlier(await self.history.named(linked), linked))
        except HistoryLost:
            log.warning("earlier calls of a brief not read", extra={"call": call})
            return replace(brief, earlier_unread=True)

    def named(self, markers: Sequence[MarkerId]) -> list[Named]:
        return [
            Named(marker=one, title=self.markers[one].title if one in self.markers else one)
            for one in markers
        ]

    def _sheet(self, sheet: Sheet, brief: Brief, now: datetime) -> SheetView:
        must, received = sheet.must(brief), sheet.received
        return SheetView(
            sheet=sheet.sent.sheet,
            kind=sheet.sent.sheet_kind,
            way=sheet.sent.way,
            name=sheet.sent.name,
            sent_at=sheet.sent_at,
            sent_by=sheet.sent.person,
            until=sheet.sent.until,
            good=sheet.good_at(now),
            carried=sheet.carried.carried if sheet.carried else "",
            why=sheet.carried.why if sheet.carried else "",
            opened_at=sheet.opened_at,
            received_at=received.received_at if received else None,
            received_as=received.name if received else "",
            phone=sheet.sent.phone,
            must=self.named(must),
            readings=sheet.readings,
            missing=self.named(sheet.missing(must)),
            took_over=sheet.took_over(must),
        )


def _responsible(sheets: Sheets, brief: Brief, force: Force) -> str:
    """No minute without an owner: until the other force has signed for everything, the call is ours."""
    taken = [sheet for sheet in sheets.sheets.values() if sheet.took_over(sheet.must(brief))]
    return taken[-1].sent.name if taken else force.name
