"""A whole server, rung up through Twilio's protocol, whose clock a journey can move on by hours."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
from pydantic import SecretStr

from server.adapters.clock import SystemClock
from server.adapters.store.passwords import Argon2Hasher
from server.demo.seeding import FORCE, seed
from server.demo.stage import DemoCall, new_sid
from server.demo.telephone import read_legs
from server.demo.twilio_caller import Exchange, Pace, PhoneCall, Trunk, TwilioCaller
from server.domain.callscript import read_script
from server.domain.events import CallEnded, Entry, Event
from server.domain.ids import CallId, ForceId, PersonId
from server.domain.integrations import Scope
from server.ports.bus import DutyChanged, Notice, Recorded
from server.services.api_keys import ApiKeys
from server.settings import Settings
from server.settings.model import Forces, Server, Speech, Store, Twilio, Vault
from server.wiring.node import Node, run_node
from tests.house import free_port
from tests.journeys.control_room import ROOT, Ears

CALLS = Path(__file__).parent / "calls"
FORCES = Path(__file__).parent / "forces"
TOKEN = "0123456789abcdef" * 2
LONGEST_S = 900.0
"""On a machine with much else to do; alone it takes a minute."""


class LaterClock:
    """The machine's clock, so much later."""

    def __init__(self) -> None:
        self._machines = SystemClock()
        self._later = timedelta()

    def now(self) -> datetime:
        return self._machines.now() + self._later

    def monotonic_s(self) -> float:
        return self._machines.monotonic_s()

    def pass_by(self, time_passed: timedelta) -> None:
        self._later += time_passed


@dataclass(slots=True, kw_only=True)
class Hold:
    """Where a call's sound stops until the journey lets it go on."""

    at_ms: int
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardPace(Pace):
    """As fast as the ears can follow."""

    ears: Ears
    hold: Hold | None = None

    async def wait_for(self, at_ms: int, *, since_s: float) -> None:
        await self.ears.keep_up()
        if self.hold is not None and at_ms >= self.hold.at_ms:
            self.hold.reached.set()
            await self.hold.go_on.wait()


class Visitor:
    """Somebody at a browser of their own, without a screen."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self._csrf = ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def sign_in(self, name: str, password: str) -> None:
        status, said = await self.post("/sign-in", name=name, password=password)
        assert status == 200, said
        self._csrf = (await self.get("/api/session"))["csrf"]

    async def get(self, path: str) -> Any:  # noqa: ANN401 - whatever the server says
        async with self._session.get(self.url + path) as answer:
            assert answer.status == 200, (path, answer.status)
            return await answer.json()

    async def post(self, path: str, **body: object) -> tuple[int, Any]:
        headers = {"Origin": self.url, "X-CSRF-Token": self._csrf}
        async with self._session.post(self.url + path, json=body, headers=headers) as answer:
            return answer.status, await answer.json()


@dataclass(slots=True, kw_only=True)
class Station:
    """The server, its clock, and everybody's password."""

    node: Node
    clock: LaterClock
    passwords: Mapping[str, str] = field(repr=False)
    key: str = field(repr=False)

    @property
    def url(self) -> str:
        return self.node.base_url

    @property
    def _exchange(self) -> Exchange:
        return Exchange(public_url=self.url, auth_token=TOKEN)

    async def ring(
        self, name: str, caller: str, called: str, *, sid: str = "", hold: Hold | None = None
    ) -> CallId:
        """The whole call, until its end is on record."""
        call = heard_as(name, caller, sid)
        ears = Ears(call)
        leave = self.node.core.bus.subscribe(ears.watch)
        phone = PhoneCall(
            sid=call.id, caller=caller, called=called, inbound=call.inbound, outbound=call.outbound
        )
        pace = HeardPace(speed=1.0, progress=lambda _at_ms: None, over=lambda: False, ears=ears, hold=hold)
        await TwilioCaller(self._exchange).call(phone, pace=pace)
        await self.until(call.id, lambda event: isinstance(event, CallEnded))
        leave()
        return call.id

    async def desk_hangs_up(self, call: CallId) -> str:
        """What Twilio is told to do with the caller."""
        async with aiohttp.ClientSession() as session:
            trunk = Trunk(self._exchange, session)
            return await trunk.post("/twilio/after-desk", {"CallSid": call, "DialCallStatus": "completed"})

    async def later(self, minutes: float) -> None:
        """So much time passes, and those who mind the calls look up."""
        self.clock.pass_by(timedelta(minutes=minutes))
        self.node.core.bus.publish(DutyChanged(person=PersonId("specialist"), on_duty=True))

    async def until(self, call: CallId, holds: Callable[[Event], bool]) -> Event:
        """The first event of the call of which this holds, whether it is there or comes."""
        news = asyncio.Event()

        def heard(notice: Notice) -> None:
            if isinstance(notice, Recorded) and notice.call == call:
                news.set()

        leave = self.node.core.bus.subscribe(heard)
        try:
            while True:
                for entry in await self.entries(call):
                    if holds(entry.event):
                        return entry.event
                await news.wait()
                news.clear()
        finally:
            leave()

    async def entries(self, call: CallId) -> list[Entry]:
        return await self.node.core.store.journal.entries(call)

    async def visitor(self, name: str) -> Visitor:
        visitor = Visitor(self.url)
        await visitor.sign_in(name, self.passwords[name])
        return visitor

    async def tell(self, call: CallId, what: str, act: str, **body: object) -> Any:  # noqa: ANN401
        """The control-room system tells of the call."""
        url = f"{self.url}/api/v1/calls/{call}/{what}"
        headers = {"Authorization": f"Bearer {self.key}"}
        said = {"person": "despatcher 7", "id": act, **body}
        async with aiohttp.ClientSession(headers=headers) as session, session.post(url, json=said) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()


def heard_as(name: str, caller: str, sid: str = "") -> DemoCall:
    script = read_script((CALLS / f"{name}.call").read_text(encoding="utf-8"))
    inbound, outbound = read_legs(CALLS / script.audio)
    call = CallId(sid or new_sid())
    return DemoCall(id=call, name=name, caller=caller, script=script, inbound=inbound, outbound=outbound)


def at_the_front_door(folder: Path, body: Callable[[Station], Awaitable[None]]) -> None:
    """Run a journey on a server of its own."""

    async def journey(node: Node) -> None:
        people = node.core.store.people
        sign_ins = await seed(people, Argon2Hasher())
        keys = ApiKeys(book=node.core.store.keys, clock=clock)
        _, key = await keys.issue("CAD", ForceId(FORCE), tuple(Scope))
        passwords = {str(one.person): one.password for one in sign_ins}
        async with asyncio.timeout(LONGEST_S):
            while not node.core.transcriber.health().workers_ready:
                await asyncio.sleep(0.1)
            await body(Station(node=node, clock=clock, passwords=passwords, key=key))

    clock = LaterClock()
    asyncio.run(run_node(_settings(folder), journey, clock))


def _settings(folder: Path) -> Settings:
    port = free_port()
    return Settings(
        root=ROOT,
        server=Server(host="127.0.0.1", port=port, public_url=f"http://127.0.0.1:{port}"),
        store=Store(url=f"sqlite:{folder / 'journey.db'}"),
        vault=Vault(folder=folder / "vault", key_file=folder / "vault.key"),
        speech=Speech(workers=1, spares=1, stall_s=60),
        twilio=Twilio(enabled=True, auth_token=SecretStr(TOKEN)),
        forces=Forces(folder=FORCES),
    )
