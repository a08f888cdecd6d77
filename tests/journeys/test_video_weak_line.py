"""A phone's line is cut, becomes weak in the middle of a call, and good again: what both pages make of it."""

from pathlib import Path

from playwright.async_api import Page, expect

from tests.consoles.video_screens import PHONE, gone_in, joined, press
from tests.journeys.video_line import Line, a_line
from tests.journeys.video_pages import VICTIM_HZ, Pages, heard, open_pages, seen
from tests.journeys.video_room import linked, phoned
from tests.stories import SAM

BACK_MS = 180_000
"""More is tried step by step, and ever less often where it was tried in vain."""
NOTHING = 1
"""Bits a second."""
THEIRS, MINE = ".tile-victim video", "#others video"


async def a_call(pages: Pages, line: Line) -> tuple[Page, Page]:
    """The phone by this line, and the specialist."""
    await phoned(pages.station)
    phone = await pages.phones.page(PHONE, allowed=("camera", "microphone"))
    await line.lead(phone)
    await phone.goto(f"{pages.station.url}/v/{await linked(pages.station)}")
    await gone_in(phone)
    sam = await pages.desks.console(SAM)
    await joined(sam)
    return phone, sam


async def cut(line: Line, phone: Page, sam: Page) -> None:
    """Nothing comes through for a while, and nobody says so; the page and the server still speak."""
    line.rate = NOTHING
    await expect(sam.locator("#state")).to_have_text("Their connection was lost. The call waits for them.")
    await expect(phone.locator("#status")).to_contain_text("The connection was lost")
    line.rate = None
    await expect(sam.locator("#state")).to_have_text("Caller")
    await heard(sam, THEIRS, VICTIM_HZ)


async def test_a_line_that_is_cut_or_weak_falls_to_stills_and_to_typing_and_comes_back(
    tmp_path: Path,
) -> None:
    async with open_pages(tmp_path) as pages, a_line() as line:
        phone, sam = await a_call(pages, line)
        await seen(sam, THEIRS, "blue")
        await cut(line, phone, sam)
        line.rate = 50_000
        await expect(phone.locator("#status")).to_contain_text("Pictures may stand still")
        await expect(sam.locator("#state")).to_contain_text("weak line, stills only")
        line.rate = 20_000
        await expect(phone.locator("#status")).to_contain_text("Please type")
        await expect(sam.locator("#state")).to_contain_text("very weak line, typing only")
        await phone.get_by_label("Type a message").fill("still here")
        await press(phone, "Send")
        await expect(sam.locator("call-transcript")).to_contain_text("still here", ignore_case=True)
        line.rate = None
        await expect(phone.locator("#status")).to_contain_text("They are here", timeout=BACK_MS)
        await expect(sam.locator("#state")).not_to_contain_text("weak line")
        await seen(sam, THEIRS, "blue")
        await heard(sam, THEIRS, VICTIM_HZ)
        await seen(phone, MINE, "red")
