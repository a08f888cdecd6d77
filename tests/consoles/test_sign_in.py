"""Signing in by the force's own provider, in a real browser; proving it again; and taking words out."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from server.adapters.clock import SystemClock
from server.domain.access import AccessKind
from server.domain.events import MarkerJudged, Verdict, WordsExported
from server.domain.ids import CallId, MarkerId, PersonId
from server.domain.people import Right
from server.domain.speech import Party
from server.services.signing_in import token_hash
from tests.consoles import busy
from tests.consoles.screen import Screens
from tests.consoles.test_accessibility import AXE, found_by_axe
from tests.consoles.waiting import recorded
from tests.house import PASSWORD, House
from tests.identity_provider.running import house_with_sign_in, needs_npm
from tests.stories import SAM

pytestmark = pytest.mark.asyncio(loop_scope="session")

BEGAN = SystemClock().now()
BUTTON = "Sign in with your force account"


async def led_through(page: Page, login: str) -> None:
    """The provider's own pages: who it is, and that they agree."""
    await page.locator('input[name="login"]').fill(login)
    await page.locator('input[name="password"]').fill("any")
    await page.locator('button[type="submit"]').click()
    await page.locator('button[type="submit"]').click()


@needs_npm
async def test_a_specialist_signs_in_by_the_force_s_provider_and_is_at_their_desk(
    browser: Browser, tmp_path: Path
) -> None:
    async with house_with_sign_in(tmp_path) as house:
        page = await browser.new_page()
        await page.goto(house.url)
        provider = page.get_by_role("link", name=BUTTON)
        await expect(provider).to_be_focused()
        await page.keyboard.press("Enter")
        await led_through(page, "u-sam")
        await expect(page.locator("#connection")).to_have_text("Live")
        await expect(page.locator("#who")).to_have_text("Samira Ade, specialist")
        await page.close()


@needs_npm
async def test_who_has_no_place_here_is_told_so_in_words(browser: Browser, tmp_path: Path) -> None:
    async with house_with_sign_in(tmp_path) as house:
        page = await browser.new_page()
        await page.goto(house.url)
        await page.get_by_role("link", name=BUTTON).click()
        await led_through(page, "u-nobody")
        await expect(page.locator("#failed")).to_contain_text("Your force account has no role here")
        if AXE.exists():
            assert await found_by_axe(page) == []
        await page.close()


async def judged(house: House) -> CallId:
    """A call of which a marker was judged, and Sam may take such words out."""
    await busy.fill(house)
    throat = MarkerJudged(
        at_ms=60_000,
        person=SAM.id,
        marker=MarkerId("strangulation"),
        party=Party.CALLER,
        utterance=1,
        verdict=Verdict.TRUE,
    )
    await house.record(busy.GRAVE, throat)
    await house.store.people.set_rights(PersonId(SAM.id), frozenset({Right.EXPORT}))
    return busy.GRAVE


async def test_words_are_taken_out_by_who_proves_again_who_they_are(screens: Screens, house: House) -> None:
    call = await judged(house)
    sam = await screens.of(SAM)
    (cookie,) = await sam.page.context.cookies()
    await house.store.sessions.note_proved(token_hash(cookie.get("value", "")), BEGAN - timedelta(hours=1))
    await sam.click("Take words out")
    dialog = sam.page.get_by_role("dialog", name="Take words out")
    await dialog.get_by_role("button", name="Take out corrections").click()
    password = dialog.get_by_label("Your password")
    await expect(password).to_be_focused()
    await password.fill("not this one")
    await sam.press("Enter")
    await expect(dialog).to_contain_text("The name or the password is wrong.")
    if AXE.exists():
        assert await found_by_axe(sam.page) == []
    await password.fill(PASSWORD)
    async with sam.page.expect_download() as taken:
        await sam.press("Enter")
    lines = (await (await taken.value).path()).read_text().splitlines()
    assert len(lines) == 1
    await expect(dialog).to_contain_text("Taken out: 1 corrections")
    await recorded(house, call, WordsExported)
    kinds = [one.kind for one in await house.store.accesses.find(since=BEGAN, person=SAM.id)]
    assert AccessKind.EXPORTED in kinds


async def test_who_has_not_the_right_is_not_offered_to_take_words_out(screens: Screens, house: House) -> None:
    sam = await screens.of(SAM)
    await expect(sam.page.get_by_role("button", name="Take words out")).to_have_count(0)
