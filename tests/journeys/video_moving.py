"""A phone in a video call that goes out of the Wi-Fi and on by its mobile network: when it is seen again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Page, async_playwright, expect

from tests.adapters.webrtc.by_the_doors import joined, signed_in
from tests.adapters.webrtc.peers import Peer
from tests.consoles.video_screens import MEDIA, Screens, gone_in
from tests.house import House
from tests.journeys.phone_networks import MOBILE, SERVER, WIFI, Networks, networks
from tests.stories import HANNAH, SAM
from tests.video_house import open_video_house
from tests.web.test_visits import sent

GONE_S = 120.0


@dataclass
class Moving:
    house: House
    networks: Networks
    phone: Page
    seen_at_s: list[float] = field(default_factory=list)
    """When the specialist was shown each picture of theirs."""
    more: asyncio.Event = field(default_factory=asyncio.Event)

    async def move(self, away: str = WIFI, to: str = MOBILE) -> float:
        """How long after the other network's coming the specialist sees them again, in seconds."""
        await self.seen(3)
        await self.networks.lose(away)
        await expect(self.phone.locator("#status")).to_contain_text("The connection was lost")
        before = len(self.seen_at_s)
        await self.networks.gain(to)
        began_s = asyncio.get_running_loop().time()
        await self.seen(3)
        await expect(self.phone.locator("#status")).to_have_text("They are here.")
        return self.seen_at_s[before] - began_s

    async def seen(self, more: int) -> None:
        """Until so many pictures more were shown. Raises `TimeoutError` for a phone that never comes back."""
        enough = len(self.seen_at_s) + more
        async with asyncio.timeout(GONE_S):
            while len(self.seen_at_s) < enough:
                self.more.clear()
                await self.more.wait()

    async def watch(self, specialist: Peer) -> None:
        while True:
            await specialist.sees(0)
            self.seen_at_s.append(asyncio.get_running_loop().time())
            self.more.set()


@asynccontextmanager
async def a_moving_phone(folder: Path) -> AsyncIterator[Moving]:
    """In a call with a specialist, by its Wi-Fi."""
    async with AsyncExitStack() as stack:
        found = await stack.enter_async_context(networks())
        stack.enter_context(found.at_the_server())
        house = await stack.enter_async_context(open_video_house(folder, host=SERVER))
        path = await sent(await stack.enter_async_context(signed_in(house, HANNAH.id)))
        phone = await stack.enter_async_context(_phone(found, house, folder, path))
        sam = await stack.enter_async_context(signed_in(house, SAM.id))
        specialist = await stack.enter_async_context(joined(sam))
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        moving = Moving(house, found, phone)
        watching = tasks.create_task(moving.watch(specialist))
        yield moving
        watching.cancel()


@asynccontextmanager
async def _phone(found: Networks, house: House, folder: Path, path: str) -> AsyncIterator[Page]:
    flags = [*MEDIA, f"--unsafely-treat-insecure-origin-as-secure={house.url}"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found.chromium(folder), args=flags)
        screens = Screens(url=house.url, browser=browser)
        phone = await screens.phone(path)
        await gone_in(phone)
        yield phone
        await browser.close()
        assert screens.faults == []
