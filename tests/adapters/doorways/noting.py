"""A switchboard that only notes what a doorway does, and a Twilio doorway served with it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from server.adapters.clock import SystemClock
from server.adapters.doorways.twilio.doorway import ControlRoom, TwilioDoorway, TwilioOptions, routes
from server.demo.twilio_caller import Exchange, TwilioCaller
from server.domain.events import Ending, GapCause
from server.domain.ids import CallId, ForceId, PersonId
from server.domain.people import Desk, Force
from server.domain.speech import AudioFrame, Party, Sound
from server.ports.clock import Clock
from server.ports.journal import UnknownCall
from server.services.switchboard import Arrival, CallOver, Line

PUBLIC_URL = "https://earshot.example.police.uk"
AUTH_TOKEN = "not-a-secret"
NUMBER = "+441632960999"
DESK = Desk(dial="number:+441632960001", handler=PersonId("harriet"))
FORCE = Force(id=ForceId("avon"), name="Avon", numbers=(NUMBER,), desks=(DESK,))
FALLBACK = "number:+441632960002"


@dataclass
class NotingLine:
    joined: list[Party] = field(default_factory=list)
    heard: dict[Party, list[AudioFrame]] = field(default_factory=dict)
    gaps: list[tuple[Party, int, int, GapCause]] = field(default_factory=list)
    pressed: list[tuple[Party, str, int]] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def join(self, party: Party) -> None:
        self.joined.append(party)

    def hear(self, frame: AudioFrame) -> None:
        self.heard.setdefault(frame.party, []).append(frame)

    def gap(self, party: Party, *, from_ms: int, to_ms: int, cause: GapCause) -> None:
        self.gaps.append((party, from_ms, to_ms, cause))

    def press(self, party: Party, digit: str, *, at_ms: int) -> None:
        self.pressed.append((party, digit, at_ms))

    def stop(self) -> None:
        self.ended.append("stopped")
        self.over.set()

    def lose(self, why: str) -> None:
        self.ended.append(why)
        self.over.set()

    def sound_of(self, party: Party) -> bytes:
        """All of the leg's sound, in order, stand-ins included."""
        return b"".join(frame.pcm for frame in self.heard.get(party, []))

    def stretches(self, party: Party) -> list[tuple[int, int, Sound]]:
        """Where sound was put, neighbouring frames of one kind joined."""
        joined: list[tuple[int, int, Sound]] = []
        for frame in self.heard.get(party, []):
            if joined and joined[-1][1:] == (frame.at_ms, frame.sound):
                joined[-1] = (joined[-1][0], frame.end_ms, frame.sound)
            else:
                joined.append((frame.at_ms, frame.end_ms, frame.sound))
        return joined


@dataclass
class NotingLines:
    """Implements `Lines`. Set `fault` and every arrival and callback raises it."""

    arrivals: list[Arrival] = field(default_factory=list)
    lines: list[NotingLine] = field(default_factory=list)
    callbacks: list[tuple[str, str, str, str]] = field(default_factory=list)
    hung_up: list[tuple[str, Ending]] = field(default_factory=list)
    over: set[CallId] = field(default_factory=set)
    unknown: set[CallId] = field(default_factory=set)
    danger: set[CallId] = field(default_factory=set)
    fault: Exception | None = None

    async def arrive(self, arrival: Arrival) -> None:
        if self.fault:
            raise self.fault
        if arrival not in self.arrivals:
            self.arrivals.append(arrival)

    async def open_line(self, call: CallId) -> Line:
        if call in self.over:
            raise CallOver
        if call in self.unknown or call not in {arrival.call for arrival in self.arrivals}:
            raise UnknownCall
        self.lines.append(NotingLine())
        return self.lines[-1]

    async def callback(self, call: CallId, *, about: str, status: str, code: str = "") -> None:
        if self.fault:
            raise self.fault
        if call not in {arrival.call for arrival in self.arrivals}:
            raise UnknownCall
        self.callbacks.append((call, about, status, code))

    async def hang_up(self, call: CallId, why: Ending) -> None:
        self.hung_up.append((call, why))


@dataclass
class Serving:
    """A doorway on a free port, and what can be seen of it from both sides."""

    url: str
    doorway: TwilioDoorway
    lines: NotingLines
    tally: Counter[str]

    @property
    def exchange(self) -> Exchange:
        return Exchange(public_url=PUBLIC_URL, auth_token=AUTH_TOKEN, connect_to=self.url)

    @property
    def caller(self) -> TwilioCaller:
        return TwilioCaller(self.exchange)


@asynccontextmanager
async def serving(
    *,
    lines: NotingLines | None = None,
    clock: Clock | None = None,
    desk: Desk = DESK,
    **more: float,
) -> AsyncIterator[Serving]:
    lines = lines or NotingLines()
    tally: Counter[str] = Counter()
    options = TwilioOptions(
        public_url=PUBLIC_URL,
        auth_tokens=(AUTH_TOKEN,),
        fallback=FALLBACK,
        forces=(FORCE,),
        **{"arrive_within_s": 1.0, **more},  # type: ignore[arg-type]
    )
    room = ControlRoom(
        lines=lines,
        choose_desk=lambda _force: desk,
        tally=lambda code: tally.update((code,)),
        in_danger=lambda call: call in lines.danger,
    )
    doorway = TwilioDoorway(options, room=room, clock=clock or SystemClock())
    app = web.Application()
    app.add_routes(routes(doorway))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield Serving(url=f"http://{host}:{port}", doorway=doorway, lines=lines, tally=tally)
        await doorway.close()
    finally:
        await runner.cleanup()
