"""From the sender's screen to the receiver's: straight between two connections of Chromium, and through us.

One canvas sends on both ways at once; each picture says its number in black and white, and whoever shows
it says when it did. What is added is the difference for the same picture, so that a busy machine slows
both ways. A beep a second on the same ways says whether lips stay in step: how much sound is later.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from playwright.async_api import Page, Route, async_playwright

from tests.chromium import CHROMIUM, FLAGS
from tests.load.video.serving import serving

MEDIA = (
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
)
WARM_S = 8.0
GOAL_MS = 60
SCRIPT = (Path(__file__).parent / "glass.js").read_text()


async def glass(seconds: float) -> str:
    async with serving() as server, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *MEDIA])
        page = await _page(await browser.new_page())
        offers = await page.evaluate("bench.begin()")
        await page.evaluate("(answers) => bench.answered(answers)", await server.join(offers))
        await asyncio.sleep(WARM_S)
        await page.evaluate("bench.forget()")
        await asyncio.sleep(seconds)
        figures: dict[str, list[float]] = await page.evaluate("bench.figures()")
        await browser.close()
    return _said(figures)


async def _page(page: Page) -> Page:
    async def empty(route: Route) -> None:
        await route.fulfill(content_type="text/html", body="<!doctype html><title>Bench</title>")

    # Of a secure origin: only there does sound have worklets.
    await page.route("https://bench.example/**", empty)
    await page.goto("https://bench.example/")
    await page.add_script_tag(content=SCRIPT)
    return page


def _said(figures: dict[str, list[float]]) -> str:
    lines = [f"{'glass to glass, ms':<20} {'p50':>7} {'p95':>7} {'pictures':>9}"]
    for name in ("direct", "bridged", "added"):
        values = figures[name]
        lines.append(f"{name:<20} {_at(values, 0.5):7.1f} {_at(values, 0.95):7.1f} {len(values):9}")
    added = _at(figures["added"], 0.5)
    lines.append(f"added {added:.1f} ms at p50 (goal {GOAL_MS}: {added / GOAL_MS:.2f} of it)")
    for name in ("direct", "bridged"):
        skew = _at(figures[f"heard_{name}"], 0.5) - _at(figures[name], 0.5)
        lines.append(f"sound after picture, {name}: {skew:+.0f} ms ({len(figures[f'heard_{name}'])} beeps)")
    return "\n".join(lines)


def _at(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")
