"""Taking a call over from another force's server: believed, kept once, and shown until all of it is named."""

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from server.domain.call import folded
from server.domain.events import CallArrived, CallEnded, Ending, Entry, Event
from server.domain.events.transferring import TransferAcknowledged, TransferReceived
from server.domain.ids import CallId, ForceId, MarkerId
from server.domain.people import Person, Role
from server.domain.taking_over import received_of
from server.domain.transferred import told_of
from server.domain.transfers import TRANSFER, Peer, Received, TransferReceipt, TransferSheet
from server.ports.journal import JournalLost
from server.ports.transfers import Marks
from server.services.control_room import ControlRoom
from server.services.pages import Doing, Pages, check_on_duty
from server.services.readers import Readers
from server.services.refusals import ReadOnly
from server.services.sheet_views import Showing, call_name
from server.services.signed import checked, signed_headers
from server.services.transfer_refusals import NotForUs, NotTransferred, Replayed, UnknownPeer
from server.services.transfer_wire import FROM, TO, Message, digest_of, message_of, written

log = logging.getLogger(__name__)

LOOK_S = 60.0
SILENT = timedelta(hours=1)
"""A transferred call whose first force has said nothing for so long, and of which all is named, is over."""
LIVE_LISTED = 10_000


class TakingOver:
    def __init__(self, room: ControlRoom, showing: Showing, readers: Readers, marks: Marks) -> None:
        self._room = room
        self._pages = Pages(room)
        self._showing = showing
        self._readers = readers
        self._marks = marks

    async def receive(self, headers: Mapping[str, str], body: str) -> tuple[str, Sequence[tuple[str, str]]]:
        """The receipt and its signature. Raises a `Refused` that says to a program what is wrong."""
        peer = self._peer(headers)
        message = checked(peer.secrets, headers, body, now=self._room.clock.now())
        told = message_of(body)
        if (told.sheet.from_force, told.sheet.to_force) != (peer.id, peer.force):
            raise NotForUs
        call = call_of(told.sheet)
        async with self._room.turns.of(call):
            await self._check_new(call, told)
            found = await self._kept(call, peer, told.sheet)
            await self._marks.reach(_mark(call), told.sent_ms)
        receipt = written(_receipt(found, call, message, digest_of(body)))
        answer = f"msg_{secrets.token_hex(16)}"
        return receipt, signed_headers(peer.secrets, message=answer, now=self._room.clock.now(), body=receipt)

    async def acknowledge(self, doing: Doing, call: CallId, named: Sequence[MarkerId]) -> None:
        """Somebody here has these, and says so by name; with none, that we have the call."""
        check_may_take(doing.person)
        async with self._pages.of_force(doing.person, call) as page:
            found = received_of(page.entries)
            if found is None:
                raise NotTransferred
            if page.done(doing, lambda event: isinstance(event, TransferAcknowledged)):
                return
            known = tuple(item.marker for item in found.missing if item.marker in set(named))
            if not known and found.taken_by:
                return
            taken = TransferAcknowledged(
                at_ms=page.at_ms, person=doing.by, act=doing.act, named=known, by=doing.person.name
            )
            await self._record(call, page.entries, taken)

    async def run(self) -> None:
        """End what its first force has left behind, until cancelled."""
        while True:
            try:
                await self._look()
            except JournalLost:
                log.warning("transferred calls not looked at")
            except Exception:  # boundary: a fault here must never end the calls
                log.exception("transferred calls not looked at")
            await asyncio.sleep(LOOK_S)

    async def _look(self) -> None:
        for line in await self._room.recorder.journal.calls(live=True, limit=LIVE_LISTED):
            if line.doorway == TRANSFER:
                await self._end_if_left(line.call)

    async def _end_if_left(self, call: CallId) -> None:
        async with self._room.turns.of(call):
            last_ms = await self._marks.place(_mark(call)) or 0
            silent_s = self._room.clock.now().timestamp() - last_ms / 1000
            entries = await self._room.recorder.journal.entries(call)
            found = received_of(entries)
            if found is not None and found.taken and silent_s > SILENT.total_seconds():
                await self._room.recorder.record(call, _over(entries, Ending.TOO_LONG))

    def _peer(self, headers: Mapping[str, str]) -> Peer:
        ours, theirs = ForceId(headers.get(TO, "")), headers.get(FROM, "")
        peer = self._showing.peers.to(ours, theirs)
        if peer is None:
            raise UnknownPeer
        return peer

    async def _check_new(self, call: CallId, told: Message) -> None:
        if told.sent_ms <= (await self._marks.place(_mark(call)) or 0):
            raise Replayed

    async def _kept(self, call: CallId, peer: Peer, sheet: TransferSheet) -> Received:
        """The transfer as it stands once this is on record."""
        entries = await self._room.recorder.journal.entries(call)
        found = received_of(entries)
        events: list[Event] = []
        if found is None:
            events.append(
                CallArrived(at_ms=0, force=peer.force, doorway=TRANSFER, caller=sheet.caller, called="")
            )
        if found is None or _differs(found.sheet, sheet):
            markers = self._readers.of(peer.force).markers
            events.append(TransferReceived(at_ms=_at_ms(sheet), sheet=sheet, phone=peer.phone))
            events.extend(told_of(folded(entries), sheet, found, markers))
        kept = await self._record(call, entries, *events)
        if (stands := received_of(kept)) is None:
            raise NotTransferred
        return stands

    async def _record(self, call: CallId, before: Sequence[Entry], *events: Event) -> list[Entry]:
        """And the call's end, once it is over there and all of it is named here."""
        kept = [*before, *await self._room.recorder.record(call, *events)]
        found = received_of(kept)
        if found is not None and found.taken and not found.sheet.live and not folded(kept).ended:
            kept += await self._room.recorder.record(call, _over(kept, Ending.HUNG_UP))
        return kept


def call_of(sheet: TransferSheet) -> CallId:
    """The same for every message of a transfer, however often it comes: so it is here once."""
    named = f"{sheet.to_force}\n{sheet.from_force}\n{sheet.transfer}".encode()
    return CallId(f"TR{hashlib.sha256(named).hexdigest()[:32]}")


def check_may_take(person: Person) -> None:
    """Raises `ReadOnly` or `OffDuty`."""
    if person.role is Role.HANDLER:
        raise ReadOnly("Specialists and supervisors take calls over from other forces.")
    check_on_duty(person)


def _mark(call: CallId) -> str:
    return f"transfer:{call}"


def _differs(before: TransferSheet, sheet: TransferSheet) -> bool:
    """Whether it says more than that the first force's journal went on."""
    return replace(before, revision=sheet.revision) != sheet


def _at_ms(sheet: TransferSheet) -> int:
    return max((item.at_ms for item in sheet.items), default=0)


def _over(entries: Sequence[Entry], why: Ending) -> CallEnded:
    return CallEnded(at_ms=max(entry.event.at_ms for entry in entries), why=why)


def _receipt(found: Received, call: CallId, message: str, digest: str) -> TransferReceipt:
    sheet = found.sheet
    return TransferReceipt(
        answers=message,
        digest=digest,
        transfer=sheet.transfer,
        revision=sheet.revision,
        from_force=sheet.to_force,
        to_force=sheet.from_force,
        received_at=found.at,
        name=call_name(call),
        must=tuple(item.marker for item in sheet.grave),
        taken_by=found.taken_by,
        acknowledged=tuple(found.acknowledged.values()),
    )
