"""A threat to kill, told to the wrong force: two servers and their desks, the right one killed meanwhile."""

import json
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from server.domain.events import SheetRead, Watch, WatchEnded, WatchRaised
from server.domain.ids import CallId, PersonId
from tests.certificates import certified, tls_before
from tests.chromium import closing
from tests.house import free_port
from tests.journeys.front_door import heard_as
from tests.journeys.keyboard import PASSWORD, Console, Consoles
from tests.journeys.pictures import picture
from tests.journeys.station import MIDSHIRES, Crew, Station, open_station
from tests.stories import HARRY, MIDSHIRE, SAM, SUE
from tests.transfer_house import EARL, EASTSHIRE, EVE, NAMES, PHONES, SECRET

pytestmark = pytest.mark.asyncio(loop_scope="session")

THREAT = "Threat to kill"
WORDS = "kill me"
ED = replace(HARRY, id=PersonId("ed"), force=EASTSHIRE)
GRADES = """
[[grades]]
name = "emergency"
emergency = true

[[grades]]
name = "scheduled"

[watch]
receipt_s = 2
supervisor_s = 1
"""
OURS = replace(MIDSHIRES, more=GRADES, keeps_calls=True)
THEIRS = Crew(
    force=EASTSHIRE, name=NAMES[EASTSHIRE], called="+441632960001", people=(ED, EVE, EARL), more=GRADES
)


@dataclass(frozen=True, kw_only=True)
class Both:
    """Midshire, which was rung up, and Eastshire, whose call it is."""

    ours: Station
    theirs: Station
    our_desks: Consoles
    their_desks: Consoles

    async def theirs_of(self) -> list[CallId]:
        async with self.theirs.store() as store:
            return [line.call for line in await store.journal.calls()]


def settings(folder: Path, here: Crew, there: Crew, port: int) -> dict[str, str]:
    peer = {
        "id": there.force,
        "force": here.force,
        "name": there.name,
        "url": f"https://127.0.0.1:{port}",
        "phone": PHONES[there.force],
        "secret_file": str(folder / "secret"),
    }
    given = ", ".join(f"{key} = {json.dumps(value)}" for key, value in peer.items())
    return {
        "TRANSFERS__PEERS": f"[{{{given}}}]",
        "TRANSFERS__NETWORKS": '["127.0.0.0/8"]',
        "TRANSFERS__CA_FILE": str(folder / "authority/fullchain.pem"),
    }


def shared_by_both(folder: Path) -> Path:
    """The secret of the two, and an authority of the police's own, which no machine trusts by itself."""
    (folder / "secret").write_bytes(SECRET)
    authority = certified("Police authority")
    authority.write(folder / "authority")
    certified("Earshot", by=authority, address="127.0.0.1").write(folder / "server")
    return folder


@pytest_asyncio.fixture(loop_scope="session")
async def both(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> AsyncIterator[Both]:
    ours, theirs = tmp_path_factory.mktemp("ours"), tmp_path_factory.mktemp("theirs")
    between = shared_by_both(tmp_path_factory.mktemp("between"))
    ports = free_port(), free_port()
    async with AsyncExitStack() as stack:
        doors = [await stack.enter_async_context(tls_before(port, between / "server")) for port in ports]
        to_them, to_us = settings(between, OURS, THEIRS, doors[1]), settings(between, THEIRS, OURS, doors[0])
        midshire = await stack.enter_async_context(
            open_station(ours, PASSWORD, more=to_them, crew=OURS, port=ports[0])
        )
        eastshire = await stack.enter_async_context(
            open_station(theirs, PASSWORD, more=to_us, crew=THEIRS, port=ports[1])
        )
        for station, people in ((midshire, (SAM, SUE)), (eastshire, (EVE, EARL))):
            async with station.store() as store:
                for who in people:
                    await store.people.set_duty(who.id, on_duty=True)
        our_desks = await stack.enter_async_context(closing(Consoles(midshire, browser)))
        their_desks = await stack.enter_async_context(closing(Consoles(eastshire, browser)))
        yield Both(ours=midshire, theirs=eastshire, our_desks=our_desks, their_desks=their_desks)


async def test_the_threat_reaches_the_right_force_though_its_server_is_killed(both: Both) -> None:
    told = heard_as("wrong-force", "+447700900121")
    async with both.ours.ringing(told.inbound, told.outbound) as call:
        sam, eve = await both.our_desks.of(SAM), await both.their_desks.of(EVE)
        await sam.shows("prompt-card", THREAT)
        await told_a_dead_server(both, sam, call)
        await both.theirs.start()
        await sam.shows("sheet-list", f"Received by {THEIRS.name} at")
        await sam.shows("sheet-list", f"NOT ACKNOWLEDGED there: {THREAT}")
        await both.ours.recorded(call, WatchEnded)
        (there,) = await both.theirs_of()
        await named_over_there(both, eve)
        await sam.shows(".acknowledged", f"{THREAT} (victim, children, others): {EVE.name}")
        await sam.shows("sheet-list", f"Each item acknowledged by {EVE.name}")
        await sam.shows("brief-sheet", f"responsible: {THEIRS.name}")
        await picture(sam.page, "transfer-brief")
        await guarded(eve)
    assert await both.theirs_of() == [there]
    raised = await both.ours.events(call, WatchRaised)
    assert raised[0].watch is Watch.NO_RECEIPT
    named = {marker for one in await both.ours.events(call, SheetRead) for marker in one.named}
    assert "threat_to_kill" in named


async def told_a_dead_server(both: Both, sam: Console, call: CallId) -> None:
    """It is killed: sender and supervisor read that it has not got the sheet, and whom to ring."""
    sue = await both.our_desks.of(SUE)
    await both.theirs.stop(signal.SIGKILL)
    await hand_over(both, sam, call)
    await sam.shows("sheet-list", f"NOT RECEIVED by {THEIRS.name}")
    await sam.shows("sheet-list", PHONES[EASTSHIRE])
    await sue.shows(
        "watch-list", f"has not received the transfer sheet: ring {THEIRS.name}, {PHONES[EASTSHIRE]}"
    )
    await picture(sue.page, "transfer-unreceived")


async def named_over_there(both: Both, eve: Console) -> None:
    """On the desk and the wall in her own words, until Eve says that she has it."""
    earl = await both.their_desks.of(EARL)
    sound = f"It cannot be played here: ask {OURS.name} for it, {PHONES[MIDSHIRE]}."
    for console in (earl, eve):
        for text in (THREAT, WORDS, "NOT ASKED THERE", sound):
            await console.shows("transfer-list", text)
    await picture(eve.page, "transfer-desk")
    await picture(earl.page, "transfer-wall")
    await eve.push(f"We have this: {THREAT}")
    for console in (earl, eve):
        await console.shows("transfer-list", f"{EVE.name} has it")


async def hand_over(both: Both, sam: Console, call: CallId) -> None:
    """By keyboard, on the brief's page."""
    await sam.page.goto(f"{both.ours.url}/brief/{call}")
    await sam.shows("brief-sheet", WORDS)
    await sam.page.get_by_label("How").select_option("earshot")
    await expect(sam.page.locator("#peer-phone")).to_contain_text(PHONES[EASTSHIRE])
    await sam.page.locator("#send").get_by_role("button", name="Send").press("Enter")


async def guarded(eve: Console) -> None:
    """Lowering the grade over there meets the threat that was told here."""
    await eve.push("emergency")
    await eve.shows("#grade-label", "Grade: emergency, by you")
    await eve.push("scheduled")
    await eve.shows("grade-dialog dialog", THREAT)
    await eve.shows("grade-dialog dialog", WORDS)
