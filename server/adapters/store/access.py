"""Bars and the access log, in the same database as people and journal."""

import base64
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from server.adapters.store.audit import Said, chained
from server.adapters.store.bodies import SEALED
from server.adapters.store.database import Database
from server.adapters.store.guarded import read, write
from server.adapters.store.keys import destroy, made_key, word_keys
from server.adapters.store.tables import accesses, bars, keys
from server.domain.access import Access, AccessKind
from server.domain.ids import CallId, PersonId
from server.domain.recordings import Part
from server.ports.clock import Clock
from server.ports.vault import KeyName, Sealer, WrappedKey

SEARCHES = "searches "
"""The beginning of the name of each month's key."""


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
    """What somebody searched for may be somebody's name: it lies sealed, with a key a month."""

    database: Database
    clock: Clock
    sealer: Sealer | None = field(default=None, repr=False)

    async def add(self, access: Access) -> None:
        now = self.clock.now()
        await write(self.database, lambda on: _log(on, self._hidden(on, access, now), now))

    async def older(self, than: datetime) -> bool:
        wanted = sa.select(sa.exists().where(accesses.c.at < than))
        return await read(self.database, lambda on: bool(on.execute(wanted).scalar_one()))

    async def forget(self, before: datetime) -> int:
        month = sa.and_(keys.c.subject.startswith(SEARCHES), keys.c.subject < _month(before))

        def work(on: Connection) -> int:
            for subject in on.execute(sa.select(keys.c.subject).where(month)).scalars().all():
                destroy(on, KeyName(subject=subject, part=Part.WORDS), before)
            return on.execute(sa.delete(accesses).where(accesses.c.at < before)).rowcount

        return await write(self.database, work)

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

        def work(on: Connection) -> list[Access]:
            rows = on.execute(wanted).all()
            months = word_keys(on, {_month(row.at) for row in rows if row.by.startswith(SEALED)})
            return [replace(_access(row), by=self._shown(row, months)) for row in rows]

        return await read(self.database, work)

    def _hidden(self, on: Connection, access: Access, now: datetime) -> Access:
        if self.sealer is None or access.kind is not AccessKind.SEARCHED:
            return access
        key = made_key(on, KeyName(subject=_month(now), part=Part.WORDS), self.sealer, now)
        sealed = self.sealer.seal(key, access.by.encode(), about=_about(access.person))
        return replace(access, by=SEALED + base64.b64encode(sealed).decode())

    def _shown(self, row: Row[*tuple[Any, ...]], months: Mapping[str, WrappedKey]) -> str:
        if not row.by.startswith(SEALED):
            return str(row.by)
        key = months.get(_month(row.at))
        if self.sealer is None or key is None:
            return "cannot be read"
        sealed = base64.b64decode(row.by[len(SEALED) :])
        return self.sealer.open(key, sealed, about=_about(row.person)).decode()


def _month(at: datetime) -> str:
    return f"{SEARCHES}{at:%Y-%m}"


def _about(person: str) -> bytes:
    return f"earshot search|{person}".encode()


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
