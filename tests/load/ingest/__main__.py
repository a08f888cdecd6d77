"""How many calls' sound one process takes in before its loop lags: our doorway and the usual sample.

`python -m tests.load.ingest` adds calls step by step, each two tracks of 50 messages a
second, until the 99th percentile of loop lag passes 50 ms. Nobody listens: the line behind
our doorway lets every frame go. The client is this process; the server is another.
"""

import argparse
import asyncio
import base64
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from urllib.parse import urlsplit

import aiohttp
import uvloop

from server.demo.twilio_caller import Exchange, PhoneCall, StreamScript, Trunk, TwilioCaller
from tests.load.ingest.sink import AUTH_TOKEN, NUMBER, PUBLIC_URL

LAG_LIMIT_MS = 50
SLOTS = 20
"""One for each millisecond of a frame: calls do not all speak in the same instant."""
WARM_S, MEASURE_S = 1.0, 3.0
TEXT = 0x81
"""A whole text message in one WebSocket frame."""


@dataclass(frozen=True)
class Step:
    calls: int
    lag_p50_ms: float
    lag_p99_ms: float
    cpu: float
    frames_s: float
    sent_s: float
    client_lag_ms: float

    def line(self) -> str:
        return (
            f"  {self.calls:4} calls  lag p50 {self.lag_p50_ms:6.1f}  p99 {self.lag_p99_ms:7.1f} ms"
            f"  cpu {self.cpu:5.1%}  {self.cpu / max(self.frames_s, 1) * 1e6:5.1f} us/frame"
            f"  heard {self.frames_s / max(self.sent_s, 1):6.1%} of sent"
            f"  (client late by {self.client_lag_ms:.0f} ms)"
        )


class Telephones:
    """Calls that speak for ever, each frame sent on its own."""

    def __init__(self, base_url: str) -> None:
        self._exchange = Exchange(public_url=PUBLIC_URL, auth_token=AUTH_TOKEN, connect_to=base_url)
        self._address = urlsplit(base_url)
        self._slots: list[list[asyncio.StreamWriter]] = [[] for _ in range(SLOTS)]
        self._numbers = count()
        self.sent = 0
        self.late_ms = 0.0

    async def add(self, calls: int) -> None:
        async with aiohttp.ClientSession() as session:
            for _ in range(calls):
                number = next(self._numbers)
                call = PhoneCall(sid=f"CA{number:032x}", caller="", called=NUMBER, inbound=b"")
                trunk = Trunk(self._exchange, session)
                answer = await TwilioCaller(self._exchange).ring(trunk, call)
                writer = await self._open(trunk.signature(answer.stream))
                for message in StreamScript(call=call, account="AC").opening(answer.parameters):
                    writer.write(framed(message))
                self._slots[number % SLOTS].append(writer)

    async def _open(self, signature: str) -> asyncio.StreamWriter:
        reader, writer = await asyncio.open_connection(self._address.hostname, self._address.port)
        key = base64.b64encode(os.urandom(16)).decode()
        writer.write(
            f"GET /twilio/media HTTP/1.1\r\nHost: bench.example\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
            f"X-Twilio-Signature: {signature}\r\n\r\n".encode()
        )
        answer = await reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in answer:
            raise RuntimeError("the socket was not opened")
        return writer

    async def speak(self) -> None:
        """Send for ever; late ticks are caught up, and said."""
        call = PhoneCall(sid="CA" + "0" * 32, caller="", called="", inbound=b"")
        script = StreamScript(call=call, account="AC")
        script.opening({})
        began_s = time.monotonic()
        for tick in count():
            frames = [framed(script.media(track, tick * 20, os.urandom(160))) for track in TRACKS]
            for slot in range(SLOTS):
                due_s = began_s + (tick * SLOTS + slot) / 1000
                ahead_s = due_s - time.monotonic()
                self.late_ms = max(self.late_ms, -ahead_s * 1000)
                await asyncio.sleep(max(0.0, ahead_s))
                self._send(slot, frames[0])
                self._send((slot + SLOTS // 2) % SLOTS, frames[1])

    def _send(self, slot: int, frame: bytes) -> None:
        for writer in self._slots[slot]:
            writer.write(frame)
        self.sent += len(self._slots[slot])


TRACKS = ("inbound", "outbound")


def framed(text: str) -> bytes:
    """A client's frame; its mask of noughts leaves the text as it is, so one is made for all calls."""
    body = text.encode()
    head = (
        bytes((TEXT, 0x80 | 126)) + len(body).to_bytes(2)
        if len(body) > 125
        else bytes((TEXT, 0x80 | len(body)))
    )
    return head + bytes(4) + body


@contextmanager
def server(*flags: str) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.load.ingest.sink", *flags]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own module
        try:
            assert process.stdout
            yield process.stdout.readline().strip()
        finally:
            process.kill()


async def climb(base_url: str, *, step: int, most: int) -> list[Step]:
    steps: list[Step] = []
    telephones = Telephones(base_url)
    async with asyncio.TaskGroup() as tasks, aiohttp.ClientSession() as session:
        speaking = tasks.create_task(telephones.speak())
        for calls in range(step, most + 1, step):
            await telephones.add(step)
            await asyncio.sleep(WARM_S)
            steps.append(await measured(session, base_url, telephones, calls))
            print(steps[-1].line(), flush=True)
            if steps[-1].lag_p99_ms > LAG_LIMIT_MS:
                break
        speaking.cancel()
    return steps


async def measured(session: aiohttp.ClientSession, base_url: str, telephones: Telephones, calls: int) -> Step:
    await report(session, base_url)
    sent, telephones.late_ms, began_s = telephones.sent, 0.0, time.monotonic()
    await asyncio.sleep(MEASURE_S)
    sent_s = (telephones.sent - sent) / (time.monotonic() - began_s)
    figures = await report(session, base_url)
    return Step(
        calls=calls,
        lag_p50_ms=figures["lag_p50_ms"],
        lag_p99_ms=figures["lag_p99_ms"],
        cpu=figures["cpu"],
        frames_s=figures["frames"] / (time.monotonic() - began_s),
        sent_s=sent_s,
        client_lag_ms=telephones.late_ms,
    )


async def report(session: aiohttp.ClientSession, base_url: str) -> dict[str, float]:
    async with session.get(base_url + "/bench") as response:
        figures: dict[str, float] = await response.json()
        return figures


VARIANTS = {
    "our doorway, uvloop": ("--uvloop",),
    "our doorway, asyncio": (),
    "the usual sample, asyncio": ("--peer",),
    "the usual sample, uvloop": ("--peer", "--uvloop"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--step", type=int, default=50)
    parser.add_argument("--most", type=int, default=500)
    chosen = parser.parse_args()
    print("Frames are decoded and placed, and heard by nobody. Client and server share this machine.")
    held: dict[str, int] = {}
    for name, flags in VARIANTS.items():
        print(name)
        with server(*flags) as base_url:
            steps = uvloop.run(climb(base_url, step=chosen.step, most=chosen.most))
        held[name] = max((one.calls for one in steps if one.lag_p99_ms <= LAG_LIMIT_MS), default=0)
    peer = held["the usual sample, asyncio"] or 1
    for name, calls in held.items():
        print(
            f"{name}: {calls} calls with p99 lag <= {LAG_LIMIT_MS} ms ({calls / peer:.2f} x the usual sample)"
        )


if __name__ == "__main__":
    main()
