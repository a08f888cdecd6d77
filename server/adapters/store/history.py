"""The index of earlier calls in the database: each under digests of what it is found by, the newest first."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import blake2b
from struct import iter_unpack, pack
from typing import TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from server.adapters.store.database import Database
from server.adapters.store.history_seal import HistorySeal, Opened
from server.adapters.store.history_tables import history, history_batches, history_keys
from server.adapters.store.tables import calls
from server.domain.candidates import PER_KEY, candidates
from server.domain.history import EarlierCall
from server.domain.ids import CallId, ForceId
from server.ports.history import HistoryLost
from server.ports.vault import VaultLost

T = TypeVar("T")
AT_ONCE = 500
"""Ids in one statement."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(EarlierCall).decode
Kept = tuple[EarlierCall, Collection[str]]


@dataclass(frozen=True, slots=True)
class StoredHistory:
    database: Database
    seal: HistorySeal = field(default_factory=HistorySeal, repr=False)

    async def keep(self, earlier: EarlierCall, keys: Collection[str]) -> None:
        await self.keep_all([(earlier, keys)])

    async def keep_all(self, earlier: Sequence[Kept]) -> None:
        rows = [_Row.of(call, keys) for call, keys in earlier]

        def work(connection: Connection) -> None:
            opened = self.seal.opened(connection, make=True)
            _put(connection, [row.sealed(opened) for row in rows])

        await self._written(work)

    async def bring_in(self, batch: str, earlier: Sequence[Kept]) -> int:
        rows = [_Row.of(call, keys) for call, keys in earlier]

        def work(connection: Connection) -> int:
            named = [row.earlier.call for row in rows]
            held = set(
                connection.execute(sa.select(history.c.call).where(history.c.call.in_(named))).scalars()
            )
            new = [row for row in rows if row.earlier.call not in held]
            _begin(connection, batch, new)
            opened = self.seal.opened(connection, make=True)
            _put(connection, [row.sealed(opened) for row in new], batch=batch)
            return len(new)

        return await self._written(work)

    async def settle(self, batch: str) -> None:
        await self._written(
            lambda connection: connection.execute(
                sa.delete(history_batches).where(history_batches.c.id == batch)
            )
        )

    async def drop_unsettled(self, force: ForceId) -> int:
        def work(connection: Connection) -> int:
            begun = sa.select(history_batches.c.id).where(history_batches.c.force == force)
            left = sa.select(history.c.call).where(history.c.batch.in_(begun)).limit(AT_ONCE)
            calls = [CallId(call) for call in connection.execute(left).scalars()]
            _take_out(connection, calls)
            if not calls:
                connection.execute(sa.delete(history_batches).where(history_batches.c.force == force))
            return len(calls)

        dropped = 0
        while some := await self._written(work):
            dropped += some
        return dropped

    async def under(
        self, keys: Collection[str], *, forces: Collection[ForceId], since: datetime
    ) -> list[EarlierCall]:
        digests = sorted({_digest(force, key) for force in forces for key in keys})
        since_s = int(since.timestamp())

        def work(connection: Connection) -> list[EarlierCall]:
            opened = self.seal.opened(connection)
            found = [_under(connection, opened.digest(digest), since_s) for digest in digests]
            return _called(connection, opened, history.c.id, candidates(found))

        return await self._read(work)

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
        await self._written(lambda connection: _take_out(connection, [call]))

    async def _read(self, work: Callable[[Connection], T]) -> T:
        try:
            return await self.database.read(work)
        except (SQLAlchemyError, VaultLost, msgspec.DecodeError) as error:
            raise HistoryLost("the index of earlier calls could not be read") from error

    async def _written(self, work: Callable[[Connection], T]) -> T:
        try:
            return await self.database.write(work)
        except (SQLAlchemyError, VaultLost) as error:
            raise HistoryLost("the index of earlier calls could not be written") from error


_SETTLED = sa.or_(history.c.batch.is_(None), history.c.batch.not_in(sa.select(history_batches.c.id)))
_UNDER = (
    sa.select(history_keys.c.earlier, history_keys.c.at_s)
    .where(history_keys.c.key == sa.bindparam("of"), history_keys.c.at_s >= sa.bindparam("since"))
    .order_by(history_keys.c.at_s.desc())
    .limit(PER_KEY)
)


def _under(connection: Connection, digest: int, since_s: int) -> list[tuple[int, int]]:
    rows = connection.execute(_UNDER, {"of": digest, "since": since_s})
    return [(row[0], row[1]) for row in rows]


@dataclass(frozen=True, slots=True)
class _Row:
    earlier: EarlierCall
    digests: tuple[int, ...]
    body: bytes

    @classmethod
    def of(cls, earlier: EarlierCall, keys: Iterable[str]) -> "_Row":
        digests = tuple(sorted({_digest(earlier.force, key) for key in keys}))
        return cls(earlier=earlier, digests=digests, body=_encode(earlier))

    def sealed(self, opened: Opened) -> "_Row":
        """As it is to lie in the database."""
        digests = tuple(sorted(map(opened.digest, self.digests)))
        return replace(self, digests=digests, body=opened.sealed(self.earlier.call, self.body))


def _digest(force: ForceId, key: str) -> int:
    made = blake2b(f"{force}\n{key}".encode(), digest_size=8).digest()
    return int.from_bytes(made, "big", signed=True)


def _begin(connection: Connection, batch: str, rows: Sequence[_Row]) -> None:
    begun = connection.execute(sa.select(history_batches.c.id).where(history_batches.c.id == batch)).scalar()
    if begun is None and rows:
        values = {"id": batch, "force": rows[0].earlier.force}
        connection.execute(sa.insert(history_batches).values(values))


def _put(connection: Connection, rows: Sequence[_Row], *, batch: str | None = None) -> None:
    if not rows:
        return
    for start in range(0, len(rows), AT_ONCE):
        _take_out(connection, [row.earlier.call for row in rows[start : start + AT_ONCE]])
    last = connection.execute(sa.select(sa.func.coalesce(sa.func.max(history.c.id), 0))).scalar_one()
    numbered = list(enumerate(rows, last + 1))
    connection.execute(
        sa.insert(history), [{**_history_row(number, row), "batch": batch} for number, row in numbered]
    )
    keys = sorted(
        (digest, int(row.earlier.at.timestamp()), number)
        for number, row in numbered
        for digest in row.digests
    )  # in the order in which they lie on disk, so that each page of many is written once
    if keys:
        named = [{"key": key, "at_s": at_s, "earlier": number} for key, at_s, number in keys]
        connection.execute(sa.insert(history_keys), named)


def _history_row(number: int, row: _Row) -> dict[str, object]:
    return {
        "id": number,
        "call": row.earlier.call,
        "force": row.earlier.force,
        "at": row.earlier.at,
        "seq": row.earlier.seq,
        "found_by": pack(f">{len(row.digests)}q", *row.digests),
        "body": row.body,
    }


def _take_out(connection: Connection, calls: Sequence[CallId]) -> None:
    wanted = sa.select(history.c.id, history.c.at, history.c.found_by).where(history.c.call.in_(calls))
    for row in connection.execute(wanted).all():
        gone = [
            {"of": digest, "when": int(row.at.timestamp()), "row": row.id}
            for (digest,) in iter_unpack(">q", row.found_by)
        ]
        if gone:
            connection.execute(_GONE, gone)
        connection.execute(sa.delete(history).where(history.c.id == row.id))


_GONE = sa.delete(history_keys).where(
    history_keys.c.key == sa.bindparam("of"),
    history_keys.c.at_s == sa.bindparam("when"),
    history_keys.c.earlier == sa.bindparam("row"),
)


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
