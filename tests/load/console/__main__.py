"""How much of a core a desk and a wall take with many live calls and words coming at speaking rate.

usage: python -m tests.load.console [CALLS] [SECONDS]
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import CDPSession, Page, async_playwright

from server.domain.events import EarLost, EarRestored, RiskRaised
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
DELAYS = """() => {
  window.delays = [];
  const noted = (event) => window.delays.push(performance.now() - event.timeStamp);
  addEventListener("keydown", noted, { capture: true });
}"""


async def main(calls: int, seconds: int) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        async with open_house(Path(scratch)) as house, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            live = [CallId(f"CA{number:032x}") for number in range(calls)]
            await _begin(house, live)
            screens = Screens(house, browser)
            for who in (SAM, SUE):
                page = (await screens.of(who)).page
                async with asyncio.TaskGroup() as tasks:
                    talking = tasks.create_task(_talk(house, live))
                    await _measure(page, who, seconds)
                    talking.cancel()
            await screens.close()
            await browser.close()


async def _begin(house: House, live: list[CallId]) -> None:
    for place, call in enumerate(live):
        severity = MarkerClass.HIGH if place % 4 == 0 else MarkerClass.CONTEXTUAL
        risk = RiskRaised(at_ms=9, severity=severity, because=MarkerId("weapon"))
        await busy.begin(house, call, HARRY.id, risk)
        if place < FOLLOWED:
            await house.grant(call, SAM)


async def _talk(house: House, live: list[CallId]) -> None:
    """Words on every followed call; on the others, now and then, something that changes its line."""
    words = TEXT.split()
    number = 0
    while True:
        for upto in range(1, len(words) + 1):
            at_ms = number * 5000
            for call in live[:FOLLOWED]:
                heard = draft(Party.CALLER, number, " ".join(words[:upto]), at_ms=at_ms)
                house.bus.publish(DraftHeard(call=call, draft=heard))
            await _stir(house, live[(number * len(words) + upto) % len(live)])
            await asyncio.sleep(WORDS_S)
        for call in live[:FOLLOWED]:
            await house.record(call, said(Party.CALLER, number, TEXT, at_ms=number * 5000))
        number += 1


async def _stir(house: House, call: CallId) -> None:
    await house.record(call, EarLost(at_ms=1, party=Party.CALLER, why="bench"))
    await house.record(call, EarRestored(at_ms=2, party=Party.CALLER, replayed_ms=0))


async def _measure(page: Page, who: Person, seconds: int) -> None:
    await page.evaluate(DELAYS)
    session = await page.context.new_cdp_session(page)
    await session.send("Performance.enable")
    before = await _figures(session)
    for _ in range(seconds * 2):
        await page.keyboard.press("F9")
        await asyncio.sleep(0.5)
    after = await _figures(session)
    delays = sorted(await page.evaluate("window.delays"))
    share = (
        100 * (after["TaskDuration"] - before["TaskDuration"]) / (after["Timestamp"] - before["Timestamp"])
    )
    grown = (after["JSHeapUsedSize"] - before["JSHeapUsedSize"]) / 1e6
    p95_ms = delays[int(0.95 * (len(delays) - 1))]
    print(f"{who.role}: main thread {share:.1f} % of a core, input p95 {p95_ms:.1f} ms, heap {grown:+.1f} MB")


async def _figures(session: CDPSession) -> dict[str, float]:
    answer = await session.send("Performance.getMetrics")
    return {metric["name"]: metric["value"] for metric in answer["metrics"]}


if __name__ == "__main__":
    given = [int(value) for value in sys.argv[1:]]
    asyncio.run(main(*(given + [200, 30][len(given) :])))
