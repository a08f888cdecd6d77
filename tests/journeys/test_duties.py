"""The duties after a call, by keyboard on a real server: case, referral, review, disclosure, training."""

import re
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_string

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from server.adapters.store import open_store
from server.domain.events import (
    ActionOpened,
    Disclosed,
    FindingJudged,
    HeardAgain,
    ReviewDone,
    UtteranceHeard,
)
from server.domain.ids import CallId
from server.domain.people import Person, Right
from server.settings import load as load_settings
from server.wiring.vault import sealer_here
from tests.adapters.channels.maildrop import MailDrop, drop
from tests.chromium import closing
from tests.journeys.front_door import heard_as
from tests.journeys.keyboard import PASSWORD, PATIENCE_MS, Consoles
from tests.journeys.pictures import picture
from tests.journeys.station import MIDSHIRES, Station, open_station
from tests.journeys.test_consoles import SIGN, call_name
from tests.services.room import Room
from tests.services.test_chasing import DAY_S, send_one
from tests.stories import HANNAH, SAM, SUE, TESS

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUOTE = "my throat"
NAMED = "husband"
LOST = "petrol"
HEARD_LIVE = "the letterbox"
PRINTS = (
    "() => { print = () => { window.printed = document.querySelector('.to-print .letter').textContent; }; }"
)
SILENT = 0.001
LOUDEST = """async (stretches) => {
  const data = await (await fetch(document.querySelector("#exercise-sound").src)).arrayBuffer();
  const caller = (await new OfflineAudioContext(2, 1, 8000).decodeAudioData(data)).getChannelData(0);
  return stretches.map(([from, to]) => Math.max(...caller.slice(from * 8, to * 8).map(Math.abs)));
}"""
"""Of the caller's side, in milliseconds."""
DUE = date.today() + timedelta(days=3)  # noqa: DTZ011 - as the page, on this machine


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def mail() -> AsyncIterator[tuple[MailDrop, int]]:
    async with drop() as (taking, smtp):
        yield taking, smtp.server.port


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def station(
    tmp_path_factory: pytest.TempPathFactory, mail: tuple[MailDrop, int]
) -> AsyncIterator[Station]:
    settings = {
        "EMAIL__HOST": "127.0.0.1",
        "EMAIL__PORT": str(mail[1]),
        "EMAIL__SECURITY": "none",
        "EMAIL__SENDER": "earshot@midshire.example",
        "TRAINING__VOICE": "",
    }
    folder, crew = tmp_path_factory.mktemp("duties"), replace(MIDSHIRES, keeps_calls=True)
    async with open_station(folder, PASSWORD, more=settings, crew=crew) as station:
        async with station.store() as store:
            for who in (SAM, SUE):
                await store.people.set_duty(who.id, on_duty=True)
                await store.people.set_rights(who.id, frozenset({Right.EXPORT}))
        yield station


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def consoles(station: Station, browser: Browser) -> AsyncIterator[Consoles]:
    expect.set_options(timeout=PATIENCE_MS)
    async with closing(Consoles(station, browser)) as consoles:
        yield consoles


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def call(station: Station, consoles: Consoles) -> CallId:
    """Strangulation was told, and petrol in noise that the live search lost it in; Hannah and Sam had it."""
    sam = await consoles.of(SAM)
    told = heard_as("petrol", "+447700900001")
    async with station.ringing(told.inbound, told.outbound) as call:
        await sam.shows("prompt-card", SIGN)
        await sam.shows("call-transcript", HEARD_LIVE)
    return call


async def test_a_call_becomes_a_case_an_assessment_and_a_referral_that_is_really_sent(
    station: Station, consoles: Consoles, call: CallId, mail: tuple[MailDrop, int]
) -> None:
    page = (await consoles.of(SAM)).page
    await page.goto(f"{station.url}/cases?call={call}")
    await page.get_by_role("button", name=f"Open a case for {call_name(call)}").press("Enter")
    await _party(page)
    await page.get_by_role("button", name="Begin: Risk conversation").press("Enter")
    neck = page.locator(".question", has_text="pressed on their neck")
    await expect(neck.locator(".suggested")).to_contain_text(QUOTE)
    await neck.get_by_role("combobox").select_option("yes")
    await neck.get_by_role("button", name="Put on record").press("Enter")
    await expect(neck.locator(".answered")).to_contain_text("yes, sam at")
    await page.get_by_label("Your conclusion").select_option("high")
    await page.get_by_label("Why, in your own words").fill("Strangled tonight.")
    await page.get_by_role("button", name="Sign it").press("Enter")
    await expect(page.locator("details.assessment summary")).to_contain_text("high, signed by sam")
    await _referred(page)
    (body,) = mail[0].taken
    message = message_from_string(body)
    assert message["To"] == "intake@near.example"
    await expect(page.locator("article.referral")).to_contain_text(message["Message-ID"])
    await picture(page, "case")


async def _party(page: Page) -> None:
    await page.get_by_text("Add somebody").press("Enter")
    form = page.locator("case-people details[open]").first
    await form.get_by_label("Name", exact=True).fill("Aisha K")
    await form.get_by_role("button", name="Add").press("Enter")
    await expect(page.locator(".people")).to_contain_text("Aisha K", timeout=PATIENCE_MS)
    await page.get_by_text("How they are safely reached").press("Enter")
    await page.get_by_label("Is their number safe to ring?").select_option("yes")
    await page.locator("case-people details[open]").get_by_role("button", name="Put on record").press("Enter")


async def _referred(page: Page) -> None:
    await page.get_by_text("Refer to a service").press("Enter")
    await page.get_by_label("Women in danger from a partner or family").press("Space")
    await page.get_by_role("button", name="Find services").press("Enter")
    await page.get_by_role("button", name="Draft a referral to").first.press("Enter")
    draft = page.locator("article.referral")
    await draft.get_by_label("What help is asked for").fill("Somebody to ring in the morning.")
    await draft.get_by_label(QUOTE).first.press("Space")
    await draft.get_by_role("button", name="Put into the draft").press("Enter")
    await expect(draft.locator(".gaps")).not_to_contain_text("what help is asked for")
    await draft.get_by_label("Do they agree?").select_option("yes")
    await draft.get_by_role("button", name="Put on record").first.press("Enter")
    await expect(draft.locator(".gaps")).to_have_count(0)
    await draft.get_by_label("Send it").select_option("email")
    await draft.get_by_label("To, if not to the address in the list").fill("intake@near.example")
    await draft.get_by_role("button", name="Send it now").press("Enter")
    await expect(draft).to_contain_text("The service has until")


async def at(consoles: Consoles, station: Station, who: Person, path: str) -> Page:
    page = (await consoles.of(who)).page
    await page.goto(f"{station.url}{path}")
    return page


async def test_what_nobody_acted_on_is_reviewed_told_to_its_handler_and_followed_up(
    station: Station, consoles: Consoles, call: CallId
) -> None:
    async with station.store() as store:
        await store.people.set_duty(TESS.id, on_duty=True)
    await station.recorded(call, HeardAgain)
    page = await at(consoles, station, TESS, "/review")
    row = page.locator("#queue li", has_text=call_name(call))
    await expect(row).to_contain_text("a prompt that nobody owned")
    await row.get_by_role("link").press("Enter")
    await page.get_by_role("button", name="Take it for review").press("Enter")
    await _judged(page)
    assert await station.recorded(call, FindingJudged, 2)
    await _written(page)
    await picture(page, "review")
    await _answered(await at(consoles, station, HANNAH, "/review"))
    await page.reload()
    await expect(page.locator("feedback-list")).to_contain_text("She could not speak")
    await _followed_up(page, station, call)
    sue = await at(consoles, station, SUE, "/review")
    await sue.get_by_role("button", name="Done: Ring the safe number").press("Enter")
    await expect(sue.get_by_text("Nothing is to be done.")).to_be_visible()
    await page.get_by_role("button", name="Review done").press("Enter")
    await station.recorded(call, ReviewDone)


async def _judged(page: Page) -> None:
    """What the wider search heard more, and what nobody acted on."""
    for name in ("Machine missed live", "Shown and nobody acted", "Handler acted unprompted"):
        await expect(page.get_by_role("heading", name=name)).to_be_visible()
    await expect(page.get_by_text("Heard again by a wider search")).to_be_visible()
    missed = page.get_by_role("region", name="Machine missed live").locator(".finding")
    lost = missed.filter(has_text=LOST)
    await expect(lost).to_contain_text(re.compile(f"Heard live: “.*{HEARD_LIVE}”.*Heard differently live"))
    shown = page.get_by_role("region", name="Shown and nobody acted")
    left = shown.locator(".finding").filter(has_text=SIGN)
    for finding in (lost, left):
        await finding.get_by_role("button", name="It is so").press("Enter")
        await expect(finding.get_by_role("button", name="It is so")).to_have_attribute("aria-pressed", "true")


async def _written(page: Page) -> None:
    await page.get_by_label("What went well").fill("You kept her talking")
    await page.get_by_label("What to try next time").fill("Ask about the neck")
    await page.get_by_role("button", name="Send feedback").press("Enter")
    await expect(page.locator("#told")).to_contain_text("Sent.")


async def _answered(page: Page) -> None:
    """The handler reads what was written, and answers."""
    await page.get_by_role("button", name="Open what tess wrote").press("Enter")
    await expect(page.locator("feedback-list")).to_contain_text("Ask about the neck")
    await page.locator("feedback-list summary").press("Enter")
    await page.get_by_label("Answer", exact=True).fill("She could not speak")
    await page.get_by_role("button", name="Send answer").press("Enter")
    await expect(page.locator("feedback-list")).to_contain_text("you answered")


async def _followed_up(page: Page, station: Station, call: CallId) -> None:
    await page.get_by_label("What is to be done").fill("Ring the safe number")
    await page.get_by_label("Who does it").select_option("Sue")
    await page.get_by_label("By", exact=True).fill(DUE.isoformat())
    await page.get_by_role("button", name="Open action").press("Enter")
    (opened, *_) = await station.recorded(call, ActionOpened)
    assert (opened.owner, opened.due) == (SUE.id, DUE)


async def test_one_person_holds_the_call_and_two_disclose_it(
    station: Station, consoles: Consoles, call: CallId
) -> None:
    sue, sam = [await at(consoles, station, who, f"/desk?call={call}") for who in (SUE, SAM)]
    hers, his = [page.get_by_role("dialog", name="Disclose or hold") for page in (sue, sam)]
    await sue.get_by_role("button", name="Disclose or hold").press("Enter")
    await hers.get_by_label("Reason for the hold").fill("Inquest in May")
    await hers.get_by_label("Reason for the hold").press("Enter")
    await expect(hers).to_contain_text("HELD by sue")
    await hers.get_by_label("Why, for the record").fill("case 17")
    await hers.get_by_label("Names to leave out, a line each").fill("Karen Smith")
    await hers.get_by_role("button", name="Ask", exact=True).press("Enter")
    await expect(hers).to_contain_text("It waits for a second person.")
    await sam.get_by_role("button", name="Disclose or hold").press("Enter")
    await his.get_by_role("button", name="Agree", exact=True).press("Enter")
    await expect(his).to_contain_text("sam agreed.")
    await picture(sam, "disclose")
    await hers.get_by_role("button", name="Close").press("Enter")
    await sue.get_by_role("button", name="Disclose or hold").press("Enter")
    async with sue.expect_download() as coming:
        await hers.get_by_role("button", name="Download the bundle").press("Enter")
    with zipfile.ZipFile(await (await coming.value).path()) as archive:
        assert {"journal.jsonl", "verify.py"} <= set(archive.namelist())
        assert "HoldPlaced" in archive.read("journal.jsonl").decode()
    (left,) = await station.events(call, Disclosed)
    assert (left.person, left.approved_by) == (SUE.id, SAM.id)


async def test_a_script_is_played_to_a_trainee_who_decides_and_is_compared(
    station: Station, consoles: Consoles
) -> None:
    trainer = await at(consoles, station, SAM, "/training")
    await trainer.get_by_label("Script", exact=True).select_option("last-words")
    await trainer.get_by_label("Pauses (optional)").first.fill("00:14 What would you ask now?")
    await trainer.get_by_role("button", name="Make exercise of script").press("Enter")
    await expect(trainer.locator("#told")).to_have_text("The exercise is ready.")
    await trainer.get_by_label("Hannah").press("Space")
    await trainer.get_by_role("button", name="Begin session").press("Enter")
    hannah = await at(consoles, station, HANNAH, "/training")
    await hannah.get_by_role("link", name="The line goes dead").press("Enter")
    await hannah.get_by_role("button", name="Take the call").press("Enter")
    desk = await hannah.context.new_page()
    await desk.goto(f"{station.url}/training/room/panel")
    await expect(desk.locator("handler-prompt")).to_contain_text("outside")
    await desk.keyboard.press("1")
    await expect(desk.locator("#done-text")).to_contain_text("yes")
    await hannah.get_by_label("What would you ask now?").fill("Where he is")
    await hannah.get_by_role("button", name="Decide, and go on").press("Enter")
    await expect(hannah.locator("training-session table")).to_contain_text("answered: yes")
    await expect(trainer.locator("training-session")).to_contain_text("Where he is")
    await picture(trainer, "training-session")
    await trainer.set_viewport_size({"width": 390, "height": 900})
    assert await trainer.evaluate("document.documentElement.scrollWidth") <= 390
    await trainer.get_by_role("button", name="End session").press("Enter")
    await expect(trainer.locator("training-session")).to_contain_text("ended")


async def test_a_past_call_is_an_exercise_once_a_second_person_has_heard_it_without_the_name(
    station: Station, consoles: Consoles, call: CallId
) -> None:
    sam = await at(consoles, station, SAM, f"/review/{call}")
    await sam.get_by_role("link", name="Make an exercise of this call").press("Enter")
    await sam.get_by_label("Title").fill("At the throat")
    await sam.get_by_label("Further names, numbers and places in it").fill(NAMED)
    await sam.get_by_role("button", name="See what would be taken out").press("Enter")
    await expect(sam.locator("exercise-maker")).to_contain_text(
        f"Taken out of words and sound: {NAMED}. In their place: Sam."
    )
    await sam.get_by_role("button", name="Make exercise of call").press("Enter")
    await expect(sam.locator("#told")).to_have_text("It waits for a second person.")
    await sam.get_by_role("button", name="Look at At the throat").press("Enter")
    await expect(sam.locator("#exercise")).to_be_visible()
    await expect(sam.locator("#approve")).to_be_hidden()
    await _approved(await at(consoles, station, TESS, "/training"), await _named_at(station, call))
    await sam.reload()
    await sam.get_by_label("Exercise", exact=True).select_option("At the throat")
    await sam.get_by_label("Hannah").press("Space")
    await sam.get_by_role("button", name="Begin session").press("Enter")
    hannah = await at(consoles, station, HANNAH, "/training")
    await hannah.get_by_role("link", name="At the throat").press("Enter")
    await hannah.get_by_role("button", name="Take the call").press("Enter")
    await hannah.goto(f"{station.url}/training/room/panel")
    await expect(hannah.locator("handler-prompt")).to_contain_text("neck")
    await expect(hannah.locator("call-transcript")).to_contain_text(QUOTE)
    await expect(hannah.locator("call-transcript")).not_to_contain_text(NAMED)
    await sam.get_by_role("button", name="End session").press("Enter")
    await expect(sam.locator("training-session")).to_contain_text("ended")


async def _named_at(station: Station, call: CallId) -> tuple[int, int]:
    """When the name is said, in milliseconds."""
    said = await station.events(call, UtteranceHeard)
    (word,) = [word for one in said for word in one.utterance.words if word.text == NAMED]
    return word.start_ms, word.end_ms


async def _approved(tess: Page, named: tuple[int, int]) -> None:
    """By who has seen that the name is in no line, and heard that it is not in the sound."""
    await tess.get_by_role("button", name="Look at At the throat").press("Enter")
    lines = tess.locator("#exercise-lines")
    await expect(lines).to_contain_text(QUOTE)
    await expect(lines).not_to_contain_text(NAMED)
    await expect(lines).to_contain_text("Sam")
    await expect(tess.locator("#exercise-about")).to_contain_text(
        "In the sound there is silence in their place."
    )
    await tess.locator("#exercise-sound").press("Space")
    await expect(tess.locator("#exercise-sound")).not_to_have_js_property("currentTime", 0)
    loudest = await tess.evaluate(LOUDEST, [named, (named[1] + 500, named[1] + 3500)])
    assert loudest[0] < SILENT < loudest[1]
    await picture(tess, "training-approve")
    await tess.get_by_role("button", name="Approve: nobody real can be known from it").press("Enter")
    await expect(tess.locator("#told")).to_contain_text("Approved.")


async def test_a_referral_that_nobody_confirms_comes_to_the_wall_and_is_printed_from_its_case(
    station: Station, consoles: Consoles
) -> None:
    await _sent_days_ago(station)
    wall = await at(consoles, station, SUE, "/wall")
    owed = wall.locator("overdue-list")
    await expect(owed).to_contain_text("never chased. BROUGHT TO THE SUPERVISOR")
    await picture(wall, "wall")
    await owed.get_by_role("link", name="Paladin").press("Enter")
    await wall.evaluate(PRINTS)
    await wall.get_by_role("button", name="Print the letter").press("Enter")
    assert "He follows her." in await wall.evaluate("window.printed")


async def _sent_days_ago(station: Station) -> None:
    """On paper, by a clock that stands months before this machine's."""
    settings = load_settings(environ=station.environ())
    room = await Room().open()
    url = settings.url(settings.store.url)
    async with open_store(url, clock=room.clock, sealer=sealer_here(settings)) as store:
        sent = await send_one(room, store)
        room.clock.advance(2 * DAY_S + 1)
        await sent.desk.chasing.look()
