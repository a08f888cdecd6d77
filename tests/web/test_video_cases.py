"""Asking somebody into video from a case, and from a call that is over: with the same questions first."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest_asyncio

from server.domain.casework.events import CallAdded, CaseId
from server.domain.events import CallEnded, Ending, VideoInvited
from server.domain.ids import CallId
from server.services.case_pages import CasePages
from server.services.inviting_cases import CaseRooms
from tests.house import PASSWORD, House, open_house
from tests.stories import HANNAH, SAM, SUE, TESS, arrived, opened, sighted
from tests.web.visitor import Visitor, code

EARLIER, LATER = CallId("CA1"), CallId("CA2")
ROOM = CallId("video-1")
THROAT = sighted("strangulation", "hands round my throat", utterance=0, at_ms=4000)
ANSWERS = {"phone_safe": "yes", "others": "nobody", "alone": "yes"}
LINK = {"kind": "video", "to": "07700 900123"}


@pytest_asyncio.fixture
async def visitor(tmp_path: Path) -> AsyncIterator[Visitor]:
    jar = aiohttp.CookieJar(unsafe=True)
    async with open_house(tmp_path) as house, aiohttp.ClientSession(cookie_jar=jar) as session:
        await house.record(EARLIER, arrived(), *opened(), THROAT)
        await house.record(LATER, arrived(), *opened(), CallEnded(at_ms=9000, why=Ending.HUNG_UP))
        await house.grant(EARLIER, SAM)
        await house.grant(LATER, SAM)
        await house.store.people.add(TESS, password_hash=f"hash:{PASSWORD}")
        yield Visitor(house, session)


async def case_of(visitor: Visitor) -> str:
    """Sam's, of both calls; Tess, who was given neither, works with it."""
    await visitor.sign_in(SAM.id)
    _, answer = await visitor.post("/api/cases", {"id": "c1", "call": EARLIER})
    case = str(answer["case"])
    await visitor.post(f"/api/cases/{case}/calls", {"id": "c2", "call": LATER, "because": "the same number"})
    await visitor.sign_in(TESS.id)
    return case


async def sent(visitor: Visitor, door: str, **more: object) -> tuple[int, Any]:
    return await visitor.post(f"{door}/invite", {"id": "v1", **LINK, **more})


async def test_a_call_that_is_over_is_asked_from_as_one_that_is_not(visitor: Visitor) -> None:
    await visitor.sign_in(SAM.id)
    door = f"/api/calls/{LATER}/video"
    assert code(await sent(visitor, door)) == (409, "safety-not-asked")
    await visitor.post(f"{door}/safety", {"id": "s1", **ANSWERS})
    status, answer = await sent(visitor, door)
    assert (status, answer["state"]) == (200, "sent")
    assert "/v/" in answer["shown"]


async def test_a_case_asks_first_and_shows_what_every_one_of_its_calls_speaks_against(
    visitor: Visitor,
) -> None:
    case = await case_of(visitor)
    door = f"/api/cases/{case}/video"
    status, picture = await visitor.get(door)
    assert (status, picture["call"], picture["safety"]) == (200, LATER, None)
    stops = [fact for fact in picture["facts"] if fact["speaks"] == "stop"]
    assert [(fact["text"].partition(":")[0], fact["quote"]) for fact in stops] == [
        ("Call CA1", "hands round my throat")
    ]
    assert code(await sent(visitor, door)) == (409, "safety-not-asked")
    await visitor.post(f"{door}/safety", {"id": "s1", **ANSWERS})
    assert code(await sent(visitor, door)) == (409, "stop-signs")
    assert (await sent(visitor, door, knowing=True))[0] == 200


async def test_the_room_of_a_link_from_a_case_is_one_of_its_calls(visitor: Visitor) -> None:
    case, house = await case_of(visitor), visitor.house
    door = f"/api/cases/{case}/video"
    await visitor.post(f"{door}/safety", {"id": "s1", **ANSWERS})
    _, answer = await sent(visitor, door, knowing=True)
    (invited,) = [
        entry.event for entry in await journal(house, LATER) if isinstance(entry.event, VideoInvited)
    ]
    assert (invited.case, invited.stops != ()) == (case, True)
    links = house.invites.links
    token = answer["shown"].rpartition("/v/")[2]
    admission = await links.admit(token, (await links.open(token, "")).secret)
    assert (admission.case, admission.from_call, admission.invited_by) == (case, LATER, TESS.id)
    rooms = CaseRooms(pages=CasePages(house.room, house.store.cases))
    for _ in range(2):
        await rooms.joined(case, ROOM, TESS.id)
    added = [
        one.event for one in await house.store.cases.entries(CaseId(case)) if isinstance(one.event, CallAdded)
    ]
    assert [event.call for event in added] == [EARLIER, LATER, ROOM]


async def test_a_link_from_a_case_is_taken_back_there(visitor: Visitor) -> None:
    door = f"/api/cases/{await case_of(visitor)}/video"
    await visitor.post(f"{door}/safety", {"id": "s1", **ANSWERS})
    _, answer = await sent(visitor, door, knowing=True)
    await visitor.post(f"{door}/links/{answer['link']}/revoke", {"id": "r1"})
    _, picture = await visitor.get(door)
    assert [link["state"] for link in picture["links"]] == ["revoked"]


async def test_who_may_not_know_of_the_case_may_not_ask_from_it(visitor: Visitor) -> None:
    case = await case_of(visitor)
    assert code(await visitor.get("/api/cases/case-0/video")) == (404, "no-such-case")
    await visitor.sign_in(HANNAH.id)
    assert code(await visitor.get(f"/api/cases/{case}/video")) == (403, "read-only")
    await visitor.sign_in(SUE.id)
    assert (await visitor.get(f"/api/cases/{case}/video"))[0] == 200
    assert code(await sent(visitor, f"/api/cases/{case}/video")) == (403, "read-only")


async def journal(house: House, call: CallId) -> list[Any]:
    return list(await house.store.journal.entries(call))
