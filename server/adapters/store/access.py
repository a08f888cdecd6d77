"""Bars and the access log, in the same database as people and journal."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from server.adapters.store.audit import Said, chained
from server.adapters.store.database import Database
from server.adapters.store.guarded import read, write
from server.adapters.store.tables import accesses, bars
from server.domain.access import Access, AccessKind
from server.domain.ids import CallId, PersonId
from server.ports.clock import Clock


@dataclass(frozen=True, slots=True)
class StoredBars:
    database: Database
    clock: Clock

    async def bar(self, person: PersonId, calls: Collection[CallId], *, by: str) -> None:
        now = self.clock.now()

        def work(connection: Connection) -> None:
            standing = _calls_barred(connection, person)
            for call in calls:
                if call not in standing:
                    connection.execute(sa.insert(bars).values(person=person, call=call))
                    _log(connection, Access(person=person, kind=AccessKind.BARRED, call=call, by=by), now)

        await write(self.database, work)

    async def unbar(self, person: PersonId, calls: Collection[CallId], *, by: str) -> None:
        now = self.clock.now()

        def work(connection: Connection) -> None:
            for call in calls:
                gone = sa.delete(bars).where(bars.c.person == person, bars.c.call == call)
                if connection.execute(gone).rowcount:
                    _log(connection, Access(person=person, kind=AccessKind.UNBARRED, call=call, by=by), now)

        await write(self.database, work)

    async def barred(self, person: PersonId, call: CallId) -> bool:
        wanted = sa.select(sa.exists().where(bars.c.person == person, bars.c.call == call))
        return await read(self.database, lambda connection: bool(connection.execute(wanted).scalar_one()))

    async def calls_barred(self, person: PersonId) -> frozenset[CallId]:
        return await read(self.database, lambda connection: _calls_barred(connection, person))

    async def people_barred(self, call: CallId) -> frozenset[PersonId]:
        wanted = sa.select(bars.c.person).where(bars.c.call == call)
        rows = await read(self.database, lambda connection: connection.execute(wanted).scalars().all())
        return frozenset(PersonId(person) for person in rows)


@dataclass(frozen=True, slots=True)
class StoredAccessLog:
    database: Database
    clock: Clock

    async def add(self, access: Access) -> None:
        now = self.clock.now()
        await write(self.database, lambda connection: _log(connection, access, now))

    async def find(
        self,
        *,
        since: datetime,
        person: PersonId | None = None,
        call: CallId | None = None,
        kind: AccessKind | None = None,
    ) -> list[Access]:
        wanted = sa.select(accesses).where(accesses.c.at >= since).order_by(accesses.c.id)
        for column, value in ((accesses.c.person, person), (accesses.c.call, call), (accesses.c.kind, kind)):
            if value is not None:
                wanted = wanted.where(column == value)
        rows = await read(self.database, lambda connection: connection.execute(wanted).all())
        return [_access(row) for row in rows]


def _calls_barred(connection: Connection, person: PersonId) -> frozenset[CallId]:
    wanted = sa.select(bars.c.call).where(bars.c.person == person)
    return frozenset(CallId(call) for call in connection.execute(wanted).scalars())


def _log(connection: Connection, access: Access, now: datetime) -> None:
    """In the list, and in the audit chain, in which nothing can be taken back unnoticed."""
    said = Said(kind=access.kind.value, person=access.person, call=access.call, facts={"by": access.by})
    chained(connection, now, said)
    connection.execute(
        sa.insert(accesses).values(
            at=now, person=access.person, kind=access.kind.value, call=access.call, by=access.by
        )
    )


def _access(row: Row[*tuple[Any, ...]]) -> Access:
    return Access(
        person=PersonId(row.person),
        kind=AccessKind(row.kind),
        call=CallId(row.call) if row.call is not None else None,
        by=row.by,
        at=row.at,
    )
