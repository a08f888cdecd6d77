"""From a prompt on record to the glass, with fifty consoles connected, all of them following the same call.

Some are pages in a real Chromium, and say when they have painted; the others are sockets of another process,
which read everything that they are sent. "Painted" is when the page's report is on record too, "received"
when a socket has it. Pages share this machine with the server, as they do not in a control room, so that more
of them measure Chromium. The server's event loop is the one that it has in service.

usage: python -m tests.load.glass [CONSOLES] [PAGES] [PROMPTS]
"""

import asyncio
import json
import sys
import tempfile
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from time import process_time

import aiohttp
import uvloop
from playwright.async_api import async_playwright, expect

from server.adapters.clock import SystemClock
from server.domain.events import PromptAnswered, PromptPainted, PromptRaised
from server.domain.ids import CallId, PersonId, PromptId
from server.domain.people import Person, Role
from server.domain.prompts import Outcome
from server.ports.bus import Notice, Recorded
from tests.chromium import CHROMIUM, FLAGS
from tests.consoles import busy
from tests.consoles.screen import Screens
from tests.house import PASSWORD, House, open_house
from tests.stories import person, raised, sighted

CALL = CallId("CA" + "0" * 32)
EACH = 6
"""Consoles of one person; the server lets in eight."""
THROAT = sighted("strangulation", "hands round my throat", utterance=0, at_ms=4000)
PAUSE_S = 0.5
PATIENCE_S = 300
LIMIT_MS = 100


class Painted:
    """When each prompt was recorded, and when each page had painted it, by the journal's clock."""

    def __init__(self, pages: int) -> None:
        self.delays_ms: list[float] = []
        self._pages = pages
        self._raised: dict[PromptId, float] = {}
        self._left: dict[PromptId, int] = {}
        self._news = asyncio.Event()

    def hear(self, notice: Notice) -> None:
        if not isinstance(notice, Recorded):
            return
        for entry in notice.entries:
            at_ms = entry.recorded_at.timestamp() * 1000
            match entry.event:
                case PromptRaised(prompt=prompt):
                    self._raised[prompt.id], self._left[prompt.id] = at_ms, self._pages
                case PromptPainted(prompt=named):
                    self.delays_ms.append(at_ms - self._raised[named])
                    self._left[named] -= 1
                    self._news.set()
                case _:
                    pass

    async def by_all(self, prompt: PromptId) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while self._left[prompt] > 0:
                self._news.clear()
                await self._news.wait()


async def main(consoles: int, pages: int, prompts: int) -> int:
    with tempfile.TemporaryDirectory() as scratch:
        async with open_house(Path(scratch)) as house, async_playwright() as playwright:
            watchers = [person(f"p{number}", Role.SPECIALIST) for number in range(pages)]
            readers = [person(f"r{number}", Role.SPECIALIST) for number in range(-(-consoles // EACH))]
            await busy.begin(house, CALL, None)
            await _hire(house, [*watchers, *readers])
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            screens = Screens(house, browser, patience_ms=PATIENCE_S * 1000)
            for who in watchers:
                await expect((await screens.of(who)).page.locator("#call-title")).not_to_have_text(
                    "No call", timeout=PATIENCE_S * 1000
                )
            async with _reading(house, consoles - pages) as received_ms:
                painted = Painted(pages)
                leave = house.bus.subscribe(painted.hear)
                before_s = process_time()
                await _raise(house, painted, prompts)
                spent_s = process_time() - before_s
                leave()
            await screens.close()
            await browser.close()
    print(f"{consoles} consoles, {pages} of them pages in Chromium; {prompts} prompts, each answered")
    print(f"the server's process: {1000 * spent_s / prompts:.0f} ms of CPU a prompt and its answer")
    _told("received", received_ms)
    return int(_told("painted", painted.delays_ms) > LIMIT_MS)


async def _hire(house: House, people: list[Person]) -> None:
    for who in people:
        await house.store.people.add(who, password_hash=f"hash:{PASSWORD}")
        await house.store.people.set_duty(who.id, on_duty=True)
        await house.grant(CALL, who)


async def _raise(house: House, painted: Painted, prompts: int) -> None:
    """One after the other, each answered before the next, so that each comes to the front."""
    for number in range(1, prompts + 1):
        prompt = PromptId(f"p{number}")
        await house.record(CALL, raised(number, THROAT))
        await painted.by_all(prompt)
        answered = PromptAnswered(at_ms=9, prompt=prompt, person=PersonId("p0"), outcome=Outcome.YES)
        await house.record(CALL, answered)
        await asyncio.sleep(PAUSE_S)


@asynccontextmanager
async def _reading(house: House, consoles: int) -> AsyncIterator[list[float]]:
    """Gives what they measured, once they are gone."""
    command = (sys.executable, "-m", "tests.load.glass", "read", house.url, str(consoles))
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    received_ms: list[float] = []
    try:
        async with asyncio.timeout(PATIENCE_S):
            while house.feeds.screens < consoles:
                await asyncio.sleep(0.1)
        yield received_ms
    finally:
        process.terminate()
        told, _ = await process.communicate()
        received_ms.extend(float(line) for line in told.split())


async def read(url: str, consoles: int) -> None:
    """Further consoles without a screen, until killed."""
    async with asyncio.TaskGroup() as tasks:
        for number in range(consoles):
            tasks.create_task(_read(url, f"r{number // EACH}"))


async def _read(url: str, name: str) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        body, headers = {"name": name, "password": PASSWORD}, {"Origin": url}
        async with session.post(f"{url}/sign-in", json=body, headers=headers) as answer:
            answer.raise_for_status()
        async with session.ws_connect(f"{url}/feed", origin=url, max_msg_size=0) as socket:
            await socket.send_json({"resume": {}})
            for _ in count():
                message = await socket.receive()
                if message.type is aiohttp.WSMsgType.TEXT and '"PromptRaised"' in message.data:
                    _say_late(message.data)


def _say_late(told: str) -> None:
    for event in json.loads(told)["events"]:
        if event["kind"] == "PromptRaised":
            recorded_at = datetime.fromisoformat(event["recorded_at"])
            print((SystemClock().now() - recorded_at).total_seconds() * 1000, flush=True)


def _told(what: str, delays_ms: list[float]) -> float:
    """Returns the 95th percentile."""
    ordered = sorted(delays_ms)
    at = {share: ordered[int(share / 100 * (len(ordered) - 1))] for share in (50, 95, 100)}
    print(f"recorded to {what}: median {at[50]:.0f} ms, p95 {at[95]:.0f} ms, longest {at[100]:.0f} ms")
    return at[95]


if __name__ == "__main__":
    if sys.argv[1:2] == ["read"]:
        uvloop.run(read(sys.argv[2], int(sys.argv[3])))
    else:
        given = [int(value) for value in sys.argv[1:]]
        sys.exit(uvloop.run(main(*(given + [50, 2, 60][len(given) :]))))
