"""Training in a browser: a session begun, a call taken at a desk apart, a decision, and the comparison."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from server.domain.events import PromptAnswered
from server.domain.people import Person
from tests.consoles.screen import Screens
from tests.consoles.test_accessibility import AXE, found_by_axe, needs_axe
from tests.services.stage import said as heard
from tests.stories import HANNAH, SAM, SUE
from tests.training_house import TrainingHouse, open_training

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def hall(tmp_path: Path) -> AsyncIterator[TrainingHouse]:
    async with open_training(tmp_path, heard("he has a knife")) as hall:
        yield hall


@pytest_asyncio.fixture(loop_scope="session")
async def rooms(hall: TrainingHouse, browser: Browser) -> AsyncIterator[Screens]:
    screens = Screens(hall.house, browser)
    yield screens
    await screens.close()


async def at_training(rooms: Screens, hall: TrainingHouse, who: Person, *, width: int = 1440) -> Page:
    page = (await rooms.of(who, width=width)).page
    await page.goto(f"{hall.house.url}/training")
    await expect(page.get_by_role("heading", name="Sessions")).to_be_visible()
    return page


async def begun(rooms: Screens, hall: TrainingHouse, *, width: int = 1440) -> Page:
    """Sam makes an exercise of a script, and begins a session for Hannah with it, by keyboard."""
    page = await at_training(rooms, hall, SAM, width=width)
    await page.get_by_label("Pauses (optional)").first.fill("00:01 What would you ask now?")
    await page.get_by_role("button", name="Make exercise of script").press("Enter")
    await expect(page.locator("#told")).to_have_text("The exercise is ready.")
    await page.get_by_label("Hannah").press("Space")
    await page.get_by_role("button", name="Begin session").press("Enter")
    await expect(page.get_by_role("heading", name="A knife at the door")).to_be_visible()
    return page


async def answered(hall: TrainingHouse) -> None:
    """Wait until the trainee's answer is on record, in the room apart."""
    async with asyncio.timeout(60):
        while True:
            calls = [line.call for line in await hall.apart.journal.calls()]
            entries = [entry for call in calls for entry in await hall.apart.journal.entries(call)]
            if any(isinstance(entry.event, PromptAnswered) for entry in entries):
                return
            await asyncio.sleep(0.1)


async def marked(trainer: Page, hall: TrainingHouse, part: Locator) -> None:
    """The trainer looks at the exercise and marks it, which the trainee's part then says."""
    nobody = "No specialist has marked this exercise: beside it stands what the script"
    await expect(part).to_contain_text(nobody)
    page = await trainer.context.new_page()
    await page.goto(f"{hall.house.url}/training")
    await page.get_by_role("button", name="Look at A knife at the door").press("Enter")
    await expect(page.locator("#exercise-unmarked")).to_be_visible()
    await page.get_by_label("Marker").select_option("weapon")
    await page.get_by_label("What a specialist does about it").fill("asks where it is")
    await page.get_by_role("button", name="Mark it").press("Enter")
    await expect(page.locator("#exercise-marks")).to_contain_text("asks where it is (a specialist)")
    if AXE.exists():
        assert await found_by_axe(page) == []
    if folder := os.environ.get("EARSHOT_PICTURES"):
        await page.screenshot(path=str(Path(folder) / "exercise-marked.png"), full_page=True)
    await page.close()
    await expect(part).to_contain_text("Beside what the specialist marked")
    await expect(part).to_contain_text("the specialist: asks where it is")


async def test_a_trainee_takes_the_call_at_a_desk_apart_decides_and_is_compared(
    rooms: Screens, hall: TrainingHouse
) -> None:
    trainer = await begun(rooms, hall)
    await expect(trainer.locator("training-session")).to_contain_text("has not come yet")
    hannah = await at_training(rooms, hall, HANNAH)
    await hannah.get_by_role("link", name="A knife at the door").press("Enter")
    await hannah.get_by_role("button", name="Take the call").press("Enter")
    await expect(hannah.get_by_label("What would you ask now?")).to_be_visible()
    desk = await hannah.context.new_page()
    await desk.goto(f"{hall.house.url}/training/room/panel")
    await expect(desk.get_by_text("Training room: nobody real is on this call.")).to_be_visible()
    await expect(desk.locator("handler-prompt")).to_contain_text("Ask about weapon?")
    await desk.keyboard.press("1")
    await answered(hall)
    await hannah.get_by_label("What would you ask now?").fill("Where the knife is")
    await hannah.get_by_role("button", name="Decide, and go on").press("Enter")
    table = hannah.locator("training-session table")
    await expect(table).to_contain_text("answered: yes")
    await marked(trainer, hall, hannah.locator("training-session"))
    await expect(trainer.locator("training-session")).to_contain_text("Where the knife is")
    await trainer.get_by_label("Note", exact=True).fill("Calm throughout")
    await trainer.get_by_role("button", name="Keep note").press("Enter")
    await expect(trainer.locator("training-session")).to_contain_text("The group: Calm throughout")
    await expect(hannah.locator("training-session")).not_to_contain_text("Calm throughout")


async def test_the_live_panel_shows_nothing_of_it_and_nobody_else_finds_the_session(
    rooms: Screens, hall: TrainingHouse
) -> None:
    trainer = await begun(rooms, hall)
    session = trainer.url
    hannah = await at_training(rooms, hall, HANNAH)
    await hannah.goto(session)
    await hannah.get_by_role("button", name="Take the call").press("Enter")
    await expect(hannah.get_by_label("What would you ask now?")).to_be_visible()
    await hannah.goto(f"{hall.house.url}/panel")
    await expect(hannah.locator("#connection")).to_have_text("Live")
    await expect(hannah.locator("body")).not_to_contain_text("weapon")
    sue = await at_training(rooms, hall, SUE)
    await expect(sue.get_by_text("You are in no session.")).to_be_visible()
    await sue.goto(session)
    await expect(sue.get_by_role("alert")).to_have_text("There is no such training session.")
    await trainer.get_by_role("button", name="End session").press("Enter")
    await expect(trainer.locator("training-session")).to_contain_text("ended")


@needs_axe
@pytest.mark.parametrize("width", [1440, 390])
async def test_axe_finds_nothing_and_nothing_runs_off_the_page(
    rooms: Screens, hall: TrainingHouse, width: int, tmp_path: Path
) -> None:
    page = await at_training(rooms, hall, SAM, width=width)
    await expect(page.locator("exercise-maker")).to_be_visible()
    assert await found_by_axe(page) == []
    await page.screenshot(path=tmp_path / "training.png", full_page=True)
    session = await begun(rooms, hall, width=width)
    assert await found_by_axe(session) == []
    assert await session.evaluate("document.documentElement.scrollWidth") <= width
    await session.screenshot(path=tmp_path / "session.png", full_page=True)
