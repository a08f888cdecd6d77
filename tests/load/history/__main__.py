"""How soon a call has its history, among a million earlier ones, and what plain ways of looking take.

Run with `python -m tests.load.history [--calls 1000000] [--asked 300]`.
"""

import argparse
import asyncio
import random
import secrets
import sqlite3
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from rapidfuzz import fuzz, process

from server.adapters.matching.hearing import HeardEntities
from server.adapters.matching.matcher import LibraryMatcher
from server.adapters.store import open_store
from server.adapters.vault import AesSealer
from server.domain.entities import Entity, EntityKind, Known, Origin
from server.domain.events import CallArrived, CallEnded, Ending, EntityTyped, LinkFound
from server.domain.history import EarlierCall
from server.domain.ids import CallId, EntityId, PersonId
from server.domain.people import Force
from server.ports.history import CallHistory
from server.services.remembering import Remembering
from tests.population import names
from tests.population.linked import FORCE
from tests.population.people import Resident, Town, made
from tests.services.room import Room

NOW = datetime(2026, 6, 1, 22, 0, tzinfo=UTC)
CHUNK = 50_000
IMPORT_CHUNK = 200
IMPORTED = 10**9
SHOWN = 3
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
        self.texts: list[str] = []
        """What the peers look through: the same calls in plain words."""

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
        self.texts.append(" ".join(one.value for one in known))
        call = EarlierCall(call=CallId(f"C{number}"), force=FORCE, at=at, outcome="ended", known=known)
        return call, self._matcher.keys(known, at)

    def _place(self, who: Resident) -> str:
        home = who.home
        flat = f"Flat {home.flat}, " if home.flat else ""
        return f"{flat}{home.number} {home.street}, {home.town} {home.postcode}"

    def _name(self, who: Resident) -> str:
        return f"{names.written(self._rng, who.given)} {names.written(self._rng, who.family)}"


async def fill(history: CallHistory, calls: Calls, count: int) -> None:
    """In a few large pieces: the keys of each lie all over the table."""
    begun = time.monotonic()
    for start in range(0, count, CHUNK):
        await history.keep_all([calls.earlier(number) for number in range(start, min(count, start + CHUNK))])
        print(f"  {start + CHUNK} kept after {time.monotonic() - begun:.0f} s", flush=True)
    print(f"{count} earlier calls kept in {time.monotonic() - begun:.0f} s")


async def brought_in(history: CallHistory, calls: Calls, count: int) -> None:
    """An import beside them, as `earshot history import` writes it."""
    rows = [calls.earlier(IMPORTED + number) for number in range(count)]
    begun = time.monotonic()
    for start in range(0, count, IMPORT_CHUNK):
        await history.bring_in("bench", rows[start : start + IMPORT_CHUNK])
    took = time.monotonic() - begun
    await history.settle("bench")
    print(f"an import of {count} more beside them: {count / took:.0f} calls a second")


async def answers(history: CallHistory, calls: Calls, asked: int) -> tuple[list[float], list[float]]:
    """From a call's first fact to the record of its links: by number, then by what is said; in ms."""
    room = Room(force=Force(id=FORCE, name="Midshire Police", numbers=(), desks=()))
    room.clock.advance((NOW - room.clock.now()).total_seconds())
    matcher = LibraryMatcher()
    remembering = Remembering(room.room, history=history, matcher=matcher, reader=HeardEntities())
    room.bus.subscribe(room.casebook.follow)
    room.bus.subscribe(remembering.follow)
    by_number: list[float] = []
    by_words: list[float] = []
    for number in range(asked):
        call = CallId(f"new-{secrets.token_hex(4)}")
        line, *said = calls.asked().known
        arrived = CallArrived(
            at_ms=0, force=FORCE, doorway="twilio", caller=line.value, called="+441632960000"
        )
        typed = [_typed(one, place) for place, one in enumerate(said)]
        for took, events in ((by_number, [arrived]), (by_words, typed)):
            begun = time.perf_counter()
            await room.happens(*events, call=call)
            await remembering.look()
            took.append((time.perf_counter() - begun) * 1000)
        if number < SHOWN:
            print(f"  such as {len(room.of_kind(LinkFound, call=call))} links, by {len(said) + 1} facts")
        await room.happens(CallEnded(at_ms=1000, why=Ending.HUNG_UP), call=call)
        await remembering.look()
        await history.forget(call)
    return by_number, by_words


def _typed(known: Known, place: int) -> EntityTyped:
    entity = Entity(
        id=EntityId(f"t{place}"),
        kind=known.kind,
        text=known.value,
        value=known.value,
        about=known.about,
        origin=Origin.TYPED,
    )
    return EntityTyped(at_ms=1000, person=PersonId("sam"), entity=entity)


def scans(path: Path, texts: list[str], asked: list[Asked]) -> tuple[list[float], list[float]]:
    """The peers: rapidfuzz over everything in memory, and SQLite's LIKE over the same in a file."""
    fuzzy = [_timed(partial(process.extract, one.words, texts, scorer=SCORER)) for one in asked]
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE plain (text TEXT)")
        database.executemany("INSERT INTO plain VALUES (?)", ((text,) for text in texts))
        database.commit()
        like = [_timed(partial(_like, database, one)) for one in asked]
    return fuzzy, like


def _like(database: sqlite3.Connection, asked: Asked) -> list[tuple[int]]:
    wanted = [f"%{one.value}%" for one in asked.known]
    where = " OR ".join("text LIKE ?" for _ in wanted)
    return database.execute(f"SELECT rowid FROM plain WHERE {where}", wanted).fetchall()  # noqa: S608 - marks only


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def share(took: list[float], of: float) -> float:
    return sorted(took)[min(len(took) - 1, int(of * len(took)))]


def line(name: str, took: list[float]) -> str:
    return f"{name}: p50 {share(took, 0.5):.1f} ms, p95 {share(took, 0.95):.1f} ms, most {max(took):.1f} ms"


async def run(asked: argparse.Namespace) -> None:
    rng, town = made(asked.seed, 100_000)
    calls = Calls(rng, town)
    with tempfile.TemporaryDirectory() as folder:
        path, sealer = Path(folder) / "history.db", AesSealer([bytes(32)])
        async with open_store(f"sqlite:{path}", clock=Room().clock, sealer=sealer) as store:
            await fill(store.history, calls, asked.calls)
            print(f"{path.stat().st_size / 1e6:.0f} MB")
            await brought_in(store.history, calls, asked.imported)
            by_number, by_words = await answers(store.history, calls, asked.asked)
        fuzzy, like = scans(
            Path(folder) / "plain.db", calls.texts, [calls.asked() for _ in range(PEER_ASKED)]
        )
    both = (("by number, on answer", by_number), ("by address and names, as heard", by_words))
    peers = (("rapidfuzz scan", fuzzy), ("SQLite LIKE", like))
    for name, took in (*both, *peers):
        print(line(name, took))
    for name, took in peers:
        print(f"{name} takes {share(took, 0.5) / share(by_words, 0.5):.0f} times as long")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--calls", type=int, default=1_000_000)
    options.add_argument("--imported", type=int, default=2000)
    options.add_argument("--asked", type=int, default=300)
    options.add_argument("--seed", type=int, default=1)
    asyncio.run(run(options.parse_args()))


if __name__ == "__main__":
    main()
