"""The search index in an SQLite file of its own, by FTS5; what was said stands in it only as keyed hashes.

The file can be deleted at any time: it is made again from the journal. Words are hashed with a key that is
sealed by the master key, so the file tells nobody what was said; who may search asks with the same hashes.
"""

import asyncio
import hashlib
import hmac
import json
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from server.domain.markers import MarkerClass
from server.domain.searching import Document, Hit, Query, Subject, Within, beginnings, tokens
from server.ports.searching import SearchLost

T = TypeVar("T")
VERSION = 3
"""A file of another version is thrown away and made again."""
SAYS = "id IN (SELECT found FROM passages JOIN words ON words.rowid = passages.id WHERE words MATCH ?)"
OF_BARRED = (
    "id NOT IN (SELECT found FROM facets WHERE kind = 'call' AND value IN (SELECT value FROM json_each(?)))"
)
SHOWN = 5
"""Entries named of each hit."""
TABLES = """
CREATE TABLE found (
  id INTEGER PRIMARY KEY, subject TEXT NOT NULL, name TEXT NOT NULL, force TEXT NOT NULL,
  began_at TEXT NOT NULL, severity TEXT NOT NULL, UNIQUE (subject, name)
);
CREATE INDEX found_began_at ON found (force, began_at);
CREATE TABLE facets (found INTEGER NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL);
CREATE INDEX facets_value ON facets (kind, value, found);
CREATE INDEX facets_found ON facets (found);
CREATE TABLE passages (id INTEGER PRIMARY KEY, found INTEGER NOT NULL, seq INTEGER NOT NULL);
CREATE INDEX passages_found ON passages (found);
CREATE VIRTUAL TABLE words USING fts5 (hidden, begins);
CREATE TABLE place (row INTEGER NOT NULL);
INSERT INTO place VALUES (0);
"""


class SearchFile:
    """Implements `SearchIndex`. One thread works the file, in the order in which it is asked."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._key = key
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="search")
        self._file = _opened(path)

    async def close(self) -> None:
        await self._done(self._file.close)
        self._thread.shutdown()

    async def put(self, document: Document) -> None:
        await self._write(lambda: self._put(document))

    async def forget(self, subject: Subject, name: str) -> None:
        await self._write(lambda: self._forget(subject, name, thoroughly=True))

    async def place(self) -> int:
        return int((await self._done(lambda: self._file.execute("SELECT row FROM place").fetchone()))[0])

    async def reach(self, place: int) -> None:
        await self._write(lambda: self._file.execute("UPDATE place SET row = ?", (place,)))

    async def find(
        self, query: Query, within: Within, *, before: Hit | None = None, limit: int = 50
    ) -> Sequence[Hit]:
        return await self._done(lambda: self._find(query, within, before, limit))

    async def _write(self, work: Callable[[], object]) -> None:
        def whole() -> None:
            with _transaction(self._file):
                work()

        await self._done(whole)

    async def _done(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._thread, work))
        except sqlite3.Error:
            raise SearchLost("the search index cannot be used") from None

    def _put(self, document: Document) -> None:
        self._forget(document.subject, document.id, thoroughly=False)
        row = self._file.execute(
            "INSERT INTO found (subject, name, force, began_at, severity) VALUES (?, ?, ?, ?, ?)",
            (document.subject, document.id, document.force, _text(document.began_at), document.severity),
        ).lastrowid
        self._file.executemany(
            "INSERT INTO facets (found, kind, value) VALUES (?, ?, ?)",
            [(row, kind, value) for kind, value in _facets(document)],
        )
        for passage in document.passages:
            at = self._file.execute(
                "INSERT INTO passages (found, seq) VALUES (?, ?)", (row, passage.seq)
            ).lastrowid
            hidden = " ".join(self._hidden(tokens(passage.text)))
            begins = " ".join(sorted(map(self._beginning, beginnings(passage.text))))
            self._file.execute(
                "INSERT INTO words (rowid, hidden, begins) VALUES (?, ?, ?)", (at, hidden, begins)
            )

    def _forget(self, subject: Subject, name: str, *, thoroughly: bool) -> None:
        found = self._file.execute(
            "SELECT id FROM found WHERE subject = ? AND name = ?", (subject, name)
        ).fetchone()
        if found is None:
            return
        self._file.execute(
            "DELETE FROM words WHERE rowid IN (SELECT id FROM passages WHERE found = ?)", found
        )
        for table in ("passages", "facets"):
            self._file.execute(f"DELETE FROM {table} WHERE found = ?", found)  # noqa: S608 - our own names
        self._file.execute("DELETE FROM found WHERE id = ?", found)
        if thoroughly:
            # A deleted row leaves its words in the index until its segments are merged.
            self._file.execute("INSERT INTO words (words) VALUES ('optimize')")

    def _find(self, query: Query, within: Within, before: Hit | None, limit: int) -> list[Hit]:
        parts = [*self._where(query), *_allowed(within)]
        if before is not None:
            parts.append(("(began_at, name) < (?, ?)", [_text(before.began_at), before.id]))
        where = " AND ".join(part for part, _ in parts)
        given = [value for _, values in parts for value in values]
        rows = self._file.execute(
            "SELECT id, subject, name, began_at, severity FROM found"  # noqa: S608 - our own words
            f" WHERE {where} ORDER BY began_at DESC, name DESC LIMIT ?",
            [*given, limit],
        ).fetchall()
        return [
            Hit(
                subject=Subject(subject),
                id=name,
                began_at=datetime.fromisoformat(began_at),
                severity=MarkerClass(severity),
                entries=self._entries(row, query),
            )
            for row, subject, name, began_at, severity in rows
        ]

    def _where(self, query: Query) -> Iterator[tuple[str, list[str]]]:
        for asked in self._asked(query):
            yield SAYS, [asked]
        facets = (("marker", query.marker), ("person", query.person), ("outcome", query.outcome))
        for kind, value in facets:
            if value:
                yield "id IN (SELECT found FROM facets WHERE kind = ? AND value = ?)", [kind, value]
        if query.since is not None:
            yield "began_at >= ?", [_text(query.since)]
        if query.until is not None:
            yield "began_at < ?", [_text(query.until)]
        if query.subject is not None:
            yield "subject = ?", [query.subject]

    def _entries(self, row: int, query: Query) -> tuple[int, ...]:
        anything = " OR ".join(self._asked(query))
        if not anything:
            return ()
        rows = self._file.execute(
            "SELECT seq FROM passages WHERE found = ? AND id IN"
            " (SELECT rowid FROM words WHERE words MATCH ?) ORDER BY seq LIMIT ?",
            (row, anything, SHOWN),
        )
        return tuple(seq for (seq,) in rows)

    def _asked(self, query: Query) -> list[str]:
        """Each thing that is looked for, as FTS5 is asked for it."""
        phrases = [f'hidden : "{" ".join(self._hidden(term))}"' for term in query.terms]
        return [*phrases, *(f'begins : "{self._beginning(one)}"' for one in query.beginnings)]

    def _beginning(self, letters: str) -> str:
        """Apart from the hashes of whole words."""
        return hmac.new(self._key, f"{letters}*".encode(), hashlib.sha256).hexdigest()[:16]

    def _hidden(self, words: Iterable[str]) -> Iterator[str]:
        for word in words:
            yield hmac.new(self._key, word.encode(), hashlib.sha256).hexdigest()[:20]


@asynccontextmanager
async def open_search(path: Path, key: bytes) -> AsyncIterator[SearchFile]:
    """Raises `SearchLost`."""
    try:
        index = await asyncio.to_thread(SearchFile, path, key)
    except (OSError, sqlite3.Error):
        raise SearchLost("the search index cannot be opened") from None
    try:
        yield index
    finally:
        await index.close()


def _opened(path: Path) -> sqlite3.Connection:
    file = _connected(path)
    if file.execute("PRAGMA user_version").fetchone()[0] == VERSION:
        return file
    file.close()
    for part in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        part.unlink(missing_ok=True)
    file = _connected(path)
    file.executescript(TABLES)
    file.execute(f"PRAGMA user_version = {VERSION}")
    return file


def _connected(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    file.execute("PRAGMA journal_mode = WAL")
    file.execute("PRAGMA secure_delete = ON")
    return file


@contextmanager
def _transaction(file: sqlite3.Connection) -> Iterator[None]:
    file.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        file.execute("ROLLBACK")
        raise
    file.execute("COMMIT")


def _facets(document: Document) -> Iterator[tuple[str, str]]:
    for kind, values in (
        ("marker", document.markers),
        ("person", document.people),
        ("outcome", document.outcomes),
        ("call", document.calls),
    ):
        for value in sorted(values):
            yield kind, value


def _allowed(within: Within) -> Iterator[tuple[str, list[str]]]:
    yield "force = ?", [within.force]
    if not within.cases:
        yield "subject <> ?", [Subject.CASE]
    if within.only is not None:
        yield "(subject = ? OR name IN (SELECT value FROM json_each(?)))", [Subject.CASE, _json(within.only)]
    if within.never:
        never = _json(within.never)
        yield "name NOT IN (SELECT value FROM json_each(?))", [never]
        yield OF_BARRED, [never]


def _json(names: Iterable[str]) -> str:
    return json.dumps(sorted(names))


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
