"""Holds, what is due, sealing what lay in the clear, and destroying keys."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from server.adapters.store.audit import Said, chained
from server.adapters.store.bodies import OPEN_KINDS, SEALED, Bodies
from server.adapters.store.case_tables import case_journal
from server.adapters.store.database import Database
from server.adapters.store.guarded import read, write
from server.adapters.store.history_seal import HistorySeal
from server.adapters.store.keys import destroy
from server.adapters.store.ledgers import Ledger
from server.adapters.store.tables import calls, holds, journal, keys, papers
from server.domain.events import MarkerSighted
from server.domain.ids import CallId, PersonId
from server.domain.recordings import Part
from server.domain.retention import AuditLine, Hold, Marked, RecordClass
from server.ports.clock import Clock
from server.ports.journal import UnknownCall
from server.ports.retention import Held, NotOver
from server.ports.vault import KeyName

EVERYTHING = 2**31


@dataclass(frozen=True, slots=True)
class StoredRetention:
    database: Database
    clock: Clock
    bodies: Bodies

    async def hold(self, call: CallId, *, by: PersonId) -> bool:
        now = self.clock.now()

        def work(on: Connection) -> bool:
            if _held(on, call) is not None:
                return False
            on.execute(sa.insert(holds).values(call=call, by=by, at=now))
            chained(on, now, Said(kind="hold placed", person=by, call=call))
            return True

        return await write(self.database, work)

    async def lift(self, call: CallId, *, by: PersonId) -> bool:
        now = self.clock.now()

        def work(on: Connection) -> bool:
            if not on.execute(sa.delete(holds).where(holds.c.call == call)).rowcount:
                return False
            chained(on, now, Said(kind="hold lifted", person=by, call=call))
            return True

        return await write(self.database, work)

    async def held(self, call: CallId) -> Hold | None:
        return await read(self.database, lambda on: _held(on, call))

    async def holds(self) -> list[Hold]:
        wanted = sa.select(holds).order_by(holds.c.at)
        rows = await read(self.database, lambda on: on.execute(wanted).all())
        return [Hold(call=CallId(row.call), by=PersonId(row.by), at=row.at) for row in rows]

    async def due(self, record_class: RecordClass, now: datetime, *, limit: int) -> list[CallId]:
        marked = sa.exists().where(journal.c.call == calls.c.call, journal.c.kind == MarkerSighted.__name__)
        over = calls.c.ended_at < record_class.ended_before(now)
        wanted = sa.select(calls.c.call).where(over, _still_there(record_class.parts))
        if record_class.calls is not Marked.ALL:
            wanted = wanted.where(marked if record_class.calls is Marked.MARKED else ~marked)
        rows = await read(
            self.database,
            lambda on: on.execute(wanted.order_by(calls.c.ended_at).limit(limit)).scalars().all(),
        )
        return [CallId(call) for call in rows]

    async def seal(self, call: CallId | None = None, *, limit: int) -> int:
        now = self.clock.now()
        return await write(self.database, lambda on: _seal(on, self.bodies, now, call, limit))

    async def accept_loss(self, masters: Collection[str]) -> int:
        now = self.clock.now()
        lost = sa.update(keys).where(keys.c.wrapped.is_not(None), keys.c.master.not_in(masters))

        def work(on: Connection) -> int:
            count = on.execute(lost.values(wrapped=None, destroyed_at=now)).rowcount
            for ledger in _ledgers(self.bodies):
                ledger.drop_lost(on)
            HistorySeal().drop_lost(on)
            chained(on, now, Said(kind="master key lost", person="command line", facts={"keys": count}))
            return count

        return await write(self.database, work)

    async def destroy(
        self, call: CallId, parts: Collection[Part], *, person: str, facts: Mapping[str, str | int]
    ) -> AuditLine:
        now = self.clock.now()

        def work(on: Connection) -> AuditLine:
            _check_over(on, call)
            if _held(on, call) is not None:
                raise Held
            _seal(on, self.bodies, now, call, EVERYTHING)  # what lay in the clear would outlive the key
            said: dict[str, str | int] = dict(facts)
            for part in sorted(parts):
                said |= _destroyed(on, call, part, now)
            return chained(on, now, Said(kind="erased", person=person, call=call, facts=said))

        line = await write(self.database, work)
        await write(self.database, _no_remains)
        return line


def _still_there(parts: Collection[Part]) -> sa.ColumnElement[bool]:
    """Whether any of it can still be read."""
    if Part.WORDS in parts:
        words = sa.and_(keys.c.destroyed_at.is_not(None), keys.c.part == Part.WORDS.value)
        return calls.c.call.not_in(sa.select(keys.c.subject).where(words))
    kept = sa.and_(keys.c.destroyed_at.is_(None), keys.c.part.in_([part.value for part in parts]))
    return calls.c.call.in_(sa.select(keys.c.subject).where(kept))


def _held(on: Connection, call: CallId) -> Hold | None:
    row = on.execute(sa.select(holds).where(holds.c.call == call)).one_or_none()
    return Hold(call=call, by=PersonId(row.by), at=row.at) if row is not None else None


def _check_over(on: Connection, call: CallId) -> None:
    row = on.execute(sa.select(calls.c.ended_at).where(calls.c.call == call)).one_or_none()
    if row is None:
        raise UnknownCall("no journal is kept under this call id")
    if row.ended_at is None:
        raise NotOver


def _destroyed(on: Connection, call: CallId, part: Part, now: datetime) -> dict[str, str | int]:
    """What is left to be said of it."""
    master = destroy(on, KeyName(subject=call, part=part), now)
    if part is not Part.WORDS:
        return {f"{part}_key": master or "none"}
    sealed = sa.select(sa.func.count()).where(journal.c.call == call, journal.c.body.startswith(SEALED))
    return {f"{part}_key": master or "none", "entries": on.execute(sealed).scalar_one()}


def _no_remains(on: Connection) -> None:
    """What was overwritten still lies in the log of changes beside the database until that is emptied."""
    if on.dialect.name == "sqlite":
        on.exec_driver_sql("COMMIT")
        on.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        on.exec_driver_sql("BEGIN")


def _seal(on: Connection, bodies: Bodies, now: datetime, call: CallId | None, limit: int) -> int:
    if bodies.sealer is None:
        return 0
    wanted = sa.select(journal).where(~journal.c.body.startswith(SEALED), journal.c.kind.not_in(OPEN_KINDS))
    if call is not None:
        wanted = wanted.where(journal.c.call == call)
    rows = on.execute(wanted.order_by(journal.c.id).limit(limit)).all()
    if call is None and not rows:
        return sum(ledger.seal(on, now, limit) for ledger in _ledgers(bodies))
    sealing = bodies.writing_keys(on, {CallId(row.call) for row in rows}, now)
    for row in rows:
        body = sealing.body(row._asdict())
        on.execute(sa.update(journal).where(journal.c.id == row.id).values(body=body))
    return len(rows)


def _ledgers(bodies: Bodies) -> tuple[Ledger, Ledger]:
    return (
        Ledger(table=case_journal, subject="case", sealer=bodies.sealer),
        Ledger(table=papers, subject="paper", sealer=bodies.sealer),
    )
