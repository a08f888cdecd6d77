"""Imports lie beside what is there, in order and found whole; what broke off leaves nothing behind."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.adapters.store import Store, open_store
from server.domain.candidates import PER_KEY
from server.domain.history import EarlierCall
from server.domain.ids import CallId, ForceId
from tests.fakes import FakeClock

FORCE = ForceId("midshire")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
COMMON = "g:smith"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(f"sqlite:{tmp_path / 'import.db'}", clock=FakeClock()) as store:
        yield store


def rows(count: int, named: str = "old") -> Iterator[tuple[EarlierCall, list[str]]]:
    for number in range(count):
        call = CallId(f"record:midshire:{named}-{number}")
        at = NOW - timedelta(minutes=number)
        yield EarlierCall(call=call, force=FORCE, at=at, imported=True), [COMMON, f"n:{number}"]


def broken(count: int) -> Iterator[tuple[EarlierCall, list[str]]]:
    yield from rows(count, "broken")
    raise EOFError


async def found(store: Store, *keys: str) -> list[CallId]:
    since = NOW - timedelta(days=365)
    return [one.call for one in await store.history.under(keys, forces=[FORCE], since=since)]


def counted(folder: Path, table: str) -> int:
    with closing(sqlite3.connect(folder / "import.db")) as database:
        (count,) = database.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - our own names
    return int(count)


async def test_an_import_of_many_pieces_is_found_only_once_it_is_settled(store: Store) -> None:
    brought = await store.history.bring_in("import-1", rows(1200))
    assert (brought.rows, brought.new) == (1200, 1200)
    assert await found(store, "n:0", "n:777", "n:1199") == []
    await store.history.settle("import-1")
    assert await found(store, "n:0", "n:777", "n:1199") == [
        f"record:midshire:old-{number}" for number in (0, 777, 1199)
    ]
    again = await store.history.bring_in("import-2", rows(1201))
    assert (again.rows, again.new) == (1201, 1)


async def test_what_broke_off_goes_with_all_it_was_found_by(store: Store, tmp_path: Path) -> None:
    await store.history.bring_in("import-1", rows(3))
    await store.history.settle("import-1")
    with pytest.raises(EOFError):
        await store.history.bring_in("import-2", broken(1100))
    assert counted(tmp_path, "history") == 1003
    assert await store.history.drop_unsettled(ForceId("northshire")) == 0
    assert await store.history.drop_unsettled(FORCE) == 1000
    assert counted(tmp_path, "history") == 3
    assert counted(tmp_path, "history_keys") == 6
    assert counted(tmp_path, "history_batches") == 0


async def test_what_is_not_found_yet_crowds_out_nothing_that_is(store: Store) -> None:
    old = EarlierCall(call=CallId("C1"), force=FORCE, at=NOW - timedelta(days=2))
    await store.history.keep(old, [COMMON])
    await store.history.bring_in("import-1", rows(PER_KEY + 1))
    assert await found(store, COMMON) == ["C1"]


async def test_how_busy_the_night_is_counts_the_calls_of_these_forces_up_to_then(store: Store) -> None:
    for hours, force in ((1, FORCE), (11, FORCE), (13, FORCE), (-1, FORCE), (2, ForceId("northshire"))):
        call = CallId(f"C{hours}")
        await store.history.keep(EarlierCall(call=call, force=force, at=NOW - timedelta(hours=hours)), [])
    assert await store.history.busy(forces=[FORCE], at=NOW) == 2
    assert await store.history.busy(forces=[FORCE, ForceId("northshire")], at=NOW) == 3
