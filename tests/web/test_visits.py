"""The doors of links: asked for, sent, opened by one browser, tried by another, left."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from server.domain.events import HandlerAssigned, LinkTried, SpecialistAssigned, VideoInvited, VideoLeft
from server.domain.ids import CallId, ParticipantId
from server.domain.seats import Leaving
from server.services.rates import Rate
from tests.house import House, open_house
from tests.stories import HANNAH, HARRY, SAM, arrived, opened
from tests.web.visitor import Visitor, code

CALL = CallId("CA1")
VIDEO = "/api/calls/CA1/video"
SAFE = {"phone_safe": "yes", "others": "nobody", "alone": "yes"}
ALLOWED = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "media-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
}
"""All that the page may load, and nothing written into it."""
TELLING = re.compile(r"police|abuse|domestic|earshot|specialist|999|officer", re.IGNORECASE)


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        assigned = HandlerAssigned(at_ms=0, person=HANNAH.id), SpecialistAssigned(at_ms=0, person=SAM.id)
        await house.record(CALL, arrived(), *assigned, *opened())
        await house.grant(CALL, HANNAH, SAM)
        yield house


@pytest_asyncio.fixture
async def hannah(house: House) -> AsyncIterator[Visitor]:
    async with browser() as session:
        visitor = Visitor(house, session)
        await visitor.sign_in(HANNAH.id)
        yield visitor


@pytest_asyncio.fixture
async def phone(house: House) -> AsyncIterator[Visitor]:
    async with browser() as session:
        yield Visitor(house, session)


@pytest_asyncio.fixture
async def stranger(house: House) -> AsyncIterator[Visitor]:
    async with browser() as session:
        yield Visitor(house, session)


def browser() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))


async def sent(hannah: Visitor, **wanted: object) -> str:
    """The path of a link that was sent."""
    assert (await hannah.post(f"{VIDEO}/safety", SAFE))[0] == 200
    invite = {"kind": "video", "to": "07700 900123", **wanted}
    status, answer = await hannah.post(f"{VIDEO}/invite", invite)
    assert (status, answer["state"]) == (200, "sent")
    shown: str = answer["shown"]
    return shown[shown.index("/v/") :]


async def page(visitor: Visitor, path: str) -> tuple[int, str, dict[str, str]]:
    async with visitor.session.get(visitor.house.url + path, allow_redirects=False) as answer:
        return answer.status, await answer.text(), dict(answer.headers)


async def test_the_picture_has_questions_facts_and_what_became_of_links(hannah: Visitor) -> None:
    status, before = await hannah.get(VIDEO)
    assert (status, before["safety"], before["links"]) == (200, None, [])
    assert before["number"] == "+447700900123"
    assert before["languages"][0]["code"] == "en"
    await sent(hannah)
    _, after = await hannah.get(VIDEO)
    assert after["safety"]["phone_safe"] == "yes"
    assert [(one["state"], one["kind"]) for one in after["links"]] == [("sent", "video")]
    assert "/v/" not in str(after)


async def test_a_link_without_the_questions_is_refused_with_what_to_do(hannah: Visitor) -> None:
    answer = await hannah.post(f"{VIDEO}/invite", {"kind": "video", "to": "07700 900123"})
    assert code(answer) == (409, "safety-not-asked")
    answer = await hannah.post(f"{VIDEO}/invite", {"kind": "video", "to": "07700 900123", "guest": True})
    assert code(answer) == (409, "their-number")


async def test_who_was_not_given_the_call_learns_nothing(house: House, stranger: Visitor) -> None:
    await stranger.sign_in(HARRY.id)
    assert code(await stranger.get(VIDEO)) == (403, "not-your-call")
    assert code(await stranger.post(f"{VIDEO}/safety", SAFE)) == (403, "not-your-call")


async def test_the_page_is_neutral_holds_nothing_back_and_may_ask_for_the_camera(
    hannah: Visitor, phone: Visitor
) -> None:
    status, text, headers = await page(phone, await sent(hannah))
    assert (status, TELLING.findall(text)) == (200, [])
    assert "<title>Your page</title>" in text
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Permissions-Policy"] == "camera=(self), microphone=(self), geolocation=(self)"
    policy = dict(one.split(" ", 1) for one in headers["Content-Security-Policy"].split("; "))
    assert policy == ALLOWED | {"connect-src": f"'self' {hannah.house.url.replace('http', 'ws')}"}
    assert "Set-Cookie" not in headers


async def test_every_other_link_leads_to_the_same_plain_page(
    house: House, hannah: Visitor, phone: Visitor, stranger: Visitor
) -> None:
    used, revoked, left = [await sent(hannah) for _ in range(3)]
    for path in (used, revoked, left):
        assert (await phone.post(f"{path}/open", {}))[0] == 200
    links = (await hannah.get(VIDEO))[1]["links"]
    assert (await hannah.post(f"{VIDEO}/links/{links[1]['link']}/revoke", {}))[0] == 200
    assert (await phone.post(f"{left}/leave", {"quick": True}))[0] == 200
    pages = [await page(stranger, path) for path in (used, revoked, left, "/v/made-up", "/v/", "/v/a/b/c")]
    pages += [await page(phone, path) for path in (revoked, left)]
    assert {(status, text) for status, text, _ in pages} == {(404, pages[0][1])}
    assert TELLING.findall(pages[0][1]) == []
    refused = [code(await stranger.post(f"{path}/open", {})) for path in (used, revoked, left, "/v/made-up")]
    assert set(refused) == {(404, "not-available")}


async def test_looking_uses_no_link_up_and_opening_binds_it_to_the_browser(
    house: House, hannah: Visitor, phone: Visitor, stranger: Visitor
) -> None:
    path = await sent(hannah)
    assert (await page(stranger, path))[0] == 200
    status, facts = await phone.post(f"{path}/open", {})
    assert (status, facts["kind"], facts["recorded"]) == (200, "video", False)
    assert (await page(phone, path))[0] == 200
    assert (await page(stranger, path))[0] == 404
    assert (await phone.get(f"{path}/start"))[1]["opened"] is True
    entries = await house.store.journal.entries(CALL)
    assert sum(isinstance(entry.event, LinkTried) for entry in entries) == 1


async def test_the_browsers_secret_is_for_the_pages_alone_and_goes_on_leaving(
    hannah: Visitor, phone: Visitor
) -> None:
    path = await sent(hannah)
    async with phone.session.post(
        phone.house.url + f"{path}/open", json={}, headers={"Origin": phone.house.url}
    ) as answer:
        cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert f"Path={path}" in cookie
    assert "Max-Age" not in cookie
    async with phone.session.post(
        phone.house.url + f"{path}/leave", json={"quick": True}, headers={"Origin": phone.house.url}
    ) as answer:
        assert answer.headers["Clear-Site-Data"] == '"cookies", "storage", "cache"'
    assert known(phone) == set()


def known(visitor: Visitor) -> set[str]:
    """The links whose secrets the browser holds."""
    return {one["path"] for one in visitor.session.cookie_jar if one.key == "earshot_v"}


async def test_a_visit_that_is_over_is_forgotten_and_one_that_may_go_on_is_not(
    house: House, hannah: Visitor, phone: Visitor
) -> None:
    revoked, shown_out, gone = paths = [await sent(hannah) for _ in range(3)]
    for path in paths:
        assert (await phone.post(f"{path}/open", {}))[0] == 200
        assert await phone.post(f"{path}/over", {}) == (200, {})
    assert known(phone) == set(paths)
    links = [
        one.event for one in await house.store.journal.entries(CALL) if isinstance(one.event, VideoInvited)
    ]
    assert (await hannah.post(f"{VIDEO}/links/{links[0].link}/revoke", {}))[0] == 200
    over = VideoLeft(at_ms=0, participant=ParticipantId(links[1].link), why=Leaving.OVER)
    await house.record(links[1].room, arrived(), over)
    for path in (revoked, shown_out):
        assert await phone.post(f"{path}/over", {}) == (200, {})
    assert known(phone) == {gone}
    assert (await hannah.post(f"{VIDEO}/links/{links[2].link}/revoke", {}))[0] == 200
    assert (await page(phone, gone))[0] == 404
    assert known(phone) == set()


async def test_leaving_before_the_link_was_opened_kills_it_too(hannah: Visitor, phone: Visitor) -> None:
    path = await sent(hannah)
    assert (await phone.post(f"{path}/leave", {"quick": True}))[0] == 200
    assert (await page(phone, path))[0] == 404


async def test_another_pages_script_opens_and_ends_nothing(hannah: Visitor, phone: Visitor) -> None:
    path = await sent(hannah)
    for act in ("open", "over", "leave"):
        answer = await phone.post(f"{path}/{act}", {}, Origin="https://elsewhere.example")
        assert code(answer) == (403, "wrong-origin")
    assert (await page(phone, path))[0] == 200


async def test_who_guesses_links_is_soon_told_nothing_more(
    house: House, hannah: Visitor, stranger: Visitor
) -> None:
    house.rate = Rate(per_s=0.001, burst=3)
    await house.restart()
    path = await sent(hannah)
    statuses = [(await page(stranger, f"/v/guess{number}"))[0] for number in range(3)]
    assert statuses == [404, 404, 404]
    assert (await page(stranger, path))[0] == 404


async def test_no_link_is_logged(
    house: House, hannah: Visitor, phone: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    path = await sent(hannah)
    await phone.post(f"{path}/open", {})
    await phone.post(f"{path}/open", {"unknown": 1})
    await page(phone, path)
    said: list[Any] = [vars(record) for record in caplog.records]
    assert path.removeprefix("/v/") not in str(said)
