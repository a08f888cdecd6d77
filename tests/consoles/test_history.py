"""Earlier calls on desk and panel: always in sight, with reasons and quotes; a person has the last word."""

import pytest
from playwright.async_api import Page, expect

from server.domain.combining import HIGH_AND_LINKED, TWO_HIGH
from server.domain.events import (
    CallEnded,
    Ending,
    EntityConfirmed,
    HandlerAssigned,
    LinkConfirmed,
    LinkUndone,
    SpecialistAssigned,
)
from server.domain.ids import CallId
from server.domain.speech import Party
from tests.consoles.screen import Screen, Screens
from tests.consoles.waiting import recorded
from tests.house import House
from tests.stories import HANNAH, SAM, SUE, arrived, opened, raised, said, sighted

pytestmark = pytest.mark.asyncio(loop_scope="session")

LATER = CallId("CA-later")
THROAT = sighted("strangulation", "he had his hands round my throat", utterance=0, at_ms=4000)
NAME = said(Party.CALLER, 0, "my name is raneem oudeh", at_ms=3000)


TURNS = tuple(said(Party.CALLER, 2 + place, "he is still here", at_ms=20_000) for place in range(40))
SCROLLED = """() => {
  for (const one of document.querySelectorAll("details")) one.open = true;
  for (const one of document.querySelectorAll("*")) one.scrollTop = one.scrollHeight;
}"""
ON_TOP = """(node) => {
  const { left, top, width, height } = node.getBoundingClientRect();
  return node.contains(document.elementFromPoint(left + width / 2, top + height / 2));
}"""


async def stays_in_sight(page: Page, *, beside: str) -> None:
    """However wide the page is, everything on it opened and scrolled to its end."""
    number = page.locator("call-number")
    await expect(page.locator(beside)).to_be_visible()
    for width, height in ((1440, 900), (390, 844)):
        await page.set_viewport_size({"width": width, "height": height})
        await page.evaluate(SCROLLED)
        await expect(number).to_contain_text("Call 2 tonight")
        await expect(number).to_be_in_viewport(ratio=1)
        assert await number.evaluate(ON_TOP)
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert await page.evaluate("scrollY") > 0


async def linked(house: House, earlier: CallId) -> None:
    """The earlier call ends; another comes from the same telephone."""
    words = said(Party.CALLER, 0, "he had his hands round my throat", at_ms=4000)
    await house.record(earlier, words, THROAT, raised(1, THROAT))
    await house.record(earlier, CallEnded(at_ms=60_000, why=Ending.HUNG_UP))
    await house.remembering.look()
    await house.grant(LATER, HANNAH, SAM)
    assigned = HandlerAssigned(at_ms=0, person=HANNAH.id), SpecialistAssigned(at_ms=0, person=SAM.id)
    await house.record(LATER, arrived(), *assigned, *opened(), NAME, *TURNS)
    await house.remembering.look()


async def test_the_specialist_sees_the_earlier_call_with_reason_outcome_and_quote(
    screens: Screens, house: House, call: CallId
) -> None:
    await linked(house, call)
    sam = Screen(await screens.at(f"/desk?call={LATER}", SAM))
    history = sam.page.locator("call-history")
    await expect(history.locator("h3").first).to_have_text("Call 2 tonight")
    link = history.locator(".link")
    await expect(link).to_contain_text("Linked by the machine")
    await expect(link).to_contain_text("Why: same mobile")
    await expect(link).to_contain_text("ended")
    await expect(link).to_contain_text("“he had his hands round my throat”")
    await expect(sam.page.locator("call-number")).to_contain_text("Call 2 tonight")
    line = sam.page.locator("call-list li", has=sam.page.locator("[aria-current=true]"))
    await expect(line.locator(".call-number")).to_have_text("Call 2 tonight")
    sue = Screen(await screens.at("/wall", SUE))
    await expect(sue.page.locator("wall-board .call-number")).to_have_text(["Call 2 tonight", ""])
    knife = sighted("weapon", "he has a knife", utterance=1, at_ms=9000)
    await house.record(LATER, said(Party.CALLER, 1, "he has a knife", at_ms=9000), knife, raised(1, knife))
    await house.remembering.look()
    told = f"Linked calls together: {TWO_HIGH}; {HIGH_AND_LINKED}"
    await expect(sam.page.locator("call-head .call-together")).to_have_text(told)
    await expect(line.locator(".call-together")).to_have_text(told)
    await expect(sue.page.locator("wall-board .call-together")).to_have_text([told, ""])
    await sam.press("e")
    await stays_in_sight(sam.page, beside="evidence-panel")


async def test_a_person_confirms_a_link_or_takes_it_away_and_it_looks_different(
    screens: Screens, house: House, call: CallId
) -> None:
    await linked(house, call)
    sam = Screen(await screens.at(f"/desk?call={LATER}", SAM))
    link = sam.page.locator("call-history .link")
    await expect(link).to_have_attribute("data-standing", "machine")
    await link.get_by_role("button", name="Same people as the call").first.click()
    confirmed = await recorded(house, LATER, LinkConfirmed)
    assert isinstance(confirmed, LinkConfirmed)
    assert (confirmed.earlier, confirmed.person) == (call, SAM.id)
    await expect(link).to_have_attribute("data-standing", "confirmed")
    await link.get_by_role("button", name="Not the same people").click()
    await recorded(house, LATER, LinkUndone)
    await house.remembering.look()
    await expect(sam.page.locator("call-history h3").first).to_have_text("No earlier call is linked")


async def test_the_handler_says_with_one_key_that_a_name_was_heard_rightly(
    screens: Screens, house: House, call: CallId
) -> None:
    await linked(house, call)
    hannah = Screen(await screens.at(f"/panel?call={LATER}", HANNAH, width=390))
    known = hannah.page.locator("call-history .known")
    await expect(known).to_contain_text("raneem oudeh")
    await expect(known).to_contain_text("heard by the machine")
    await hannah.press("f")
    confirmed = await recorded(house, LATER, EntityConfirmed)
    assert isinstance(confirmed, EntityConfirmed)
    await expect(known).to_contain_text("confirmed by you")
    await stays_in_sight(hannah.page, beside="call-history")


async def test_what_is_typed_stands_among_what_the_call_is_about(
    screens: Screens, house: House, call: CallId
) -> None:
    await linked(house, call)
    hannah = Screen(await screens.at(f"/panel?call={LATER}", HANNAH, width=390))
    await hannah.page.get_by_text("Add a name, place, telephone, vehicle or order").click()
    form = hannah.page.locator("call-history form")
    await form.get_by_label("As it was given").fill("24 Maple Road, Leeds LS6 2AB")
    await form.get_by_role("button", name="Add").click()
    await expect(hannah.page.locator("call-history .known")).to_contain_text("24 Maple Road, Leeds LS6 2AB")
