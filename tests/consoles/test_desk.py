"""The specialist's desk: who waits and why, the call in words and as a picture, and all of it by keyboard."""

import re

import pytest
from playwright.async_api import expect

from server.domain.events import (
    CallEnded,
    Ending,
    Escalation,
    MarkerJudged,
    MarkerSighted,
    NeedNoted,
    PromptAsked,
    PromptDropped,
    PromptEscalated,
    PromptOwned,
    PromptRaised,
    PromptShared,
    PromptUpgraded,
    Reply,
    ReviewAsked,
    ReviewDone,
    ReviewTaken,
    ReviewWhy,
    SpecialistAssigned,
    SpecialistReleased,
    Verdict,
    WhisperAnswered,
    WhisperRead,
    WhisperSent,
)
from server.domain.ids import CallId, PersonId, PromptId
from server.domain.markers import MarkerClass
from tests.consoles import busy
from tests.consoles.screen import Screen, Screens
from tests.consoles.waiting import recorded
from tests.fakes import START
from tests.house import PASSWORD, House
from tests.stories import HANNAH, SAM, SUE, TESS, TEXTS, raised

pytestmark = pytest.mark.asyncio(loop_scope="session")

CALL = busy.GRAVE


async def at_desk(screens: Screens, house: House) -> Screen:
    await busy.fill(house)
    sam = await screens.of(SAM)
    await expect(sam.card).to_contain_text("Strangulation")
    await expect(sam.rows.last).to_be_visible()
    return sam


async def colleague(house: House) -> None:
    await house.store.people.add(TESS, password_hash=f"hash:{PASSWORD}")
    await house.store.people.set_duty(TESS.id, on_duty=True)


# The board


async def test_the_waiting_list_says_its_rank_and_why(screens: Screens, house: House) -> None:
    sam = await at_desk(screens, house)
    line = sam.page.locator(".calls li", has_text="Call 3C1D")
    await expect(line).to_contain_text("Waiting, number 1: the longest waiting first")


async def test_the_board_is_narrowed_by_filter_and_by_name(screens: Screens, house: House) -> None:
    sam = await at_desk(screens, house)
    lines, shown = sam.page.locator("call-list li"), sam.page.get_by_role("group", name="Show")
    await expect(lines).to_have_count(4)
    for name, call in (("Mine", "8F6E"), ("Waiting", "3C1D"), ("Not heard", "77A0")):
        await shown.get_by_role("button", name=name).click()
        await expect(lines).to_have_count(1)
        await expect(lines).to_contain_text(call)
    await shown.get_by_role("button", name="All").click()
    await sam.page.get_by_label("Call name").fill("e52")
    await expect(lines).to_have_count(1)
    await sam.page.get_by_label("Call name").fill("nothing so")
    await expect(sam.page.locator("call-list")).to_contain_text("No call is so.")


async def test_a_call_says_why_me(screens: Screens, house: House) -> None:
    sam = await at_desk(screens, house)
    await expect(sam.page.locator(".why")).to_contain_text(
        "Why me: the only one free; 0 live calls; on the rota until 00:00."
    )


# The call


async def test_the_picture_shows_both_sides_signs_prompts_silence_and_what_was_not_heard(
    screens: Screens, house: House
) -> None:
    sam = await at_desk(screens, house)
    picture = sam.page.locator("call-timeline")
    await expect(picture.locator(".bar-caller")).to_have_count(6)
    await expect(picture.locator(".bar-handler")).to_have_count(6)
    await expect(picture.locator(".bar-unheard")).to_have_count(1)
    await expect(picture.locator(".bar-silence")).not_to_have_count(0)
    await expect(picture.locator(".sign")).to_have_count(3)
    await expect(picture.locator(".bar-prompt.open")).to_have_count(3)


async def test_a_moment_of_the_picture_leads_to_its_words_by_mouse_and_by_keys(
    screens: Screens, house: House
) -> None:
    sam = await at_desk(screens, house)
    slider = sam.page.get_by_role("slider")
    box = await slider.bounding_box()
    assert box is not None
    await sam.page.mouse.click(box["x"] + box["width"] * 13.3 / 60, box["y"] + 30)
    row = sam.page.locator('[data-key="said caller 1"]')
    await expect(row).to_have_class("row row-said of-caller row-now")
    await expect(slider).to_have_attribute("aria-valuetext", "00:13, caller speaking")
    await slider.focus()
    await sam.press("ArrowRight", "ArrowRight")
    await expect(slider).to_have_attribute("aria-valuetext", "00:23")
    await expect(slider).to_be_focused()


async def test_a_sign_leads_to_its_words_and_is_judged(screens: Screens, house: House) -> None:
    sam = await at_desk(screens, house)
    rail = sam.page.locator("marker-rail li", has_text="Weapon")
    await rail.locator(".rail-go").click()
    await expect(sam.page.locator('[data-key="said caller 5"]')).to_be_focused()
    await rail.get_by_role("button", name="Not so").click()
    judged = await recorded(house, CALL, MarkerJudged)
    assert isinstance(judged, MarkerJudged)
    assert (judged.marker, judged.verdict) == ("weapon", Verdict.NOT)
    await expect(rail).to_contain_text("Judged not so (you)")
    await rail.get_by_role("button", name="True").click()
    await expect(rail).to_contain_text("Judged true (you)")


async def test_words_are_found_and_walked_through_by_keys(screens: Screens, house: House) -> None:
    sam = await at_desk(screens, house)
    await sam.press("/")
    await sam.page.keyboard.type("the car")
    found = sam.page.locator("#found")
    await expect(found).to_have_text("2 found")
    await sam.press("Enter")
    await expect(found).to_have_text("1 of 2")
    await expect(sam.page.locator(".found-now")).to_have_count(2)
    await sam.press("Enter")
    await expect(found).to_have_text("2 of 2")
    await sam.page.get_by_label("Find words").fill("aeroplane")
    await expect(found).to_have_text("Not found")


async def test_the_prompt_s_words_are_one_key_away(screens: Screens, house: House) -> None:
    sam = await at_desk(screens, house)
    await sam.press("j")
    await expect(sam.page.locator('[data-key="said caller 1"]')).to_be_focused()


# Prompts


async def test_a_prompt_is_taken_asked_sent_and_given_back(screens: Screens, house: House) -> None:
    sam = await at_desk(screens, house)
    await sam.press("t")
    await recorded(house, CALL, PromptOwned)
    await sam.press("a")
    await recorded(house, CALL, PromptAsked)
    await expect(sam.card).to_contain_text("Owned by you, asked")
    await sam.page.get_by_role("button", name="Give back").click()
    await recorded(house, CALL, PromptDropped)
    await expect(sam.card).to_contain_text("Nobody owns this yet")


async def test_a_high_prompt_is_sent_to_the_handler_with_one_key(screens: Screens, house: House) -> None:
    await busy.begin(house, CALL, HANNAH.id)
    await house.grant(CALL, HANNAH, SAM)
    sam = await screens.of(SAM)
    await house.record(CALL, busy.spoken()[10][0], raised(1, busy.KIDS, severity=MarkerClass.HIGH))
    await expect(sam.card).to_contain_text("Children")
    await sam.press("h")
    await recorded(house, CALL, PromptShared)
    await expect(sam.card.get_by_role("button", name="Send to handler")).to_be_hidden()


async def test_escalation_and_upgrading_are_said_in_place(screens: Screens, house: House) -> None:
    sam = await at_desk(screens, house)
    prompt = PromptId("p1")
    await house.record(
        CALL,
        PromptEscalated(at_ms=59_000, prompt=prompt, to=Escalation.DUTY_SUPERVISOR, after_ms=30_000),
    )
    await expect(sam.card).to_contain_text("Nobody has taken it, and no supervisor is on duty")
    upgraded = PromptUpgraded(
        at_ms=60_000, prompt=PromptId("p2"), severity=MarkerClass.IMMEDIATE, because="two high markers"
    )
    await house.record(CALL, upgraded)
    await expect(sam.waiting.first).to_contain_text("Immediate")


# Whispers, and what is done by hand


async def test_a_whisper_is_sent_by_keys_read_and_answered(screens: Screens, house: House) -> None:
    sam = await at_desk(screens, house)
    await sam.press("w")
    await sam.page.keyboard.type("ask about her neck")
    await sam.press("Enter")
    line = sam.page.locator(".whispers li").first
    await expect(line).to_contain_text("ask about her neck")
    sent = await recorded(house, CALL, WhisperSent)
    assert isinstance(sent, WhisperSent)
    await expect(line).to_contain_text("Sent, not read yet")
    await house.record(CALL, WhisperRead(at_ms=60_000, person=HANNAH.id, whisper=sent.whisper))
    await expect(line).to_contain_text("Read by Hannah")
    answer = WhisperAnswered(at_ms=61_000, person=HANNAH.id, whisper=sent.whisper, reply=Reply.WILL_ASK)
    await house.record(CALL, answer)
    await expect(line).to_contain_text("Answered: will ask")


async def test_a_prompt_is_made_of_words_by_keyboard_alone(screens: Screens, house: House) -> None:
    sam = await at_desk(screens, house)
    await sam.press("l", "Enter")
    dialog = sam.page.get_by_role("dialog", name="From these words")
    await expect(dialog).to_contain_text("“he has got a knife i think in the car”")
    await dialog.get_by_role("button", name="knife").press("Enter")
    await dialog.get_by_label("Question for the handler").fill("Where in the car is it?")
    await dialog.get_by_role("button", name="Raise a prompt").press("Enter")
    await expect(sam.page.locator("prompt-queue")).to_contain_text("“knife”")
    made = await recorded(house, CALL, PromptRaised)
    assert isinstance(made, PromptRaised)
    assert (made.prompt.by, made.prompt.ask) == (SAM.id, "Where in the car is it?")
    assert made.prompt.quote == "knife"


async def test_a_marker_is_noted_by_hand_from_words_chosen_with_the_mouse(
    screens: Screens, house: House
) -> None:
    sam = await at_desk(screens, house)
    row = sam.page.locator('[data-key="said caller 2"]')
    first, last = row.locator('[data-place="2"]'), row.locator('[data-place="3"]')
    await first.drag_to(last, source_position={"x": 1, "y": 8})
    dialog = sam.page.get_by_role("dialog", name="From these words")
    await expect(dialog).to_contain_text("“it hurts”")
    await dialog.get_by_role("button", name="Note the marker").click()
    await expect(dialog).to_contain_text("Choose the marker that the words show.")
    await dialog.get_by_label("What they show").select_option("strangulation")
    await dialog.get_by_role("button", name="Note the marker").click()
    noted = await recorded(house, CALL, MarkerJudged)
    assert isinstance(noted, MarkerJudged)
    assert (noted.verdict, noted.utterance) == (Verdict.MISSED, 2)
    await recorded(house, CALL, MarkerSighted)


# Who has the call


async def test_a_call_is_handed_over_with_a_note_by_keyboard_alone(screens: Screens, house: House) -> None:
    await colleague(house)
    sam = await at_desk(screens, house)
    tess = await screens.of(TESS)
    await sam.press("n")
    dialog = sam.page.get_by_role("dialog", name="Hand over Call 8F6E")
    await expect(dialog.get_by_label("To")).to_contain_text("Tess, 0 calls")
    await dialog.get_by_label("What they should know").fill("she is at her sister's")
    await sam.press("Enter")
    released = await recorded(house, CALL, SpecialistReleased)
    assert isinstance(released, SpecialistReleased)
    assert (released.holder, released.to, released.note) == (SAM.id, TESS.id, "she is at her sister's")
    await expect(tess.page.locator(".why")).to_contain_text("Handed over by Sam: “she is at her sister's”")


async def test_a_call_is_released_and_taken_again(screens: Screens, house: House) -> None:
    sam = await at_desk(screens, house)
    await sam.page.get_by_role("button", name="Release").click()
    await recorded(house, CALL, SpecialistReleased)
    await expect(sam.page.locator("#take")).to_be_visible()
    await sam.press("c")
    await expect(sam.page.locator("#call-facts")).to_contain_text("specialist you")
    taken = await recorded(house, CALL, SpecialistAssigned)
    assert isinstance(taken, SpecialistAssigned)
    assert taken.person == PersonId("sam")


async def test_a_need_is_noted_and_a_call_reviewed(screens: Screens, house: House) -> None:
    sam = await at_desk(screens, house)
    await sam.page.get_by_label("This call needs a specialist for").select_option("child")
    await recorded(house, CALL, NeedNoted)
    await expect(sam.page.locator(".why")).to_contain_text("Needs: child.")
    await house.record(CALL, ReviewAsked(at_ms=61_000, why=ReviewWhy.UNRESOLVED))
    await expect(sam.page.locator(".why")).to_contain_text("For review: unresolved at the end.")
    await sam.page.get_by_role("button", name="Reviewed").click()
    await recorded(house, CALL, ReviewDone)
    await expect(sam.page.locator(".why")).not_to_contain_text("For review")


async def test_a_call_is_opened_from_the_review_queue_and_leaves_it_once_reviewed(
    screens: Screens, house: House
) -> None:
    await busy.begin(house, busy.QUIET, None, CallEnded(at_ms=9000, why=Ending.HUNG_UP))
    await house.record(busy.QUIET, ReviewAsked(at_ms=9000, why=ReviewWhy.NOBODY_ON_DUTY))
    sam = await screens.of(SAM)
    queue = sam.page.locator("review-list")
    await expect(queue).to_contain_text("nobody on duty")
    await queue.get_by_role("button", name="Call E52B").press("Enter")
    await recorded(house, busy.QUIET, ReviewTaken)
    await expect(sam.page.locator("#call-facts")).to_contain_text("ended at 00:09")
    await sam.page.get_by_role("button", name="Reviewed").press("Enter")
    await recorded(house, busy.QUIET, ReviewDone)
    await expect(queue).to_be_hidden()


async def test_duty_and_breaks_are_one_press(screens: Screens, house: House) -> None:
    sam = await screens.of(SAM)
    await sam.page.locator("#break").click()
    await expect(sam.page.locator("#break")).to_have_text("On a break")
    await sam.page.locator("#break").click()
    await expect(sam.page.locator("#break")).to_have_text("Break")


async def test_every_key_of_the_sheet_is_written_on_it(screens: Screens, house: House) -> None:
    sam = await screens.of(SAM)
    await sam.press("?")
    sheet = sam.page.get_by_role("dialog", name="Keys and markers")
    for text in ("Whisper to the handler", "Hand the call over", "Find words", "Jump to its words"):
        await expect(sheet).to_contain_text(text)
    await sheet.get_by_label("Colours").select_option("dark")
    await expect(sam.page.locator("html")).to_have_attribute("data-look", "dark")
    await sam.page.reload()
    await expect(sam.page.locator("html")).to_have_attribute("data-look", "dark")


async def test_a_call_handed_over_is_spoken_at_once_and_no_prompt_talks_over_it(
    screens: Screens, house: House
) -> None:
    sam = await at_desk(screens, house)
    await sam.page.clock.set_fixed_time(START)  # however slow the machine is
    spoken = sam.page.locator("#announcer")
    handed_over = "Eastshire Police hands over Call D2A4: Strangulation or suffocation."
    await busy.take_over(house)
    await expect(spoken).to_have_text(re.compile(f"^{handed_over}"))
    await house.record(CALL, raised(9, busy.KNIFE))
    prompt = f"Immediate prompt on Call 8F6E. Ask: {TEXTS['weapon']['ask']}"
    await expect(spoken).to_have_text(re.compile(f"^{re.escape(prompt)} {handed_over}"))
    theirs = sam.page.locator("transfer-list")
    await expect(theirs).to_contain_text(
        "2 earlier calls there about the same people (same mobile, 41 min ago)"
    )
    await expect(theirs.get_by_text("“he said he will kill me”")).to_be_visible()
    await expect(theirs.get_by_text("“i left him in june”")).to_be_hidden()
    await theirs.get_by_text("1 thing more said on them").click()
    await expect(theirs.get_by_text("“i left him in june”")).to_be_visible()
    await house.grant(busy.HANDED_OVER, SAM)
    await sam.page.goto(f"{house.url}/desk?call={busy.HANDED_OVER}")
    await expect(sam.page.get_by_text("are at the other force: ring them")).to_be_visible()
    for name in ("Listen live", "Whisper to the handler"):
        await expect(sam.page.get_by_text(name)).to_be_hidden()


async def test_a_supervisor_reads_the_desk_of_a_call(screens: Screens, house: House) -> None:
    await busy.fill(house)
    sue = await screens.of(SUE)
    await sue.page.goto(f"{house.url}/desk?call={CallId(CALL)}")
    await expect(sue.rows.first).to_be_visible()
    await expect(sue.card).to_contain_text("Nobody owns this yet")
    await expect(sue.page.get_by_label("Whisper to the handler")).to_be_hidden()
