"""The duties after a call, by keyboard on a real server: a case, its form, and a referral that is sent."""

from collections.abc import AsyncIterator
from email import message_from_string

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from server.domain.ids import CallId
from tests.adapters.channels.maildrop import MailDrop, drop
from tests.chromium import closing
from tests.journeys.keyboard import PASSWORD, PATIENCE_MS, Consoles
from tests.journeys.pictures import picture
from tests.journeys.station import Station, open_station
from tests.journeys.test_consoles import SIGN, call_name
from tests.stories import SAM, SUE

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUOTE = "my throat"


@pytest_asyncio.fixture(loop_scope="session")
async def mail() -> AsyncIterator[tuple[MailDrop, int]]:
    async with drop() as (taking, smtp):
        yield taking, smtp.server.port


@pytest_asyncio.fixture(loop_scope="session")
async def station(
    tmp_path_factory: pytest.TempPathFactory, mail: tuple[MailDrop, int]
) -> AsyncIterator[Station]:
    settings = {
        "EMAIL__HOST": "127.0.0.1",
        "EMAIL__PORT": str(mail[1]),
        "EMAIL__SECURITY": "none",
        "EMAIL__SENDER": "earshot@midshire.example",
        "REVIEW__HEAR_AGAIN": "false",
    }
    async with open_station(tmp_path_factory.mktemp("duties"), PASSWORD, more=settings) as station:
        async with station.store() as store:
            for who in (SAM, SUE):
                await store.people.set_duty(who.id, on_duty=True)
        yield station


@pytest_asyncio.fixture(loop_scope="session")
async def consoles(station: Station, browser: Browser) -> AsyncIterator[Consoles]:
    async with closing(Consoles(station, browser)) as consoles:
        yield consoles


@pytest_asyncio.fixture(loop_scope="session")
async def call(station: Station, consoles: Consoles) -> CallId:
    """A call in which a strangulation was told, that Hannah handled and Sam had, and that is over."""
    sam = await consoles.of(SAM)
    async with station.ringing() as call:
        await sam.shows("prompt-card", SIGN)
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
