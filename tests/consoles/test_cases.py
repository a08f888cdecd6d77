"""Cases in a real browser: from a call to a case, a signed assessment, a referral out and confirmed."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from server.domain.casework.directory import Nation
from server.domain.ids import CallId
from server.ports.channels import Mail, Receipt
from server.services.briefing import Channels
from server.settings.case_files import load_case_files
from tests.consoles.screen import Screens
from tests.consoles.test_accessibility import found_by_axe, needs_axe
from tests.house import House, open_house
from tests.stories import HANNAH, SAM, arrived, opened, sighted

pytestmark = pytest.mark.asyncio(loop_scope="session")

CONFIG = Path(__file__).parents[2] / "config"
MARKERS = frozenset(path.stem for path in (CONFIG / "markers").glob("*.yaml"))
CALL = CallId("CA17a09c62e5d84b1c8f6e")
THROAT = sighted("strangulation", "he had his hands round my throat", utterance=0, at_ms=9000)
FOLLOWED = sighted("stalking_harassment", "he waits outside my work every day", utterance=1, at_ms=15000)


class Letterbox:
    def __init__(self) -> None:
        self.sent: list[Mail] = []

    async def send(self, mail: Mail) -> Receipt:
        self.sent.append(mail)
        return Receipt(reference="<1@earshot>")


@pytest_asyncio.fixture(loop_scope="session")
async def letterbox() -> Letterbox:
    return Letterbox()


@pytest_asyncio.fixture(loop_scope="session")
async def house(tmp_path: Path, letterbox: Letterbox) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        house.channels = Channels(mail=letterbox)
        # The shipped directory ages; these tests are about what is shown while it is fresh.
        own = tmp_path / "own"
        own.mkdir()
        day = house.room.clock.now().date().isoformat()
        (own / "services.yaml").write_text(
            f"services:\n  - {{id: near, name: Near House, nations: [england], needs: [stalking], "
            f"number: 01632 960001, hours: day and night, email: in@near.example, verified_on: {day}}}\n"
        )
        house.case_files = load_case_files(CONFIG, own, MARKERS, nation=Nation.ENGLAND)
        await house.restart()
        await house.record(CALL, arrived(), *opened(), THROAT, FOLLOWED)
        await house.grant(CALL, HANNAH, SAM)
        yield house


async def a_case(screens: Screens, *, width: int = 1440, look: str = "light") -> Page:
    page = await screens.at(f"/cases?call={CALL}", SAM, width=width, look=look)
    await page.get_by_role("button", name="Open a case for Call 8F6E").click()
    await expect(page.get_by_role("heading", name="People")).to_be_visible()
    return page


async def add(page: Page, role: str, name: str) -> None:
    await page.get_by_text("Add somebody").click()
    form = page.locator("case-people details[open]").first
    await form.get_by_label("In this case they are").select_option(role)
    await form.get_by_label("Name", exact=True).fill(name)
    await form.get_by_role("button", name="Add").click()
    await expect(page.locator(".people")).to_contain_text(name)


async def test_a_case_says_who_fears_whom_and_what_nobody_has_checked(screens: Screens) -> None:
    page = await a_case(screens)
    await expect(page.locator("#title")).to_have_text(re.compile(r"^Case [0-9A-Z]{4}$"))
    await expect(page.get_by_label("Whose law holds")).to_contain_text("Northern Ireland")
    await expect(page.locator("case-record")).to_contain_text("he had his hands round my throat")
    await expect(page.locator("case-record .loud").first).to_contain_text("NOT CHECKED")
    await add(page, "victim", "Aisha K")
    await add(page, "suspect", "Adam B")
    await expect(page.locator(".people")).to_contain_text("Safe contact: NOT ASKED")
    await page.get_by_text("Say who is afraid of whom").click()
    await page.get_by_label("This person", exact=True).select_option(label="Aisha K, victim")
    await page.get_by_label("of this person").select_option(label="Adam B, suspect")
    await page.get_by_label("In what words").fill("She hid in the bathroom.")
    await page.locator("case-people details[open]").get_by_role("button", name="Put on record").click()
    await expect(page.locator(".fears")).to_contain_text("Aisha K is afraid of Adam B")
    await expect(page.locator("case-people")).not_to_contain_text("mutual")


async def test_an_order_is_loud_until_somebody_says_where_they_looked(screens: Screens) -> None:
    page = await a_case(screens)
    await page.get_by_text("Add an order, bail or a notice").click()
    await page.get_by_label("What: an order").fill("Non-molestation order")
    await page.locator("case-record details[open]").get_by_role("button", name="Add").click()
    await expect(page.locator(".orders .loud")).to_have_text("NOT CHECKED")
    await page.get_by_text("Checked: Non-molestation order").click()
    await page.get_by_label("Where you looked").fill("PNC")
    await page.get_by_label("What it says").fill("in force until May")
    await page.locator("case-record details[open]").get_by_role("button", name="Put on record").click()
    await expect(page.locator(".orders")).to_contain_text("found: in force until May. Checked")
    await expect(page.locator(".orders .loud")).to_have_count(0)


async def test_calls_suggest_an_answer_and_a_person_gives_and_signs_it_by_keyboard(screens: Screens) -> None:
    page = await a_case(screens)
    await page.get_by_role("button", name="Begin: Risk conversation").press("Enter")
    neck = page.locator(".question", has_text="pressed on their neck")
    await expect(neck.locator(".suggested")).to_contain_text("says so: “he had his hands round my throat”")
    await expect(neck.locator(".answered")).to_be_empty()
    await neck.get_by_role("combobox").select_option("yes")
    await neck.get_by_role("button", name="Put on record").press("Enter")
    await expect(neck.locator(".answered")).to_contain_text("yes, sam at")
    await page.get_by_label("Your conclusion").select_option("high")
    await page.get_by_label("Why, in your own words").fill("Strangled tonight; followed for weeks.")
    await page.get_by_role("button", name="Sign it").press("Enter")
    await expect(page.locator("details.assessment summary")).to_contain_text("high, signed by sam")


async def a_draft(screens: Screens) -> Page:
    """A case with a referral to Near House that has been begun."""
    page = await a_case(screens)
    await add(page, "victim", "Aisha K")
    await page.get_by_text("How they are safely reached").click()
    await page.get_by_label("Is their number safe to ring?").select_option("yes")
    await page.locator("case-people details[open]").get_by_role("button", name="Put on record").click()
    await page.get_by_text("Refer to a service").click()
    await expect(page.locator("case-referrals .suggested").first).to_contain_text("waits outside my work")
    await page.get_by_label("Stalking and harassment").check()
    await page.get_by_role("button", name="Find services").click()
    await page.get_by_role("button", name="Draft a referral to Near House").click()
    return page


async def test_a_referral_goes_out_only_by_a_person_who_has_said_all_that_it_needs(
    screens: Screens, letterbox: Letterbox
) -> None:
    page = await a_draft(screens)
    draft = page.locator("article.referral")
    await expect(draft.locator(".gaps")).to_contain_text("whether they agree")
    await draft.get_by_role("button", name="Send it now").click()
    await expect(page.locator("#told")).to_contain_text("Still to be said")
    assert letterbox.sent == []
    await filled_and_sent(page)
    assert ["he had his hands round my throat" in mail.text for mail in letterbox.sent] == [True]


async def filled_and_sent(page: Page) -> None:
    draft = page.locator("article.referral")
    await draft.get_by_label("What help is asked for").fill("Somebody to ring in the morning.")
    await draft.get_by_label("hands round my throat").check()
    await draft.get_by_role("button", name="Put into the draft").click()
    await expect(draft.locator(".gaps")).not_to_contain_text("what help is asked for")
    await draft.get_by_label("Do they agree?").select_option("yes")
    await draft.get_by_role("button", name="Put on record").first.click()
    await expect(draft.locator(".gaps")).to_have_count(0)
    await draft.get_by_role("button", name="Send it now").click()
    await expect(draft).to_contain_text("The service has until")


async def test_a_sent_referral_waits_until_the_service_has_confirmed_it(screens: Screens) -> None:
    page = await a_draft(screens)
    await filled_and_sent(page)
    draft = page.locator("article.referral")
    await draft.get_by_text("The service has confirmed").click()
    await draft.get_by_label("Who there has it").fill("J. Osei")
    await draft.locator("details[open]").get_by_role("button", name="Put on record").click()
    await expect(draft).to_contain_text("by J. Osei")


async def test_another_nation_s_conference_is_never_shown(screens: Screens) -> None:
    page = await a_case(screens)
    conference = page.locator("case-conference")
    await expect(conference).to_contain_text("Potential escalation")
    await conference.get_by_label("Whose law holds").select_option("scotland")
    await expect(conference).to_contain_text("Scottish law")
    await expect(conference).not_to_contain_text("Potential escalation")


@needs_axe
@pytest.mark.parametrize(("width", "look"), [(1440, "light"), (390, "dark")])
async def test_axe_finds_nothing_on_a_case_or_the_list(
    screens: Screens, house: House, width: int, look: str
) -> None:
    page = await a_case(screens, width=width, look=look)
    await add(page, "victim", "Aisha K")
    await page.get_by_role("button", name="Begin: Risk conversation").click()
    await expect(page.locator("case-assessments .question").first).to_be_visible()
    assert await found_by_axe(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    await page.goto(f"{house.url}/cases")
    await expect(page.get_by_role("link", name="Aisha K")).to_be_visible()
    assert await found_by_axe(page) == []
