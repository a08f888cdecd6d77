"""Takes the pictures of the README again: `python -m tests.consoles.pictures tests/consoles/screenshots`."""

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright, expect

from server.domain.events import GradeSet, PromptPainted
from server.domain.ids import PromptId
from server.domain.people import Person
from tests.chromium import CHROMIUM, FLAGS
from tests.consoles import busy
from tests.consoles.screen import Screens
from tests.house import House, open_house
from tests.services.grade_room import GRADED_FORCE
from tests.stories import HANNAH, SAM, SUE

PICTURES = (
    ("desk-light", SAM, 1440, 900, "light"),
    ("desk-dark", SAM, 1440, 900, "dark"),
    ("panel-light", HANNAH, 360, 860, "light"),
    ("panel-dark", HANNAH, 360, 860, "dark"),
    ("wall-light", SUE, 1440, 900, "light"),
    ("desk-narrow", SAM, 1024, 768, "light"),
)


async def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        async with open_house(Path(scratch), GRADED_FORCE) as house, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            await busy.fill(house)
            await house.record(busy.GRAVE, GradeSet(at_ms=20_000, person=HANNAH.id, grade="emergency"))
            await _measured(house)
            screens = Screens(house, browser, patience_ms=120_000)
            for name, who, width, height, look in PICTURES:
                await _take(screens, folder / f"{name}.png", who, (width, height, look))
            await screens.close()
            await browser.close()


async def _take(screens: Screens, path: Path, who: Person, how: tuple[int, int, str]) -> None:
    width, height, look = how
    screen = await screens.of(who, width=width, height=height, look=look)
    ready = {HANNAH: ".check.is-answered", SAM: "marker-rail li", SUE: "#latency .over, #latency .under"}
    await expect(screen.page.locator(ready[who]).first).to_be_visible()
    await screen.page.screenshot(path=path)


async def _measured(house: House) -> None:
    painted = PromptPainted(at_ms=20_000, prompt=PromptId("p1"), person=SAM.id, after_ms=1240)
    await house.record(busy.GRAVE, painted)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
