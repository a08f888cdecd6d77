"""Subject access in a real browser: what is held about somebody is found, decided, agreed to, and taken."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from server.domain.casework.events import (
    CallAdded,
    CaseFact,
    CaseId,
    CaseOpened,
    PartyId,
    PartyNoted,
    PartyRole,
)
from server.domain.events import CallEnded, Disclosed, Ending, LinkFound
from server.domain.ids import CallId
from server.domain.linking import Link, Strength
from server.domain.speech import Party
from tests.consoles.screen import CALL, Screen, Screens
from tests.consoles.test_accessibility import AXE, found_by_axe
from tests.consoles.test_kept_calls import QUOTE, over, picture
from tests.house import House
from tests.stories import MIDSHIRE, SAM, SUE, arrived, said

__all__ = ["over"]
pytestmark = pytest.mark.asyncio(loop_scope="session")

ALIKE, NEIGHBOUR = CallId("CA2"), "my neighbour is at it again"
ENDED = CallEnded(at_ms=6000, why=Ending.HUNG_UP)


async def held_about_priya(house: House) -> None:
    """Her case with the call that is over, and another call that only the machine linked with it."""
    case, priya = CaseId("case-1"), PartyId("p1")
    noted = PartyNoted(person=SAM.id, party=priya, role=PartyRole.VICTIM, name="Priya Shah")
    facts: list[CaseFact] = [
        CaseOpened(person=SAM.id, force=MIDSHIRE),
        CallAdded(person=SAM.id, call=CALL),
        noted,
    ]
    await house.store.cases.append(case, facts, after=0)
    other = replace(arrived(), caller="+441632960555")
    await house.record(ALIKE, other, said(Party.CALLER, 0, NEIGHBOUR, at_ms=0), ENDED)
    link = Link(
        earlier=ALIKE,
        force=MIDSHIRE,
        before_s=60,
        reasons=("same road, 1 min ago",),
        confidence=0.95,
        strength=Strength.LINKED,
    )
    await house.record(CALL, LinkFound(at_ms=8000, link=link))


async def decide(item: Locator, fate: str, why: str) -> None:
    await item.locator("summary").click()
    await item.get_by_label("What becomes of it").select_option(fate)
    await item.get_by_label("Why").fill(why)
    await item.get_by_role("button", name="Put on record").click()


async def taken_on(sam: Screen, house: House) -> Locator:
    """From her case, as far as what was found."""
    await sam.page.goto(f"{house.url}/cases/case-1")
    await sam.page.get_by_role("link", name="What is held about Priya Shah").click()
    await sam.page.get_by_label("Who asked").fill("in writing on 3 May, passport seen")
    await sam.page.get_by_role("button", name="Look for everything").click()
    items = sam.page.locator("#items > li")
    await expect(items).to_have_count(3)
    return items


async def decided(sam: Screen, items: Locator) -> None:
    machines = items.filter(has_text="same road")
    await expect(machines).to_contain_text("Found by the machine only")
    await decide(machines, "include", "")
    await expect(sam.told).to_contain_text("needs a reason")
    await machines.get_by_label("What becomes of it").select_option("withhold, unsaid")
    await machines.get_by_label("Why").fill("the neighbour rang in confidence")
    await machines.get_by_role("button", name="Put on record").click()
    await expect(machines).to_contain_text("neither confirmed nor denied.")
    await decide(items.filter(has_text="in case-1"), "include", "hers: she rang")
    await expect(items.filter(has_text="Given whole")).to_have_count(1)
    await decide(items.filter(has_text="Case,"), "redact", "hers")
    await expect(items.filter(has_text="Given redacted")).to_have_count(1)


async def downloaded(sam: Screen) -> tuple[str, bytes]:
    """The names of the files in it, and all that is in them."""
    async with sam.page.expect_download() as coming:
        await sam.page.get_by_role("button", name="Download the bundle").click()
    path = await (await coming.value).path()
    with zipfile.ZipFile(io.BytesIO(Path(path).read_bytes())) as archive:  # noqa: ASYNC240 - nothing else runs
        names = archive.namelist()
        return " ".join(names), b"".join(archive.read(name) for name in names)


async def test_two_people_give_somebody_what_is_held_about_them(over: House, screens: Screens) -> None:
    await held_about_priya(over)
    sam, sue = await screens.of(SAM), await screens.of(SUE)
    await decided(sam, await taken_on(sam, over))
    if AXE.exists():
        assert await found_by_axe(sam.page) == []
    await picture(sam, "subject-decided")
    await sam.page.set_viewport_size({"width": 390, "height": 900})
    await sam.page.locator("#items summary").first.click()
    assert await sam.page.evaluate("document.documentElement.scrollWidth") <= 390
    await picture(sam, "subject-390")
    await sam.page.get_by_role("button", name="Put it before a second person").click()
    await expect(sam.page.locator("subject-request")).to_contain_text("It waits for a second person.")
    await sue.page.goto(sam.page.url)
    await sue.page.get_by_role("button", name="Agree to all of it").click()
    await expect(sue.page.locator("subject-request")).to_contain_text("sue agreed.")
    await sam.page.reload()
    names, everything = await downloaded(sam)
    assert "sound/caller.wav" in names
    assert QUOTE.encode() in everything
    assert not [one for one in (ALIKE, NEIGHBOUR, "in confidence") if one.encode() in everything]
    left = [one.event for one in await over.store.journal.entries(CALL) if isinstance(one.event, Disclosed)]
    assert [(event.person, event.approved_by) for event in left] == [(SAM.id, SUE.id)]
    assert sam.faults == sue.faults == []
