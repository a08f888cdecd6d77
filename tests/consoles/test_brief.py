"""The brief in real browsers: the desk's page, the crew's telephone, another force's signature, the paper."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from server.domain.events import HandlerAssigned, HistoryLinked, SpecialistAssigned
from server.domain.ids import CallId
from server.domain.speech import Party
from server.ports.channels import Carriage, Receipt
from server.services.briefing import Channels
from tests.consoles.screen import Screens
from tests.consoles.test_accessibility import found_by_axe, needs_axe
from tests.house import House, open_house
from tests.stories import HANNAH, SAM, arrived, opened, said, sighted

pytestmark = pytest.mark.asyncio(loop_scope="session")

CALL = CallId("CA17a09c62e5d84b1c8f6e")
THROAT = sighted("strangulation", "he had his hands round my throat", utterance=1, at_ms=9000)
KNIFE = sighted("weapon", "he has got a knife in the kitchen", utterance=2, at_ms=15000)
CHILD = sighted("children", "the kids are upstairs", utterance=3, at_ms=19000)


@dataclass
class Pigeon:
    sent: list[str] = field(default_factory=list)

    async def send(self, to: str, text: str, *, tag: str = "") -> Receipt:
        self.sent.append(text)
        return Receipt(reference="SM1")

    async def carriage(self, reference: str) -> Carriage:
        return Carriage.DELIVERED


@pytest_asyncio.fixture(loop_scope="session")
async def pigeon() -> Pigeon:
    return Pigeon()


@pytest_asyncio.fixture(loop_scope="session")
async def house(tmp_path: Path, pigeon: Pigeon) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        house.channels = Channels(text=pigeon)
        await house.restart()
        staffed = HandlerAssigned(at_ms=0, person=HANNAH.id), SpecialistAssigned(at_ms=0, person=SAM.id)
        asked = said(Party.HANDLER, 0, "where are you exactly", at_ms=500)
        reply = said(Party.CALLER, 0, "flat two mill lane", at_ms=3000)
        linked = HistoryLinked(at_ms=1, earlier_calls=2, within_7_days=2, because="same mobile, 41 min ago")
        await house.record(CALL, arrived(), *staffed, *opened(), asked, reply, linked, THROAT, KNIFE, CHILD)
        await house.grant(CALL, HANNAH, SAM)
        yield house


@dataclass
class Scene:
    """A desk, and whoever holds a link that it sent."""

    screens: Screens
    house: House
    pigeon: Pigeon

    async def desk(self, *, width: int = 1440, look: str = "light") -> Page:
        page = await self.screens.at(f"/brief/{CALL}", SAM, width=width, look=look)
        await expect(page.get_by_role("heading", name="Heard now")).to_be_visible()
        return page

    async def link(self, page: Page, *, kind: str = "brief", whom: str = "TN41") -> str:
        """What stands in the text that the desk sends."""
        await page.get_by_label("What", exact=True).select_option(kind)
        await page.get_by_label("How", exact=True).select_option("sms")
        await page.get_by_label("For whom").fill(whom)
        await page.get_by_label("Number, such as").fill("+447700900555")
        await page.locator("#send").get_by_role("button", name="Send").click()
        await expect(page.locator("sheet-list")).to_contain_text("Sent, not opened")
        found = re.search(r"http\S+", self.pigeon.sent[-1])
        assert found is not None
        return found.group()

    async def crew(self, page: Page, *, kind: str = "brief", whom: str = "TN41") -> Page:
        crew = await self.screens.stranger(width=390, height=844)
        await crew.goto(await self.link(page, kind=kind, whom=whom))
        await expect(crew.get_by_role("heading", name="Heard now")).to_be_visible()
        return crew


@pytest_asyncio.fixture(loop_scope="session")
async def scene(screens: Screens, house: House, pigeon: Pigeon) -> Scene:
    return Scene(screens=screens, house=house, pigeon=pigeon)


async def test_a_crew_reads_signs_arrives_and_asks_and_the_desk_sees_each(scene: Scene) -> None:
    desk = await scene.desk()
    crew = await scene.crew(desk)
    await expect(crew.locator("brief-sheet")).to_contain_text("he had his hands round my throat")
    await expect(desk.locator("sheet-list")).to_contain_text("Opened at")
    await crew.get_by_label("Your name and collar number").fill("PC 4182 Ahmed")
    await crew.get_by_role("button", name="I have received and read this").click()
    await expect(desk.locator("sheet-list")).to_contain_text("Received and read by PC 4182 Ahmed")
    await crew.get_by_label("Your question").fill("He says she went for him. Who do we believe?")
    await crew.get_by_role("button", name="Send").click()
    await expect(desk.locator("advice-thread")).to_contain_text("Who do we believe?")
    await desk.get_by_label("Say to the crew").fill("Ask each alone who is afraid of whom.")
    await desk.locator("advice-thread").get_by_role("button", name="Send").click()
    await expect(crew.locator("advice-thread")).to_contain_text("who is afraid of whom")
    await crew.get_by_role("button", name="We are there").click()
    await expect(desk.locator("brief-sheet")).to_contain_text("crew there since")


async def test_the_brief_grows_on_both_screens_while_the_caller_speaks(scene: Scene) -> None:
    desk = await scene.desk()
    crew = await scene.crew(desk)
    await scene.house.record(CALL, sighted("weapon", "he says he will use it", utterance=9, at_ms=60000))
    for page in (desk, crew):
        await expect(page.locator("brief-sheet")).to_contain_text("said 2 times")


async def test_another_force_cannot_sign_until_each_thing_is_ticked(scene: Scene) -> None:
    desk = await scene.desk()
    other = await scene.crew(desk, kind="transfer", whom="Westshire Police")
    await other.get_by_label("Your name and collar number").fill("Sgt Okafor")
    await other.get_by_label("Weapon in hand").check()
    await other.get_by_role("button", name="I have received and read this").click()
    await expect(other.locator("#told")).to_contain_text("Strangulation")
    await expect(desk.locator("brief-sheet")).to_contain_text("responsible: midshire")
    await other.get_by_label("Strangulation").check()
    await other.get_by_role("button", name="I have received and read this").click()
    await expect(desk.locator("brief-sheet")).to_contain_text("responsible: Westshire Police")


async def test_what_was_not_checked_is_loud_until_somebody_looks(scene: Scene) -> None:
    desk = await scene.desk()
    record = desk.locator(".block-record")
    await expect(record.locator(".loud")).to_contain_text("NOT CHECKED: court orders, bail")
    await desk.get_by_label("What was looked up").select_option("court orders")
    await desk.get_by_label("What came of it").select_option("found")
    await desk.get_by_label("What it says").fill("non-molestation order until May")
    await desk.get_by_label("Where, such as PNC").fill("PNC")
    await desk.get_by_role("button", name="Put on record").click()
    await expect(record).to_contain_text("court orders: found: non-molestation order until May")
    await expect(record.locator(".loud")).not_to_contain_text("court orders")


async def test_it_prints_on_one_page_without_what_is_only_for_the_screen(scene: Scene) -> None:
    desk = await scene.desk()
    await desk.emulate_media(media="print")
    await expect(desk.locator("aside")).to_be_hidden()
    paper = await desk.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1


async def test_a_link_that_is_closed_shows_nothing(scene: Scene) -> None:
    desk = await scene.desk()
    crew = await scene.crew(desk)
    await desk.get_by_role("button", name="Close the link of TN41").click()
    await expect(crew.locator("#told")).to_contain_text("This link is no longer good")
    await expect(crew.locator("brief-sheet")).to_be_hidden()


@needs_axe
@pytest.mark.parametrize(("width", "look"), [(1440, "light"), (390, "dark")])
async def test_axe_finds_nothing_on_the_brief_or_the_crew_s_page(scene: Scene, width: int, look: str) -> None:
    desk = await scene.desk(width=width, look=look)
    crew = await scene.crew(desk, kind="transfer", whom="Westshire Police")
    for page in (desk, crew):
        assert await found_by_axe(page) == []
    assert await desk.evaluate("document.documentElement.scrollWidth") <= width
    assert await crew.evaluate("document.documentElement.scrollWidth") <= 390
