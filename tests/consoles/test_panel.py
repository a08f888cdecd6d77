"""The handler's panel: one prompt, large keys, a checklist that fills itself, a pedal, a frame to be in."""

from urllib.parse import urlencode

import pytest
from aiohttp import web
from playwright.async_api import BrowserContext, Frame, Page, expect

from server.adapters.clock import SystemClock
from server.domain.events import (
    HandlerAssigned,
    HistoryLinked,
    NeedNoted,
    PromptAnswered,
    PromptAsked,
    PromptDismissed,
    PromptOwned,
    PromptShown,
    QuietBegan,
    QuietEnded,
    Reply,
    WhisperAnswered,
    WhisperRead,
)
from server.domain.ids import CallId, PromptId
from server.domain.prompts import Outcome
from server.domain.speech import Party
from server.web.framing import Framing, signature
from tests.consoles import busy
from tests.consoles.screen import Screen, Screens
from tests.consoles.waiting import recorded
from tests.house import PASSWORD, House, free_port
from tests.stories import HANNAH, HARRY, raised, said, sighted

pytestmark = pytest.mark.asyncio(loop_scope="session")

THROAT = sighted("strangulation", "he had his hands round my throat", utterance=0, at_ms=4000)
KNIFE = sighted("weapon", "he has got a knife", utterance=1, at_ms=8000)
WORDS = said(Party.CALLER, 0, "he had his hands round my throat and i fell", at_ms=4000)
P1 = PromptId("p1")
SHOWN = PromptShown(at_ms=5000, prompt=P1, waited_ms=0)
NARROW = 360


async def hannah_with_a_prompt(screens: Screens, house: House, call: CallId) -> Screen:
    hannah = await screens.of(HANNAH, width=NARROW)
    await house.record(call, WORDS, THROAT, raised(1, THROAT), SHOWN)
    await expect(hannah.card).to_be_visible()
    return hannah


async def test_the_handler_sees_the_prompt_that_the_server_shows_and_no_other(
    screens: Screens, house: House, call: CallId
) -> None:
    hannah = await screens.of(HANNAH, width=NARROW)
    await house.record(call, WORDS, THROAT, raised(1, THROAT), raised(2, KNIFE))
    await expect(hannah.page.locator("#no-prompt")).to_have_text(
        "A prompt is held until it does not interrupt."
    )
    await expect(hannah.card).to_be_hidden()
    await house.record(call, PromptShown(at_ms=9000, prompt=PromptId("p2"), waited_ms=0))
    await expect(hannah.card).to_contain_text("Weapon")
    await expect(hannah.card).not_to_contain_text("Strangulation")


async def test_asked_answered_and_taken_back_with_single_keys(
    screens: Screens, house: House, call: CallId
) -> None:
    hannah = await hannah_with_a_prompt(screens, house, call)
    await hannah.press("a")
    await recorded(house, call, PromptAsked)
    await expect(hannah.card.get_by_role("button", name="Asked")).to_be_hidden()
    await hannah.press("2")
    answered = await recorded(house, call, PromptAnswered)
    assert isinstance(answered, PromptAnswered)
    assert answered.outcome is Outcome.NO
    done = hannah.page.locator("#done")
    await expect(done).to_contain_text("Strangulation or suffocation: said no")
    await hannah.press("u", "1")
    await expect(done).to_contain_text("Strangulation or suffocation: said yes")
    assert await outcomes(house, call) == [("p1", Outcome.NO), ("p1", Outcome.YES)]


async def outcomes(house: House, call: CallId) -> list[tuple[str, Outcome]]:
    events = [entry.event for entry in await house.store.journal.entries(call)]
    return [(event.prompt, event.outcome) for event in events if isinstance(event, PromptAnswered)]


async def test_what_was_taken_back_is_answered_before_what_came_in_between(
    screens: Screens, house: House, call: CallId
) -> None:
    hannah = await hannah_with_a_prompt(screens, house, call)
    await hannah.press("2")
    await recorded(house, call, PromptAnswered)
    await house.record(call, raised(2, KNIFE), PromptShown(at_ms=9000, prompt=PromptId("p2"), waited_ms=0))
    await expect(hannah.card).to_contain_text("Weapon")
    await hannah.press("u", "1")
    await expect(hannah.page.locator("#done")).to_contain_text("Strangulation or suffocation: said yes")
    assert await outcomes(house, call) == [("p1", Outcome.NO), ("p1", Outcome.YES)]
    shown = await recorded(house, call, PromptShown)
    assert isinstance(shown, PromptShown)
    assert shown.prompt == "p1"


async def test_put_aside_with_one_key_and_undone(screens: Screens, house: House, call: CallId) -> None:
    hannah = await hannah_with_a_prompt(screens, house, call)
    await hannah.press("x")
    await recorded(house, call, PromptDismissed)
    await expect(hannah.card).to_be_hidden()
    await hannah.click("Undo")
    await expect(hannah.card).to_be_visible()


async def test_a_journey_by_tab_and_enter_alone(screens: Screens, house: House, call: CallId) -> None:
    hannah = await hannah_with_a_prompt(screens, house, call)
    asked = hannah.card.get_by_role("button", name="Asked")
    for _ in range(15):
        await hannah.press("Tab")
        if await asked.evaluate("node => node === document.activeElement"):
            break
    await hannah.press("Enter")
    await expect(hannah.card.get_by_role("button", name="Said yes")).to_be_focused()
    await hannah.press("Enter")
    await expect(hannah.page.locator("#done")).to_contain_text("said yes")
    await expect(hannah.page.locator("#prompts")).to_be_focused()


async def test_a_pedal_moves_by_tapping_and_chooses_by_holding(
    screens: Screens, house: House, call: CallId
) -> None:
    hannah = await hannah_with_a_prompt(screens, house, call)
    await hannah.click("Pedal")
    await hannah.press("b")
    told = hannah.page.locator("#pedal-text")
    await expect(told).to_contain_text("Pedal is b")
    await hannah.press("b", "b")
    await expect(hannah.card.get_by_role("button", name="Said yes")).to_be_focused()
    await hold(hannah)
    await expect(hannah.page.locator("#done")).to_contain_text("said yes")
    await hannah.press("b")
    await expect(hannah.page.locator("#undo")).to_be_focused()
    await hold(hannah)
    await expect(hannah.card).to_be_visible()
    await hannah.press("b", "b", "b")
    await expect(hannah.card.get_by_role("button", name="Said no")).to_be_focused()
    await hold(hannah)
    await expect(hannah.page.locator("#done")).to_contain_text("said no")
    assert await outcomes(house, call) == [("p1", Outcome.YES), ("p1", Outcome.NO)]


async def hold(screen: Screen) -> None:
    """The pedal, until it chooses."""
    await screen.page.keyboard.down("b")
    await expect(screen.page.locator("#pedal-text")).to_have_text("Let go to choose.")
    await screen.page.keyboard.up("b")


async def test_a_whisper_is_read_when_it_is_shown_and_answered_with_one_key(
    screens: Screens, house: House, call: CallId
) -> None:
    hannah = await screens.of(HANNAH, width=NARROW)
    await house.record(call, busy.whisper())
    card = hannah.page.locator("whisper-card")
    await expect(card).to_contain_text("Sam asks you")
    await expect(card).to_contain_text("ask about her neck")
    await recorded(house, call, WhisperRead)
    await hannah.press("6")
    answered = await recorded(house, call, WhisperAnswered)
    assert isinstance(answered, WhisperAnswered)
    assert answered.reply is Reply.WILL_ASK
    await expect(card).to_be_hidden()


async def test_the_checklist_fills_itself_from_what_is_heard(
    screens: Screens, house: House, call: CallId
) -> None:
    hannah = await screens.of(HANNAH, width=NARROW)
    place = hannah.page.locator(".check", has_text="Where they are")
    await expect(place).to_contain_text("Not asked")
    await house.record(call, said(Party.HANDLER, 0, "what is the address", at_ms=1000))
    await expect(place).to_contain_text("Asked 00:01")
    await house.record(call, said(Party.CALLER, 0, "fourteen mill lane", at_ms=4000))
    await expect(place).to_contain_text("Answered 00:04")
    await expect(place).to_contain_text("fourteen mill lane")
    await house.record(call, said(Party.CALLER, 1, "he has got a knife", at_ms=8000), KNIFE)
    await expect(hannah.page.locator(".check", has_text="Weapons")).to_contain_text("Answered")
    await expect(hannah.page.locator("check-list")).to_contain_text("Asked and answered: 2 of 11")


async def test_a_covert_call_is_asked_in_yes_or_no_form_by_itself(
    screens: Screens, house: House, call: CallId
) -> None:
    hannah = await hannah_with_a_prompt(screens, house, call)
    await expect(hannah.card).to_contain_text("Has anyone put anything around your neck")
    await house.record(call, sighted("covert_call", "a large pizza please", utterance=3, at_ms=9000))
    await expect(hannah.card).to_contain_text("Did they put hands or anything on your neck?")
    await expect(hannah.page.locator("check-list")).to_contain_text("Is there a court order?")
    await hannah.press("y")
    await expect(hannah.card).to_contain_text("Has anyone put anything around your neck")


async def test_taking_the_address_holds_prompts_back_until_it_is_over(
    screens: Screens, house: House, call: CallId
) -> None:
    hannah = await screens.of(HANNAH, width=NARROW)
    await expect(hannah.rows.or_(hannah.page.locator("#head h2"))).not_to_have_count(0)
    await hannah.press("d")
    await recorded(house, call, QuietBegan)
    button = hannah.page.get_by_role("button", name="Taking the address")
    await expect(button).to_have_attribute("aria-pressed", "true")
    await hannah.press("d")
    await recorded(house, call, QuietEnded)
    await expect(button).to_have_attribute("aria-pressed", "false")


async def test_the_call_is_copied_as_text_with_what_was_not_asked(
    screens: Screens, house: House, call: CallId
) -> None:
    hannah = await hannah_with_a_prompt(screens, house, call)
    await hannah.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await hannah.press("c")
    await expect(hannah.told).to_have_text("Copied.")
    text = await hannah.page.evaluate("navigator.clipboard.readText()")
    assert '00:04 Caller: "he had his hands round my throat" (Strangulation or suffocation)' in text
    assert "NOT ASKED: Where they are;" in text
    assert "Strangulation or suffocation: open" in text


async def test_a_need_is_noted_for_the_specialist(screens: Screens, house: House, call: CallId) -> None:
    hannah = await screens.of(HANNAH, width=NARROW)
    await hannah.page.locator("#needs").select_option("child")
    noted = await recorded(house, call, NeedNoted)
    assert isinstance(noted, NeedNoted)
    assert noted.need == "child"


async def test_earlier_calls_about_the_same_people_always_stand_at_the_top(
    screens: Screens, house: House, call: CallId
) -> None:
    hannah = await screens.of(HANNAH, width=NARROW)
    await house.record(call, HistoryLinked(at_ms=500, earlier_calls=3, within_7_days=2))
    await expect(hannah.page.locator("call-number")).to_have_text(
        "3 earlier calls about the same people, 2 in the last 7 days"
    )


async def test_a_handler_without_a_specialist_is_told_so_and_when_one_comes(
    screens: Screens, house: House, call: CallId
) -> None:
    hannah = await screens.of(HANNAH, width=NARROW)
    await house.record(call, busy.alone())
    await expect(hannah.banners).to_contain_text("Nobody is on duty for this call as specialist.")
    await expect(hannah.banners).to_contain_text("The next shift begins Thu 16:00.")


async def test_two_browsers_of_one_person_show_the_same_and_record_once(
    screens: Screens, house: House, call: CallId
) -> None:
    one, other = [await screens.of(HANNAH, width=NARROW) for _ in range(2)]
    await house.record(call, WORDS, THROAT, raised(1, THROAT), SHOWN)
    await expect(one.card).to_be_visible()
    await expect(other.card).to_be_visible()
    await one.press("1")
    await expect(one.card).to_be_hidden()
    await expect(other.card).to_be_hidden()
    kinds = [type(entry.event) for entry in await house.store.journal.entries(call)]
    assert (kinds.count(PromptOwned), kinds.count(PromptAnswered)) == (1, 1)


# Within the control room's own system


async def test_the_panel_stands_in_a_page_that_may_hold_it_and_in_no_other(
    screens: Screens, house: House, call: CallId
) -> None:
    await house.close()
    ports = free_port(), free_port()
    cad, elsewhere = (f"http://127.0.0.1:{port}" for port in ports)
    house.framing = Framing(ancestors=(cad,), keys=(b"key",), now=SystemClock().now)
    await house.open()
    await house.record(call, WORDS, THROAT, raised(1, THROAT), SHOWN)
    asked = {"call": call, "person": HANNAH.id, "until": "99999999999"}
    address = f"{house.url}/panel/frame?{urlencode({**asked, 'signature': signature(b'key', asked)})}"
    hannah = await screens.of(HANNAH, width=NARROW)
    holders = [await _holding(port, address) for port in ports]
    try:
        frame = await _framed(hannah.page.context, cad)
        await expect(frame.locator("handler-prompt")).to_contain_text("Strangulation")
        await frame.locator("handler-prompt").get_by_role("button", name="Asked").click()
        await recorded(house, call, PromptAsked)
        refused = await _framed(hannah.page.context, elsewhere)
        await expect(refused.locator("handler-prompt")).to_have_count(0)
        assert refused.url.startswith("chrome-error")
    finally:
        for holder in holders:
            await holder.cleanup()


async def test_a_frame_waits_until_somebody_has_signed_in_beside_it(
    screens: Screens, house: House, call: CallId
) -> None:
    await house.close()
    port = free_port()
    cad = f"http://127.0.0.1:{port}"
    house.framing = Framing(ancestors=(cad,), keys=(b"key",), now=SystemClock().now)
    await house.open()
    asked = {"call": call, "person": HANNAH.id, "until": "99999999999"}
    address = f"{house.url}/panel/frame?{urlencode({**asked, 'signature': signature(b'key', asked)})}"
    page = await screens.stranger(width=NARROW)
    holder = await _holding(port, address)
    try:
        await page.goto(cad)
        frame = page.frame_locator("iframe")
        async with page.context.expect_page() as opened:
            await frame.get_by_role("link", name="Sign in in a new window").click()
        beside = await opened.value
        await beside.get_by_label("Sign-in name").fill(HANNAH.id)
        await beside.get_by_label("Password").fill(PASSWORD)
        await beside.get_by_role("button", name="Sign in").click()
        await expect(frame.locator("#connection")).to_have_text("Live")
        await expect(frame.locator("#call-title")).to_have_text("Call CA1")
    finally:
        await holder.cleanup()


async def _holding(port: int, address: str) -> web.AppRunner:
    """Another system's page, which holds ours."""

    async def page(_request: web.Request) -> web.Response:
        text = f'<iframe width="360" height="740" src="{address.replace("&", "&amp;")}"></iframe>'
        return web.Response(text=text, content_type="text/html")

    app = web.Application()
    app.add_routes([web.get("/", page)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner


async def _framed(context: BrowserContext, url: str) -> Frame:
    page: Page = await context.new_page()
    await page.goto(url)
    frame = page.frames[1]
    await frame.wait_for_load_state()
    return frame


async def test_a_handler_takes_the_call_in_front(screens: Screens, house: House) -> None:
    call = CallId("CA9")
    await busy.begin(house, call, None)
    harry = await screens.of(HARRY, width=NARROW)
    await harry.page.locator(".call").click()
    await harry.page.locator("#take").click()
    assigned = await recorded(house, call, HandlerAssigned)
    assert isinstance(assigned, HandlerAssigned)
    assert assigned.person == HARRY.id
