"""The doors by HTTP: who gets in, and what each refusal says."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from server.domain.events import CallEnded, EarLost, Ending, PromptOwned
from server.domain.ids import CallId
from server.domain.people import Role
from server.domain.speech import Party
from server.services.notes import Note
from tests.house import PASSWORD, House, open_house
from tests.stories import HANNAH, SAM, arrived, opened, raised, sighted
from tests.web.visitor import Visitor, code

CALL = CallId("CA1")
THROAT = sighted("strangulation", "hands round my throat", utterance=0, at_ms=4000)
P1 = "/api/calls/CA1/prompts/p1"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        await house.record(CALL, arrived(), *opened(), THROAT, raised(1, THROAT))
        await house.grant(CALL, HANNAH, SAM)
        yield house


@pytest.fixture
async def visitor(house: House) -> AsyncIterator[Visitor]:
    jar = aiohttp.CookieJar(unsafe=True)  # cookies of an address rather than of a name
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        yield Visitor(house, session)


async def test_a_wrong_password_is_refused_with_a_sentence(visitor: Visitor) -> None:
    answer = await visitor.post("/sign-in", {"name": "hannah", "password": "guess"})
    assert code(answer) == (401, "bad-sign-in")


async def test_signing_in_opens_a_session_that_says_who_and_which_model(visitor: Visitor) -> None:
    assert await visitor.sign_in("hannah") == 200
    status, session = await visitor.get("/api/session")
    assert status == 200
    assert session["person"] == {
        "id": "hannah",
        "name": "Hannah",
        "role": Role.HANDLER,
        "on_duty": True,
        "on_break": False,
        "skills": [],
    }
    assert session["demonstration"] is True


async def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(visitor: Visitor) -> None:
    body = {"name": "hannah", "password": PASSWORD}
    headers = {"Origin": visitor.house.url}
    async with visitor.session.post(visitor.house.url + "/sign-in", json=body, headers=headers) as answer:
        cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


async def test_behind_tls_the_cookie_never_travels_without_it(house: House, visitor: Visitor) -> None:
    house.origins = frozenset({"https://earshot.example"})
    await house.restart()
    body, headers = {"name": "hannah", "password": PASSWORD}, {"Origin": "https://earshot.example"}
    async with visitor.session.post(house.url + "/sign-in", json=body, headers=headers) as answer:
        assert answer.status == 200
        assert answer.headers["Set-Cookie"].startswith("__Host-earshot=")
        assert "Secure" in answer.headers["Set-Cookie"]
        assert "Strict-Transport-Security" in answer.headers
        assert "wss://earshot.example" in answer.headers["Content-Security-Policy"]


async def test_signing_out_ends_the_session(visitor: Visitor) -> None:
    await visitor.sign_in("hannah")
    cookies = {c.key: c.value for c in visitor.session.cookie_jar}
    assert (await visitor.post("/sign-out", {}))[0] == 200
    async with aiohttp.ClientSession(cookies=cookies) as thief:
        assert code(await Visitor(visitor.house, thief).get("/api/session")) == (401, "signed-out")


async def test_too_many_wrong_tries_are_told_to_wait(visitor: Visitor) -> None:
    for _ in range(10):
        await visitor.sign_in("hannah", "guess")
    assert code(await visitor.post("/sign-in", {"name": "hannah", "password": PASSWORD})) == (
        429,
        "too-many-tries",
    )


@pytest.mark.parametrize(
    "path", [f"{P1}/own", f"{P1}/answer", "/api/calls/CA1/take", "/api/duty", "/sign-out"]
)
async def test_a_post_without_its_csrf_token_changes_nothing(visitor: Visitor, path: str) -> None:
    await visitor.sign_in("sam")
    visitor.csrf = ""
    assert code(await visitor.post(path, {})) == (403, "bad-csrf-token")


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", ""])
async def test_a_post_from_another_page_is_refused(visitor: Visitor, origin: str) -> None:
    await visitor.sign_in("sam")
    assert code(await visitor.post(f"{P1}/own", {}, Origin=origin)) == (403, "wrong-origin")
    signing_in = {"name": "sam", "password": PASSWORD}
    assert code(await visitor.post("/sign-in", signing_in, Origin=origin)) == (403, "wrong-origin")


async def test_nobody_acts_without_signing_in(visitor: Visitor) -> None:
    assert code(await visitor.post(f"{P1}/own", {})) == (401, "signed-out")
    assert code(await visitor.get("/api/markers")) == (401, "signed-out")


async def test_a_prompt_is_owned_over_http(visitor: Visitor) -> None:
    await visitor.sign_in("sam")
    assert (await visitor.post(f"{P1}/own", {}))[0] == 200
    entries = await visitor.house.store.journal.entries(CALL)
    assert entries[-1].event == PromptOwned(
        at_ms=THROAT.at_ms, prompt=raised(1, THROAT).prompt.id, person=SAM.id
    )


async def test_the_second_to_own_a_prompt_is_told_who_was_first(visitor: Visitor) -> None:
    await visitor.sign_in("sam")
    await visitor.post(f"{P1}/own", {})
    await visitor.sign_in("hannah")
    answer = await visitor.post(f"{P1}/own", {})
    assert code(answer) == (409, "already-owned")
    assert answer[1]["error"]["who"] == "sam"


async def test_answer_undo_and_dismiss_over_http(visitor: Visitor) -> None:
    await visitor.sign_in("sam")
    assert (await visitor.post(f"{P1}/answer", {"outcome": "denied"}))[0] == 200
    last = (await visitor.house.store.journal.entries(CALL))[-1].seq
    assert (await visitor.post(f"{P1}/undo", {"step": last}))[0] == 200
    assert (await visitor.post(f"{P1}/dismiss", {"reason": "misheard"}))[0] == 200
    assert code(await visitor.post(f"{P1}/answer", {"outcome": "denied"})) == (409, "prompt-closed")


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        (f"{P1}/answer", {"outcome": "guilty"}, (400, "bad-body")),
        (f"{P1}/answer", {}, (400, "bad-body")),
        (f"{P1}/own", {"as": "harry"}, (400, "bad-body")),
        (f"{P1}/own", {"x": "y" * 5000}, (413, "too-large")),
        ("/api/calls/CA1/prompts/p9/own", {}, (404, "no-such-prompt")),
        ("/api/calls/CA9/prompts/p1/own", {}, (403, "not-your-call")),
        ("/api/nothing", {}, (404, "not-found")),
        ("/api/markers", {}, (405, "wrong-method")),
    ],
)
async def test_every_refusal_has_a_code_and_a_sentence(
    visitor: Visitor, path: str, body: object, expected: tuple[int, str]
) -> None:
    await visitor.sign_in("sam")
    assert code(await visitor.post(path, body)) == expected


async def test_taking_a_call_and_duty_over_http(visitor: Visitor) -> None:
    await visitor.sign_in("harry")
    assert (await visitor.post("/api/calls/CA1/take", {}))[0] == 200
    assert code(await visitor.post("/api/duty", {"on_duty": False})) == (403, "read-only")
    await visitor.sign_in("sam")
    assert (await visitor.post("/api/duty", {"on_duty": False}))[0] == 200
    assert (await visitor.get("/api/session"))[1]["person"]["on_duty"] is False


async def test_a_fault_inside_is_hidden_and_the_server_goes_on(
    house: House, visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(_request: web.Request) -> web.Response:
        raise RuntimeError("the caller's number")

    house.routes = [web.get("/broken", broken)]
    await house.restart()
    assert code(await visitor.get("/broken")) == (500, "internal")
    assert "request failed" in caplog.messages
    assert (await visitor.get("/healthz")) == (200, {"alive": True})


@pytest.mark.parametrize("path", ["/sign-in", "/consoles/desk.js", "/api/session", "/nothing", "/metrics"])
async def test_every_answer_keeps_the_page_to_itself(visitor: Visitor, path: str) -> None:
    async with visitor.session.get(visitor.house.url + path) as answer:
        headers = answer.headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] in ("no-store", "no-cache")


async def test_parts_of_the_console_are_asked_for_again_and_not_sent_twice(visitor: Visitor) -> None:
    url = visitor.house.url + "/consoles/desk.js"
    async with visitor.session.get(url) as answer:
        assert answer.headers["Content-Type"].startswith("text/javascript")
        tag = answer.headers["ETag"]
    async with visitor.session.get(url, headers={"If-None-Match": tag}) as again:
        assert again.status == 304


@pytest.mark.parametrize("path", ["../web/app.py", "%2e%2e/web/app.py", "console.html", "/etc/passwd"])
async def test_nothing_but_the_console_is_served(visitor: Visitor, path: str) -> None:
    async with visitor.session.get(visitor.house.url + "/consoles/" + path) as answer:
        assert answer.status == 404


async def test_the_console_sends_strangers_to_sign_in(visitor: Visitor) -> None:
    async with visitor.session.get(visitor.house.url + "/") as answer:
        assert answer.url.path == "/sign-in"


async def test_the_legend_lists_every_marker(visitor: Visitor) -> None:
    await visitor.sign_in("sam")
    status, legend = await visitor.get("/api/markers")
    assert status == 200
    assert {marker["id"] for marker in legend} == {"strangulation", "weapon", "children"}


async def test_readiness_names_what_is_wrong_and_counts_what_is_deaf(house: House, visitor: Visitor) -> None:
    await visitor.sign_in("sam")
    async with visitor.session.ws_connect(house.url + "/feed", origin=house.url) as feed:
        await feed.send_json({"resume": {}})
        while (await feed.receive_json())["type"] != "live":
            pass
    await house.record(CALL, EarLost(at_ms=5000, party=Party.CALLER, why="worker died"))
    status, facts = await visitor.get("/readyz")
    assert (status, facts["ready"], facts["deaf"]) == (200, True, {"calls": 1, "legs": 1})
    house.health = replace(house.health, workers_ready=0)
    house.faults.append("The public address is not https.")
    status, facts = await visitor.get("/readyz")
    assert (status, facts["ready"]) == (503, False)
    assert facts["reasons"] == ["No speech worker is listening.", "The public address is not https."]


async def test_readiness_tells_what_is_not_as_it_was_meant_and_stays_ready(
    house: House, visitor: Visitor
) -> None:
    house.notes.append(Note("The markers of north are refused."))
    status, facts = await visitor.get("/readyz")
    assert (status, facts["ready"]) == (200, True)
    assert facts["notes"] == ["The markers of north are refused."]


async def test_metrics_are_what_the_registry_says(visitor: Visitor) -> None:
    async with visitor.session.get(visitor.house.url + "/metrics") as answer:
        assert await answer.text() == "earshot_up 1\n"
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")


async def test_a_prompt_can_be_answered_after_the_caller_hung_up(visitor: Visitor) -> None:
    await visitor.house.record(CALL, CallEnded(at_ms=9000, why=Ending.HUNG_UP))
    await visitor.sign_in("sam")
    assert (await visitor.post(f"{P1}/answer", {"outcome": "acted"}))[0] == 200
