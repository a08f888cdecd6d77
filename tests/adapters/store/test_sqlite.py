"""The journal on SQLite when the disk, another process or the caller misbehaves."""

import asyncio
import resource
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from server.adapters.store import journal as stored_journal
from server.adapters.store import open_store
from server.adapters.store.bodies import Bodies
from server.adapters.store.journal import StoredJournal
from server.adapters.store.sqlite import sqlite_database
from server.domain.events import CallArrived, Event, LegJoined, ReviewAsked, ReviewWhy
from server.domain.ids import CallId, ForceId
from server.domain.speech import Party
from server.ports.journal import JournalLost
from server.services.wire import event_from
from tests.event_samples import EVENTS
from tests.fakes import FakeClock

CALL = CallId("CA1")
ARRIVED = CallArrived(at_ms=0, force=ForceId("northshire"), doorway="replay", caller="+441", called="+442")
JOINED = LegJoined(at_ms=10, party=Party.CALLER)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "earshot.db"


@pytest.fixture
async def journal(path: Path) -> AsyncIterator[StoredJournal]:
    """A journal that gives up on a locked database quickly."""
    async with sqlite_database(str(path), busy_timeout_s=0.05) as database:
        yield StoredJournal(database, FakeClock(), Bodies())


async def numbers(journal: StoredJournal) -> list[int]:
    return [entry.seq for entry in await journal.entries(CALL)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
@given(events=st.lists(st.one_of(*EVENTS.values()), max_size=30), number=st.integers())
def test_any_events_come_back_as_they_were(tmp_path: Path, events: list[Event], number: int) -> None:
    async def kept() -> list[Event]:
        async with open_store(f"sqlite:{tmp_path}/earshot.db", clock=FakeClock()) as store:
            call = CallId(f"{number} {len(await store.journal.calls())}")
            await store.journal.append(call, [ARRIVED, *events])
            return [entry.event for entry in await store.journal.entries(call)]

    assert asyncio.run(kept()) == [ARRIVED, *events]


async def test_what_was_recorded_is_there_after_a_restart(path: Path) -> None:
    async with open_store(f"sqlite:{path}", clock=FakeClock()) as store:
        before = await store.journal.append(CALL, [ARRIVED, JOINED])
    async with open_store(f"sqlite:{path}", clock=FakeClock()) as store:
        assert await store.journal.entries(CALL) == before
        assert [entry.seq for entry in await store.journal.append(CALL, [JOINED])] == [3]


async def test_reading_a_long_call_holds_nothing_else_up(
    journal: StoredJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: set[int] = set()

    def decoded(kind: str, body: bytes | str) -> Event:
        threads.add(threading.get_ident())
        return event_from(kind, body)

    monkeypatch.setattr(stored_journal, "event_from", decoded)
    await journal.append(CALL, [ARRIVED, JOINED])
    assert [entry.event for entry in await journal.entries(CALL)] == [ARRIVED, JOINED]
    assert threading.get_ident() not in threads


async def test_each_commit_reaches_the_disk_before_it_counts(path: Path) -> None:
    async with sqlite_database(str(path)) as database:
        assert await database.read(_pragma("synchronous")) == 2
        assert await database.read(_pragma("journal_mode")) == "wal"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET body = '{}'",
        "DELETE FROM journal",
        "INSERT OR REPLACE INTO journal SELECT id, call, seq, recorded_at, kind, '{}' FROM journal",
        "INSERT OR REPLACE INTO journal SELECT id, call, seq + 1, recorded_at, kind, '{}' FROM journal",
        "INSERT INTO journal SELECT NULL, call, seq + 2, recorded_at, kind, body FROM journal",
    ],
)
async def test_what_was_recorded_cannot_be_changed(
    journal: StoredJournal, path: Path, statement: str
) -> None:
    entries = await journal.append(CALL, [ARRIVED])
    with (
        closing(sqlite3.connect(path)) as tampering,
        pytest.raises(sqlite3.IntegrityError, match="the journal"),
    ):
        tampering.execute(statement)
    assert await journal.entries(CALL) == entries


async def test_a_locked_database_loses_the_append_and_says_so(journal: StoredJournal, path: Path) -> None:
    await journal.append(CALL, [ARRIVED])
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(JournalLost, match="could not be written"):
            await journal.append(CALL, [JOINED])
    assert await numbers(journal) == [1]
    await journal.append(CALL, [JOINED])
    assert await numbers(journal) == [1, 2]


async def test_a_write_waits_for_a_lock_that_is_soon_let_go(path: Path) -> None:
    async with open_store(f"sqlite:{path}", clock=FakeClock()) as store:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            async with asyncio.TaskGroup() as tasks:
                append = tasks.create_task(store.journal.append(CALL, [ARRIVED]))
                assert await store.journal.entries(CALL) == []
                assert not append.done()
                other.execute("COMMIT")
        assert [entry.seq for entry in append.result()] == [1]


async def test_a_full_disk_loses_the_append_and_says_so(journal: StoredJournal, path: Path) -> None:
    await journal.append(CALL, [ARRIVED])
    with _no_file_may_grow_beyond(path.with_name("earshot.db-wal").stat().st_size):
        with pytest.raises(JournalLost, match="could not be written"):
            await journal.append(CALL, [JOINED])
        assert await numbers(journal) == [1]
    await journal.append(CALL, [JOINED])
    assert await numbers(journal) == [1, 2]
    (line,) = await journal.calls()
    assert line.last_seq == 2


async def test_a_failure_does_not_tell_what_was_said(journal: StoredJournal, path: Path) -> None:
    wal = path.with_name("earshot.db-wal")
    with _no_file_may_grow_beyond(wal.stat().st_size), pytest.raises(JournalLost) as lost:
        await journal.append(CALL, [ARRIVED])
    assert "+441" not in f"{lost.value!r} {lost.value.__cause__}"


async def test_an_event_that_cannot_be_written_spoils_nobody_elses(journal: StoredJournal) -> None:
    broken = CallArrived(at_ms=0, force=ForceId("\ud800"), doorway="replay", caller="", called="")

    async def refused(call: CallId, event: Event) -> None:
        with pytest.raises(JournalLost, match="cannot be written as JSON"):
            await journal.append(call, [event])

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(refused(CallId("broken"), broken))
        tasks.create_task(refused(CallId("\ud800"), ARRIVED))
        tasks.create_task(journal.append(CALL, [ARRIVED]))
    assert [line.call for line in await journal.calls()] == [CALL]


async def test_an_append_once_begun_is_kept_though_its_caller_goes_away(path: Path) -> None:
    async with open_store(f"sqlite:{path}", clock=FakeClock()) as store:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            append = asyncio.TaskGroup()
            async with append:
                task = append.create_task(store.journal.append(CALL, [ARRIVED]))
                await store.journal.entries(CALL)
                task.cancel()
            other.execute("COMMIT")
        assert task.cancelled()
    async with open_store(f"sqlite:{path}", clock=FakeClock()) as store:
        assert [entry.event for entry in await store.journal.entries(CALL)] == [ARRIVED]


async def test_a_journal_that_a_newer_version_wrote_is_refused_in_words(
    journal: StoredJournal, path: Path
) -> None:
    await journal.append(CALL, [ARRIVED])
    with closing(sqlite3.connect(path)) as newer, newer:
        newer.execute(
            "INSERT INTO journal VALUES (NULL, 'CA1', 2, '2026-01-01 00:00:00.0', 'CallerWept', '{}')"
        )
    with pytest.raises(JournalLost, match="does not know the event kind 'CallerWept'"):
        await journal.entries(CALL)


async def test_a_review_whose_reason_cannot_be_read_waits_beside_the_others(
    journal: StoredJournal, path: Path
) -> None:
    other = CallId("CA2")
    await journal.append(CALL, [ARRIVED])
    await journal.append(other, [ARRIVED, ReviewAsked(at_ms=9, why=ReviewWhy.UNRESOLVED)])
    with closing(sqlite3.connect(path)) as newer, newer:
        newer.execute(
            "INSERT INTO journal (call, seq, recorded_at, kind, body) VALUES "
            "('CA1', 2, '2026-01-01 00:00:00.0', 'ReviewAsked', '{\"at_ms\": 9, \"why\": \"tea\"}')"
        )
    found = await journal.to_review(ForceId("northshire"))
    assert [(one.call, one.why) for one in found] == [(other, ReviewWhy.UNRESOLVED), (CALL, None)]


async def test_only_its_owner_can_read_the_database(journal: StoredJournal, path: Path) -> None:
    await journal.append(CALL, [ARRIVED])
    assert path.parent.stat().st_mode & 0o777 == 0o700
    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == ["earshot.db", "earshot.db-shm", "earshot.db-wal"]
    assert [file.stat().st_mode & 0o777 for file in files] == [0o600] * 3


def _pragma(name: str) -> Callable[[Connection], object]:
    return lambda connection: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()


@contextmanager
def _no_file_may_grow_beyond(size: int) -> Iterator[None]:
    """Stands in for a full disk: the kernel itself refuses to write on."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
