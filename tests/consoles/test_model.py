"""The console's model, checked where it runs: in the browser."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route

from tests.house import open_house

CHECKS = Path(__file__).with_name("model_checks.js").read_text()
NAMES = re.findall(r'^check\("(.+)",', CHECKS, flags=re.MULTILINE)

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Page]:
    async with open_house(tmp_path_factory.mktemp("model")) as house:
        page = await browser.new_page()
        await page.route(
            "**/checks.js", lambda route: route.fulfill(body=CHECKS, content_type="text/javascript")
        )
        await page.goto(house.url)
        yield page
        await page.close()


async def _serve_checks(route: Route) -> None:
    await route.fulfill(body=CHECKS, content_type="text/javascript")


@pytest.mark.parametrize("name", NAMES)
async def test_of_the_model(page: Page, name: str) -> None:
    await page.evaluate("async (name) => (await import('/checks.js')).checks[name]()", name)


async def test_there_are_checks_to_run() -> None:
    assert len(NAMES) > 15
