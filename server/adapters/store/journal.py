"""The journal in the database: appends that arrive together are made durable together."""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row
from sqlalchemy.exc import SQLAlchemyError

from server.adapters.store.bodies import Bodies, WritingKeys
from server.adapters.store.database import Database
from server.adapters.store.tables import LOOKED_FOR, calls, journal
from server.domain.events import CallArrived, CallEnded, Entry, Event, ReviewAsked, ReviewDone, WordsErased
from server.domain.ids import CallId, ForceId
from server.domain.markers import MarkerClass
from server.ports.clock import Clock
from server.ports.journal import CallLine, JournalLost, ReviewWaiting, UnknownCall
from server.ports.vault import VaultLost
from server.services.wire import BadBody, UnknownKind, event_body, event_from, kind_of

log = logging.getLogger(__name__)

MOST_WAITING = 1024
"""Appends beyond these wait to be taken in: none is lost, their callers are slowed."""


@dataclass(eq=False, slots=True, kw_only=True)
class _Append:
    """One caller's events on their way to the database, and what became of them."""

    call: CallId
    events: Sequence[Event]
    bodies: Sequence[str] = field(repr=False)
    entries: list[Entry] | None = None
    """Once they are durable; until then the append is taken to be lost."""
    failure: Exception | None = None

    def outcome(self) -> list[Entry]:
        if self.entries is None:
            raise self.failure or JournalLost("the journal could not be written")
        return self.entries


class StoredJournal:
    def __init__(self, database: Database, clock: Clock, bodies: Bodies) -> None:
        self._database = database
        self._bodies = bodies
        self._clock = clock
        self._room = asyncio.Semaphore(MOST_WAITING)
        self._waiting: deque[_Append] = deque()

    async def append(self, call: CallId, events: Sequence[Event]) -> list[Entry]:
        """As the port says. Once begun it is carried out, even if the caller is cancelled."""
        if not events:
            return []
        append = _Append(call=call, events=tuple(events), bodies=_bodies(call, events))
        async with self._room:
            self._waiting.append(append)
            # The first of these to run writes for all that wait; the rest find their work done.
            await self._database.in_writer(self._write_waiting)
        return append.outcome()

    async def entries(self, call: CallId, *, after: int = 0, limit: int | None = None) -> list[Entry]:
        wanted = sa.select(journal).where(journal.c.call == call, journal.c.seq > after)
        return await self._entries(wanted.order_by(journal.c.seq).limit(limit))

    async def line(self, call: CallId) -> CallLine | None:
        rows = await self._rows(sa.select(calls).where(calls.c.call == call))
        return _line(rows[0]) if rows else None

    async def calls(self, *, live: bool | None = None, limit: int = 500) -> list[CallLine]:
        wanted = sa.select(calls).order_by(calls.c.arrived_at.desc(), calls.c.id.desc()).limit(limit)
        if live is not None:
            wanted = wanted.where(calls.c.ended_at.is_(None) if live else calls.c.ended_at.is_not(None))
        return [_line(row) for row in await self._rows(wanted)]

    async def page(
        self, force: ForceId, *, live: bool | None = None, before: CallId | None = None, limit: int = 50
    ) -> list[CallLine]:
        wanted = sa.select(calls).where(calls.c.force == force).order_by(calls.c.id.desc()).limit(limit)
        if before is not None:
            mark = sa.select(calls.c.id).where(calls.c.call == before).scalar_subquery()
            wanted = wanted.where(calls.c.id < sa.func.coalesce(mark, sa.literal(2**62)))
        if live is not None:
            wanted = wanted.where(calls.c.ended_at.is_(None) if live else calls.c.ended_at.is_not(None))
        return [_line(row) for row in await self._rows(wanted)]

    async def of_kinds(self, kinds: Sequence[type[Event]], *, force: ForceId) -> list[Entry]:
        named = [kind.__name__ for kind in kinds]
        wanted = (
            sa.select(journal)
            .join(calls, calls.c.call == journal.c.call)
            # Said twice over, so that the database knows its index of these kinds to be enough.
            .where(journal.c.kind.in_(named), sa.text(f"journal.{LOOKED_FOR}"), calls.c.force == force)
            .order_by(journal.c.id)
        )
        found = await self._entries(wanted)
        return [entry for entry in found if not isinstance(entry.event, WordsErased)]

    async def lately(self, kind: type[Event], *, since: datetime) -> list[CallId]:
        of_kind = (
            sa.select(journal.c.id)
            .where(journal.c.call == calls.c.call, journal.c.kind == kind.__name__)
            .exists()
        )
        wanted = sa.select(calls).where(calls.c.arrived_at >= since, of_kind).order_by(calls.c.id)
        return [CallId(row.call) for row in await self._rows(wanted)]

    async def to_review(self, force: ForceId) -> list[ReviewWaiting]:
        done = journal.alias("done")
        looked_for = sa.text(f"journal.{LOOKED_FOR}")
        since = sa.select(sa.func.coalesce(sa.func.max(done.c.seq), 0)).where(
            done.c.call == journal.c.call, done.c.kind == ReviewDone.__name__
        )
        wanted = (
            sa.select(journal)
            .join(calls, calls.c.call == journal.c.call)
            .where(journal.c.kind == ReviewAsked.__name__, looked_for, calls.c.force == force)
            .where(journal.c.seq > since.scalar_subquery())
            .order_by(journal.c.id)
        )
        return [_review(row) for row in await self._rows(wanted)]

    async def _entries(self, wanted: sa.Select[*tuple[Any, ...]]) -> list[Entry]:
        """Made of their rows by the reader's thread: a long call's would hold up every other call."""
        try:
            return await self._database.read(
                lambda connection: self._bodies.entries(connection, connection.execute(wanted).all())
            )
        except SQLAlchemyError as error:
            raise JournalLost("the journal could not be read") from error
        except (UnknownKind, BadBody, VaultLost) as error:
            raise JournalLost(str(error)) from error

    async def _rows(self, wanted: sa.Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
        try:
            return await self._database.read(lambda connection: connection.execute(wanted).all())
        except SQLAlchemyError as error:
            raise JournalLost("the journal could not be read") from error

    def _write(
        self, on: Connection, batch: Sequence[_Append], now: datetime
    ) -> list[tuple[_Append, list[Entry]]]:
        keys = self._bodies.writing_keys(on, {append.call for append in batch}, now)
        return _write(on, batch, keys, now)

    def _write_waiting(self) -> None:
        batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if not batch:
            return
        now = self._clock.now()
        try:
            written = self._database.transact(lambda connection: self._write(connection, batch, now))
        except (SQLAlchemyError, VaultLost) as error:
            for append in batch:
                append.failure = JournalLost("the journal could not be written")
                append.failure.__cause__ = error
            return
        for append, entries in written:
            append.entries = entries


def _bodies(call: CallId, events: Iterable[Event]) -> list[str]:
    """Made before waiting, so that an event that cannot be written spoils nobody else's append."""
    try:
        call.encode()
        return [event_body(event).decode() for event in events]
    except (ValueError, OverflowError):
        raise JournalLost("an event cannot be written as JSON") from None


def _write(
    connection: Connection, batch: Sequence[_Append], keys: WritingKeys, now: datetime
) -> list[tuple[_Append, list[Entry]]]:
    """Number and insert what can be recorded; an append to an unknown or an erased call fails alone."""
    heads = _heads(connection, {append.call for append in batch})
    new: list[dict[str, Any]] = []
    written: list[tuple[_Append, list[Entry]]] = []
    for append in batch:
        first = append.events[0]
        if append.call in keys.erased:
            append.failure = UnknownCall("the call was erased")
            continue
        if append.call not in heads:
            if not isinstance(first, CallArrived):
                append.failure = UnknownCall("the call has not arrived")
                continue
            heads[append.call] = 0
            new.append(_call_row(append.call, first, now))
        entries = [
            Entry(call=append.call, seq=seq, recorded_at=now, event=event)
            for seq, event in enumerate(append.events, heads[append.call] + 1)
        ]
        heads[append.call] = entries[-1].seq
        written.append((append, entries))
    _insert(connection, new, written, keys)
    return written


def _heads(connection: Connection, of: Iterable[CallId]) -> dict[CallId, int]:
    rows = connection.execute(
        sa.select(calls.c.call, calls.c.last_seq).where(calls.c.call.in_(of)).with_for_update()
    )
    return {CallId(row.call): row.last_seq for row in rows}


def _insert(
    connection: Connection,
    new: list[dict[str, Any]],
    written: Sequence[tuple[_Append, list[Entry]]],
    keys: WritingKeys,
) -> None:
    if new:
        connection.execute(sa.insert(calls), new)
    if written:
        rows = [
            _entry_row(entry, body, keys)
            for append, entries in written
            for entry, body in zip(entries, append.bodies, strict=True)
        ]
        connection.execute(sa.insert(journal), rows)
        connection.execute(_MOVE_ON, [_progress(entries) for _, entries in written])


_MOVE_ON = (
    sa.update(calls)
    .where(calls.c.call == sa.bindparam("of"))
    .values(
        last_seq=sa.bindparam("seq"),
        ended_at=sa.func.coalesce(calls.c.ended_at, sa.bindparam("ended", type_=calls.c.ended_at.type)),
    )
)


def _progress(entries: Sequence[Entry]) -> dict[str, Any]:
    ended = [entry.recorded_at for entry in entries if isinstance(entry.event, CallEnded)]
    return {"of": entries[0].call, "seq": entries[-1].seq, "ended": ended[0] if ended else None}


def _call_row(call: CallId, arrived: CallArrived, now: datetime) -> dict[str, Any]:
    return {
        "call": call,
        "force": arrived.force,
        "doorway": arrived.doorway,
        "arrived_at": now,
        "last_seq": 0,
    }


def _entry_row(entry: Entry, body: str, keys: WritingKeys) -> dict[str, Any]:
    row = {
        "call": entry.call,
        "seq": entry.seq,
        "recorded_at": entry.recorded_at,
        "kind": kind_of(entry.event),
        "body": body,
    }
    return {**row, "body": keys.body(row)}


def _review(row: Row[*tuple[Any, ...]]) -> ReviewWaiting:
    try:
        event = event_from(row.kind, row.body)
    except (UnknownKind, BadBody):
        log.warning("review not readable", extra={"call": row.call, "seq": row.seq})
        event = None
    why = event.why if isinstance(event, ReviewAsked) else None
    severity = event.severity if isinstance(event, ReviewAsked) else MarkerClass.NONE
    return ReviewWaiting(call=CallId(row.call), since=row.recorded_at, why=why, severity=severity)


def _line(row: Row[*tuple[Any, ...]]) -> CallLine:
    return CallLine(
        call=CallId(row.call),
        force=ForceId(row.force),
        doorway=row.doorway,
        arrived_at=row.arrived_at,
        ended_at=row.ended_at,
        last_seq=row.last_seq,
    )
