"""`python -m tests.load.paint`: the demonstration with browsers open, and each prompt timed to the glass.

The server, the speech workers, both browsers and the callers share this machine.
"""

import asyncio
import re
import sys

import uvloop
from playwright.async_api import Browser, Page, async_playwright

from server.cli.demo import _stage as stage_of
from server.cli.demo import demonstration
from server.demo.runner import run_demo
from server.demo.seeding import SignIn
from server.demo.stage import Options
from server.domain.people import Role
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


async def watch(browser: Browser, base_url: str, who: SignIn) -> Page:
    page = await (await browser.new_context()).new_page()
    await page.goto(base_url)
    await page.locator("input").nth(0).fill(who.person)
    await page.locator("input").nth(1).fill(who.password)
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile("/(panel|desk|wall)$"))
    return page


async def answer_what_comes(page: Page) -> None:
    """As a handler would: a card is read for a second, then acted on, and makes room for the next."""
    while True:
        await page.locator("prompt-card, handler-prompt").first.wait_for(timeout=0)
        await asyncio.sleep(1)
        await page.keyboard.press("4")
        await asyncio.sleep(0.2)


async def run() -> int:
    code = 1

    async def body(node: Node) -> None:
        nonlocal code
        stage = await stage_of(node)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            watchers = [who for who in stage.sign_ins if who.person in WATCHERS]
            pages = [await watch(browser, node.base_url, who) for who in watchers]
            async with asyncio.TaskGroup() as tasks:
                answering = [
                    tasks.create_task(answer_what_comes(page))
                    for page, who in zip(pages, watchers, strict=True)
                    if who.role is Role.HANDLER
                ]
                code = await run_demo(stage, Options(once=True))
                for task in answering:
                    task.cancel()
            await browser.close()

    await run_node(demonstration(load(), port=PORT), body)
    return code


if __name__ == "__main__":
    sys.exit(uvloop.run(run()))
