"""A control room as it is run: `earshot serve` as a process of its own, and a network that rings it."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import aiohttp

from server.adapters.clock import SystemClock
from server.adapters.store import Store, open_store
from server.adapters.store.passwords import Argon2Hasher
from server.demo.runner import load
from server.demo.stage import new_sid
from server.demo.twilio_caller import CallRefused, Exchange, PhoneCall, Trunk, TwilioCaller
from server.domain.events import Entry, Event
from server.domain.ids import CallId, ForceId
from server.domain.people import Person
from server.settings import load as load_settings
from server.wiring.vault import sealer_here
from tests.house import free_port
from tests.stories import HANNAH, HARRY, MIDSHIRE, SAM, SUE, TESS

E = TypeVar("E", bound=Event)

ROOT = Path(__file__).parents[2]
SERVER = (sys.executable, "-m", "server")
PATIENCE_S = 240
"""On a machine with much else to do."""
TOKEN = "a-token-of-the-telephone-network"
CALLED = "+441632960000"
FORCE = """
id = "{id}"
name = "{name}"
numbers = ["{called}"]

[[desks]]
dial = "sip:desk1@handlers.example"
handler = "{handler}"

[rules]
immediate_s = 4.0
duty_supervisor_s = 8.0
first_s = 0.0

[recording]
calls = {calls}
video = true
policy = "video of those who agree"
{more}
"""
BYTES_PER_MS = 8
SAID_MS = (14_600, 20_600)
"""Of the demonstration's first call: "it's my husband … he had his hands round my throat"."""
SILENCE = b"\xff" * BYTES_PER_MS * 600_000
"""Ten minutes: each journey hangs up when it is done."""


@dataclass(frozen=True, kw_only=True)
class Crew:
    """A force and its people; the first answers its calls."""

    force: ForceId
    name: str
    called: str
    people: Sequence[Person]
    more: str = ""
    """Of the force's file."""
    keeps_calls: bool = False
    """Whether its calls are recorded."""

    @property
    def file(self) -> str:
        return FORCE.format(
            id=self.force,
            name=self.name,
            called=self.called,
            handler=self.people[0].id,
            calls=str(self.keeps_calls).lower(),
            more=self.more,
        )


MIDSHIRES = Crew(
    force=MIDSHIRE, name="Midshire Police", called=CALLED, people=(HANNAH, HARRY, SAM, TESS, SUE)
)


@dataclass
class Station:
    folder: Path
    port: int
    cut_off: list[Exception] = field(default_factory=list)
    more: Mapping[str, str] = field(default_factory=dict)
    """Settings of one journey's own."""
    _process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environ(self) -> dict[str, str]:
        own = {
            "SERVER__PORT": str(self.port),
            "SERVER__PUBLIC_URL": self.url,
            "STORE__URL": f"sqlite:{self.folder}/station.db",
            "VAULT__FOLDER": f"{self.folder}/vault",
            "VAULT__KEY_FILE": f"{self.folder}/vault.key",
            "SHEETS__KEY_FILE": f"{self.folder}/sheets.key",
            "FORCES__FOLDER": f"{self.folder}/forces",
            "TWILIO__AUTH_TOKEN": TOKEN,
            "SPEECH__WORKERS": "1",
            "SPEECH__SPARES": "0",
            "LOGGING__LEVEL": "warning",
            **self.more,
        }
        others = {name: value for name, value in os.environ.items() if not name.startswith("EARSHOT_")}
        return {**others, **{f"EARSHOT_{name}": value for name, value in own.items()}}

    async def start(self) -> None:
        with (self.folder / "server.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *SERVER, "serve", cwd=ROOT, env=self.environ(), stdout=log, stderr=log
            )
        async with asyncio.timeout(PATIENCE_S), aiohttp.ClientSession() as session:
            while not await self._ready(session):
                assert self._process.returncode is None, (self.folder / "server.log").read_text()
                await asyncio.sleep(0.1)

    async def _ready(self, session: aiohttp.ClientSession) -> bool:
        try:
            async with session.get(f"{self.url}/readyz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(how)
            async with asyncio.timeout(PATIENCE_S):
                await self._process.wait()

    async def earshot(self, *arguments: str) -> str:
        """A command of the server's own, as it is given at its terminal."""
        done = await asyncio.create_subprocess_exec(
            *SERVER, *arguments, cwd=ROOT, env=self.environ(), stdout=asyncio.subprocess.PIPE
        )
        said, _ = await done.communicate()
        assert done.returncode == 0
        return said.decode()

    @asynccontextmanager
    async def store(self) -> AsyncIterator[Store]:
        settings = load_settings(environ=self.environ())
        sealer = sealer_here(settings)
        async with open_store(settings.url(settings.store.url), clock=SystemClock(), sealer=sealer) as store:
            yield store

    async def entries(self, call: CallId) -> list[Entry]:
        async with self.store() as store:
            return await store.journal.entries(call)

    async def events(self, call: CallId, *kinds: type[E]) -> list[E]:
        return [entry.event for entry in await self.entries(call) if isinstance(entry.event, kinds)]

    async def recorded(self, call: CallId, kind: type[E], times: int = 1) -> list[E]:
        """All events of this kind on the call, as soon as there are so many."""
        async with asyncio.timeout(PATIENCE_S), self.store() as store:
            while True:
                entries = await store.journal.entries(call)
                found: list[E] = [entry.event for entry in entries if isinstance(entry.event, kind)]
                if len(found) >= times:
                    return found
                await asyncio.sleep(0.05)

    @asynccontextmanager
    async def ringing(self, said: bytes = b"", asked: bytes = b"") -> AsyncIterator[CallId]:
        """A call in which a strangulation is told, or this; the line stays open until the journey is over."""
        call = CallId(new_sid())
        phone = PhoneCall(
            sid=call,
            caller="+447700900001",
            called=CALLED,
            inbound=(said or _strangulation()) + SILENCE,
            outbound=asked + SILENCE if asked else b"",
        )
        over = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._ring(phone, over))
            try:
                yield call
            finally:
                over.set()

    async def _ring(self, phone: PhoneCall, over: asyncio.Event) -> None:
        exchange = Exchange(public_url=self.url, auth_token=TOKEN)
        try:
            await TwilioCaller(exchange).call(phone, over=over.is_set)
        except* (CallRefused, aiohttp.ClientError, ConnectionError) as cut:
            # A journey may end the server in the middle of a call; people talk on without it, and hang up.
            self.cut_off.append(cut)
            await over.wait()
            form = {"AccountSid": exchange.account, "CallSid": phone.sid, "CallStatus": "completed"}
            async with aiohttp.ClientSession() as session:
                await Trunk(exchange, session).post("/twilio/call-status", form)


@asynccontextmanager
async def open_station(
    folder: Path,
    password: str,
    *,
    more: Mapping[str, str] | None = None,
    crew: Crew = MIDSHIRES,
    port: int | None = None,
) -> AsyncIterator[Station]:
    station = Station(folder=folder, port=port or free_port(), more=more or {})
    (folder / "forces").mkdir()
    (folder / f"forces/{crew.force}.toml").write_text(crew.file)
    async with station.store() as store:
        await _add(store, crew.people, password)
    try:
        await station.start()
        yield station
    finally:
        await station.stop()


def _strangulation() -> bytes:
    begin, end = (at_ms * BYTES_PER_MS for at_ms in SAID_MS)
    return load("strangulation", 1).inbound[begin:end]


async def _add(store: Store, people: Sequence[Person], password: str) -> None:
    password_hash = await Argon2Hasher().hash(password)
    for person in people:
        await store.people.add(replace(person, on_duty=False), password_hash=password_hash)
