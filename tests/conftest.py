"""One Chromium for the whole run; no deadlines on a busy machine; who runs beside whom."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from hypothesis import settings
from playwright.async_api import Browser, async_playwright
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.chromium import CHROMIUM, FLAGS

settings.register_profile("earshot", deadline=None)
settings.load_profile("earshot")

VIDEO = ("tests/adapters/webrtc/", "tests/consoles/test_video", "tests/journeys/test_video")
"""Where browsers film and hear in real time: beside anything else they would starve on a small machine."""
PAGES = ("tests/consoles/", "tests/journeys/")


@pytest.hookimpl(tryfirst=True)  # before marks are chosen by
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith(VIDEO):
            item.add_marker(pytest.mark.video)


class InTurn(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
    """A run shared between processes keeps all pages in one of them, and other files whole."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "pages" if file.startswith(PAGES) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> InTurn:
    return InTurn(config, log)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()
