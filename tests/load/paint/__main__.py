"""`python -m tests.load.paint`: the demonstration with browsers open, and each prompt timed to the glass.

The server, the speech workers, both browsers and the callers share this machine.
"""

import sys

import uvloop
from playwright.async_api import Browser, async_playwright

from server.cli.demo import _stage as stage_of
from server.cli.demo import demonstration
from server.demo.runner import run_demo
from server.demo.seeding import SignIn
from server.demo.stage import Options
from server.settings import load
from server.wiring.node import Node, run_node

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WATCHERS = ("handler", "handler2", "specialist")
PORT = 8089


async def watch(browser: Browser, base_url: str, who: SignIn) -> None:
    page = await (await browser.new_context()).new_page()
    await page.goto(base_url)
    await page.locator("input").nth(0).fill(who.person)
    await page.locator("input").nth(1).fill(who.password)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console")


async def run() -> int:
    code = 1

    async def body(node: Node) -> None:
        nonlocal code
        stage = await stage_of(node)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for sign_in in stage.sign_ins:
                if sign_in.person in WATCHERS:
                    await watch(browser, node.base_url, sign_in)
            code = await run_demo(stage, Options(once=True))
            await browser.close()

    await run_node(demonstration(load(), port=PORT), body)
    return code


if __name__ == "__main__":
    sys.exit(uvloop.run(run()))
