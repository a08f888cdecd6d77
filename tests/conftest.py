"""One Chromium for the whole run, whoever needs a browser; and no deadlines on a busy machine."""

from collections.abc import AsyncIterator

import pytest_asyncio
from hypothesis import settings
from playwright.async_api import Browser, async_playwright

from tests.chromium import CHROMIUM, FLAGS

settings.register_profile("earshot", deadline=None)
settings.load_profile("earshot")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()
