"""How soon a call has its history, among a million earlier ones, and what plain ways of looking take.

Run with `python -m tests.load.history [--calls 1000000] [--towns 1] [--asked 300]`.
"""

import argparse
import asyncio
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from rapidfuzz import fuzz, process

from server.adapters.matching.matcher import LibraryMatcher
from server.adapters.store import open_store
from server.domain.entities import Entity, EntityKind, EntityState, Known, Origin
from server.domain.history import EarlierCall
from server.domain.ids import CallId, EntityId
from server.domain.memory import Memory
from server.domain.people import Force
from server.ports.history import CallHistory
from server.services.linking import Linking
from tests.population import names
from tests.population.linked import FORCE
from tests.population.people import Resident, Town, made
from tests.services.room import Room

NOW = datetime(2026, 6, 1, 22, 0, tzinfo=UTC)
CHUNK = 5000
APART = 0x1F3D_5B79_0001
"""Between the keys of one town and those of the next."""
SCORER = fuzz.token_set_ratio
PEER_ASKED = 3
"""A scan of everything takes so long that a few of them tell enough."""


@dataclass(frozen=True, slots=True)
class Asked:
    known: tuple[Known, ...]
    words: str


class Calls:
    """Earlier calls of a made-up town: who rings, where they live, and about whom."""

    def __init__(self, rng: random.Random, town: Town) -> None:
        self._rng = rng
        self._town = town
        self._matcher = LibraryMatcher()

    def known(self, who: Resident) -> tuple[Known, ...]:
        said = (
            (EntityKind.NUMBER, who.mobile, "caller"),
            (EntityKind.ADDRESS, self._place(who), ""),
            (EntityKind.PERSON, self._name(who), "victim"),
            (EntityKind.PERSON, self._name(self._rng.choice(self._town.people)), "suspect"),
        )
        read = ((kind, self._matcher.read(kind, text), about) for kind, text, about in said)
        return tuple(Known(kind=kind, value=found.value, about=about) for kind, found, about in read if found)

    def asked(self) -> Asked:
        who = self._rng.choice(self._town.people)
        return Asked(known=self.known(who), words=f"{who.given} {who.family} {self._place(who)} {who.mobile}")

    def earlier(self, number: int) -> tuple[EarlierCall, frozenset[str]]:
        at = NOW - timedelta(seconds=self._rng.randrange(3600, 360 * 86_400))
        known = self.known(self._rng.choice(self._town.people))
        call = EarlierCall(call=CallId(f"C{number}"), force=FORCE, at=at, outcome="ended", known=known)
        return call, self._matcher.keys(known, at)

    def _place(self, who: Resident) -> str:
        home = who.home
        flat = f"Flat {home.flat}, " if home.flat else ""
        return f"{flat}{home.number} {home.street}, {home.town} {home.postcode}"

    def _name(self, who: Resident) -> str:
        return f"{names.written(self._rng, who.given)} {names.written(self._rng, who.family)}"


async def fill(history: CallHistory, calls: Calls, count: int) -> None:
    begun = time.monotonic()
    for start in range(0, count, CHUNK):
        await history.keep_all([calls.earlier(number) for number in range(start, min(count, start + CHUNK))])
        if start and start % (CHUNK * 20) == 0:
            print(f"  {start} kept after {time.monotonic() - begun:.0f} s", flush=True)
    print(f"{count} earlier calls kept in {time.monotonic() - begun:.0f} s")


def more_towns(path: Path, towns: int) -> None:
    """As many towns again, whose people and places are others': they are found by other keys."""
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA synchronous = OFF")
        (calls,) = database.execute("SELECT max(id) FROM history").fetchone()
        for town in range(1, towns):
            database.execute(
                "INSERT INTO history (id, call, force, at, seq, found_by, body) "
                "SELECT id + ?, call || ?, force, at, seq, found_by, body FROM history"
                " WHERE id <= ?",
                (town * calls, f"-{town}", calls),
            )
            database.execute(
                "INSERT INTO history_keys SELECT key + ?, at_s, earlier + ? FROM history_keys "
                "WHERE earlier <= ? ORDER BY 1, 2, 3",
                (town * APART, town * calls, calls),
            )
            database.commit()
        print(f"{calls * towns} earlier calls of {towns} towns")


async def answers(history: CallHistory, calls: Calls, asked: int) -> list[float]:
    """From what is known to the links, as the service finds them; in milliseconds."""
    room = Room(force=Force(id=FORCE, name="Midshire Police", numbers=(), desks=()))
    linking = Linking(room.room, history=history, matcher=LibraryMatcher())
    took: list[float] = []
    for _ in range(asked):
        memory = _memory(calls.asked().known)
        begun = time.perf_counter()
        await linking.found(CallId("new"), FORCE, NOW, memory)
        took.append((time.perf_counter() - begun) * 1000)
    return took


def _memory(known: tuple[Known, ...]) -> Memory:
    entities = [
        Entity(
            id=EntityId(f"e{number}"),
            kind=one.kind,
            text="",
            value=one.value,
            about=one.about,
            origin=Origin.TYPED,
        )
        for number, one in enumerate(known)
    ]
    return Memory(entities={one.id: EntityState(entity=one) for one in entities})


def scans(path: Path, asked: list[Asked]) -> tuple[list[float], list[float]]:
    """The peers: rapidfuzz over everything in memory, and SQLite's LIKE over the same database."""
    with sqlite3.connect(path) as database:
        bodies = [body.decode() for (body,) in database.execute("SELECT body FROM history")]
        fuzzy = [_timed(partial(process.extract, one.words, bodies, scorer=SCORER)) for one in asked]
        like = [_timed(partial(_like, database, one)) for one in asked]
    return fuzzy, like


def _like(database: sqlite3.Connection, asked: Asked) -> list[tuple[int]]:
    wanted = [f"%{one.value}%" for one in asked.known]
    where = " OR ".join("CAST(body AS TEXT) LIKE ?" for _ in wanted)
    return database.execute(f"SELECT id FROM history WHERE {where}", wanted).fetchall()  # noqa: S608 - marks only


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def share(took: list[float], of: float) -> float:
    return sorted(took)[min(len(took) - 1, int(of * len(took)))]


def lines(name: str, took: list[float]) -> Iterator[str]:
    yield f"{name}: p50 {share(took, 0.5):.1f} ms, p95 {share(took, 0.95):.1f} ms, most {max(took):.1f} ms"


async def run(asked: argparse.Namespace) -> None:
    rng, town = made(asked.seed, 100_000)
    calls = Calls(rng, town)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "history.db"
        async with open_store(f"sqlite:{path}", clock=Room().clock) as store:
            await fill(store.history, calls, asked.calls // asked.towns)
            more_towns(path, asked.towns)
            print(f"{path.stat().st_size / 1e6:.0f} MB")
            await answers(store.history, calls, 20)
            took = await answers(store.history, calls, asked.asked)
        fuzzy, like = scans(path, [calls.asked() for _ in range(PEER_ASKED)])
    for line in (*lines("this index", took), *lines("rapidfuzz scan", fuzzy), *lines("SQLite LIKE", like)):
        print(line)
    for name, peer in (("rapidfuzz scan", fuzzy), ("SQLite LIKE", like)):
        print(f"{name} takes {share(peer, 0.5) / share(took, 0.5):.0f} times as long")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--calls", type=int, default=1_000_000)
    options.add_argument("--towns", type=int, default=1, help="fill one, and take the others to be alike")
    options.add_argument("--asked", type=int, default=300)
    options.add_argument("--seed", type=int, default=1)
    asyncio.run(run(options.parse_args()))


if __name__ == "__main__":
    main()
