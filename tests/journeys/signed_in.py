"""Somebody at a page of a journey's server, signed in."""

from playwright.async_api import Browser, Page, expect

from tests.journeys.front_door import Station

PATIENCE_MS = 120_000


async def page_of(station: Station, browser: Browser, who: str) -> Page:
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    page = await context.new_page()
    await page.goto(station.url)
    await page.get_by_label("Sign-in name").fill(who)
    await page.get_by_label("Password").fill(station.passwords[who])
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.locator("#connection")).to_have_text("Live")
    return page
