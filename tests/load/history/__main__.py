"""How soon a call has its history, among a million earlier ones, and what plain ways of looking take.

Run with `python -m tests.load.history [--calls 1000000] [--asked 300] [--at-once 10] [--peers]`.
"""

import argparse
import asyncio
import random
import secrets
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from server.domain.events import CallArrived, CallEnded, Ending, EntityTyped, Event, LinkFound
from server.domain.history import EarlierCall
from server.domain.ids import CallId, EntityId, PersonId
from server.domain.people import Force
from server.ports.bus import Notice, Recorded
from server.ports.history import CallHistory
from server.services.remembering import WORKERS, Remembering
from tests.population import names
from tests.population.linked import FORCE
from tests.population.people import Resident, Town, made
from tests.services.room import Room

NOW = datetime(2026, 6, 1, 22, 0, tzinfo=UTC)
TOLD_EVERY = 100_000
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
    """As `earshot history import` writes them."""
    begun = time.monotonic()
    await history.bring_in("bench", _told(calls, count, begun))
    await history.settle("bench")
    took = time.monotonic() - begun
    print(f"{count} earlier calls brought in within {took:.0f} s, {count / took:.0f} a second", flush=True)


def _told(calls: Calls, count: int, begun: float) -> Iterator[tuple[EarlierCall, frozenset[str]]]:
    for number in range(count):
        if number and number % TOLD_EVERY == 0:
            print(f"  {number} after {time.monotonic() - begun:.0f} s", flush=True)
        yield calls.earlier(number)


class Desk:
    """The control room's memory, and when each call had its links."""

    def __init__(self, history: CallHistory, calls: Calls) -> None:
        self.room = Room(force=Force(id=FORCE, name="Midshire Police", numbers=(), desks=()))
        self.room.clock.advance((NOW - self.room.clock.now()).total_seconds())
        self._history = history
        self._calls = calls
        matcher, reader = LibraryMatcher(), HeardEntities()
        self._remembering = Remembering(self.room.room, history=history, matcher=matcher, reader=reader)
        self._linked: dict[CallId, float] = {}
        self.room.bus.subscribe(self.room.casebook.follow)
        self.room.bus.subscribe(self._remembering.follow)
        self.room.bus.subscribe(self._note)

    async def answers(self, at_once: int) -> tuple[list[float], list[float]]:
        """From calls' first facts to the records of their links: by number, then by what is said; in ms."""
        told = {CallId(f"new-{secrets.token_hex(4)}"): self._calls.asked().known for _ in range(at_once)}
        by_number = await self._told({call: [_arrived(known[0])] for call, known in told.items()})
        by_words = await self._told(
            {
                call: [_typed(one, place) for place, one in enumerate(known[1:])]
                for call, known in told.items()
            }
        )
        for call in told:
            await self.room.happens(CallEnded(at_ms=1000, why=Ending.HUNG_UP), call=call)
            await self._remembering.look()
            await self._history.forget(call)
        return by_number, by_words

    async def _told(self, news: Mapping[CallId, Sequence[Event]]) -> list[float]:
        self._linked.clear()
        begun = time.perf_counter()
        for call, events in news.items():
            await self.room.happens(*events, call=call)
        async with asyncio.TaskGroup() as tasks:
            for _ in range(WORKERS):
                tasks.create_task(self._remembering.look())
        done = time.perf_counter()
        return [(self._linked.get(call, done) - begun) * 1000 for call in news]

    def _note(self, notice: Notice) -> None:
        if isinstance(notice, Recorded) and any(isinstance(one.event, LinkFound) for one in notice.entries):
            self._linked[notice.call] = time.perf_counter()


async def answers(desk: Desk, asked: int, at_once: int) -> tuple[list[float], list[float]]:
    by_number: list[float] = []
    by_words: list[float] = []
    for _ in range(0, asked, at_once):
        number, words = await desk.answers(at_once)
        by_number += number
        by_words += words
    return by_number, by_words


def _arrived(line: Known) -> CallArrived:
    return CallArrived(at_ms=0, force=FORCE, doorway="twilio", caller=line.value, called="+441632960000")


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
    p50, p95, p99 = (f"p{100 * of:.0f} {share(took, of):.1f} ms" for of in (0.5, 0.95, 0.99))
    return f"{name}: {p50}, {p95}, {p99}, most {max(took):.1f} ms"


async def run(asked: argparse.Namespace) -> None:
    rng, town = made(asked.seed, 100_000)
    calls = Calls(rng, town)
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        path, sealer = Path(folder) / "history.db", AesSealer([bytes(32)])
        async with open_store(f"sqlite:{path}", clock=Room().clock, sealer=sealer) as store:
            await fill(store.history, calls, asked.calls)
            print(f"{path.stat().st_size / 1e6:.0f} MB", flush=True)
            desk = Desk(store.history, calls)

            for at_once in (1, asked.at_once):
                by_number, by_words = await answers(desk, asked.asked, at_once)
                print(line(f"{at_once} at once, by number, on answer", by_number))
                print(line(f"{at_once} at once, by address and names", by_words), flush=True)
        if asked.peers:
            peers(Path(folder) / "plain.db", calls)


def peers(path: Path, calls: Calls) -> None:
    fuzzy, like = scans(path, calls.texts, [calls.asked() for _ in range(PEER_ASKED)])
    print(line("rapidfuzz scan", fuzzy))
    print(line("SQLite LIKE", like))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--calls", type=int, default=1_000_000)
    options.add_argument("--asked", type=int, default=300)
    options.add_argument("--at-once", type=int, default=10)
    options.add_argument("--peers", action="store_true", help="time plain ways of looking beside it")
    options.add_argument("--folder", help="where the database is made")
    options.add_argument("--seed", type=int, default=1)
    asyncio.run(run(options.parse_args()))


if __name__ == "__main__":
    main()
