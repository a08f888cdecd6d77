"""The schema comes up to date by itself, once, whoever starts first, and never goes back."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import TypeVar

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from server.adapters.store import STORES, StoreRefused, open_store
from server.adapters.store.sqlite import sqlite_database
from server.adapters.store.tables import metadata
from tests.fakes import FakeClock

Pipe = TypeVar("Pipe")

START = """
import asyncio, sys
from server.adapters.store import open_store
from server.domain.events import CallArrived
from tests.fakes import FakeClock

async def start(path, call):
    async with open_store(f"sqlite:{path}", clock=FakeClock()) as store:
        await store.journal.append(call, [CallArrived(at_ms=0, force="f", doorway="d", caller="", called="")])

print("ready", flush=True)
for path in sys.stdin:
    asyncio.run(start(path.strip(), sys.argv[1]))
    print("started", flush=True)
"""
"""Opens the databases named on its input, one by one."""


async def test_the_migrations_lead_to_the_tables(tmp_path: Path) -> None:
    def differences(connection: sa.Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        return list(compare_metadata(context, metadata))

    async with sqlite_database(str(tmp_path / "earshot.db")) as database:
        assert await database.read(differences) == []


async def test_a_database_of_a_newer_version_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "earshot.db"
    async with open_store(f"sqlite:{path}", clock=FakeClock()):
        pass
    with closing(sqlite3.connect(path)) as newer, newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreRefused, match=r"schema 9999.*start the version of Earshot that wrote it"):
        await _open(f"sqlite:{path}")
    with closing(sqlite3.connect(path)) as after:
        assert after.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]


async def test_processes_that_start_together_migrate_once(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        starting = [await stack.enter_async_context(_process(call)) for call in ("CA1", "CA2")]
        for number in range(5):
            path = tmp_path / f"data{number}" / "earshot.db"
            for process in starting:
                _pipe(process.stdin).write(f"{path}\n".encode())
            answers = [await _pipe(process.stdout).readline() for process in starting]
            assert answers == [b"started\n"] * 2
            async with open_store(f"sqlite:{path}", clock=FakeClock()) as store:
                assert {line.call for line in await store.journal.calls()} == {"CA1", "CA2"}


async def test_a_new_database_that_another_process_is_writing_to_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "earshot.db"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("CREATE TABLE other (id)")
        other.execute("BEGIN IMMEDIATE")
        async with asyncio.TaskGroup() as tasks:
            opening = tasks.create_task(_open(f"sqlite:{path}"))
            done, _ = await asyncio.wait([opening], timeout=0.3)
            assert not done
            other.execute("ROLLBACK")


@pytest.mark.parametrize("url", ["", "sqlite", "sqlite:", "oracle:there", "data/earshot.db"])
async def test_a_url_that_names_no_store_is_refused_with_the_choices(url: str) -> None:
    with pytest.raises(StoreRefused, match=", ".join(sorted(STORES))):
        await _open(url)


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "earshot.db").write_text("Dear diary, this is not a database at all. " * 40)
    with pytest.raises(StoreRefused, match=r"earshot\.db cannot be opened: file is not a database"):
        await _open(f"sqlite:{tmp_path}/earshot.db")


async def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(StoreRefused, match="cannot be opened: File exists"):
        await _open(f"sqlite:{tmp_path}/data/earshot.db")


async def _open(url: str) -> None:
    async with open_store(url, clock=FakeClock()):
        pass


@asynccontextmanager
async def _process(call: str) -> AsyncIterator[asyncio.subprocess.Process]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", START, call, stdin=pipe, stdout=pipe)
    try:
        assert await _pipe(process.stdout).readline() == b"ready\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def _pipe(end: Pipe | None) -> Pipe:
    assert end is not None
    return end
