"""What people see and do on their consoles, in a real browser, against the real server and store."""

import pytest
from playwright.async_api import expect

from server.domain.events import (
    CallEnded,
    EarLost,
    EarRestored,
    Ending,
    GapCause,
    GapHeard,
    HandlerAssigned,
    LineLost,
    NobodyOnDuty,
    PromptAnswered,
    PromptConfirmed,
    PromptDismissed,
    PromptOwned,
    PromptPainted,
    PromptSeen,
    PromptShown,
    PromptUndone,
    PromptWithdrawn,
    RecordingHurt,
    SegmentKept,
    SightingWithdrawn,
)
from server.domain.ids import CallId, MarkerId, PromptId
from server.domain.markers import MarkerClass
from server.domain.prompts import Dismissal, Outcome, Standing
from server.domain.recordings import StreamId
from server.domain.speech import Party
from server.ports.bus import BacklogSeen, DraftHeard, GrantGiven
from tests.consoles.screen import Screens
from tests.consoles.waiting import recorded
from tests.house import House
from tests.stories import HANNAH, HARRY, SAM, SUE, arrived, draft, opened, raised, said, sighted

pytestmark = pytest.mark.asyncio(loop_scope="session")

P1 = PromptId("p1")
THROAT = sighted("strangulation", "he had his hands round my throat", utterance=0, at_ms=4000)
KNIFE = sighted("weapon", "he has got a knife", utterance=1, at_ms=8000)
DRAFT_KNIFE = sighted("weapon", "he has got a knife", utterance=1, at_ms=8000, standing=Standing.DRAFT)
KIDS = sighted("children", "the kids are upstairs", utterance=2, at_ms=12000)
WORDS = said(Party.CALLER, 0, "he had his hands round my throat and i fell", at_ms=4000)
SHOWN = PromptShown(at_ms=5000, prompt=P1, waited_ms=0)


# Signing in


async def test_a_wrong_password_keeps_one_out_and_says_so(screens: Screens, house: House) -> None:
    page = await screens.stranger()
    await page.goto(f"{house.url}/console")
    await page.get_by_label("Sign-in name").fill("hannah")
    await page.get_by_label("Password").fill("wrong password")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong.")
    await expect(page.get_by_label("Password")).to_be_focused()


async def test_signing_out_leads_back_to_the_sign_in_page(screens: Screens, call: CallId) -> None:
    hannah = await screens.of(HANNAH)
    await hannah.click("Sign out")
    await expect(hannah.page.get_by_label("Password")).to_be_visible()
    await hannah.page.goto(hannah.page.url.replace("sign-in", "console"))
    await expect(hannah.page.get_by_label("Password")).to_be_visible()


# The transcript


async def test_both_sides_stand_in_media_order_with_what_was_not_heard(
    screens: Screens, house: House, call: CallId
) -> None:
    hannah = await screens.of(HANNAH)
    await house.record(call, said(Party.CALLER, 0, "please come", at_ms=3000))
    await house.record(call, said(Party.HANDLER, 0, "police emergency", at_ms=500))
    gap = GapHeard(at_ms=9200, party=Party.CALLER, from_ms=6000, to_ms=9200, cause=GapCause.LOST)
    await house.record(call, gap)
    await expect(hannah.rows).to_have_count(3)
    assert await hannah.texts() == ["police emergency", "please come", "3.2 s of the caller not heard"]


async def test_a_draft_is_grey_and_labelled_until_the_words_settle(
    screens: Screens, house: House, call: CallId
) -> None:
    hannah = await screens.of(HANNAH)
    house.bus.publish(DraftHeard(call=call, draft=draft(Party.CALLER, 0, "he had his", at_ms=4000)))
    await expect(hannah.page.locator(".row-draft")).to_contain_text("still being heard")
    await house.record(call, WORDS)
    await expect(hannah.page.locator(".row-draft")).to_have_count(0)
    await expect(hannah.rows).to_have_count(1)


async def test_the_quoted_words_are_marked_and_nothing_else(
    screens: Screens, house: House, call: CallId
) -> None:
    hannah = await screens.of(HANNAH)
    await house.record(call, WORDS, THROAT)
    mark = hannah.page.locator("mark")
    await expect(mark).to_have_count(1)
    await expect(mark).to_contain_text("he had his hands round my throat")
    await expect(mark).to_have_attribute("title", "Strangulation or suffocation")


async def test_what_callers_say_is_never_taken_for_markup(
    screens: Screens, house: House, call: CallId
) -> None:
    hannah = await screens.of(HANNAH)
    await house.record(call, said(Party.CALLER, 0, "<img/src=x/onerror=alert(1)> <b>hello</b>", at_ms=1000))
    await expect(hannah.rows.first).to_contain_text("<b>hello</b>")
    assert hannah.faults == []


# Prompts


async def test_a_prompt_is_one_question_with_its_words_its_speaker_and_its_time(
    screens: Screens, house: House, call: CallId
) -> None:
    hannah, sam = await screens.of(HANNAH), await screens.of(SAM)
    await house.record(call, WORDS, THROAT, raised(1, THROAT), SHOWN)
    for screen in (hannah, sam):
        await expect(screen.card.locator(".card-question")).to_have_text(
            "Has anyone put anything around your neck, or stopped you breathing?"
        )
        await expect(screen.card).to_contain_text("Caller said at 00:04")
        await expect(screen.card).to_contain_text("he had his hands round my throat")
        await expect(screen.card).to_contain_text("Immediate")
    await expect(hannah.card).to_contain_text("Request an ambulance")
    await expect(sam.card).to_contain_text("Ask officers to check breathing")


async def test_a_prompt_is_owned_answered_and_taken_back_by_mouse(
    screens: Screens, house: House, call: CallId
) -> None:
    sam = await screens.of(SAM)
    await house.record(call, WORDS, THROAT, raised(1, THROAT))
    await sam.click("Take")
    await expect(sam.card).to_contain_text("Owned by you")
    await sam.click("Said yes")
    await expect(sam.card).to_be_hidden()
    await expect(sam.done).to_contain_text("Said yes (you)")
    await sam.click("Undo")
    await expect(sam.card).to_contain_text("Owned by you")
    owned = await recorded(house, call, PromptOwned)
    assert isinstance(owned, PromptOwned)
    assert (owned.prompt, owned.person) == (P1, SAM.id)
    answered = await recorded(house, call, PromptAnswered)
    assert isinstance(answered, PromptAnswered)
    assert answered.outcome is Outcome.YES
    await recorded(house, call, PromptUndone)


async def test_a_prompt_is_owned_put_aside_and_taken_back_by_keys(
    screens: Screens, house: House, call: CallId
) -> None:
    sam = await screens.of(SAM)
    await house.record(call, WORDS, THROAT, raised(1, THROAT))
    await expect(sam.card).to_be_visible()
    await sam.press("y")
    await expect(sam.card).to_contain_text("Did they put hands or anything on your neck?")
    await sam.press("t")
    await expect(sam.card).to_contain_text("Owned by you")
    await sam.press("m")
    await expect(sam.done).to_contain_text("Put aside: Misheard")
    await sam.press("u")
    await expect(sam.card).to_contain_text("Owned by you")
    dismissed = await recorded(house, call, PromptDismissed)
    assert isinstance(dismissed, PromptDismissed)
    assert dismissed.reason is Dismissal.MISHEARD


async def test_keys_can_be_switched_off_and_help_shows_them(
    screens: Screens, house: House, call: CallId
) -> None:
    sam = await screens.of(SAM)
    await house.record(call, WORDS, THROAT, raised(1, THROAT))
    await sam.press("?")
    dialog = sam.page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Unsafe to ask")
    await expect(dialog).to_contain_text("Because of what follows it.")
    await dialog.get_by_label("Single keys act on prompts").uncheck()
    await sam.press("Escape", "t", "y")
    await expect(dialog).to_be_hidden()
    await expect(sam.card).to_contain_text("Nobody owns this yet")
    await expect(sam.card).to_contain_text("Has anyone put anything around your neck")


async def test_who_was_first_is_seen_by_the_other(screens: Screens, house: House, call: CallId) -> None:
    hannah, sam = await screens.of(HANNAH), await screens.of(SAM)
    await house.record(call, WORDS, THROAT, raised(1, THROAT), SHOWN)
    await expect(hannah.card).to_be_visible()
    await expect(sam.card).to_be_visible()
    await hannah.press("t")
    await expect(sam.card).to_contain_text("Owned by Hannah")
    await expect(sam.card.get_by_role("button", name="Take")).to_be_hidden()


async def test_one_question_stands_in_front_and_the_others_wait_in_order(
    screens: Screens, house: House, call: CallId
) -> None:
    sam = await screens.of(SAM)
    await house.record(call, raised(1, KIDS, severity=MarkerClass.HIGH), raised(2, THROAT), raised(3, KNIFE))
    await expect(sam.card).to_contain_text("Strangulation")
    await expect(sam.waiting).to_have_count(2)
    await expect(sam.waiting.first).to_contain_text("Weapon")
    await expect(sam.waiting.last).to_contain_text("Children")


async def test_a_key_meant_for_one_prompt_does_not_fall_on_the_next(
    screens: Screens, house: House, call: CallId
) -> None:
    sam = await screens.of(SAM)
    await house.record(call, raised(1, THROAT), raised(2, KNIFE))
    await expect(sam.card).to_contain_text("Strangulation")
    await sam.page.evaluate(
        """() => {
          const press = () => document.dispatchEvent(new KeyboardEvent("keydown", { key: "1" }));
          new MutationObserver(press).observe(document.querySelector(".card-title"), { childList: true });
          press();
        }"""
    )
    await expect(sam.card).to_contain_text("Weapon")
    await expect(sam.told).to_contain_text("has just changed")
    await expect(sam.done).to_have_count(1)


async def test_a_draft_s_prompt_is_confirmed_by_the_settled_words(
    screens: Screens, house: House, call: CallId
) -> None:
    sam = await screens.of(SAM)
    await house.record(call, DRAFT_KNIFE, raised(1, DRAFT_KNIFE))
    await expect(sam.card).to_contain_text("Heard in a draft")
    await house.record(call, PromptConfirmed(at_ms=9000, prompt=P1, quote="he has got a big knife"))
    await expect(sam.card).to_contain_text("Confirmed by the settled words")
    await expect(sam.card).to_contain_text("he has got a big knife")


async def test_a_draft_s_prompt_is_withdrawn_for_all_to_see(
    screens: Screens, house: House, call: CallId
) -> None:
    sam = await screens.of(SAM)
    heard = "he has got a night off"
    await house.record(call, DRAFT_KNIFE, raised(1, DRAFT_KNIFE))
    await expect(sam.card).to_be_visible()
    await house.record(
        call,
        said(Party.CALLER, 1, heard, at_ms=8000),
        SightingWithdrawn(
            at_ms=9000, marker=MarkerId("weapon"), party=Party.CALLER, utterance=1, heard=heard
        ),
        PromptWithdrawn(at_ms=9000, prompt=P1, heard=heard),
    )
    await expect(sam.card).to_contain_text("Heard differently: “he has got a night off”")
    await expect(sam.page.locator("mark")).to_have_count(0)


async def test_the_browser_reports_what_it_painted(screens: Screens, house: House, call: CallId) -> None:
    sam = await screens.of(SAM)
    await house.record(call, raised(1, THROAT))
    painted = await recorded(house, call, PromptPainted)
    assert isinstance(painted, PromptPainted)
    assert (painted.person, painted.prompt) == (SAM.id, P1)
    await expect(sam.card).to_contain_text("you")


async def test_a_prompt_that_stood_in_front_for_a_second_was_seen(
    screens: Screens, house: House, call: CallId
) -> None:
    sam = await screens.of(SAM)
    await house.record(call, raised(1, THROAT))
    seen = await recorded(house, call, PromptSeen)
    assert isinstance(seen, PromptSeen)
    assert (seen.person, seen.prompt) == (SAM.id, P1)
    await expect(sam.card).to_contain_text("Seen by you")


# What is wrong is said


async def test_deafness_stands_on_the_screen_until_it_is_over(
    screens: Screens, house: House, call: CallId
) -> None:
    sam = await screens.of(SAM)
    await house.record(call, EarLost(at_ms=134_000, party=Party.CALLER, why="worker died"))
    await expect(sam.banners).to_contain_text("NOT LISTENING to the caller since 02:14")
    await expect(sam.page.locator(".call-deaf")).to_have_text("Not listening to caller")
    await house.record(call, EarRestored(at_ms=136_000, party=Party.CALLER, replayed_ms=1500))
    await expect(sam.banners).not_to_contain_text("NOT LISTENING")
    await expect(sam.rows).to_contain_text("Was not listening to the caller until 02:16")


async def test_a_lost_line_and_late_hearing_are_said(screens: Screens, house: House, call: CallId) -> None:
    sam = await screens.of(SAM)
    house.bus.publish(BacklogSeen(call=call, party=Party.CALLER, backlog_ms=2400))
    await expect(sam.banners).to_contain_text("Hearing the caller late, by 2.4 s")
    house.bus.publish(BacklogSeen(call=call, party=Party.CALLER, backlog_ms=300))
    await expect(sam.banners).not_to_contain_text("late")
    await house.record(call, LineLost(at_ms=60_000, epoch=1, why="socket closed"))
    await expect(sam.banners).to_contain_text("NOT LISTENING since 01:00")


async def test_a_call_that_is_not_recorded_says_so_at_desk_and_panel(
    screens: Screens, house: House, call: CallId
) -> None:
    sam, hannah = await screens.of(SAM), await screens.of(HANNAH)
    for screen in (sam, hannah):
        await expect(screen.banners).to_contain_text("Not recorded here: your force keeps no sound")
    full = RecordingHurt(at_ms=83_000, stream=StreamId("caller"), why="no room on the disk", from_ms=83_000)
    await house.record(call, full)
    for screen in (sam, hannah):
        await expect(screen.banners).to_contain_text("NOT BEING RECORDED since 01:23: no room on the disk")
        await expect(screen.banners).not_to_contain_text("Not recorded here")
    kept = SegmentKept(at_ms=90_000, stream=StreamId("caller"), pieces=90, to_ms=90_000, chain="c")
    await house.record(call, kept)
    await expect(sam.banners).not_to_contain_text("NOT BEING RECORDED")


async def test_the_demonstration_model_and_an_empty_duty_are_said(
    screens: Screens, house: House, call: CallId
) -> None:
    await house.record(call, NobodyOnDuty(at_ms=0))
    hannah = await screens.of(HANNAH)
    await expect(hannah.banners).to_contain_text("Demonstration speech model: not for real callers.")
    await expect(hannah.banners).to_contain_text("You alone see its prompts.")


async def test_a_console_cut_off_says_so_and_comes_back_with_everything_once(
    screens: Screens, house: House, call: CallId
) -> None:
    hannah = await screens.of(HANNAH)
    await house.record(call, said(Party.CALLER, 0, "before", at_ms=1000))
    await expect(hannah.rows).to_have_count(1)
    await house.close()
    await expect(hannah.banners).to_contain_text("DISCONNECTED since")
    await expect(hannah.connection).to_contain_text("since")
    await house.record(call, said(Party.CALLER, 1, "meanwhile", at_ms=2000))
    await house.restart()
    await expect(hannah.connection).to_have_text("Live")
    await house.record(call, said(Party.CALLER, 2, "after", at_ms=3000))
    await expect(hannah.rows).to_have_count(3)
    assert await hannah.texts() == ["before", "meanwhile", "after"]
    await expect(hannah.banners).not_to_contain_text("DISCONNECTED")


async def test_a_step_taken_while_the_server_is_away_is_recorded_once_when_it_is_back(
    screens: Screens, house: House, call: CallId
) -> None:
    sam = await screens.of(SAM)
    await house.record(call, raised(1, THROAT))
    await expect(sam.card).to_be_visible()
    await house.close()
    await sam.press("t")
    await expect(sam.page.locator(".unrecorded")).to_contain_text("1 not recorded yet")
    await expect(sam.card).to_contain_text("Nobody owns this yet")
    await house.restart()
    await expect(sam.card).to_contain_text("Owned by you")
    await expect(sam.page.locator(".unrecorded")).to_have_text("")
    entries = await house.store.journal.entries(call)
    assert sum(isinstance(entry.event, PromptOwned) for entry in entries) == 1


# Who sees what


async def test_a_handler_takes_a_waiting_call_and_only_then_sees_its_words(
    screens: Screens, house: House
) -> None:
    waiting = CallId("CA2")
    await house.record(waiting, arrived(), *opened(), said(Party.CALLER, 0, "secret address", at_ms=1000))
    harry = await screens.of(HARRY)
    await harry.page.locator(".call").click()
    await expect(harry.page.locator("call-transcript")).to_contain_text("You have not been given this call")
    await harry.click("Take call")
    await expect(harry.rows.first).to_contain_text("secret address")
    assigned = await recorded(house, waiting, HandlerAssigned)
    assert isinstance(assigned, HandlerAssigned)
    assert assigned.person == HARRY.id


async def test_a_call_given_to_me_opens_by_itself(screens: Screens, house: House, call: CallId) -> None:
    harry = await screens.of(HARRY)
    await house.record(call, WORDS)
    await house.grant(call, HARRY)
    house.bus.publish(GrantGiven(call=call, person=HARRY.id))
    await expect(harry.rows.first).to_contain_text("hands round my throat")


async def test_a_prompt_on_another_call_of_mine_is_pointed_out(
    screens: Screens, house: House, call: CallId
) -> None:
    other = CallId("CA3")
    await house.record(other, arrived(), *opened())
    await house.grant(other, SAM)
    sam = await screens.of(SAM)
    await sam.page.locator(".call", has_text="Call CA1").click()
    await house.record(other, raised(1, KNIFE))
    await expect(sam.page.locator("#elsewhere")).to_contain_text("Call CA3 has an open prompt: Weapon")
    await sam.press("g")
    await expect(sam.card).to_contain_text("Weapon")


async def test_a_supervisor_reads_a_call_and_finds_nothing_to_press(
    screens: Screens, house: House, call: CallId
) -> None:
    await house.record(call, WORDS, THROAT, raised(1, THROAT))
    sue = await screens.of(SUE)
    await sue.page.get_by_role("link", name="Call CA1").click()
    await expect(sue.rows.first).to_contain_text("hands round my throat")
    await expect(sue.card).to_contain_text("Nobody owns this yet")
    await expect(sue.card.get_by_role("button", name="Said yes")).to_be_hidden()
    await expect(sue.card.get_by_role("button", name="Take")).to_be_hidden()


async def test_a_specialist_goes_off_duty_and_the_list_empties(screens: Screens, house: House) -> None:
    await house.record(CallId("CA2"), arrived(), *opened())
    sam = await screens.of(SAM)
    await expect(sam.page.locator(".call")).to_have_count(1)
    await sam.click("On duty")
    await expect(sam.page.locator("#duty")).to_have_text("Off duty")
    await expect(sam.page.locator(".call")).to_have_count(0)


async def test_an_ended_call_stays_with_its_open_prompts(
    screens: Screens, house: House, call: CallId
) -> None:
    await house.record(call, WORDS, raised(1, THROAT), CallEnded(at_ms=9000, why=Ending.HUNG_UP))
    sam = await screens.of(SAM)
    await expect(sam.page.locator("#call-facts")).to_contain_text("ended at 00:09")
    await sam.press("5")
    await expect(sam.done).to_contain_text("Acted on (you)")


# Small screens and other eyes


@pytest.mark.parametrize("width", [390, 1440])
async def test_nothing_is_wider_than_the_screen_and_targets_are_large_enough(
    screens: Screens, house: House, call: CallId, width: int
) -> None:
    sam = await screens.of(SAM, width=width, height=844)
    await house.record(call, WORDS, THROAT, raised(1, THROAT), raised(2, KNIFE))
    await expect(sam.card).to_be_visible()
    assert await sam.page.evaluate("document.documentElement.scrollWidth") <= width
    buttons = [await button.bounding_box() for button in await sam.page.locator("button:visible").all()]
    assert len(buttons) > 10
    assert all(box is not None and min(box["width"], box["height"]) >= 24 for box in buttons)


async def test_the_console_can_be_used_by_tab_alone(screens: Screens, house: House, call: CallId) -> None:
    sam = await screens.of(SAM)
    await house.record(call, raised(1, THROAT))
    await expect(sam.card).to_be_visible()
    take = sam.card.get_by_role("button", name="Take")
    for _ in range(40):
        await sam.press("Tab")
        if await take.evaluate("node => node === document.activeElement"):
            break
    await sam.press("Enter")
    await expect(sam.card).to_contain_text("Owned by you")
    await expect(sam.card.get_by_role("button", name="Said yes")).to_be_focused()
    await sam.press("Enter")
    await expect(sam.card).to_be_hidden()
    await expect(sam.page.locator("#prompts")).to_be_focused()
