"""One Chromium for the whole run; no deadlines on a busy machine; who runs beside whom."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from hypothesis import settings
from playwright.async_api import Browser, async_playwright

from tests.chromium import CHROMIUM, FLAGS

settings.register_profile("earshot", deadline=None)
settings.load_profile("earshot")

IN_TURN = ("tests/journeys/", "tests/consoles/", "tests/adapters/webrtc/")
"""Where browsers play in real time: two of them beside each other would starve a small machine."""


@pytest.hookimpl(tryfirst=True)  # before xdist looks at the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A run shared between processes keeps all browsers in one of them, and other files whole."""
    for item in items:
        file = item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group("browsers" if file.startswith(IN_TURN) else file))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()
