"""A real Chromium against a real server."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from server.domain.events import HandlerAssigned, SpecialistAssigned
from server.domain.ids import CallId
from tests.chromium import closing
from tests.consoles.screen import CALL, Screens
from tests.consoles.video_screens import Ends, open_ends
from tests.house import House, open_house
from tests.stories import HANNAH, SAM, arrived, opened


@pytest_asyncio.fixture(loop_scope="session")
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house


@pytest_asyncio.fixture(loop_scope="session")
async def screens(house: House, browser: Browser) -> AsyncIterator[Screens]:
    async with closing(Screens(house, browser)) as screens:
        yield screens


@pytest_asyncio.fixture(loop_scope="session")
async def call(house: House) -> CallId:
    """A live call of Hannah's, with Sam as its specialist."""
    assigned = HandlerAssigned(at_ms=0, person=HANNAH.id), SpecialistAssigned(at_ms=0, person=SAM.id)
    await house.record(CALL, arrived(), *assigned, *opened())
    await house.grant(CALL, HANNAH, SAM)
    return CALL


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def everybody(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ends]:
    """Both ends of links, for all tests of a module."""
    async with open_ends(tmp_path_factory.mktemp("video")) as ends:
        yield ends


@pytest_asyncio.fixture(loop_scope="module")
async def ends(everybody: Ends) -> AsyncIterator[Ends]:
    yield everybody
    await everybody.clear()
