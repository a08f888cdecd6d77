"""Rows of the index of earlier calls: how a call and what it is found by are put there and taken out."""

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
from server.adapters.store.history_seal import Opened
from server.adapters.store.history_tables import history, history_keys
from server.domain.history import EarlierCall
from server.domain.ids import CallId, ForceId
from server.ports.history import HistoryLost
from server.ports.vault import VaultLost

T = TypeVar("T")
AT_ONCE = 500
"""Ids in one statement."""
Kept = tuple[EarlierCall, Collection[str]]
Key = tuple[int, int, int]
"""A row of `history_keys`: digest, time, the call's number."""

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Placed:
    """A call as it lies in the database, and what it is found by."""

    id: int
    at: datetime
    found_by: bytes


@dataclass(frozen=True, slots=True)
class Row:
    earlier: EarlierCall = field(repr=False)
    digests: tuple[int, ...]
    body: bytes = field(repr=False)

    @classmethod
    def of(cls, earlier: EarlierCall, keys: Iterable[str]) -> "Row":
        digests = tuple(sorted({digest_of(earlier.force, key) for key in keys}))
        return cls(earlier=earlier, digests=digests, body=_encode(earlier))

    def sealed(self, opened: Opened) -> "Row":
        """As it is to lie in the database."""
        digests = tuple(sorted(map(opened.digest, self.digests)))
        return replace(self, digests=digests, body=opened.sealed(self.earlier.call, self.body))


def digest_of(force: ForceId, key: str) -> int:
    made = blake2b(f"{force}\n{key}".encode(), digest_size=8).digest()
    return int.from_bytes(made, "big", signed=True)


@dataclass(frozen=True, slots=True)
class Written:
    """A transaction in the store's own writer; raises `HistoryLost`."""

    database: Database

    async def __call__(self, work: Callable[[Connection], T]) -> T:
        try:
            return await self.database.write(work)
        except (SQLAlchemyError, VaultLost) as error:
            raise HistoryLost("the index of earlier calls could not be written") from error


def put(connection: Connection, rows: Sequence[Row]) -> None:
    """In the place of what was held of these calls."""
    for start in range(0, len(rows), AT_ONCE):
        take_out(connection, [row.earlier.call for row in rows[start : start + AT_ONCE]])
    put_keys(connection, sorted(put_rows(connection, rows)))


def put_rows(connection: Connection, rows: Sequence[Row], *, batch: str | None = None) -> list[Key]:
    """What is still to be put beside them for them to be found."""
    if not rows:
        return []
    last = connection.execute(sa.select(sa.func.coalesce(sa.func.max(history.c.id), 0))).scalar_one()
    numbered = list(enumerate(rows, last + 1))
    connection.execute(
        sa.insert(history), [{**_history_row(number, row), "batch": batch} for number, row in numbered]
    )
    return [
        (digest, int(row.earlier.at.timestamp()), number)
        for number, row in numbered
        for digest in row.digests
    ]


def put_keys(connection: Connection, keys: Sequence[Key]) -> None:
    """Best in the order in which they lie on disk, so that each page of many is written once."""
    if keys:
        named = [{"key": key, "at_s": at_s, "earlier": number} for key, at_s, number in keys]
        connection.execute(sa.insert(history_keys), named)


def take_out(connection: Connection, calls: Sequence[CallId]) -> None:
    wanted = sa.select(history.c.id, history.c.at, history.c.found_by).where(history.c.call.in_(calls))
    rows = [Placed(row.id, row.at, row.found_by) for row in connection.execute(wanted)]
    take_out_keys(connection, sorted(key for row in rows for key in keys_of(row)))
    if rows:
        connection.execute(sa.delete(history).where(history.c.id.in_([row.id for row in rows])))


def keys_of(row: Placed) -> list[Key]:
    at_s = int(row.at.timestamp())
    return [(digest, at_s, row.id) for (digest,) in iter_unpack(">q", row.found_by)]


def take_out_keys(connection: Connection, keys: Sequence[Key]) -> None:
    if keys:
        named = [{"of": digest, "when": at_s, "row": number} for digest, at_s, number in keys]
        connection.execute(_GONE, named)


_GONE = sa.delete(history_keys).where(
    history_keys.c.key == sa.bindparam("of"),
    history_keys.c.at_s == sa.bindparam("when"),
    history_keys.c.earlier == sa.bindparam("row"),
)


def _history_row(number: int, row: Row) -> dict[str, object]:
    return {
        "id": number,
        "call": row.earlier.call,
        "force": row.earlier.force,
        "at": row.earlier.at,
        "seq": row.earlier.seq,
        "found_by": pack(f">{len(row.digests)}q", *row.digests),
        "body": row.body,
    }
