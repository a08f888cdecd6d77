"""Browsers in a video call: a phone with a camera and a voice of its own, a specialist, and who looks on."""

import asyncio
import secrets
import wave
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from server.adapters.clock import SystemClock
from server.adapters.doorways.ulaw import pcm_of
from server.adapters.store import Store
from server.demo.runner import load
from server.domain.casework.events import CallAdded, CaseId, CaseOpened
from server.domain.events import CallArrived, HandlerAssigned, VideoInvited
from server.domain.ids import ActId, CallId
from server.domain.people import Person
from server.domain.recordings import Place, Stream
from server.domain.video_links import VideoLink
from server.services.video_links import hash_of
from server.settings import load as load_settings
from server.wiring.vault import open_safe
from tests.chromium import CHROMIUM
from tests.journeys.station import BYTES_PER_MS, SAID_MS, Station
from tests.stories import HANNAH, MIDSHIRE, SAM, video_link

FLAGS = (
    "--no-sandbox",
    "--headless=new",
    "--allow-loopback-in-peer-connection",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
)
PHONE_CALL = CallId("CA1")
ROOM = CallId("video-1")
PATIENCE_S = 120.0
PROBE = (Path(__file__).parent / "video_probe.js").read_text()


@asynccontextmanager
async def chromium(wav: Path, *flags: str) -> AsyncIterator[Browser]:
    """One whose microphone says what is in the file, over and over."""
    async with async_playwright() as playwright:
        spoken = f"--use-file-for-fake-audio-capture={wav}"
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, spoken, *flags])
        try:
            yield browser
        finally:
            await browser.close()


def told(path: Path) -> Path:
    """What a microphone hears: the demonstration's first call, where a strangulation is told, and a pause."""
    begin, end = (at_ms * BYTES_PER_MS for at_ms in SAID_MS)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(pcm_of(load("strangulation", 1).inbound[begin:end]) + bytes(2 * 8000 * 2))
    return path


async def linked(
    station: Station, *, guest: bool = False, talks: bool = True, record: bool = False, case: str = ""
) -> str:
    """A link's token, made as when somebody is invited from a phone call."""
    token, until = secrets.token_urlsafe(16), SystemClock().now() + timedelta(minutes=20)
    link = replace(
        video_link(secrets.token_hex(8), PHONE_CALL, until=until),
        room=ROOM,
        guest=guest,
        talks=talks,
        record=record,
    )
    async with station.store() as store:
        await store.links.add(link, token_hash=hash_of(token))
        if case:
            await _from_case(store, link, CaseId(case))
    return token


async def _from_case(store: Store, link: VideoLink, case: CaseId) -> None:
    """As when a specialist asks from a case that has the phone call."""
    opened = CaseOpened(person=SAM.id, force=MIDSHIRE)
    await store.cases.append(case, [opened, CallAdded(person=SAM.id, call=PHONE_CALL)], after=0)
    invited = VideoInvited(
        at_ms=0,
        person=SAM.id,
        act=ActId(link.id),
        link=link.id,
        room=link.room,
        into=link.kind,
        until=link.until,
        channel="console",
        to="+447700900123",
        record=link.record,
        case=case,
    )
    await store.journal.append(PHONE_CALL, [invited])


async def phoned(station: Station) -> None:
    """The phone call that the video comes from."""
    async with station.store() as store:
        arrived = CallArrived(at_ms=0, force=MIDSHIRE, doorway="replay", caller="+447700900001", called="999")
        assigned = HandlerAssigned(at_ms=0, person=HANNAH.id)
        await store.journal.append(PHONE_CALL, [arrived, assigned])
        await store.grants.give(PHONE_CALL, HANNAH.id)


@dataclass
class End:
    """One browser's end of the video call, driven through the pages' own library."""

    page: Page
    context: BrowserContext

    async def run(self, call: str, *arguments: object) -> Any:  # noqa: ANN401 - whatever the page answers
        return await self.page.evaluate(f"(given) => window.end.{call}(...given)", list(arguments))

    async def until(self, call: str, *arguments: object) -> Any:  # noqa: ANN401 - as above
        """What `call` answers, once it answers anything that counts."""
        async with asyncio.timeout(PATIENCE_S):
            while not (answer := await self.run(call, *arguments)):
                await asyncio.sleep(0.1)
            return answer

    async def close(self) -> None:
        await self.context.close()


async def end_at(browser: Browser, station: Station, signal: str, *, media: str, talks: bool = True) -> End:
    context = await browser.new_context(ignore_https_errors=True)
    return await end_in(context, station, signal, media=media, talks=talks)


async def end_in(
    context: BrowserContext, station: Station, signal: str, *, media: str, talks: bool = True
) -> End:
    page = await context.new_page()
    await page.add_init_script(PROBE)
    # Any page of the outside world's: only there may a camera be used.
    await page.goto(f"{station.url}/v/nothing")
    address = station.url.replace("http", "ws") + signal
    await page.evaluate("(given) => window.begin(given)", {"url": address, "media": media, "talks": talks})
    return End(page=page, context=context)


async def victim(browser: Browser, station: Station, token: str, *, media: str = "device") -> End:
    """Opens the link as the page does, then joins."""
    context = await browser.new_context()
    answer = await context.request.post(
        f"{station.url}/v/{token}/open", data={}, headers={"Origin": station.url}
    )
    assert answer.ok, await answer.text()
    return await end_in(context, station, f"/v/{token}/signal", media=media)


async def colleague(
    browser: Browser, station: Station, person: Person, password: str, *, media: str = "none"
) -> End:
    context = await browser.new_context()
    answer = await context.request.post(
        f"{station.url}/sign-in",
        data={"name": person.id, "password": password},
        headers={"Origin": station.url},
    )
    assert answer.ok, await answer.text()
    talks = media != "none"
    return await end_in(context, station, f"/api/video/{ROOM}/signal", media=media, talks=talks)


async def kept(station: Station, call: CallId, stream: Stream) -> tuple[Sequence[Place], bytes]:
    """What is in the station's vault of this stream, opened by its own settings."""
    settings = load_settings(environ=station.environ())
    async with open_safe(settings, SystemClock()) as safe:
        places = await safe.vault.places(call, stream)
        pieces = await safe.vault.read(call, stream, [place.number for place in places])
    return places, b"".join(pieces)
