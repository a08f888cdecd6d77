"""Search in a browser: words and choices, what was found, and a call opened to be read."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from server.domain.casework.events import CallAdded, CaseClosed, CaseId, CaseOpened
from server.domain.people import Person
from server.services.indexing import Cases, Indexing
from tests.consoles import reviewing
from tests.consoles.screen import Screens
from tests.consoles.test_accessibility import found_by_axe, needs_axe
from tests.house import House
from tests.stories import HANNAH, MIDSHIRE, SAM, SUE

pytestmark = pytest.mark.asyncio(loop_scope="session")


CASE = CaseId("case-7c11")


async def at_search(screens: Screens, house: House, who: Person, *, width: int = 1440) -> Page:
    await reviewing.fill(house)
    closed = (
        CaseOpened(person=SAM.id, force=MIDSHIRE),
        CallAdded(person=SAM.id, call=reviewing.HEARD_MORE),
        CaseClosed(person=SAM.id, why="She has moved"),
    )
    await house.store.cases.append(CASE, closed, after=0)
    await Indexing(house.store.journal, house.store.following, house.index).catch_up()
    await Cases(book=house.store.cases, forces=[MIDSHIRE]).catch_up(house.index, house.store.journal)
    page = await screens.at("/search", who, width=width)
    await expect(page.get_by_label("Marker").locator("option")).not_to_have_count(0)
    return page


async def test_a_supervisor_finds_by_words_and_opens_a_call_by_keyboard(
    screens: Screens, house: House
) -> None:
    page = await at_search(screens, house, SUE)
    await page.get_by_label("Words").fill("knives knife")
    await page.get_by_label("Words").press("Enter")
    await expect(page.locator("#count")).to_have_text("Nothing that you may see was found.")
    await page.get_by_label("Words").fill('knife "two of them"')
    await page.get_by_label("Words").press("Enter")
    await expect(page.locator("#count")).to_have_text("1 call or case.")
    await expect(page.locator("#found blockquote")).to_have_count(3)
    await expect(page.locator("#found")).to_contain_text("he has a knife")
    await page.get_by_role("button", name="Open Call 4D1E").press("Enter")
    call = page.get_by_role("region", name="Call 4D1E")
    await expect(call).to_be_focused()
    await expect(call).to_contain_text("police emergency what is happening")


async def test_calls_and_cases_are_found_by_marker_person_and_outcome(screens: Screens, house: House) -> None:
    page = await at_search(screens, house, SUE)
    await page.get_by_label("Marker").select_option("Weapon in hand, used, or to hand")
    await page.get_by_label("Who had to do with it").select_option("Hannah")
    await page.get_by_label("What came of it").select_option("unresolved at the end")
    await page.get_by_label("Among").select_option("Calls")
    await page.get_by_role("button", name="Search").press("Enter")
    await expect(page.locator("#count")).to_have_text("1 call or case.")
    await page.get_by_label("Among").select_option("Cases")
    await page.get_by_label("What came of it").select_option("closed")
    await page.get_by_label("Who had to do with it").select_option("Any")
    await page.get_by_role("button", name="Search").press("Enter")
    await expect(page.locator("#found li")).to_have_count(1)
    await expect(page.get_by_role("link", name="Case 7C11")).to_be_visible()
    await page.get_by_label("What came of it").select_option("assessed")
    await page.get_by_role("button", name="Search").press("Enter")
    await expect(page.locator("#count")).to_have_text("Nothing that you may see was found.")
    await page.get_by_label("Among").select_option("Calls")
    await page.get_by_label("What came of it").select_option("unresolved at the end")
    await page.get_by_role("button", name="Search").press("Enter")
    await expect(page.locator("#count")).to_have_text("1 call or case.")
    await page.get_by_label("Who had to do with it").select_option("Harry")
    await page.get_by_role("button", name="Search").press("Enter")
    await expect(page.locator("#count")).to_have_text("Nothing that you may see was found.")


async def test_nobody_finds_what_they_were_not_given(screens: Screens, house: House) -> None:
    sam = await at_search(screens, house, SAM)
    await sam.get_by_label("Words").fill("knife")
    await sam.get_by_label("Words").press("Enter")
    await expect(sam.locator("#count")).to_have_text("Nothing that you may see was found.")
    hannah = await screens.at("/search", HANNAH)
    await expect(hannah.get_by_label("Among")).to_be_hidden()
    await hannah.get_by_label("Words").fill("knife")
    await hannah.get_by_label("Words").press("Enter")
    await expect(hannah.locator("#count")).to_have_text("1 call or case.")


async def test_a_search_for_nothing_says_what_can_be_looked_for(screens: Screens, house: House) -> None:
    page = await at_search(screens, house, SUE)
    await page.get_by_role("button", name="Search").press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("Say what you look for")


@needs_axe
@pytest.mark.parametrize("width", [1440, 390])
async def test_axe_finds_nothing_and_nothing_runs_off_the_page(
    screens: Screens, house: House, width: int, tmp_path: Path
) -> None:
    page = await at_search(screens, house, SUE, width=width)
    await page.get_by_label("Words").fill("knife")
    await page.get_by_label("Words").press("Enter")
    await page.get_by_role("button", name="Open Call 4D1E").click()
    await expect(page.locator("#turns li")).not_to_have_count(0)
    assert await found_by_axe(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    await page.screenshot(path=tmp_path / "search.png", full_page=True)
