"""Imports into the index of earlier calls: small transactions beside a running server, found all at once.

Rows are written as they come. What they are found by lies all over a table that may be far larger than
memory, so it is gathered and written in the order in which it lies there: each page a few times in all,
and not once for nearly every row.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection

from server.adapters.store.history_rows import (
    AT_ONCE,
    Kept,
    Key,
    Placed,
    Row,
    Written,
    keys_of,
    put_keys,
    put_rows,
    take_out_keys,
)
from server.adapters.store.history_seal import HistorySeal
from server.adapters.store.history_tables import history, history_batches
from server.domain.ids import ForceId
from server.ports.history import Brought

T = TypeVar("T")
KEYS_AT_ONCE = 5000
"""In one transaction: some 30 ms, so that a server's own writes are not kept waiting."""
GATHERED = 1_000_000
"""Keys in memory, about 100 MB, before they are put in order and written."""
LONGEST_PAUSE_S = 0.1


@dataclass(frozen=True, slots=True)
class Imports:
    written: Written
    seal: HistorySeal = field(repr=False)

    async def bring_in(self, batch: str, earlier: Iterable[Kept]) -> Brought:
        coming, keys, rows, new = iter(earlier), list[Key](), 0, 0
        while some := [Row.of(call, found_by) for call, found_by in islice(coming, AT_ONCE)]:
            put, brought = await self._in_turn(partial(self._put, batch=batch, rows=some))
            keys += put
            rows, new = rows + len(some), new + brought
            if len(keys) >= GATHERED:
                await self._put_keys(keys)
                keys = []
        await self._put_keys(keys)
        return Brought(rows=rows, new=new)

    async def settle(self, batch: str) -> None:
        gone = sa.delete(history_batches).where(history_batches.c.id == batch)
        await self.written(partial(_execute, statement=gone))

    async def drop_unsettled(self, force: ForceId) -> int:
        batches = sa.select(history_batches.c.id).where(history_batches.c.force == force)
        begun = await self.written(lambda on: list(on.execute(batches).scalars()))
        dropped, after = 0, 0
        while begun and (ids := await self._drop_keys(begun, after)):
            for start in range(0, len(ids), AT_ONCE):
                gone = sa.delete(history).where(history.c.id.in_(ids[start : start + AT_ONCE]))
                await self._in_turn(partial(_execute, statement=gone))
            dropped, after = dropped + len(ids), ids[-1]
        for batch in begun:
            await self.settle(batch)
        return dropped

    async def _drop_keys(self, batches: Sequence[str], after: int) -> list[int]:
        """The next calls of these batches, which nothing leads to any more."""
        ids, keys = list[int](), list[Key]()
        while len(keys) < GATHERED:
            wanted = (
                sa.select(history.c.id, history.c.at, history.c.found_by)
                .where(history.c.id > (ids[-1] if ids else after), history.c.batch.in_(batches))
                .order_by(history.c.id)
                .limit(AT_ONCE)
            )
            rows = await self._in_turn(partial(_selected, wanted=wanted))
            if not rows:
                break
            ids += [row.id for row in rows]
            keys += [key for row in rows for key in keys_of(row)]
        keys.sort()
        for start in range(0, len(keys), KEYS_AT_ONCE):
            some = keys[start : start + KEYS_AT_ONCE]
            await self._in_turn(partial(take_out_keys, keys=some))
        return ids

    async def _put_keys(self, keys: list[Key]) -> None:
        keys.sort()
        for start in range(0, len(keys), KEYS_AT_ONCE):
            some = keys[start : start + KEYS_AT_ONCE]
            await self._in_turn(partial(put_keys, keys=some))

    async def _in_turn(self, work: Callable[[Connection], T]) -> T:
        """And then as long a pause: who waits for a lock of SQLite's only looks for it now and then."""
        begun = time.monotonic()
        done = await self.written(work)
        await asyncio.sleep(min(LONGEST_PAUSE_S, time.monotonic() - begun))
        return done

    def _put(self, on: Connection, batch: str, rows: Sequence[Row]) -> tuple[list[Key], int]:
        named = [row.earlier.call for row in rows]
        held = set(on.execute(sa.select(history.c.call).where(history.c.call.in_(named))).scalars())
        opened = self.seal.opened(on, make=True)
        new = [row.sealed(opened) for row in rows if row.earlier.call not in held]
        _begin(on, batch, new)
        return put_rows(on, new, batch=batch), len(new)


def _execute(on: Connection, statement: sa.Executable) -> None:
    on.execute(statement)


def _selected(on: Connection, wanted: "sa.Select[tuple[int, datetime, bytes]]") -> list[Placed]:
    return [Placed(row.id, row.at, row.found_by) for row in on.execute(wanted)]


def _begin(on: Connection, batch: str, rows: Sequence[Row]) -> None:
    begun = on.execute(sa.select(history_batches.c.id).where(history_batches.c.id == batch)).scalar()
    if begun is None and rows:
        values = {"id": batch, "force": rows[0].earlier.force}
        on.execute(sa.insert(history_batches).values(values))
