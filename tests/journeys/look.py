"""Takes pictures of every page, of every width and in light and dark, with calls that were played to it.

They are for looking at: what runs over, is cut off, crowded, too pale, badly worded. Pages with a live call
are taken while nobody speaks, near its end.

usage: python -m tests.journeys.look FOLDER
"""

import asyncio
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright, expect

from server.demo.stage import new_sid
from server.demo.twilio_caller import Exchange, PhoneCall, TwilioCaller
from server.domain.events import CallEnded, HandlerAssigned, PromptShown
from server.domain.ids import CallId
from tests.chromium import CHROMIUM, FLAGS
from tests.consoles.video_screens import playing, press
from tests.journeys.control_room import Ears
from tests.journeys.front_door import TOKEN, HeardPace, Station, at_the_front_door, heard_as

CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
WIDTHS = ((1440, 900), (1024, 768), (390, 844))
MIDDLE = 1000
"""Narrower pages are taken whole."""
LOOKS = ("light", "dark")
PATIENCE_S = 400
HELD_MS = 17_000
FRAME_S = 0.02
SILENCE = b"\xff" * 8 * 1_800_000
POLICE, HERS = "+441632960000", "+447700900101"
SAFE = {"phone_safe": "yes", "others": "nobody", "alone": "yes"}
ASK = """async ([path, body]) => {
  const { csrf } = await (await fetch("/api/session")).json();
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf };
  const told = body && JSON.stringify({ id: crypto.randomUUID(), ...body });
  const answer = await fetch(path, { method: body ? "POST" : "GET", headers, body: told });
  return await answer.json();
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPace(HeardPace):
    """From here on as slowly as time passes."""

    async def wait_for(self, at_ms: int, *, since_s: float) -> None:
        if at_ms >= HELD_MS:
            await asyncio.sleep(FRAME_S)
        await HeardPace.wait_for(self, at_ms, since_s=since_s)


@dataclass
class Studio:
    """Everybody's browser, and where the pictures go."""

    station: Station
    browser: Browser
    folder: Path

    async def stranger(self) -> Page:
        context = await self.browser.new_context(
            reduced_motion="reduce", permissions=["camera", "microphone"]
        )
        context.set_default_timeout(PATIENCE_S * 1000)
        return await context.new_page()

    async def of(self, who: str, path: str) -> Page:
        page = await self.stranger()
        await page.goto(self.station.url)
        await page.locator("input").nth(0).fill(who)
        await page.locator("input").nth(1).fill(self.station.passwords[who])
        await page.keyboard.press("Enter")
        await page.wait_for_url(re.compile("/(panel|desk|wall)$"))
        return await self.at(page, path)

    async def at(self, page: Page, path: str) -> Page:
        await page.goto(self.station.url + path)
        await page.wait_for_load_state("networkidle")
        return page

    async def take(
        self,
        name: str,
        page: Page,
        widths: tuple[tuple[int, int], ...] = WIDTHS,
        looks: tuple[str, ...] = LOOKS,
    ) -> None:
        for width, height in widths:
            await page.set_viewport_size({"width": width, "height": height})
            for look in looks:
                await page.emulate_media(color_scheme="dark" if look == "dark" else "light")
                await page.evaluate("scrollTo(0, 0)")
                path = self.folder / f"{name}-{width}-{look}.png"
                await page.screenshot(path=path, full_page=width < MIDDLE)


async def tour(studio: Studio) -> None:
    station = studio.station
    await studio.take("sign-in", await studio.at(await studio.stranger(), "/sign-in"))
    first = await station.ring("night-1", HERS, POLICE)
    await station.tell(first, "grade", "k1", grade="emergency")
    await station.tell(first, "units", "k2", unit="BX21", step="arrived")
    await station.later(41)
    desk = await live(studio)
    await afterwards(studio, desk, first)
    await video(studio, desk, first)


async def live(studio: Studio) -> Page:
    """What people see while the second call goes on. Gives the specialist's page."""
    station = studio.station
    call = heard_as("night-2", HERS, new_sid())
    ears = Ears(call)
    leave = station.node.core.bus.subscribe(ears.watch)
    inbound, outbound = (side[: HELD_MS * 8] + SILENCE for side in (call.inbound, call.outbound))
    phone = PhoneCall(sid=call.id, caller=HERS, called=POLICE, inbound=inbound, outbound=outbound)
    caller = TwilioCaller(Exchange(public_url=station.url, auth_token=TOKEN))
    over = asyncio.Event()
    pace = HeldPace(speed=1.0, progress=lambda _at_ms: None, over=over.is_set, ears=ears)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(caller.call(phone, pace=pace))
        desk = await on_screens(studio, call.id)
        over.set()
    await station.until(call.id, lambda event: isinstance(event, CallEnded))
    leave()
    return desk


async def on_screens(studio: Studio, call: CallId) -> Page:
    station = studio.station
    await station.until(call, lambda event: isinstance(event, PromptShown))
    handler = await station.until(call, lambda event: isinstance(event, HandlerAssigned))
    assert isinstance(handler, HandlerAssigned)
    panel = await studio.of(handler.person, f"/panel?call={call}")
    desk = await studio.of("specialist", f"/desk?call={call}")
    wall = await studio.of("supervisor", "/wall")
    await expect(panel.locator("handler-prompt")).to_be_visible(timeout=PATIENCE_S * 1000)
    await expect(desk.locator("prompt-card")).to_be_visible(timeout=PATIENCE_S * 1000)
    await studio.take("panel", panel, (*WIDTHS, (360, 860)))
    await studio.take("desk", desk)
    await studio.take("wall", wall)
    await wall.keyboard.press("f")
    await studio.take("wall-large", wall, ((1920, 1080), (1440, 900)))
    return desk


async def afterwards(studio: Studio, desk: Page, call: CallId) -> None:
    wall = await studio.of("supervisor", "/review")
    await studio.take("desk-ended", await studio.at(desk, f"/desk?call={call}"))
    await studio.take("review", wall)
    await studio.take("review-call", await studio.at(wall, f"/review/{call}"))
    await studio.at(wall, "/search")
    await wall.locator("input[type=search]").first.fill("throat")
    await wall.keyboard.press("Enter")
    await wall.wait_for_load_state("networkidle")
    await studio.take("search", wall)
    await studio.take("training", await studio.at(wall, "/training"))
    case = await desk.evaluate(ASK, ["/api/cases", {"call": call}])
    await studio.take("cases", await studio.at(desk, "/cases"))
    await studio.take("case", await studio.at(desk, f"/cases/{case['case']}"))
    await studio.take("brief", await studio.at(desk, f"/brief/{call}"))
    await studio.take("crew-without-a-link", await studio.at(await studio.stranger(), "/crew"))


async def video(studio: Studio, desk: Page, call: CallId) -> None:
    """From the link to the end of a video call, on both sides."""
    await desk.evaluate(ASK, [f"/api/calls/{call}/video/safety", SAFE])
    phone = await visited(studio, await invited(desk, call), "visit")
    await studio.take("video-before", await studio.at(desk, f"/video/{phone.room}"))
    await press(desk, "Join")
    await playing(desk, ".tile-victim video")
    await playing(phone.page, "#others video")
    await phone.page.get_by_label("Type a message").fill("he is in the garden")
    await press(phone.page, "Send")
    await expect(desk.locator("call-transcript")).to_contain_text("garden")
    await studio.take("visit-call", phone.page)
    await studio.take("video-call", desk)
    await press(desk, "Invite officer or interpreter…")
    await desk.get_by_label("May talk").check()
    await studio.take("video-guest", desk)
    await press(desk, "Close", "End the call for everybody")
    await studio.take("video-end", desk)
    await press(desk, "Go on with the call")
    for language in ("pa", "ur"):
        await in_language(studio, await invited(desk, call, language=language), f"visit-{language}")
    await press(phone.page, "Someone is here")
    await studio.take("visit-hidden", phone.page)
    await studio.take("video-alarm", desk)
    await press(desk, "End the call for everybody", "End it")
    await expect(desk.locator("#state")).to_have_text("The call is over.")


async def in_language(studio: Studio, link: dict[str, Any], name: str) -> None:
    other = await visited(studio, link, name, ("light",))
    await playing(other.page, "#others video")
    await studio.take(f"{name}-call", other.page, looks=("light",))
    await other.page.locator("#leave").click()


async def invited(desk: Page, call: CallId, *, language: str = "en") -> dict[str, Any]:
    wanted = {"kind": "video", "to": "+447700900123", "language": language, "record": True, "knowing": True}
    link: dict[str, Any] = await desk.evaluate(ASK, [f"/api/calls/{call}/video/invite", wanted])
    return link


@dataclass(frozen=True)
class Visitor:
    page: Page
    room: str


async def visited(studio: Studio, link: dict[str, Any], name: str, looks: tuple[str, ...] = LOOKS) -> Visitor:
    """Somebody who has come in by this link; each step is taken."""
    page = await studio.stranger()
    found = re.search(r"/v/[\w-]+", str(link))
    assert found is not None, link
    await studio.take(name, await studio.at(page, found[0]), looks=looks)
    for step, next_step in (
        ("#continue", "#allow-both"),
        ("#allow-both", "#go-in"),
        ("#go-in", "#microphone"),
    ):
        await page.locator(step).click()
        await expect(page.locator(next_step)).to_be_visible()
        await studio.take(f"{name}-{next_step[1:]}", page, looks=looks)
    return Visitor(page, link["room"])


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)

    async def body(station: Station) -> None:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *CAMERA])
            await tour(Studio(station, browser, folder))
            await browser.close()

    with tempfile.TemporaryDirectory() as scratch:
        at_the_front_door(Path(scratch), body)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
