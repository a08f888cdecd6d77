"""The case book, in the same database as the journal."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection, Row
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from server.adapters.store.case_tables import case_calls, case_journal, cases
from server.adapters.store.database import Database
from server.adapters.store.ledgers import Ledger
from server.adapters.store.ledgers import Line as Written
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
from server.ports.vault import Sealer, VaultLost
from server.services.case_wire import case_body, case_event
from server.services.wire import BadBody, UnknownKind

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StoredCases:
    database: Database
    clock: Clock
    sealer: Sealer | None = field(default=None, repr=False)

    @property
    def ledger(self) -> Ledger:
        return Ledger(table=case_journal, subject="case", sealer=self.sealer)

    async def append(self, case: CaseId, events: Sequence[CaseFact], *, after: int) -> list[CaseEntry]:
        now = self.clock.now()
        entries = [
            CaseEntry(case=case, seq=seq, recorded_at=now, event=event)
            for seq, event in enumerate(events, after + 1)
        ]

        def work(connection: Connection) -> None:
            _begin(connection, entries, after)
            self.ledger.write(connection, [_row(entry) for entry in entries], now)
            _index(connection, entries)

        await self._write(work)
        return entries

    async def entries(self, case: CaseId) -> list[CaseEntry]:
        wanted = sa.select(case_journal).where(case_journal.c.case == case).order_by(case_journal.c.seq)
        return await self._read(lambda on: [_entry(row, body) for row, body in self.ledger.read(on, wanted)])

    async def rewrite(self, entries: Sequence[CaseEntry]) -> None:
        now = self.clock.now()

        def work(on: Connection) -> None:
            for entry in entries:
                self.ledger.rewrite(on, _row(entry), now)

        await self._write(work)

    async def forget(self, case: CaseId) -> int:
        now = self.clock.now()

        def work(on: Connection) -> int:
            on.execute(sa.delete(case_calls).where(case_calls.c.case == case))
            on.execute(sa.delete(cases).where(cases.c.case == case))
            return self.ledger.forget(on, case, now)

        return await self._write(work)

    async def lines(self, force: ForceId, *, limit: int | None = 500) -> list[CaseLine]:
        wanted = (
            sa.select(cases)
            .where(cases.c.force == force)
            .order_by(cases.c.changed_at.desc(), cases.c.id.desc())
            .limit(limit)
        )
        return await self._read(lambda connection: [_line(row) for row in connection.execute(wanted)])

    async def every(self) -> list[CaseId]:
        wanted = sa.select(cases.c.case).order_by(cases.c.id)
        return [CaseId(case) for case in await self._read(lambda on: on.execute(wanted).scalars().all())]

    async def closed_before(self, when: datetime, *, limit: int) -> list[CaseId]:
        wanted = sa.select(cases.c.case).where(cases.c.closed_at < when).order_by(cases.c.closed_at)
        found = await self._read(lambda on: on.execute(wanted.limit(limit)).scalars().all())
        return [CaseId(case) for case in found]

    async def of_call(self, call: CallId, *, ever: bool = False) -> list[CaseId]:
        wanted = sa.select(case_calls.c.case).where(case_calls.c.call == call).order_by(case_calls.c.case)
        if not ever:
            wanted = wanted.where(~case_calls.c.gone)
        return await self._read(
            lambda connection: [CaseId(case) for case in connection.execute(wanted).scalars()]
        )

    async def calls(self, force: ForceId) -> dict[CaseId, list[CallId]]:
        wanted = (
            sa.select(case_calls.c.case, case_calls.c.call)
            .join(cases, cases.c.case == case_calls.c.case)
            .where(cases.c.force == force, ~case_calls.c.gone)
        )
        found: dict[CaseId, list[CallId]] = {}
        for row in await self._read(lambda connection: connection.execute(wanted).all()):
            found.setdefault(CaseId(row.case), []).append(CallId(row.call))
        return found

    async def _read(self, work: Callable[[Connection], T]) -> T:
        try:
            return await self.database.read(work)
        except (SQLAlchemyError, UnknownKind, BadBody, VaultLost) as error:
            raise CasesLost("the case book could not be read") from error

    async def _write(self, work: Callable[[Connection], T]) -> T:
        try:
            return await self.database.write(work)
        except IntegrityError:
            raise CaseMoved from None
        except (SQLAlchemyError, VaultLost) as error:
            raise CasesLost("the case book could not be written") from error


def _begin(connection: Connection, entries: Sequence[CaseEntry], after: int) -> None:
    case, first, now = entries[0].case, entries[0].event, entries[0].recorded_at
    head = connection.execute(sa.select(cases.c.last_seq).where(cases.c.case == case)).scalar_one_or_none()
    if (head or 0) != after or (head is None) is not isinstance(first, CaseOpened):
        raise CaseMoved
    if isinstance(first, CaseOpened):
        connection.execute(
            sa.insert(cases).values(
                case=case, force=first.force, opened_at=now, changed_at=now, last_seq=entries[-1].seq
            )
        )
    moved = sa.update(cases).where(cases.c.case == case)
    connection.execute(moved.values(changed_at=now, last_seq=entries[-1].seq, **_closing(entries, now)))


def _closing(entries: Iterable[CaseEntry], now: datetime) -> dict[str, datetime | None]:
    closing: dict[str, datetime | None] = {}
    for entry in entries:
        if isinstance(entry.event, CaseClosed | CaseReopened):
            closing = {"closed_at": now if isinstance(entry.event, CaseClosed) else None}
    return closing


def _index(connection: Connection, entries: Sequence[CaseEntry]) -> None:
    """Which calls are in which case, so that a call finds its cases, those that it was taken out of too."""
    for entry in entries:
        if isinstance(entry.event, CallAdded | CallRemoved):
            row = {"case": entry.case, "call": entry.event.call}
            gone = isinstance(entry.event, CallRemoved)
            here = sa.and_(case_calls.c.case == row["case"], case_calls.c.call == row["call"])
            connection.execute(sa.delete(case_calls).where(here))
            connection.execute(sa.insert(case_calls).values(**row, gone=gone))


def _row(entry: CaseEntry) -> dict[str, Any]:
    return {
        "case": entry.case,
        "seq": entry.seq,
        "recorded_at": entry.recorded_at,
        "kind": type(entry.event).__name__,
        "body": case_body(entry.event),
    }


def _entry(row: Written, body: str) -> CaseEntry:
    event = case_event(row.kind, body)
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
