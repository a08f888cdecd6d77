"""How much of a core a desk and a wall take with many live calls and words at speaking rate, and of memory.

Calls end and others begin, as in a control room. Memory is what is left after a collection, every five
minutes of a long run; its slope is that of the second half, as an ended call stays on the board for a quarter
of an hour. The share of the main thread is its CPU time, whatever else the machine has to do.

usage: python -m tests.load.console [CALLS] [MINUTES]
"""

import asyncio
import sys
import tempfile
from collections import deque
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import linear_regression

from playwright.async_api import CDPSession, Page, async_playwright

from server.domain.events import CallEnded, EarLost, EarRestored, Ending, RiskRaised
from server.domain.ids import CallId, MarkerId
from server.domain.markers import MarkerClass
from server.domain.people import Person
from server.domain.speech import Party
from server.ports.bus import DraftHeard
from tests.chromium import CHROMIUM, FLAGS
from tests.consoles import busy
from tests.consoles.screen import Screens
from tests.house import House, open_house
from tests.stories import HARRY, SAM, SUE, draft, said

TEXT = "and then he came back into the kitchen and he was shouting again"
FOLLOWED = 3
WORDS_S = 0.3
CALL_S = 600
"""How long a call lasts: of 200, one ends and another begins every three seconds."""
FOLLOWED_S = 300
MINUTE_S = 60
KEYS_A_MINUTE = 120
LONG_MIN = 15
PATIENCE_S = 300
DELAYS = """() => {
  window.delays = [];
  const noted = (event) => window.delays.push(performance.now() - event.timeStamp);
  addEventListener("keydown", noted, { capture: true });
}"""


@dataclass
class Room:
    """The live calls; Sam follows a few of them, and Sue sees them all."""

    house: House
    live: deque[CallId] = field(default_factory=deque)
    followed: deque[CallId] = field(default_factory=deque)
    _numbers: "count[int]" = field(default_factory=count)

    async def begin(self, *, followed: bool = False) -> None:
        number = next(self._numbers)
        call = CallId(f"CA{number:032x}")
        severity = MarkerClass.HIGH if number % 4 == 0 else MarkerClass.CONTEXTUAL
        risk = RiskRaised(at_ms=9, severity=severity, because=MarkerId("weapon"))
        await busy.begin(self.house, call, HARRY.id, risk)
        if followed:
            await self.house.grant(call, SAM)
        (self.followed if followed else self.live).append(call)

    async def change(self, *, followed: bool = False) -> None:
        """The oldest call ends, and another begins."""
        calls = self.followed if followed else self.live
        await self.house.record(calls.popleft(), CallEnded(at_ms=9, why=Ending.HUNG_UP))
        await self.begin(followed=followed)

    async def stir(self, place: int) -> None:
        """Something that changes a line of the board."""
        call = self.live[place % len(self.live)]
        await self.house.record(call, EarLost(at_ms=1, party=Party.CALLER, why="bench"))
        await self.house.record(call, EarRestored(at_ms=2, party=Party.CALLER, replayed_ms=0))


async def main(calls: int, minutes: int) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        async with open_house(Path(scratch)) as house, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            room = Room(house)
            for number in range(calls):
                await room.begin(followed=number < FOLLOWED)
            screens = Screens(house, browser, patience_ms=PATIENCE_S * 1000)
            pages = [(who, (await screens.of(who)).page) for who in (SAM, SUE)]
            async with asyncio.TaskGroup() as tasks:
                going_on = [tasks.create_task(_talk(room)), tasks.create_task(_turn_over(room, calls))]
                async with asyncio.TaskGroup() as measuring:
                    for who, page in pages:
                        measuring.create_task(_measure(page, who, minutes))
                for task in going_on:
                    task.cancel()
            await screens.close()
            await browser.close()


async def _talk(room: Room) -> None:
    """Words on every followed call; on the others, now and then, something that changes its line."""
    words = TEXT.split()
    for number in count():
        for upto in range(1, len(words) + 1):
            for call in (*room.followed,):
                heard = draft(Party.CALLER, number, " ".join(words[:upto]), at_ms=number * 5000)
                room.house.bus.publish(DraftHeard(call=call, draft=heard))
            await room.stir(number * len(words) + upto)
            await asyncio.sleep(WORDS_S)
        for call in (*room.followed,):
            await room.house.record(call, said(Party.CALLER, number, TEXT, at_ms=number * 5000))


async def _turn_over(room: Room, calls: int) -> None:
    pause_s = CALL_S / calls
    for turn in count(1):
        await asyncio.sleep(pause_s)
        await room.change()
        if turn % max(1, round(FOLLOWED_S / FOLLOWED / pause_s)) == 0:
            await room.change(followed=True)


async def _measure(page: Page, who: Person, minutes: int) -> None:
    await page.evaluate(DELAYS)
    session = await page.context.new_cdp_session(page)
    await session.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = await _figures(session)
    kept = [(0.0, await _kept_mb(session))]
    apart = 5 if minutes >= LONG_MIN else 1
    print(f"{who.role}: start, {kept[0][1]:.1f} MB", flush=True)
    for minute in range(1, minutes + 1):
        for _ in range(KEYS_A_MINUTE):
            await page.keyboard.press("F9")
            await asyncio.sleep(MINUTE_S / KEYS_A_MINUTE)
        if minute % apart == 0:
            kept.append((float(minute), await _kept_mb(session)))
            print(f"{who.role}: minute {minute}, {kept[-1][1]:.1f} MB", flush=True)
    after = await _figures(session)
    busy_s, passed_s = (after[name] - before[name] for name in ("ThreadTime", "Timestamp"))
    delays = sorted(await page.evaluate("window.delays"))
    p95_ms = delays[int(0.95 * (len(delays) - 1))]
    slope = _slope([one for one in kept if one[0] >= minutes / 2])
    print(f"{who.role}: main thread {100 * busy_s / passed_s:.1f} % of a core, input p95 {p95_ms:.1f} ms")
    print(f"{who.role}: memory in the second half {slope:+.3f} MB a minute")


def _slope(points: list[tuple[float, float]]) -> float:
    """Of the straight line that fits best; nought for a single point."""
    return linear_regression(*zip(*points, strict=True)).slope if len(points) > 1 else 0.0


async def _kept_mb(session: CDPSession) -> float:
    """What the page holds on to."""
    await session.send("HeapProfiler.collectGarbage")
    return (await _figures(session))["JSHeapUsedSize"] / 1e6


async def _figures(session: CDPSession) -> dict[str, float]:
    answer = await session.send("Performance.getMetrics")
    return {metric["name"]: metric["value"] for metric in answer["metrics"]}


if __name__ == "__main__":
    given = [int(value) for value in sys.argv[1:]]
    asyncio.run(main(*(given + [200, 30][len(given) :])))
