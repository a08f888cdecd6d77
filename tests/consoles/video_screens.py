"""Browsers on both ends of a link: a phone, and the consoles of those who sent it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from server.domain.people import Person
from tests.chromium import CHROMIUM
from tests.house import PASSWORD, House
from tests.video_house import open_video_house

MEDIA = (
    "--no-sandbox",
    "--headless=new",
    "--allow-loopback-in-peer-connection",
    "--use-fake-device-for-media-stream=device-count=3",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
)
"""A camera and a microphone of their own; who may use them is for each test to say."""
PATIENCE_MS = 60_000
"""Two or three browsers and a bridge, on a machine that may be busy."""
expect.set_options(timeout=PATIENCE_MS)
MADE = """
window.%(kept)s = [];
window.%(of)s = class extends %(of)s {
  constructor(...given) {
    super(...given);
    window.%(kept)s.push(this);
  }
};
"""
SOCKETS = MADE % {"of": "WebSocket", "kept": "sockets"}
"""So that a test can cut them: a browser that is offline keeps the sockets that it has."""
CONNECTIONS = MADE % {"of": "RTCPeerConnection", "kept": "connections"}
VICTIM, SPECIALIST, GUEST = ("#1414dc", 440), ("#14a014", 880), ("#dc1414", 660)
"""The colour that each one's camera sees and the pitch that their microphone hears."""
OF_ONES_OWN = """
navigator.mediaDevices.getUserMedia = async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 240 });
  const pen = canvas.getContext("2d");
  setInterval(() => {
    pen.fillStyle = "%s";
    pen.fillRect(0, 0, 320, 240);
  }, 50);
  const sound = new AudioContext();
  const tone = new OscillatorNode(sound, { frequency: %d });
  const out = new MediaStreamAudioDestinationNode(sound);
  tone.connect(out);
  tone.start();
  return new MediaStream([...canvas.captureStream(20).getTracks(), ...out.stream.getTracks()]);
};
"""
"""A camera and a microphone that can be told from those of everybody else in the browser."""
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


@dataclass
class Screens:
    """Pages of one browser, for a phone or a desk, and what went wrong on any of them."""

    url: str
    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    async def page(self, size: dict[str, int], *, allowed: tuple[str, ...] = (), dark: bool = False) -> Page:
        context = await self.browser.new_context(
            viewport={"width": size["width"], "height": size["height"]},
            permissions=list(allowed),
            geolocation={"latitude": 51.2787, "longitude": 0.5217, "accuracy": 12},
            color_scheme="dark" if dark else "light",
        )
        context.set_default_timeout(PATIENCE_MS)
        self.contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda fault: self.faults.append(fault.stack or str(fault)))
        return page

    async def phone(
        self, path: str, *, allowed: tuple[str, ...] = ("camera", "microphone"), dark: bool = False
    ) -> Page:
        page = await self.page(PHONE, allowed=allowed, dark=dark)
        await page.goto(self.url + path)
        return page

    async def console(self, who: Person, *, allowed: tuple[str, ...] = ("camera", "microphone")) -> Page:
        page = await self.page(DESK, allowed=allowed)
        await page.goto(self.url)
        await page.get_by_label("Sign-in name").fill(who.id)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.locator("#connection")).to_have_text("Live")
        return page

    async def close(self) -> None:
        for context in self.contexts:
            await context.close()
        self.contexts.clear()


@dataclass(kw_only=True)
class Ends(Screens):
    """Both ends of a link to a house."""

    house: House

    async def clear(self) -> None:
        """Between two tests: nobody is in a room any more, and nothing went wrong on any page."""
        await self.close()
        faults, self.faults = self.faults, []
        assert self.house.video is not None
        for room in self.house.video.rooms.open_rooms:
            await self.house.video.rooms.end(room)
        assert not faults, faults


@asynccontextmanager
async def open_ends(folder: Path) -> AsyncIterator[Ends]:
    """One browser for both ends."""
    async with open_video_house(folder) as house, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=MEDIA)
        yield Ends(url=house.url, house=house, browser=browser)
        await browser.close()


async def press(page: Page, *names: str) -> None:
    for name in names:
        await page.get_by_role("button", name=name, exact=True).click()


async def ask_safety(page: Page, *, alone: str = "Yes") -> None:
    """On the desk or the panel, in the dialog that is open."""
    await page.get_by_role("group", name="Is this phone safe to text?").get_by_label("Yes").check()
    await page.get_by_role("group", name="Who else can see or hear it?").get_by_label("Nobody").check()
    await page.get_by_role("group", name="Are you alone?").get_by_label(alone, exact=True).check()
    await page.get_by_label("A word for").fill("is the parcel here")
    await press(page, "Record the answers")
    await expect(page.get_by_text("It stands until")).to_be_visible()


async def sent_link(page: Page, *, kind: str = "Video, sound and text", language: str = "en") -> str:
    """The path of a link that was sent from the dialog, which in development shows it."""
    await page.get_by_label("What the link opens").select_option(label=kind)
    await page.get_by_label("Language of the text and the page").select_option(language)
    await press(page, "Send the link")
    text = await page.locator(".video-text").inner_text()
    return text[text.index("/v/") :]


async def ask_about_the_phone_call(page: Page) -> None:
    """Open the dialog; where there are other calls as well, of the one that came by telephone."""
    phone_call = page.locator("call-list button", has_text="Call CA1").first
    if await phone_call.is_visible():
        await phone_call.click()
    await press(page, "Video link…")


async def invited(page: Page, *, kind: str = "Video, sound and text", language: str = "en") -> str:
    """From nothing to a link, as a person does it."""
    await ask_about_the_phone_call(page)
    await ask_safety(page)
    path = await sent_link(page, kind=kind, language=language)
    await press(page, "Close")
    return path


async def gone_in(phone: Page) -> None:
    """As somebody whose camera works."""
    await press(phone, "Continue", "Use camera and microphone", "Go in")
    await expect(phone.get_by_role("heading", name="Please wait")).to_be_visible()


async def joined(desk: Page) -> None:
    """From the queue into the call, by one click."""
    await desk.get_by_role("link", name="Join").click()
    await expect(desk.locator("#stage")).to_be_visible()


async def watching(handler: Page) -> None:
    """From the queue to a call that she only sees and hears."""
    await handler.get_by_role("link", name="Check devices first").click()
    await press(handler, "Watch")


async def playing(page: Page, selector: str) -> None:
    """Whether this picture moves: time passes in it, and it has a size."""
    await page.wait_for_function(
        """(selector) => {
          const video = document.querySelector(selector);
          return video instanceof HTMLVideoElement && video.videoWidth > 16 && video.currentTime > 0.3;
        }""",
        arg=selector,
    )
