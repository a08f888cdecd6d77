"""Our doorway with nobody behind it: frames are decoded, placed and let go. Benches and storms talk to it.

`python -m tests.load.ingest.sink [--uvloop]` prints its address and serves until killed.
`GET /bench` answers with what has been measured since the last time it was asked.
"""

import argparse
import asyncio
import time
from dataclasses import dataclass, field

import uvloop
from aiohttp import web

from server.adapters.clock import SystemClock
from server.adapters.doorways.twilio.doorway import ControlRoom, TwilioDoorway, TwilioOptions, routes
from server.domain.events import Ending, GapCause
from server.domain.ids import CallId, ForceId, PersonId
from server.domain.people import Desk, Force
from server.domain.speech import AudioFrame, Party
from server.ports.journal import UnknownCall
from server.services.switchboard import Arrival, Line

PUBLIC_URL = "https://bench.example"
AUTH_TOKEN = "bench"
NUMBER = "+441632960999"
LOOK_S = 0.005


@dataclass
class Figures:
    """Implements `Line` and `Lines`: everything is counted and forgotten."""

    calls: set[CallId] = field(default_factory=set)
    frames: int = 0
    gaps: int = 0
    lags_ms: list[float] = field(default_factory=list)
    cpu_s: float = field(default_factory=time.process_time)
    since_s: float = field(default_factory=time.monotonic)

    def join(self, party: Party) -> None: ...

    def hear(self, frame: AudioFrame) -> None:
        self.frames += 1

    def gap(self, party: Party, *, from_ms: int, to_ms: int, cause: GapCause) -> None:
        self.gaps += 1

    def press(self, party: Party, digit: str, *, at_ms: int) -> None: ...

    def stop(self) -> None: ...

    def lose(self, why: str) -> None: ...

    async def arrive(self, arrival: Arrival) -> None:
        self.calls.add(arrival.call)

    async def open_line(self, call: CallId) -> Line:
        if call not in self.calls:
            raise UnknownCall
        return self

    async def callback(self, call: CallId, *, about: str, status: str, code: str = "") -> None:
        if call not in self.calls:
            raise UnknownCall

    async def hang_up(self, call: CallId, why: Ending) -> None:
        self.calls.discard(call)

    async def watch(self) -> None:
        """How late the loop comes to a task that should run every few milliseconds."""
        while True:
            due_s = time.monotonic() + LOOK_S
            await asyncio.sleep(LOOK_S)
            self.lags_ms.append((time.monotonic() - due_s) * 1000)

    async def report(self, _request: web.Request) -> web.Response:
        """Figures since the last report."""
        lags, now_s, cpu_s = sorted(self.lags_ms) or [0.0], time.monotonic(), time.process_time()
        figures = {
            "frames": self.frames,
            "gaps": self.gaps,
            "lag_p50_ms": lags[len(lags) // 2],
            "lag_p99_ms": lags[len(lags) * 99 // 100],
            "cpu": (cpu_s - self.cpu_s) / (now_s - self.since_s),
            "tasks": len(asyncio.all_tasks()),
        }
        self.lags_ms, self.frames, self.gaps = [], 0, 0
        self.cpu_s, self.since_s = cpu_s, now_s
        return web.json_response(figures)


def ours(figures: Figures) -> list[web.RouteDef]:
    desk = Desk(dial="queue:bench", handler=PersonId("bench"))
    force = Force(id=ForceId("bench"), name="Bench", numbers=(NUMBER,), desks=(desk,))
    options = TwilioOptions(
        public_url=PUBLIC_URL, auth_tokens=(AUTH_TOKEN,), fallback="queue:bench", forces=(force,)
    )
    room = ControlRoom(
        lines=figures,
        choose_desk=lambda _force: desk,
        tally=lambda _code: None,
        in_danger=lambda _call: False,
    )
    return routes(TwilioDoorway(options, room=room, clock=SystemClock()))


async def serve(figures: Figures, doors: list[web.RouteDef]) -> None:
    app = web.Application()
    app.add_routes([*doors, web.get("/bench", figures.report)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    print(f"http://{host}:{port}", flush=True)
    await figures.watch()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uvloop", action="store_true")
    parser.add_argument("--peer", action="store_true", help="Serve the usual sample in place of our doorway.")
    chosen = parser.parse_args()
    figures = Figures()
    if chosen.peer:
        from tests.load.ingest.peer import usual_sample  # noqa: PLC0415 - it counts into our figures

        doors = usual_sample(figures)
    else:
        doors = ours(figures)
    if chosen.uvloop:
        uvloop.run(serve(figures, doors))
    else:
        asyncio.run(serve(figures, doors))


if __name__ == "__main__":
    main()
