"""Listening in, in a real browser: both sides are heard, each in its ear, and nothing is sent."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, WebSocket, async_playwright, expect

from server.adapters.doorways.ulaw import ulaw_of
from server.domain.events import ListeningBegan
from server.domain.ids import CallId
from server.domain.people import Person
from server.domain.speech import AudioFrame, Party
from server.services.sounds import CallSound
from tests.chromium import CHROMIUM, FLAGS
from tests.consoles.screen import CALL
from tests.house import PASSWORD, House
from tests.stories import HANNAH, MIDSHIRE, SAM

pytestmark = pytest.mark.asyncio(loop_scope="session")

TONE_HZ = 200
PATIENCE_MS = 30_000
FASTER = "1.5\N{MULTIPLICATION SIGN}"
PANEL = """async (call) => {
  document.querySelector('listen-in')?.remove();
  await import('/consoles/components/listen-in.js');
  const panel = document.createElement('listen-in');
  document.body.replaceChildren(panel);
  panel.show({ call });
  window.panel = panel;
}"""
PLAYER = """async ({ speed, seconds, live }) => {
  const { Player, HOP, PER_MS } = await import('/consoles/shared/sounding.js');
  const tone = await (await fetch('/tone')).arrayBuffer();
  const player = new Player({ keep_ms: 60000, live, speed });
  const silence = new Uint8Array(tone.byteLength).fill(0xff);
  player.add(1000, new Uint8Array(tone), silence);
  const [left, right] = [[], []];
  const [one, other] = [new Float32Array(HOP), new Float32Array(HOP)];
  for (let hop = 0; hop < seconds * 1000 * PER_MS / HOP; hop += 1) {
    player.pull(one, other);
    left.push(...one);
    right.push(...other);
  }
  return { left, right, report: player.report() };
}"""


def tone(ms: int, *, from_ms: int = 0) -> bytes:
    """A steady tone that fits whole into twenty milliseconds, as signed 16-bit sound."""
    samples = range(from_ms * 8, (from_ms + ms) * 8)
    return b"".join(
        round(8000 * math.sin(2 * math.pi * TONE_HZ * at / 8000)).to_bytes(2, "little", signed=True)
        for at in samples
    )


def say(sound: CallSound, from_ms: int, to_ms: int) -> None:
    """The caller's side sounds, the handler's is silent."""
    for at_ms in range(from_ms, to_ms, 20):
        for party, pcm in ((Party.CALLER, tone(20)), (Party.HANDLER, bytes(320))):
            sound.keep(AudioFrame(party=party, at_ms=at_ms, pcm=pcm, received_s=0.0))


@asynccontextmanager
async def spoken(sound: CallSound, from_ms: int) -> AsyncIterator[None]:
    """The call goes on while this lasts."""

    async def speak() -> None:
        loop = asyncio.get_running_loop()
        since_s, at_ms = loop.time(), from_ms
        while True:
            say(sound, at_ms, at_ms + 20)
            at_ms += 20
            await asyncio.sleep(max(0.0, since_s + (at_ms - from_ms) / 1000 - loop.time()))

    async with asyncio.TaskGroup() as tasks:
        speaking = tasks.create_task(speak())
        try:
            yield
        finally:
            speaking.cancel()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ears() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        ears = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, "--mute-audio"])
        yield ears
        await ears.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(ears: Browser, house: House) -> AsyncIterator[Page]:
    context = await ears.new_context()
    context.set_default_timeout(PATIENCE_MS)
    yield await context.new_page()
    await context.close()


@pytest.fixture
def sound(house: House, call: CallId) -> CallSound:
    sound = house.sounds.begin(call, MIDSHIRE)
    say(sound, 0, 10_000)
    return sound


async def sign_in(page: Page, house: House, who: Person) -> None:
    """On a page of the server's with nothing on it but the panel."""
    answer = await page.context.request.post(
        f"{house.url}/sign-in", data={"name": who.id, "password": PASSWORD}, headers={"Origin": house.url}
    )
    assert answer.ok
    await page.goto(f"{house.url}/healthz")
    await page.evaluate(PANEL, CALL)


async def until_heard(page: Page, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE_MS / 1000):
        while True:
            heard: dict[str, Any] = await page.evaluate("window.panel.heard")
            if condition(heard):
                return heard
            await asyncio.sleep(0.05)


async def test_the_live_call_sounds_in_the_left_ear_for_the_caller_and_nothing_is_sent(
    page: Page, house: House, sound: CallSound
) -> None:
    sent: list[object] = []

    def watch(socket: WebSocket) -> None:
        if "/listen" in socket.url:
            socket.on("framesent", note)

    def note(frame: object) -> None:
        sent.append(frame)

    page.on("websocket", watch)
    await sign_in(page, house, SAM)
    async with spoken(sound, 10_000):
        await page.get_by_role("button", name="Listen live").click()
        heard = await until_heard(page, lambda heard: heard["levels"]["caller"] > 0.1)
        assert heard["levels"]["handler"] < 0.01
        await until_heard(page, lambda heard: heard["live"] and heard["at_ms"] > 11_000)
    assert sent == []
    events = [entry.event for entry in await house.store.journal.entries(CALL)]
    assert [event.person for event in events if isinstance(event, ListeningBegan)] == [SAM.id]


async def test_from_a_quoted_word_the_call_is_played_faster_until_it_has_caught_up(
    page: Page, house: House, sound: CallSound
) -> None:
    await sign_in(page, house, SAM)
    await page.get_by_role("button", name=FASTER).click()
    async with spoken(sound, 10_000):
        await page.evaluate("window.panel.playFrom(7000)")
        heard = await until_heard(page, lambda heard: heard["status"] == "playing")
        assert (heard["live"], heard["speed"]) == (False, 1.5)
        await until_heard(page, lambda heard: heard["live"] and heard["speed"] == 1)
    began = [entry.event for entry in await house.store.journal.entries(CALL)]
    assert [(e.from_ms, e.live) for e in began if isinstance(e, ListeningBegan)] == [(7000, False)]


async def test_who_may_not_listen_is_told_so_on_the_screen(
    page: Page, house: House, sound: CallSound
) -> None:
    await sign_in(page, house, HANNAH)
    await page.get_by_role("button", name="Listen live").click()
    await expect(page.locator("listen-in")).to_contain_text("Your role may not listen in.")


async def test_the_end_of_the_call_is_said_and_stops_the_sound(
    page: Page, house: House, sound: CallSound
) -> None:
    await sign_in(page, house, SAM)
    await page.get_by_role("button", name="Listen live").click()
    await until_heard(page, lambda heard: heard["status"] == "waiting")
    house.sounds.end(CALL)
    await expect(page.locator("listen-in")).to_contain_text("The call has ended.")
    await expect(page.get_by_role("button", name="Listen live")).to_be_visible()


async def test_a_lost_line_is_taken_up_again(page: Page, house: House, sound: CallSound) -> None:
    await sign_in(page, house, SAM)
    await page.get_by_role("button", name="Listen live").click()
    await until_heard(page, lambda heard: heard["status"] == "waiting")
    await house.restart()
    async with spoken(sound, 10_000):
        await until_heard(page, lambda heard: heard["status"] == "playing")


async def _played(page: Page, house: House, *, speed: float, seconds: float) -> tuple[list[float], int, int]:
    await page.route("**/tone", lambda route: route.fulfill(body=ulaw_of(tone(5000))))
    await page.goto(house.url)
    found = await page.evaluate(PLAYER, {"speed": speed, "seconds": seconds, "live": False})
    assert max(map(abs, found["right"])) < 0.001
    return found["left"], found["report"]["at_ms"], found["report"]["skipped_ms"]


async def test_at_its_own_speed_the_sound_is_what_was_said(page: Page, house: House) -> None:
    left, at_ms, skipped_ms = await _played(page, house, speed=1, seconds=2.048)
    assert (at_ms, skipped_ms) == (1000 + 2048, 0)
    said = [8000 / 32768 * math.sin(2 * math.pi * TONE_HZ * at / 8000) for at in range(len(left))]
    steady = slice(128, None)
    assert max(abs(one - other) for one, other in zip(left[steady], said[steady], strict=True)) < 0.02


async def test_played_faster_more_is_heard_in_the_same_time_and_no_voice_rises(
    page: Page, house: House
) -> None:
    left, at_ms, _ = await _played(page, house, speed=1.5, seconds=2.048)
    assert abs(at_ms - 1000 - 3072) < 50
    crossings = sum(one < 0 <= other for one, other in pairwise(left[256:]))
    heard_hz = crossings / (len(left) - 256) * 8000
    assert abs(heard_hz - TONE_HZ) < 5


async def test_who_listens_live_and_falls_behind_is_brought_near_to_now_and_told_what_was_left_out(
    page: Page, house: House
) -> None:
    await page.route("**/tone", lambda route: route.fulfill(body=ulaw_of(tone(5000))))
    await page.goto(house.url)
    found = await page.evaluate(PLAYER, {"speed": 1, "seconds": 0.016, "live": True})
    assert found["report"]["skipped_ms"] == 5000 - 120
    assert found["report"]["end_ms"] - found["report"]["at_ms"] <= 120


async def test_who_listens_live_and_is_a_little_late_catches_up_without_losing_a_word(
    page: Page, house: House
) -> None:
    await page.route("**/tone", lambda route: route.fulfill(body=ulaw_of(tone(300))))
    await page.goto(house.url)
    found = await page.evaluate(PLAYER, {"speed": 1, "seconds": 0.16, "live": True})
    assert found["report"]["skipped_ms"] == 0
    assert found["report"]["at_ms"] - 1000 > 165
