"""Decision review in a browser: taken, read, judged, fed back and acted on, with the keyboard alone."""

from datetime import date
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from server.domain.events import ActionOpened, FindingJudged, FindingVerdict, PlaybackBegan, ReviewDone
from server.domain.ids import ActionId
from server.domain.people import Person
from server.domain.recordings import Stream, StreamId, StreamKind
from tests.consoles import reviewing
from tests.consoles.reviewing import HEARD_MORE
from tests.consoles.screen import Screens
from tests.consoles.test_accessibility import found_by_axe, needs_axe
from tests.consoles.waiting import recorded
from tests.house import House
from tests.stories import HANNAH, SAM, SUE

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def at_review(screens: Screens, who: Person, path: str = "", *, width: int = 1440) -> Page:
    return await screens.at(f"/review{path}", who, width=width)


async def taken(screens: Screens, house: House, *, width: int = 1440) -> Page:
    await reviewing.fill(house)
    page = await at_review(screens, SAM, f"/{HEARD_MORE}", width=width)
    await page.get_by_role("button", name="Take it for review").press("Enter")
    await expect(page.get_by_role("heading", name="Call 4D1E")).to_be_visible()
    return page


async def test_the_queue_is_ranked_and_each_call_says_why(screens: Screens, house: House) -> None:
    await reviewing.fill(house)
    page = await at_review(screens, SAM)
    rows = page.locator("#queue li")
    await expect(rows).to_have_count(2)
    await expect(rows.nth(0)).to_contain_text("a prompt that nobody owned; the second hearing heard more")
    await expect(rows.nth(1)).to_contain_text("graded down")
    await rows.nth(0).get_by_role("link").press("Enter")
    await expect(page).to_have_url(f"{house.url}/review/{HEARD_MORE}")


async def test_the_three_lists_quote_both_hearings(screens: Screens, house: House) -> None:
    page = await taken(screens, house)
    await expect(page.get_by_text("Heard again by a larger model")).to_be_visible()
    missed = page.get_by_role("region", name="Machine missed live (1)")
    await expect(missed).to_contain_text("he had his hands round my throat")
    await expect(missed).to_contain_text("Heard live: “my husband he had his hands on the boat")
    await expect(missed).to_contain_text("nowhere else in this call")
    left = page.get_by_role("region", name="Shown and nobody acted (1)")
    await expect(left).to_contain_text("It waited in the list, and nobody owned it.")
    await expect(page.get_by_role("region", name="Handler acted unprompted (1)")).to_contain_text(
        "is there anybody else in the house"
    )


async def test_each_line_is_judged_by_keyboard_and_what_is_being_written_stays(
    screens: Screens, house: House
) -> None:
    page = await taken(screens, house)
    await page.get_by_label("What went well").fill("You kept her talking")
    missed = page.get_by_role("region", name="Machine missed live (1)")
    await missed.get_by_label("Note (optional)").fill("it is on the tape")
    await missed.get_by_role("button", name="It is so").press("Enter")
    await expect(missed.get_by_role("button", name="It is so")).to_have_attribute("aria-pressed", "true")
    judged = await recorded(house, HEARD_MORE, FindingJudged)
    assert isinstance(judged, FindingJudged)
    assert (judged.verdict, judged.note) == (FindingVerdict.AGREED, "it is on the tape")
    await expect(page.get_by_label("What went well")).to_have_value("You kept her talking")


async def test_feedback_goes_to_the_handler_and_an_answer_comes_back(screens: Screens, house: House) -> None:
    page = await taken(screens, house)
    await page.get_by_label("What went well").fill("You kept her talking")
    await page.get_by_label("What to try next time").fill("Ask about the neck")
    await page.get_by_role("button", name="Send feedback").press("Enter")
    await expect(page.locator("#told")).to_contain_text("Sent.")
    await expect(page.get_by_label("What went well")).to_have_value("")
    hannah = await at_review(screens, HANNAH)
    await expect(hannah.locator("#queue-part")).to_be_hidden()
    await hannah.get_by_role("button", name="Open what sam wrote").press("Enter")
    await expect(hannah.locator("feedback-list")).to_contain_text("Ask about the neck")
    await hannah.locator("feedback-list summary").press("Enter")
    await hannah.get_by_label("Answer", exact=True).fill("She could not speak")
    await hannah.get_by_role("button", name="Send answer").press("Enter")
    await expect(hannah.locator("feedback-list")).to_contain_text("you answered")
    await page.reload()
    await expect(page.locator("feedback-list")).to_contain_text("She could not speak")
    sue = await at_review(screens, SUE)
    await expect(sue.locator("feedback-list")).to_contain_text("None yet.")


async def test_an_action_is_opened_and_done_and_the_review_is_finished(
    screens: Screens, house: House
) -> None:
    page = await taken(screens, house)
    await page.get_by_label("What is to be done").fill("Ring the safe number")
    await page.get_by_label("Who does it").select_option("Sue")
    await page.get_by_role("button", name="Open action").press("Enter")
    opened = await recorded(house, HEARD_MORE, ActionOpened)
    assert isinstance(opened, ActionOpened)
    assert opened.owner == SUE.id
    sue = await at_review(screens, SUE)
    await sue.get_by_role("button", name="Done: Ring the safe number").press("Enter")
    await expect(sue.get_by_text("Nothing is to be done.")).to_be_visible()
    await page.get_by_role("button", name="Review done").press("Enter")
    await recorded(house, HEARD_MORE, ReviewDone)
    await expect(page.get_by_text("This call's review is done.")).to_be_visible()
    await expect(page.locator("#queue li")).to_have_count(1)


async def test_an_action_whose_day_has_passed_stands_as_overdue(screens: Screens, house: House) -> None:
    page = await taken(screens, house)
    late = ActionOpened(
        at_ms=60_000,
        person=SAM.id,
        action=ActionId("a1"),
        what="Ring her sister",
        owner=SUE.id,
        due=date(2026, 1, 5),
    )
    await house.record(HEARD_MORE, late)
    sue = await at_review(screens, SUE)
    await expect(sue.locator(".overdue")).to_contain_text("overdue")
    await expect(page.get_by_role("button", name="Review done")).to_be_visible()


async def test_a_kept_call_is_played_from_the_words_and_playing_is_on_record(
    screens: Screens, house: House
) -> None:
    assert house.vault is not None
    writing = await house.vault.write(HEARD_MORE, Stream(id=StreamId("caller"), kind=StreamKind.ULAW))
    await writing.keep(b"\xff" * 8 * 60_000, from_ms=0, to_ms=60_000)
    await writing.close()
    page = await taken(screens, house)
    missed = page.get_by_role("region", name="Machine missed live (1)")
    await missed.get_by_role("button", name="Play from 00:09").press("Enter")
    began = await recorded(house, HEARD_MORE, PlaybackBegan)
    assert isinstance(began, PlaybackBegan)
    assert began.person == SAM.id
    parts = "#middle > :is(#head:has(h2), play-back, call-review)"
    order = await page.locator(parts).evaluate_all("found => found.map(({ id }) => id)")
    assert order == ["head", "kept", "one"]


@needs_axe
@pytest.mark.parametrize("width", [1440, 390])
async def test_axe_finds_nothing_and_nothing_runs_off_the_page(
    screens: Screens, house: House, width: int, tmp_path: Path
) -> None:
    page = await taken(screens, house, width=width)
    await page.locator("call-review summary").click()
    assert await found_by_axe(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    await page.screenshot(path=tmp_path / "review.png", full_page=True)
