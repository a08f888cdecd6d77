"""The case book, in the same database as the journal."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection, Row
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from server.adapters.store.case_tables import case_calls, case_journal, cases
from server.adapters.store.database import Database
from server.domain.casework.events import (
    CallAdded,
    CallRemoved,
    CaseClosed,
    CaseEntry,
    CaseFact,
    CaseId,
    CaseOpened,
    CaseReopened,
)
from server.domain.ids import CallId, ForceId
from server.ports.cases import CaseLine, CaseMoved, CasesLost
from server.ports.clock import Clock
from server.services.case_wire import case_body, case_event
from server.services.wire import BadBody, UnknownKind

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StoredCases:
    database: Database
    clock: Clock

    async def append(self, case: CaseId, events: Sequence[CaseFact], *, after: int) -> list[CaseEntry]:
        now = self.clock.now()
        entries = [
            CaseEntry(case=case, seq=seq, recorded_at=now, event=event)
            for seq, event in enumerate(events, after + 1)
        ]

        def work(connection: Connection) -> None:
            _write(connection, case, entries, after)

        try:
            await self.database.write(work)
        except IntegrityError:
            raise CaseMoved from None
        except SQLAlchemyError as error:
            raise CasesLost("the case book could not be written") from error
        return entries

    async def entries(self, case: CaseId) -> list[CaseEntry]:
        wanted = sa.select(case_journal).where(case_journal.c.case == case).order_by(case_journal.c.seq)
        return await self._read(lambda connection: [_entry(row) for row in connection.execute(wanted)])

    async def lines(self, force: ForceId, *, limit: int = 500) -> list[CaseLine]:
        wanted = (
            sa.select(cases)
            .where(cases.c.force == force)
            .order_by(cases.c.changed_at.desc(), cases.c.id.desc())
            .limit(limit)
        )
        return await self._read(lambda connection: [_line(row) for row in connection.execute(wanted)])

    async def of_call(self, call: CallId) -> list[CaseId]:
        wanted = sa.select(case_calls.c.case).where(case_calls.c.call == call).order_by(case_calls.c.case)
        return await self._read(
            lambda connection: [CaseId(case) for case in connection.execute(wanted).scalars()]
        )

    async def calls(self, force: ForceId) -> dict[CaseId, list[CallId]]:
        wanted = (
            sa.select(case_calls.c.case, case_calls.c.call)
            .join(cases, cases.c.case == case_calls.c.case)
            .where(cases.c.force == force)
        )
        found: dict[CaseId, list[CallId]] = {}
        for row in await self._read(lambda connection: connection.execute(wanted).all()):
            found.setdefault(CaseId(row.case), []).append(CallId(row.call))
        return found

    async def _read(self, work: Callable[[Connection], T]) -> T:
        try:
            return await self.database.read(work)
        except (SQLAlchemyError, UnknownKind, BadBody) as error:
            raise CasesLost("the case book could not be read") from error


def _write(connection: Connection, case: CaseId, entries: Sequence[CaseEntry], after: int) -> None:
    first, now = entries[0].event, entries[0].recorded_at
    head = connection.execute(sa.select(cases.c.last_seq).where(cases.c.case == case)).scalar_one_or_none()
    if (head or 0) != after or (head is None) is not isinstance(first, CaseOpened):
        raise CaseMoved
    if isinstance(first, CaseOpened):
        connection.execute(
            sa.insert(cases).values(
                case=case, force=first.force, opened_at=now, changed_at=now, last_seq=entries[-1].seq
            )
        )
    connection.execute(sa.insert(case_journal), [_row(entry) for entry in entries])
    moved = sa.update(cases).where(cases.c.case == case)
    connection.execute(moved.values(changed_at=now, last_seq=entries[-1].seq, **_closing(entries, now)))
    for entry in entries:
        _index(connection, case, entry.event)


def _closing(entries: Iterable[CaseEntry], now: datetime) -> dict[str, datetime | None]:
    closing: dict[str, datetime | None] = {}
    for entry in entries:
        if isinstance(entry.event, CaseClosed | CaseReopened):
            closing = {"closed_at": now if isinstance(entry.event, CaseClosed) else None}
    return closing


def _index(connection: Connection, case: CaseId, event: CaseFact) -> None:
    """Which calls are in which case, so that a call finds its cases."""
    if isinstance(event, CallAdded | CallRemoved):
        gone = sa.delete(case_calls).where(case_calls.c.case == case, case_calls.c.call == event.call)
        connection.execute(gone)
    if isinstance(event, CallAdded):
        connection.execute(sa.insert(case_calls).values(case=case, call=event.call))


def _row(entry: CaseEntry) -> dict[str, Any]:
    return {
        "case": entry.case,
        "seq": entry.seq,
        "recorded_at": entry.recorded_at,
        "kind": type(entry.event).__name__,
        "body": case_body(entry.event),
    }


def _entry(row: Row[*tuple[Any, ...]]) -> CaseEntry:
    event = case_event(row.kind, row.body)
    return CaseEntry(case=CaseId(row.case), seq=row.seq, recorded_at=row.recorded_at, event=event)


def _line(row: Row[*tuple[Any, ...]]) -> CaseLine:
    return CaseLine(
        case=CaseId(row.case),
        force=ForceId(row.force),
        opened_at=row.opened_at,
        changed_at=row.changed_at,
        closed_at=row.closed_at,
        last_seq=row.last_seq,
    )
