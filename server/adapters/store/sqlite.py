"""SQLite as a store: one file, beside the server, in write-ahead mode."""

import asyncio
import os
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from server.adapters.store.database import READERS, Database
from server.adapters.store.schema import StoreRefused, bring_up_to_date

BUSY_TIMEOUT_S = 5.0
"""How long a write waits for another process (a command line, a backup) before it is lost."""

RETRY_S = 0.01
PRIMARY_CODE = 0xFF
"""The part of SQLite's error codes that says what went wrong; the rest says how."""


@asynccontextmanager
async def sqlite_database(path: str, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> AsyncIterator[Database]:
    """Open the file, making it and its folder if need be, at the newest schema.

    Raises `StoreRefused`.
    """
    database = Database(await asyncio.to_thread(_opened, Path(path), busy_timeout_s))
    try:
        yield database
    finally:
        await database.close()


def _opened(path: Path, busy_timeout_s: float) -> Engine:
    engine = _engine(path, busy_timeout_s)
    try:
        _make_private(path)
        with engine.execution_options(earshot_writes=True).begin() as connection:
            bring_up_to_date(connection)
    except (OSError, DBAPIError) as error:
        engine.dispose()
        raise StoreRefused(f"the database {path} cannot be opened: {_reason(error)}") from error
    except StoreRefused as refused:
        engine.dispose()
        raise StoreRefused(f"the database {path} cannot be used: {refused}") from None
    return engine


def _make_private(path: Path) -> None:
    """SQLite gives its own side files the permissions of the database."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _reason(error: OSError | DBAPIError) -> str:
    if isinstance(error, DBAPIError):
        return str(error.orig)
    return error.strerror or type(error).__name__


def _engine(path: Path, busy_timeout_s: float) -> Engine:
    url = URL.create("sqlite+pysqlite", database=str(path))
    engine = sa.create_engine(
        url,
        pool_size=READERS + 1,
        max_overflow=0,
        hide_parameters=True,  # an error's text must not carry what was said
        connect_args={"timeout": busy_timeout_s},
    )
    event.listen(engine, "connect", partial(_prepare, busy_timeout_s))
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(busy_timeout_s: float, connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver would otherwise begin late, and not for DDL
    _write_ahead(connection, busy_timeout_s)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # a key that was destroyed is in no free page


def _write_ahead(connection: sqlite3.Connection, busy_timeout_s: float) -> None:
    """SQLite does not wait for its turn to change a new file's mode, so this does."""
    until_s = time.monotonic() + busy_timeout_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & PRIMARY_CODE != sqlite3.SQLITE_BUSY or time.monotonic() >= until_s:
                raise
            time.sleep(RETRY_S)
        else:
            return


def _begin(connection: Connection) -> None:
    """Writers take the lock at once: one that took it half-way could be refused without waiting."""
    writes = connection.get_execution_options().get("earshot_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
