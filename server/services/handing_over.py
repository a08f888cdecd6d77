"""Handing a call over to another force's server: told again until its receipts say that all of it is had."""

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import Enum

from server.domain.briefs import Brief
from server.domain.call import folded
from server.domain.events import (
    BriefNoted,
    CallEnded,
    Carriage,
    Entry,
    Event,
    HistoryLinked,
    MarkerJudged,
    MarkerSighted,
    RecordChecked,
    SheetCarried,
    SheetEnded,
    SheetRead,
    SheetSent,
    SheetWay,
    SightingWithdrawn,
)
from server.domain.events.transferring import SheetReceived
from server.domain.ids import CallId, ForceId, MarkerId, PersonId, SheetId
from server.domain.sheets import Sheet, sheets_of
from server.domain.transfers import Acknowledged, TransferReceipt
from server.ports.bus import Notice, Recorded
from server.ports.integrations import NotTaken
from server.ports.journal import JournalLost
from server.ports.people import PeopleLost
from server.services.control_room import ControlRoom
from server.services.peer_asking import PeerAsking
from server.services.sheet_views import Showing
from server.services.transfer_sheets import Ends, transfer_sheet

log = logging.getLogger(__name__)

FOUND_WITHIN = timedelta(hours=36)
"""At a start, calls that arrived so long ago are looked at for sheets that are still to be told."""
MATTERS = (
    BriefNoted,
    CallEnded,
    HistoryLinked,
    MarkerJudged,
    MarkerSighted,
    RecordChecked,
    SheetEnded,
    SightingWithdrawn,
)
"""What changes a sheet is told at once."""
BY = "transfer sheet"
"""How it stands in the access log that another force was told an earlier call's words."""

Key = tuple[CallId, SheetId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long until the other server is told again."""

    untold_s: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0, 10.0)
    """While it does not take it; the last pause is kept to."""
    told_s: float = 2.0
    """While it has it and not everything is named;"""
    taken_s: float = 15.0
    """and while the call goes on here, in case more is heard."""
    found_s: float = 5.0
    """Until what the journal could not give at a start is looked for again."""


class Stands(Enum):
    UNTOLD = "untold"
    TOLD = "told"
    TAKEN = "taken over, and the call goes on here"
    OVER = "over"


@dataclass(slots=True, kw_only=True)
class Telling:
    """One sheet on its way."""

    news: asyncio.Event = field(default_factory=asyncio.Event)
    sent_ms: int = 0


class HandingOver:
    """Follows the journal, so that neither a restart nor a fault forgets a sheet; nobody waits for it.

    Bounded by the sheets that people send: one small task for each until it is taken over or its time is up.
    """

    def __init__(
        self, room: ControlRoom, showing: Showing, asking: PeerAsking, pace: Pace | None = None
    ) -> None:
        self._pace = pace or Pace()
        self._room = room
        self._showing = showing
        self._asking = asking
        self._telling: dict[Key, Telling] = {}
        self._over: set[Key] = set()
        """Those that are taken over: begun again if more is found on a call that has ended."""
        self._fresh: list[Key] = []
        self._news = asyncio.Event()

    def follow(self, notice: Notice) -> None:
        if not isinstance(notice, Recorded):
            return
        events = [entry.event for entry in notice.entries]
        for event in events:
            if isinstance(event, SheetSent) and event.way is SheetWay.EARSHOT:
                self._begin((notice.call, event.sheet))
        if any(isinstance(event, MATTERS) for event in events):
            self._look_again(notice.call)

    async def run(self) -> None:
        """Until cancelled; begins with what an earlier run left on its way."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._find(), name="transfers:find")
            while True:
                await self._news.wait()
                self._news.clear()
                fresh, self._fresh = self._fresh, []
                for key in fresh:
                    tasks.create_task(self._tell(key), name=f"transfer:{key[0]}")

    def _look_again(self, changed: CallId) -> None:
        for (call, _), telling in self._telling.items():
            if call == changed:
                telling.news.set()
        for key in [key for key in self._over if key[0] == changed]:
            self._begin(key)

    def _begin(self, key: Key) -> None:
        if key not in self._telling:
            self._over.discard(key)
            self._telling[key] = Telling()
            self._fresh.append(key)
            self._news.set()

    async def _find(self) -> None:
        left = await self._sent_lately()
        while left:
            left = [call for call in left if not await self._found_in(call)]
            if left:
                await asyncio.sleep(self._pace.found_s)

    async def _sent_lately(self) -> list[CallId]:
        since = self._room.clock.now() - FOUND_WITHIN
        while True:
            try:
                return await self._room.recorder.journal.lately(SheetSent, since=since)
            except JournalLost:
                log.warning("transfer sheets not found yet")
                await asyncio.sleep(self._pace.found_s)

    async def _found_in(self, call: CallId) -> bool:
        """False: the call cannot be read now, which keeps no other from being found."""
        try:
            entries = await self._room.recorder.journal.entries(call)
        except JournalLost:
            log.warning("transfer sheets of a call cannot be read", extra={"call": call})
            return False
        for name, sheet in sheets_of(entries).sheets.items():
            if sheet.sent.way is SheetWay.EARSHOT:
                self._begin((call, name))
        return True

    async def _tell(self, key: Key) -> None:
        telling, tries = self._telling[key], 0
        while True:
            telling.news.clear()
            stands = await self._tell_safely(key, telling)
            if stands is Stands.OVER and not telling.news.is_set():
                del self._telling[key]
                self._over.add(key)
                return
            tries = tries + 1 if stands is Stands.UNTOLD else 0
            try:
                async with asyncio.timeout(self._pause_s(stands, tries)):
                    await telling.news.wait()
            except TimeoutError:
                continue

    def _pause_s(self, stands: Stands, tries: int) -> float:
        pace = self._pace
        if stands is Stands.UNTOLD:
            return pace.untold_s[min(tries, len(pace.untold_s)) - 1]
        return pace.told_s if stands is Stands.TOLD else pace.taken_s

    async def _tell_safely(self, key: Key, telling: Telling) -> Stands:
        try:
            return await self._tell_once(key, telling)
        except JournalLost:
            log.warning("transfer sheet out of reach", extra={"call": key[0]})
        except Exception:  # boundary: one sheet's fault must not end the others, nor the calls
            log.exception("transfer sheet not told", extra={"call": key[0]})
        return Stands.UNTOLD

    async def _tell_once(self, key: Key, telling: Telling) -> Stands:
        """Tell the other server how the call stands now, and put on record what it answers."""
        call, name = key
        entries = await self._room.recorder.journal.entries(call)
        sheet = sheets_of(entries).sheets.get(name)
        now = self._room.clock.now()
        if sheet is None or not sheet.good_at(now):
            return Stands.OVER
        force = self._room.force(folded(entries[:1]).force or ForceId(""))
        peer = self._showing.peers.to(force.id, sheet.sent.to)
        if peer is None:
            await self._failed(key, "this force is no longer in the settings")
            return Stands.OVER
        brief = await self._brief(key, entries)
        made = transfer_sheet(entries, sheet, brief, Ends(force=force, peer=peer))
        telling.sent_ms = max(telling.sent_ms + 1, round(now.timestamp() * 1000))
        try:
            receipt = await self._asking.ask(peer, made, sent_ms=telling.sent_ms)
        except NotTaken as refused:
            await self._failed(key, str(refused))
            return Stands.UNTOLD
        await self._put_on_record(key, receipt)
        if receipt.missing or not receipt.taken_by:
            return Stands.TOLD
        return Stands.TAKEN if made.live else Stands.OVER

    async def _brief(self, key: Key, entries: Sequence[Entry]) -> Brief:
        """With earlier calls' words once their telling is on record; the sheet does not wait for that."""
        call, name = key
        brief = await self._showing.brief(entries)
        try:
            for earlier in brief.earlier_quoted:
                viewer = PersonId(f"sheet:{name}")
                await self._room.need_to_know.viewed(viewer, earlier, by=BY, session=f"{call}/{name}")
        except PeopleLost:
            log.warning("earlier calls of a transfer sheet not told", extra={"call": call})
            return replace(brief, earlier=(), earlier_unread=True)
        return brief

    async def _put_on_record(self, key: Key, receipt: TransferReceipt) -> None:
        call, name = key
        async with self._room.turns.of(call):
            entries = await self._room.recorder.journal.entries(call)
            news = list(_news(entries, sheets_of(entries).sheets[name], receipt))
            await self._room.recorder.record(call, *news)

    async def _failed(self, key: Key, why: str) -> None:
        """Said once for each reason in a row, so that the record does not fill with the same."""
        call, name = key
        log.warning("transfer sheet not taken", extra={"call": call, "why": why})
        async with self._room.turns.of(call):
            sheet = sheets_of(await self._room.recorder.journal.entries(call)).sheets[name]
            said = sheet.carried is not None and sheet.carried.why == why
            if sheet.received is None and not said:
                failed = SheetCarried(at_ms=0, sheet=name, carried=Carriage.FAILED, why=why)
                await self._room.recorder.record(call, failed)


def _news(entries: Sequence[Entry], sheet: Sheet, receipt: TransferReceipt) -> Iterator[Event]:
    """What this receipt says and no earlier one did."""
    name, at_ms = sheet.sent.sheet, max(entry.event.at_ms for entry in entries)
    known = [
        entry.event
        for entry in entries
        if isinstance(entry.event, SheetReceived) and entry.event.sheet == name
    ]
    if not known or set(receipt.must) - set(known[-1].must):
        yield SheetReceived(
            at_ms=at_ms,
            sheet=name,
            received_at=receipt.received_at,
            name=receipt.name,
            must=receipt.must,
            digest=receipt.digest,
        )
    if not known:
        yield SheetCarried(at_ms=at_ms, sheet=name, carried=Carriage.DELIVERED)
    if receipt.taken_by and not (sheet.readings or receipt.acknowledged):
        yield SheetRead(at_ms=at_ms, sheet=name, by=receipt.taken_by)
    for by, named in _by_whom(receipt.acknowledged, sheet.named).items():
        yield SheetRead(at_ms=at_ms, sheet=name, by=by, named=named)


def _by_whom(
    acknowledged: Sequence[Acknowledged], known: frozenset[MarkerId]
) -> Mapping[str, tuple[MarkerId, ...]]:
    found: dict[str, tuple[MarkerId, ...]] = {}
    for one in acknowledged:
        if one.marker not in known:
            found[one.by] = (*found.get(one.by, ()), one.marker)
    return found
