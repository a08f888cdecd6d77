"""The index of earlier calls in the database: each under digests of what it is found by, the newest first."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from server.adapters.store.database import Database
from server.adapters.store.history_imports import Imports
from server.adapters.store.history_rows import AT_ONCE, Kept, Row, Written, digest_of, put, take_out
from server.adapters.store.history_seal import HistorySeal, Opened
from server.adapters.store.history_tables import history, history_batches, history_keys
from server.adapters.store.tables import calls
from server.domain.candidates import PER_KEY, candidates
from server.domain.history import EarlierCall
from server.domain.ids import CallId, ForceId
from server.domain.linking import BUSY_NIGHT, TONIGHT
from server.ports.history import Brought, HistoryLost
from server.ports.vault import VaultLost

T = TypeVar("T")
COUNTED = BUSY_NIGHT
"""No night is busier to whoever asks."""
_decode = msgspec.json.Decoder(EarlierCall).decode


@dataclass(frozen=True, slots=True)
class StoredHistory:
    database: Database
    seal: HistorySeal = field(default_factory=HistorySeal, repr=False)

    async def keep(self, earlier: EarlierCall, keys: Collection[str]) -> None:
        await self.keep_all([(earlier, keys)])

    async def keep_all(self, earlier: Sequence[Kept]) -> None:
        rows = [Row.of(call, keys) for call, keys in earlier]

        def work(connection: Connection) -> None:
            opened = self.seal.opened(connection, make=True)
            put(connection, [row.sealed(opened) for row in rows])

        await self._written(work)

    async def bring_in(self, batch: str, earlier: Iterable[Kept]) -> Brought:
        return await self._imports.bring_in(batch, earlier)

    async def settle(self, batch: str) -> None:
        await self._imports.settle(batch)

    async def drop_unsettled(self, force: ForceId) -> int:
        return await self._imports.drop_unsettled(force)

    async def under(
        self, keys: Collection[str], *, forces: Collection[ForceId], since: datetime
    ) -> list[EarlierCall]:
        digests = sorted({digest_of(force, key) for force in forces for key in keys})

        def work(connection: Connection) -> list[EarlierCall]:
            opened = self.seal.opened(connection)
            found = _under(connection, [opened.digest(digest) for digest in digests], since)
            return _called(connection, opened, history.c.id, candidates(found))

        return await self._read(work)

    async def busy(self, *, forces: Collection[ForceId], at: datetime) -> int:
        there = sa.select(sa.literal(1)).where(
            history.c.force.in_(forces), history.c.at >= at - TONIGHT, history.c.at <= at
        )
        counted = sa.select(sa.func.count()).select_from(there.limit(COUNTED).subquery())
        return await self._read(lambda connection: connection.execute(counted).scalar_one())

    async def named(self, calls: Collection[CallId]) -> list[EarlierCall]:
        return await self._read(
            lambda connection: _called(connection, self.seal.opened(connection), history.c.call, list(calls))
        )

    async def behind(self, *, limit: int = 500) -> list[CallId]:
        wanted = (
            sa.select(calls.c.call)
            .outerjoin(history, history.c.call == calls.c.call)
            .where(sa.or_(history.c.seq.is_(None), history.c.seq < calls.c.last_seq))
            .order_by(calls.c.id.desc())
            .limit(limit)
        )
        rows = await self._read(lambda connection: connection.execute(wanted).scalars().all())
        return [CallId(call) for call in rows]

    async def forget(self, call: CallId) -> None:
        await self._written(lambda connection: take_out(connection, [call]))

    @property
    def _written(self) -> Written:
        return Written(self.database)

    @property
    def _imports(self) -> Imports:
        return Imports(self._written, self.seal)

    async def _read(self, work: Callable[[Connection], T]) -> T:
        try:
            return await self.database.read(work)
        except (SQLAlchemyError, VaultLost, msgspec.DecodeError) as error:
            raise HistoryLost("the index of earlier calls could not be read") from error


_SETTLED = sa.or_(history.c.batch.is_(None), history.c.batch.not_in(sa.select(history_batches.c.id)))
_UNDER = (
    sa.select(history_keys.c.earlier, history_keys.c.at_s)
    .where(history_keys.c.key == sa.bindparam("of"), history_keys.c.at_s >= sa.bindparam("since"))
    .order_by(history_keys.c.at_s.desc())
    .limit(PER_KEY)
)
_UNDER_SETTLED = _UNDER.join_from(history_keys, history, history.c.id == history_keys.c.earlier).where(
    _SETTLED
)
"""While something is brought in: what is not to be found must not crowd out what is."""


def _under(connection: Connection, digests: Sequence[int], since: datetime) -> list[list[tuple[int, int]]]:
    unsettled = connection.execute(sa.select(history_batches.c.id).limit(1)).first() is not None
    wanted = _UNDER_SETTLED if unsettled else _UNDER
    since_s = int(since.timestamp())
    found = (connection.execute(wanted, {"of": digest, "since": since_s}) for digest in digests)
    return [[(row[0], row[1]) for row in rows] for rows in found]


def _called(
    connection: Connection,
    opened: Opened,
    column: "sa.Column[int] | sa.Column[str]",
    wanted: Sequence[int | str],
) -> list[EarlierCall]:
    found: list[EarlierCall] = []
    for start in range(0, len(wanted), AT_ONCE):
        some = sa.select(history.c.call, history.c.body).where(
            column.in_(wanted[start : start + AT_ONCE]), _SETTLED
        )
        found += [_decode(opened.plain(row.call, row.body)) for row in connection.execute(some)]
    return sorted(found, key=lambda one: one.at, reverse=True)
