"""The supervisor's wall: every call, who is free, what is not heard, how late; no names across the room."""

import asyncio
from datetime import timedelta

import pytest
from playwright.async_api import expect

from server.domain.events import CallEnded, Ending, GradeSet, PromptOwned, PromptPainted, SpecialistAssigned
from server.domain.ids import PromptId
from server.domain.speech import Party
from server.ports.bus import BacklogSeen
from tests.consoles import busy
from tests.consoles.screen import Screen, Screens
from tests.consoles.waiting import recorded
from tests.fakes import START
from tests.house import PASSWORD, House
from tests.stories import HANNAH, SAM, SUE, TESS

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def at_wall(screens: Screens, house: House) -> Screen:
    await busy.fill(house)
    sue = await screens.of(SUE)
    await expect(sue.page.locator("wall-board tbody tr")).to_have_count(4)
    return sue


async def test_what_wants_somebody_stands_first_and_is_counted(screens: Screens, house: House) -> None:
    sue = await at_wall(screens, house)
    rows = sue.page.locator("wall-board tbody tr")
    await expect(rows.nth(0)).to_contain_text("Call 8F6E")
    await expect(rows.nth(1)).to_contain_text("waiting, number 1: the longest waiting first")
    await expect(rows.nth(2)).to_contain_text("Not listening to caller")
    for figure in (
        "4live calls",
        "2immediate, not owned",
        "1call waits for a specialist",
        "1call not fully heard",
    ):
        await expect(sue.page.locator(".figure", has_text=figure)).to_be_visible()


async def test_what_nobody_took_in_time_stands_on_top_and_is_taken_by_keyboard_alone(
    screens: Screens, house: House
) -> None:
    sue = await at_wall(screens, house)
    brought = sue.page.locator("brought-list")
    await expect(brought).to_contain_text("Call 8F6E")
    await expect(brought).to_contain_text("brought to you and the specialist")
    await sue.press("g")
    await expect(sue.card).to_contain_text("Nobody has taken it: brought to specialist and supervisor")
    await sue.press("t")
    owned = await recorded(house, busy.GRAVE, PromptOwned)
    assert isinstance(owned, PromptOwned)
    assert (owned.person, owned.prompt) == (SUE.id, busy.P3)
    await expect(sue.card).to_contain_text("Owned by you")


async def test_a_call_s_grade_is_shown_and_that_a_lower_one_lacks_its_second_person(
    screens: Screens, house: House
) -> None:
    sue = await at_wall(screens, house)
    row = sue.page.locator("wall-board tbody tr", has_text="Call 8F6E")
    await expect(row).to_contain_text("not graded")
    await house.record(busy.GRAVE, GradeSet(at_ms=60_000, person=HANNAH.id, grade="emergency"))
    await expect(row.locator("[data-head=Grade]")).to_have_text("emergency")
    lowered = GradeSet(
        at_ms=61_000, person=HANNAH.id, grade="priority", was="emergency", lowered=True, unconfirmed=True
    )
    await house.record(busy.GRAVE, lowered)
    await expect(row.locator("[data-head=Grade]")).to_have_text("priority, lowered by one person")


async def test_each_specialist_s_load_is_shown(screens: Screens, house: House) -> None:
    sue = await at_wall(screens, house)
    await expect(sue.page.locator(".staff li", has_text="Sam")).to_contain_text("Call 8F6E")
    await expect(sue.page.locator("staff-load")).to_contain_text("1 person on duty, 1 call")


async def test_a_call_is_reassigned_and_another_assigned_by_keyboard_alone(
    screens: Screens, house: House
) -> None:
    await house.store.people.add(TESS, password_hash=f"hash:{PASSWORD}")
    await house.store.people.set_duty(TESS.id, on_duty=True)
    sue = await at_wall(screens, house)
    await sue.page.get_by_role("button", name="Reassign Call 8F6E").press("Enter")
    dialog = sue.page.get_by_role("dialog", name="Hand over Call 8F6E")
    await expect(dialog.get_by_label("To", exact=True)).not_to_contain_text("Sam")
    await dialog.get_by_label("To", exact=True).focus()
    await sue.press("Tab", "Enter")
    await expect(sue.page.locator("tr", has_text="Call 8F6E")).to_contain_text("Tess")
    await sue.page.get_by_role("button", name="Assign Call 3C1D").press("Enter")
    await sue.page.get_by_label("To", exact=True).select_option("Sam, 0 calls")
    await sue.page.get_by_role("button", name="Hand over").press("Enter")
    given = await recorded(house, busy.WAITING, SpecialistAssigned)
    assert isinstance(given, SpecialistAssigned)
    assert (given.person, given.by) == (SAM.id, SUE.id)


async def test_how_late_prompts_and_hearing_are_now_and_today(screens: Screens, house: House) -> None:
    await busy.fill(house)
    painted = PromptPainted(at_ms=60_000, prompt=PromptId("p1"), person=SAM.id, after_ms=2600)
    await house.record(busy.GRAVE, painted)
    house.bus.publish(BacklogSeen(call=busy.GRAVE, party=Party.CALLER, backlog_ms=1800))
    sue = await screens.of(SUE)
    latency, backlog = sue.page.locator("#latency"), sue.page.locator("#backlog")
    await expect(latency).to_contain_text("2.6 s now, from word to screen")
    await expect(latency).to_contain_text("Over 2 s in 1 of 1 quarters.")
    await expect(backlog).to_contain_text("1.8 s now, at most")
    await expect(sue.page.locator(".figure", has_text="heard late")).to_contain_text("1.8 s")


async def test_a_call_that_its_supervisor_is_barred_from_is_gone_before_the_wall_draws_again(
    screens: Screens, house: House
) -> None:
    sue = await at_wall(screens, house)
    await sue.page.clock.install(time=START)
    await sue.page.clock.pause_at(START + timedelta(hours=1))
    await house.store.bars.bar(SUE.id, [busy.GRAVE], by="admin")
    async with asyncio.TaskGroup() as tasks:
        sweeping = tasks.create_task(house.feeds.run())
        await expect(sue.page.locator("wall-board")).not_to_contain_text("Call 8F6E")
        sweeping.cancel()
    await expect(sue.page.locator("staff-load")).not_to_contain_text("Call 8F6E")


async def test_the_large_screen_shows_neither_words_nor_names(screens: Screens, house: House) -> None:
    sue = await at_wall(screens, house)
    await sue.press("f")
    await expect(sue.page.locator("body")).to_have_class("wall large")
    board = sue.page.locator("wall-board")
    await expect(board).to_contain_text("Call 8F6E")
    for kept_back in ("Hannah", "Harry", "Sam", "throat", "knife"):
        await expect(sue.page.locator("main")).not_to_contain_text(kept_back)
    await expect(sue.page.locator("#who")).to_be_hidden()
    await expect(board.get_by_role("button")).to_have_count(0)


async def test_the_wall_can_begin_as_a_large_screen(screens: Screens, house: House) -> None:
    sue = await screens.of(SUE)
    await sue.page.goto(f"{house.url}/wall?large")
    await expect(sue.page.get_by_role("button", name="Large screen")).to_have_attribute(
        "aria-pressed", "true"
    )


async def test_an_ended_call_stands_last(screens: Screens, house: House) -> None:
    sue = await at_wall(screens, house)
    await house.record(busy.GRAVE, CallEnded(at_ms=70_000, why=Ending.HUNG_UP))
    await expect(sue.page.locator("wall-board tbody tr").last).to_contain_text("Call 8F6E")
    await expect(sue.page.locator(".figure", has_text="live calls")).to_contain_text("3")
