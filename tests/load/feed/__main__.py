"""Fan-out to browsers with one that never reads: our feed beside a naive sequential broadcaster.

Run it by hand: `python -m tests.load.feed`. Each publishes the same utterances to five
healthy sockets and one stalled socket over real TCP, and times from just before the fact is
published to its arrival at each healthy socket, all on one clock.
"""

import argparse
import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from server.adapters.bus.local import LocalBus
from server.adapters.clock import SystemClock
from server.domain.events import UtteranceHeard
from server.domain.ids import CallId
from server.domain.speech import Party
from server.services.board import Board
from server.services.deliveries import Deliveries
from server.services.feed_writing import Sources
from server.services.feeds import Feeds
from server.services.patience import BrowserStalled
from server.services.recording import Recorder
from server.services.wire import entry_json
from tests.fakes import FakeGrants, FakeJournal, FakePeople, need_to_know
from tests.stories import HANNAH, arrived, said

CALL = CallId("CA1")
HEALTHY = 5
GIVE_UP = 3
"""Times as long as publishing should take."""


class Unremembered:
    def after_ms(self, *_: object) -> None:
        return None


@dataclass
class Figures:
    name: str
    published: int = 0
    late_ms: list[float] = field(default_factory=list)

    def report(self, wanted: int) -> str:
        ordered = sorted(self.late_ms)
        if not ordered:
            return f"{self.name}: nothing arrived"
        p50, p99 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
        got = f"{len(ordered)} of {wanted * HEALTHY} arrived"
        return f"{self.name}: {got}; p50 {p50:.2f} ms, p99 {p99:.2f} ms, worst {ordered[-1]:.2f} ms"


@dataclass
class Rig:
    """One way of broadcasting: how a socket is served, and how a fact is published."""

    name: str
    serve: Callable[[web.Request], Awaitable[web.StreamResponse]]
    publish: Callable[[UtteranceHeard], Awaitable[None]]


def ours() -> Rig:
    clock = SystemClock()
    journal, bus, people = FakeJournal(), LocalBus(), FakePeople()
    people.kept[HANNAH.id] = HANNAH
    grants = FakeGrants(people)
    recorder = Recorder(journal=journal, bus=bus)
    deliveries = Deliveries(recorder=recorder, clock=clock, prompt_clock=Unremembered())
    board = Board(journal=journal, clock=clock)
    feeds = Feeds(
        Sources(
            board=board,
            grants=grants,
            people=people,
            bus=bus,
            clock=clock,
            deliveries=deliveries,
            need_to_know=need_to_know(people),
        )
    )
    bus.subscribe(feeds.hear)

    async def serve(request: web.Request) -> web.StreamResponse:
        await grants.give(CALL, HANNAH.id)
        stream = web.WebSocketResponse(compress=False)
        await stream.prepare(request)
        screen = await feeds.join(HANNAH, {CALL: 0}, session="bench")
        try:
            await feeds.write(screen, stream.send_str)
        except (ConnectionError, BrowserStalled):
            pass
        finally:
            feeds.leave(screen)
        return stream

    async def publish(heard: UtteranceHeard) -> None:
        if CALL not in journal.kept:
            await recorder.record(CALL, arrived())
        await recorder.record(CALL, heard)

    return Rig("ours", serve, publish)


def sequential() -> Rig:
    """What most samples do: one loop over the sockets, awaiting each."""
    journal = FakeJournal()
    sockets: list[web.WebSocketResponse] = []

    async def serve(request: web.Request) -> web.StreamResponse:
        stream = web.WebSocketResponse(compress=False)
        await stream.prepare(request)
        sockets.append(stream)
        async for _ in stream:
            pass
        return stream

    async def publish(heard: UtteranceHeard) -> None:
        if CALL not in journal.kept:
            await journal.append(CALL, [arrived()])
        for entry in await journal.append(CALL, [heard]):
            text = f'{{"type":"events","call":"{CALL}","events":[{entry_json(entry).decode()}]}}'
            for stream in sockets:
                await stream.send_str(text)

    return Rig("sequential", serve, publish)


async def measure(rig: Rig, *, facts: int, pause_s: float) -> Figures:
    figures = Figures(rig.name)
    sent_at: dict[int, float] = {}
    async with served(rig) as port, aiohttp.ClientSession() as session:
        stalled = await stalled_reader(port)
        sockets = [await session.ws_connect(f"http://127.0.0.1:{port}/feed") for _ in range(HEALTHY)]
        await asyncio.sleep(0.2)
        try:
            async with asyncio.timeout(facts * pause_s * GIVE_UP), asyncio.TaskGroup() as tasks:
                for stream in sockets:
                    tasks.create_task(read(stream, sent_at, figures, facts))
                for number in range(facts):
                    sent_at[number] = time.monotonic()
                    await rig.publish(said(Party.CALLER, number, "word " * 60, at_ms=number * 1000))
                    figures.published += 1
                    await asyncio.sleep(pause_s)
        except TimeoutError:
            pass  # the peer stands still behind the stalled socket; what arrived by now is its figure
        stalled.close()
    return figures


async def read(
    stream: aiohttp.ClientWebSocketResponse, sent_at: dict[int, float], figures: Figures, facts: int
) -> None:
    got = 0
    async for message in stream:
        at = time.monotonic()
        parsed: dict[str, Any] = json.loads(message.data)
        for event in parsed.get("events", []):
            if event["kind"] == "UtteranceHeard":
                figures.late_ms.append((at - sent_at[event["utterance"]["number"]]) * 1000)
                got += 1
        if got == facts:
            return


async def stalled_reader(port: int) -> socket.socket:
    """A browser that opens the socket and then never reads a byte."""
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    plain.settimeout(0)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(plain, ("127.0.0.1", port))
    await loop.sock_sendall(
        plain,
        b"GET /feed HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
    )
    return plain


@asynccontextmanager
async def served(rig: Rig) -> AsyncIterator[int]:
    app = web.Application()
    app.add_routes([web.get("/feed", rig.serve)])
    runner = web.AppRunner(app, shutdown_timeout=0.5)
    await runner.setup()
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
    listener.bind(("127.0.0.1", 0))
    await web.SockSite(runner, listener).start()
    try:
        yield listener.getsockname()[1]
    finally:
        await runner.cleanup()


async def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--facts", type=int, default=2000)
    options.add_argument("--pause-s", type=float, default=0.005)
    given = options.parse_args()
    for rig in (ours(), sequential()):
        figures = await measure(rig, facts=given.facts, pause_s=given.pause_s)
        print(figures.report(given.facts), f"({figures.published} published)")


if __name__ == "__main__":
    asyncio.run(main())
