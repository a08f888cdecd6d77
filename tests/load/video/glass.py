"""From the sender's camera to the receiver's screen: straight between two connections of Chromium, and by us.

One camera sends on both ways at once, encoded twice alike: VP8 of 640x480 at 30 pictures a second, a megabit
at most. Each picture bears its number, and whoever is shown it says when
(`requestVideoFrameCallback`). What is added is the difference for the same picture, so that a busy machine
slows both ways. A beep a second on the same ways says whether lips stay in step. So that two cores bear it,
the camera's pictures were drawn before, the screens are small, and of each picture two rows are read.
"""

import asyncio
import math
import wave
from array import array
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Page, Route, ViewportSize, async_playwright

from tests.chromium import CHROMIUM, FLAGS
from tests.load.video.passing import inside, watched
from tests.load.video.serving import serving

MEDIA = (
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
RATE, BEEP_HZ, BEEP_S = 48_000, 1000, 0.08
SMALL = ViewportSize(width=200, height=120)
WARM_S = 30.0
GOAL_MS = 60
SCRIPT = (Path(__file__).parent / "glass.js").read_text()
SPENT = ("encoded", "paced", "buffered", "decoded")
HEAD = f"{'glass to glass, ms':<20} {'p50':>7} {'p95':>7} {'pictures':>9}  of it, on average: " + " ".join(
    f"{name:>8}" for name in SPENT
)


async def glass(seconds: float) -> str:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(serving())
        playwright = await stack.enter_async_context(async_playwright())
        folder = Path(stack.enter_context(TemporaryDirectory()))
        beeps = f"--use-file-for-fake-audio-capture={_beeps(folder / 'beeps.wav')}"
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *MEDIA, beeps])
        page = await _page(await browser.new_page(viewport=SMALL))
        offers = await page.evaluate("bench.begin()")
        await page.evaluate("(answers) => bench.answered(answers)", await server.join(offers))
        await asyncio.sleep(WARM_S)
        await page.evaluate("bench.forget()")
        with watched(server.ports) as traffic:
            await asyncio.sleep(seconds)
        figures: dict[str, list[float]] = await page.evaluate("bench.figures()")
        await browser.close()
    return f"{_said(figures)}\n{inside(traffic)}"


def _beeps(path: Path) -> Path:
    """What the microphone hears: a beep, and quiet for the rest of a second."""
    sound = array("h", bytes(2 * RATE))
    for place in range(round(BEEP_S * RATE)):
        sound[place] = round(12_000 * math.sin(2 * math.pi * BEEP_HZ * place / RATE))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(sound.tobytes())
    return path


async def _page(page: Page) -> Page:
    async def empty(route: Route) -> None:
        await route.fulfill(content_type="text/html", body="<!doctype html><title>Bench</title>")

    # Of a secure origin: only there does sound have worklets.
    await page.route("https://bench.example/**", empty)
    await page.goto("https://bench.example/")
    await page.add_script_tag(content=SCRIPT)
    return page


def _said(figures: dict[str, list[float]]) -> str:
    lines = [HEAD]
    for name in ("direct", "bridged", "added"):
        values = figures[name]
        row = f"{name:<20} {at(values, 0.5):7.1f} {at(values, 0.95):7.1f} {len(values):9}"
        if name != "added":
            *spent, bits = figures[f"spent_{name}"]
            row += " " * 21 + " ".join(f"{one:8.1f}" for one in spent) + f"  {bits / 1000:.0f} kbit/s"
        lines.append(row)
    added = at(figures["added"], 0.5)
    lines.append(f"added {added:.1f} ms at p50 (goal {GOAL_MS}: {added / GOAL_MS:.2f} of it)")
    for name in ("direct", "bridged"):
        skew = at(figures[f"heard_{name}"], 0.5) - at(figures[name], 0.5)
        lines.append(f"sound after picture, {name}: {skew:+.0f} ms ({len(figures[f'heard_{name}'])} beeps)")
    return "\n".join(lines)


def at(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")
