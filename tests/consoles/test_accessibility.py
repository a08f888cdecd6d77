"""Everybody can use every page: axe finds nothing on it, in any look, wide or narrow."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import pytest
import pytest_asyncio
from playwright.async_api import Page, ViewportSize, expect

from server.domain.people import Person
from tests.consoles import busy
from tests.consoles.screen import Screen, Screens
from tests.house import House, open_house
from tests.services.grade_room import GRADED_FORCE
from tests.stories import HANNAH, HARRY, SAM, SUE

AXE = Path(__file__).with_name("node_modules") / "axe-core/axe.min.js"
needs_axe = pytest.mark.skipif(
    not AXE.exists(), reason="npm is not here, or could not fetch axe-core (.ci/npm): nothing to check with"
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (rules) => {
  const found = await axe.run(document, { runOnly: rules });
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
}"""
UNFOLD = "for (const folded of document.querySelectorAll('details')) folded.open = true"
CONTRAST: dict[str, object] = {"type": "rule", "values": ["color-contrast"]}
OTHER_COLOURS: list[dict[str, Any]] = [
    {"color_scheme": "dark", "contrast": "no-preference"},
    {"color_scheme": "light", "contrast": "more"},
]
OPENS = {
    HANNAH: [
        ("?", "Keys and markers"),
        ("See or take back", "Lower from"),
        ("Noise…", "Why did nobody need help?"),
        ("Video link…", "Send a video link"),
        ("e", "Evidence"),
    ],
    SAM: [
        ("?", "Keys and markers"),
        ("n", "Hand over"),
        ("l\n", "From these words"),
        ("See and decide", "Lower from"),
        ("Video link…", "Send a video link"),
        ("e", "Evidence"),
    ],
    SUE: [("?", "Keys and markers"), ("Assign", "Hand over")],
}
"""What opens on a page in use, and by which key or button."""
KEYS = {"?", "e", "n", "l\n"}
REGIONS: dict[str, Literal["region"]] = {"Evidence": "region"}
WIDTHS = {HANNAH: (360, 1440), SAM: (1440, 1024, 390), SUE: (1440, 390)}
"""How wide a page is used; in the first of them it is looked at in every look."""
TWICE_AS_LARGE: ViewportSize = {"width": 720, "height": 450}
"""A page in text twice as large is as one half as wide."""
EACH = pytest.mark.parametrize("who", [HANNAH, SAM, SUE], ids=["panel", "desk", "wall"])

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    needs_axe,
]


@pytest_asyncio.fixture(loop_scope="session")
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Of a force that grades."""
    async with open_house(tmp_path, GRADED_FORCE) as house:
        yield house


async def found_by_axe(page: Page, rules: list[str] | dict[str, object] = RULES) -> list[str]:
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    violations = await page.evaluate(RUN, rules)
    assert isinstance(violations, list)
    return violations


async def in_use(screen: Screen, who: Person) -> None:
    ready = {HANNAH: "handler-prompt", SAM: "prompt-card", SUE: "wall-board tbody tr"}
    await expect(screen.page.locator(ready[who]).first).to_be_visible()
    if who is SAM:
        await expect(screen.page.get_by_role("button", name="Hand over")).to_be_visible()


@EACH
async def test_axe_finds_nothing_on_a_page_in_use_and_it_fits_with_one_assertive_voice(
    screens: Screens, house: House, who: Person
) -> None:
    await busy.fill(house)
    await busy.owe(house)
    await busy.take_over(house)
    await house.record(busy.GRAVE, busy.whisper())
    first, *_ = WIDTHS[who]
    page = (screen := await screens.of(who, width=first)).page
    await in_use(screen, who)
    for width in WIDTHS[who]:
        await page.set_viewport_size({"width": width, "height": 900})
        await page.evaluate(UNFOLD)
        assert await found_by_axe(page) == [], width
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
    await page.set_viewport_size({"width": first, "height": 900})
    for colours in OTHER_COLOURS:
        await page.emulate_media(**colours)
        assert await found_by_axe(page, CONTRAST) == [], colours
    await expect(page.locator('[role="alert"], [aria-live="assertive"]')).to_have_count(1)
    await page.set_viewport_size(TWICE_AS_LARGE)
    assert await page.evaluate("document.documentElement.scrollWidth") <= TWICE_AS_LARGE["width"]


@pytest.mark.parametrize("who", [HARRY, SAM, SUE], ids=["panel", "desk", "wall"])
async def test_axe_finds_nothing_on_an_empty_page_or_in_its_help(
    screens: Screens, house: House, who: Person
) -> None:
    screen = await screens.of(who)
    assert await found_by_axe(screen.page) == []
    await screen.press("?")
    await expect(screen.page.get_by_role("dialog")).to_be_visible()
    assert await found_by_axe(screen.page) == []


@EACH
async def test_axe_finds_nothing_in_whatever_opens(screens: Screens, house: House, who: Person) -> None:
    await busy.fill(house)
    await busy.owe(house)
    screen = await screens.of(who, width=390 if who is HANNAH else 1440)
    await in_use(screen, who)
    for way, name in OPENS[who]:
        if way in KEYS:
            await screen.press(*({"\n": "Enter"}.get(key, key) for key in way))
        else:
            await screen.page.get_by_role("button", name=way).first.click()
        opened = screen.page.get_by_role(REGIONS.get(name, "dialog"), name=name)
        await expect(opened).to_be_visible()
        assert await found_by_axe(screen.page) == [], name
        for colours in OTHER_COLOURS:
            await screen.page.emulate_media(**colours)
            assert await found_by_axe(screen.page, CONTRAST) == [], (name, colours)
        await screen.page.emulate_media(color_scheme="light", contrast="no-preference")
        await screen.press("e" if way == "e" else "Escape")
        await expect(opened).to_be_hidden()


async def test_axe_finds_nothing_on_the_large_screen(screens: Screens, house: House) -> None:
    await busy.fill(house)
    sue = await screens.of(SUE, width=1920, height=1080)
    await sue.press("f")
    await expect(sue.page.locator("wall-board tbody tr").first).to_be_visible()
    assert await found_by_axe(sue.page) == []


@pytest.mark.parametrize("path", ["/sign-in", "/panel/frame"])
async def test_axe_finds_nothing_before_anybody_is_signed_in(
    screens: Screens, house: House, path: str
) -> None:
    page = await screens.stranger()
    await page.goto(house.url + path)
    assert await found_by_axe(page) == []
