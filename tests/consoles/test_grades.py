"""Grading a call and telling what became of it, in a real browser: one press up, two people down."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from server.domain.events import (
    DowngradeAsked,
    DowngradeConfirmed,
    Escalation,
    GradeSet,
    NoiseLabelled,
    PromptRaised,
    PromptShown,
    UnitAssigned,
    Watch,
    WatchEnded,
    WatchRaised,
)
from server.domain.ids import CallId, PromptId
from server.domain.markers import MarkerClass
from server.domain.prompts import Prompt, Standing
from server.domain.quiet_calls import SILENT
from server.domain.speech import Party
from tests.consoles.screen import Screen, Screens
from tests.consoles.waiting import recorded
from tests.house import House, open_house
from tests.services.grade_room import GRADED_FORCE
from tests.stories import HANNAH, SAM, SUE, raised, said, sighted

pytestmark = pytest.mark.asyncio(loop_scope="session")

THROAT = sighted("strangulation", "he had his hands round my throat", utterance=0, at_ms=4000)
WORDS = said(Party.CALLER, 0, "he had his hands round my throat and i fell", at_ms=4000)
NARROW = 360
WHY = "Officer with her, nobody hurt"


@pytest_asyncio.fixture(loop_scope="session")
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path, GRADED_FORCE) as house:
        yield house


async def graded(house: House, call: CallId) -> None:
    await house.record(call, WORDS, THROAT, raised(1, THROAT))
    await house.record(call, GradeSet(at_ms=5000, person=HANNAH.id, grade="emergency"))


def dialog(screen: Screen) -> Locator:
    return screen.page.locator("grade-dialog dialog")


async def test_a_handler_grades_with_one_press(screens: Screens, house: House, call: CallId) -> None:
    hannah = await screens.of(HANNAH, width=NARROW)
    await expect(hannah.page.locator("#grade-label")).to_have_text("Not graded yet")
    await hannah.click("priority")
    await expect(hannah.page.locator("#grade-label")).to_have_text("Grade: priority, by you")
    await hannah.click("emergency")
    await expect(hannah.page.get_by_role("button", name="emergency")).to_have_attribute(
        "aria-pressed", "true"
    )


async def test_a_lower_grade_shows_what_stands_against_it_and_wants_a_reason_and_a_second_person(
    screens: Screens, house: House, call: CallId
) -> None:
    await graded(house, call)
    hannah, sue = await screens.of(HANNAH, width=NARROW), await screens.of(SUE)
    await hannah.click("appointment")
    await expect(dialog(hannah)).to_contain_text("Strangulation or suffocation")
    await expect(dialog(hannah)).to_contain_text("he had his hands round my throat")
    await expect(dialog(hannah)).to_contain_text("Not asked. Nobody has seen to it.")
    await hannah.click("Ask for a second person")
    await expect(dialog(hannah)).to_contain_text("Say why the grade is lowered.")
    await hannah.page.get_by_label("Reason", exact=True).fill(WHY)
    await hannah.click("Ask for a second person")
    await recorded(house, call, DowngradeAsked)
    await expect(hannah.page.locator(".downgrades")).to_contain_text("It waits for a second person")
    await sue.page.get_by_role("link", name="Call CA1").first.click()
    await sue.click("See and decide")
    await expect(dialog(sue)).to_contain_text(WHY)
    await expect(dialog(sue)).to_contain_text("he had his hands round my throat")
    await sue.click("Confirm as second person")
    await recorded(house, call, DowngradeConfirmed)
    await expect(hannah.page.locator("#grade-label")).to_have_text("Grade: appointment, by you")


async def test_who_asked_can_take_it_back(screens: Screens, house: House, call: CallId) -> None:
    await graded(house, call)
    hannah = await screens.of(HANNAH, width=NARROW)
    await hannah.click("appointment")
    await hannah.page.get_by_label("Reason", exact=True).fill(WHY)
    await hannah.click("Ask for a second person")
    await hannah.click("See or take back")
    await expect(dialog(hannah).get_by_role("button", name="Confirm as second person")).to_be_hidden()
    await dialog(hannah).get_by_role("button", name="Take back").click()
    await expect(hannah.page.locator(".downgrades")).to_be_hidden()


async def test_units_and_noise_are_told_from_the_panel(screens: Screens, house: House, call: CallId) -> None:
    hannah = await screens.of(HANNAH, width=NARROW)
    await hannah.click("Unit assigned")
    await recorded(house, call, UnitAssigned)
    await expect(hannah.page.locator("call-watch")).to_contain_text("1 unit on the way")
    await hannah.click("Noise…")
    await hannah.page.get_by_label("Reason, kept with your name").fill("Rang back, safe word given")
    await hannah.click("Record")
    labelled = await recorded(house, call, NoiseLabelled)
    assert isinstance(labelled, NoiseLabelled)
    assert (labelled.person, labelled.reason) == (HANNAH.id, "Rang back, safe word given")


async def test_what_is_owed_stands_on_desk_and_wall_until_it_is_done(
    screens: Screens, house: House, call: CallId
) -> None:
    sam, sue = await screens.of(SAM), await screens.of(SUE)
    owed = WatchRaised(at_ms=6000, watch=Watch.NO_UNIT, to=Escalation.SUPERVISOR, after_s=360)
    await house.record(call, owed)
    for screen in (sam, sue):
        await expect(screen.page.locator("watch-list")).to_contain_text("No unit is assigned")
    await expect(sam.page.locator("call-watch .owed")).to_contain_text("brought to specialist and supervisor")
    await house.record(call, WatchEnded(at_ms=7000, watch=Watch.NO_UNIT))
    for screen in (sam, sue):
        await expect(screen.page.locator("watch-list")).to_be_hidden()


async def test_a_silence_is_shown_for_what_it_is_and_not_as_words(
    screens: Screens, house: House, call: CallId
) -> None:
    hannah = await screens.of(HANNAH, width=NARROW)
    prompt = Prompt(
        id=PromptId("w-silent"),
        marker=SILENT,
        severity=MarkerClass.IMMEDIATE,
        title="Silent call, and they have called before",
        ask="If you cannot speak, press any key or cough.",
        yes_no="If you cannot speak, press any key or cough.",
        handler="Send a unit to the last known address.",
        specialist="Send a unit to the last known address.",
        quote="",
        found="Hardly a word from the caller yet. 2 earlier calls about the same people: same mobile.",
        party=Party.CALLER,
        utterance=-1,
        at_ms=20_000,
        start_ms=20_000,
        standing=Standing.SETTLED,
    )
    await house.record(call, PromptRaised(at_ms=20_000, prompt=prompt))
    await house.record(call, PromptShown(at_ms=20_000, prompt=prompt.id, waited_ms=0))
    await expect(hannah.card).to_contain_text("Send a unit to the last known address.")
    await expect(hannah.card).to_contain_text("Hardly a word from the caller yet.")
    await expect(hannah.card).not_to_contain_text("said at")
    await hannah.press("x")
    await expect(hannah.told).to_contain_text("Label the call as noise")
