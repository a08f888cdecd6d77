"""The API by HTTP: keys and scopes, pages, acts by the desk's own rules, and every refusal a problem."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Collection
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock

import aiohttp
import pytest

from server.adapters.store.journal import StoredJournal
from server.domain.events import CallEnded, Ending, Entry, PromptAnswered, PromptAsked, PromptOwned
from server.domain.ids import CallId, ForceId
from server.domain.integrations import Scope
from server.domain.people import Role
from server.domain.speech import Party
from server.services.api_keys import ApiKeys
from server.services.integrations import OutboxState
from server.services.notes import Note
from server.services.rates import Rate
from tests.fakes import FakeClock
from tests.house import House, open_house
from tests.stories import HANNAH, MIDSHIRE, SAM, arrived, opened, person, raised, said, sighted

CALL = CallId("CA1")
ELSEWHERE = ForceId("eastshire")
THROAT = sighted("strangulation", "hands round my throat", utterance=0, at_ms=4000)
P1 = f"/calls/{CALL}/prompts/p1"
PROBLEM = "application/problem+json"


class System:
    """One of the control room's systems, with its key."""

    def __init__(self, house: House, session: aiohttp.ClientSession, token: str) -> None:
        self.house = house
        self.session = session
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.last: aiohttp.ClientResponse | None = None

    async def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        url = f"{self.house.url}/api/v1{path}"
        async with self.session.request(method, url, json=body, headers=self.headers) as answer:
            self.last = answer
            return answer.status, await answer.json(content_type=None)

    async def get(self, path: str) -> tuple[int, Any]:
        return await self.ask("GET", path)

    async def act(self, verb: str, act: str = "a1", who: str = SAM.id, **more: str) -> tuple[int, Any]:
        return await self.ask("POST", f"{P1}/{verb}", {"person": who, "id": act, **more})

    def code(self, answer: tuple[int, Any]) -> tuple[int, str]:
        status, body = answer
        assert self.last is not None
        assert self.last.content_type == PROBLEM
        assert body["status"] == status
        assert body["type"] == f"urn:earshot:problem:{body['code']}"
        assert body["detail"]
        return status, body["code"]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        heard = said(Party.CALLER, 0, "he had his hands round my throat", at_ms=3000)
        await house.record(CALL, arrived(), *opened(), heard, THROAT, raised(1, THROAT))
        await house.record(CallId("CAeast"), arrived(ELSEWHERE))
        await house.grant(CALL, HANNAH, SAM)
        yield house


async def token(house: House, scopes: Collection[Scope] = tuple(Scope), force: ForceId = MIDSHIRE) -> str:
    keys = ApiKeys(book=house.store.keys, clock=FakeClock())
    return (await keys.issue("cad", force, scopes))[1]


@pytest.fixture
async def system(house: House) -> AsyncIterator[System]:
    async with aiohttp.ClientSession() as session:
        yield System(house, session, await token(house))


async def test_without_a_key_nothing_is_given(house: House, system: System) -> None:
    for headers in (
        {},
        {"Authorization": "Bearer earshot_000000000000_" + "a" * 43},
        {"Authorization": "Bearer guess"},
        {"Authorization": "Basic c2FtOnNhbQ=="},
    ):
        system.headers = headers
        assert system.code(await system.get("/calls")) == (401, "no-key")
        assert system.last is not None
        assert system.last.headers["WWW-Authenticate"].startswith("Bearer")


async def test_a_key_with_a_wrong_secret_or_that_was_revoked_or_is_over_opens_nothing(
    house: House, system: System
) -> None:
    keys = ApiKeys(book=house.store.keys, clock=FakeClock())
    key, good = await keys.issue("cad", MIDSHIRE, tuple(Scope))
    _, over = await keys.issue("cad", MIDSHIRE, tuple(Scope), lasts=timedelta(seconds=1))
    wrong = good[:-4] + ("aaaa" if not good.endswith("aaaa") else "bbbb")
    await house.store.keys.revoke(key.id, FakeClock().now())
    for held in (good, over, wrong):
        system.headers = {"Authorization": f"Bearer {held}"}
        assert system.code(await system.get("/calls")) == (401, "no-key")


@pytest.mark.parametrize(
    ("scope", "path"),
    [
        (Scope.CALLS, "/calls"),
        (Scope.CALLS, f"/calls/{CALL}"),
        (Scope.JOURNAL, f"/calls/{CALL}/journal"),
        (Scope.PROMPTS, f"/calls/{CALL}/prompts"),
        (Scope.PROMPTS, P1),
        (Scope.BRIEFS, f"/calls/{CALL}/brief"),
        (Scope.REFERRALS, "/referrals"),
        (Scope.PEOPLE, "/people"),
        (Scope.HEALTH, "/health"),
    ],
)
async def test_a_key_opens_what_its_scopes_name_and_nothing_else(
    house: House, system: System, scope: Scope, path: str
) -> None:
    system.headers = {"Authorization": f"Bearer {await token(house, [scope])}"}
    assert (await system.get(path))[0] == 200
    system.headers = {"Authorization": f"Bearer {await token(house, set(Scope) - {scope})}"}
    assert system.code(await system.get(path)) == (403, "wrong-scope")


async def test_acting_needs_its_own_scope(house: House, system: System) -> None:
    system.headers = {"Authorization": f"Bearer {await token(house, set(Scope) - {Scope.ACT})}"}
    assert system.code(await system.act("own")) == (403, "wrong-scope")


async def test_acting_alone_opens_no_words(house: House, system: System) -> None:
    system.headers = {"Authorization": f"Bearer {await token(house, [Scope.ACT])}"}
    status, prompt = await system.act("own")
    assert (status, prompt["owner"]) == (200, "sam")
    assert (prompt["title"], prompt["ask"], prompt["quote"]) == ("", "", "")
    system.headers = {"Authorization": f"Bearer {await token(house, [Scope.ACT, Scope.PROMPTS])}"}
    assert (await system.act("own", "a2"))[1]["quote"] == "hands round my throat"


async def test_calls_of_another_force_are_not_there(system: System) -> None:
    _, page = await system.get("/calls")
    assert [call["call"] for call in page["items"]] == [CALL]
    for path in ("/calls/CAeast", "/calls/CAeast/journal", "/calls/CAeast/prompts", "/calls/CA404"):
        assert system.code(await system.get(path)) == (404, "no-such-call")


async def test_calls_come_in_pages_without_a_gap_or_a_repeat(house: House, system: System) -> None:
    for number in range(2, 8):
        await house.record(CallId(f"CA{number}"), arrived())
    await house.record(CallId("CA3"), CallEnded(at_ms=1, why=Ending.HUNG_UP))
    seen, path = [], "/calls?limit=3"
    while path:
        _, page = await system.get(path)
        seen += [call["call"] for call in page["items"]]
        path = f"/calls?limit=3&cursor={page['next']}" if page["next"] else ""
    assert seen == [f"CA{number}" for number in range(7, 0, -1)]
    _, ended = await system.get("/calls?live=false")
    assert [call["call"] for call in ended["items"]] == ["CA3"]


async def test_a_call_is_told_as_its_journal_has_it(system: System) -> None:
    status, call = await system.get(f"/calls/{CALL}")
    assert status == 200
    assert (call["connected"], call["open_prompts"], call["unowned_prompts"]) == (True, 1, 1)
    assert "throat" not in json.dumps(call)


async def test_a_journal_is_followed_page_by_page_and_later_on(house: House, system: System) -> None:
    _, first = await system.get(f"/calls/{CALL}/journal?limit=4")
    _, rest = await system.get(f"/calls/{CALL}/journal?cursor={first['next']}")
    assert [fact["seq"] for fact in first["items"] + rest["items"]] == list(range(1, 8))
    assert rest["next"] is None
    await house.record(CALL, CallEnded(at_ms=9000, why=Ending.HUNG_UP))
    _, later = await system.get(f"/calls/{CALL}/journal?cursor={rest['resume']}")
    assert [(fact["kind"], fact["body"]) for fact in later["items"]] == [("CallEnded", {"why": "hung up"})]


@pytest.mark.parametrize("path", ["/calls", f"/calls/{CALL}/journal", f"/calls/{CALL}/prompts", "/people"])
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("limit=0", (400, "bad-parameter")),
        ("limit=1000", (400, "bad-parameter")),
        ("limit=few", (400, "bad-parameter")),
        ("limit=1&limit=2", (400, "bad-parameter")),
        ("order=age", (400, "bad-parameter")),
        ("cursor=", (400, "bad-parameter")),
        ("cursor=%C3%A9", (404, "no-such-page")),
    ],
)
async def test_a_page_that_is_none_is_refused(
    system: System, path: str, query: str, expected: tuple[int, str]
) -> None:
    assert system.code(await system.get(f"{path}?{query}")) == expected


async def test_a_system_acts_for_a_named_person_by_the_rules_of_the_desk(
    house: House, system: System
) -> None:
    status, prompt = await system.act("own")
    assert (status, prompt["owner"], prompt["open"]) == (200, "sam", True)
    assert (await system.act("asked", "a2"))[1]["asked"] is True
    status, prompt = await system.act("answer", "a3", outcome="yes")
    assert (status, prompt["outcome"], prompt["open"]) == (200, "yes", False)
    acts = [entry.event for entry in await house.store.journal.entries(CALL)][-3:]
    assert [type(act) for act in acts] == [PromptOwned, PromptAsked, PromptAnswered]
    assert system.code(await system.act("dismiss", "a4")) == (409, "prompt-closed")


async def test_an_act_sent_twice_is_done_once(house: House, system: System) -> None:
    for _ in range(2):
        assert (await system.act("answer", "same", outcome="no"))[0] == 200
    events = [entry.event for entry in await house.store.journal.entries(CALL)]
    assert sum(isinstance(event, PromptAnswered) for event in events) == 1


async def test_the_second_to_own_is_told_who_was_first(system: System) -> None:
    await system.act("own")
    answer = await system.act("own", "a2", HANNAH.id)
    assert system.code(answer) == (409, "already-owned")
    assert answer[1]["who"] == "sam"


async def test_nobody_acts_through_a_system_who_could_not_at_the_desk(house: House, system: System) -> None:
    stranger = person("erin", Role.SPECIALIST, force=ELSEWHERE)
    await house.store.people.add(stranger, password_hash="")
    assert system.code(await system.act("own", who="erin")) == (404, "no-such-person")
    assert system.code(await system.act("own", who="nobody")) == (404, "no-such-person")
    assert system.code(await system.act("own", who="harry")) == (403, "not-your-call")
    assert system.code(await system.act("own", who="sue")) == (403, "read-only")


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        (f"{P1}/answer", {"person": "sam", "id": "a", "outcome": "guilty"}, (400, "bad-body")),
        (f"{P1}/own", {"person": "sam"}, (400, "bad-body")),
        (f"{P1}/own", {"person": "sam", "id": "a", "as": "sue"}, (400, "bad-body")),
        (f"{P1}/own", {"person": "sam", "id": "a" * 5000}, (413, "too-large")),
        ("/calls/CA1/prompts/p9/own", {"person": "sam", "id": "a"}, (404, "no-such-prompt")),
        ("/nothing", {}, (404, "not-found")),
        ("/calls", {}, (405, "wrong-method")),
    ],
)
async def test_every_refusal_is_a_problem_with_a_code_and_a_sentence(
    system: System, path: str, body: object, expected: tuple[int, str]
) -> None:
    assert system.code(await system.ask("POST", path, body)) == expected


async def test_a_fault_inside_is_a_problem_that_says_nothing_of_it(
    house: House, system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the caller's number")

    monkeypatch.setattr(type(house.store.journal), "page", broken)
    answer = await system.get("/calls")
    assert system.code(answer) == (500, "internal")
    assert "number" not in json.dumps(answer[1])


async def test_who_asks_too_often_is_told_when_to_ask_again_and_others_are_served(
    house: House, system: System
) -> None:
    house.rate = Rate(per_s=0.01, burst=2)
    await house.restart()
    assert [(await system.get("/calls"))[0] for _ in range(3)] == [200, 200, 429]
    assert system.last is not None
    assert int(system.last.headers["Retry-After"]) > 0
    system.headers = {"Authorization": f"Bearer {await token(house)}"}
    assert (await system.get("/calls"))[0] == 200


async def test_who_guesses_keys_too_often_is_not_looked_up_again(
    house: House, system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.rate = Rate(per_s=0.01, burst=2)
    await house.restart()
    found = AsyncMock(return_value=None)
    monkeypatch.setattr(type(house.store.keys), "find", found)
    system.headers = {"Authorization": f"Bearer earshot_{'0' * 12}_{'A' * 43}"}
    assert [(await system.get("/calls"))[0] for _ in range(6)] == [401, 401, 429, 429, 429, 429]
    assert found.await_count == 2


async def test_a_system_that_was_known_is_served_beside_one_that_guesses(
    house: House, system: System
) -> None:
    """They may reach us from one address, as through the force's own proxy."""
    house.rate = Rate(per_s=0.01, burst=4)
    await house.restart()
    assert (await system.get("/calls"))[0] == 200
    good, system.headers = system.headers, {"Authorization": "Bearer guess"}
    assert [(await system.get("/calls"))[0] for _ in range(5)] == [401, 401, 401, 401, 429]
    system.headers = good
    assert (await system.get("/calls"))[0] == 200


async def test_a_journal_is_read_no_further_than_its_page(
    house: House, system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    kept = type(house.store.journal).entries

    async def entries(
        journal: StoredJournal, call: CallId, *, after: int = 0, limit: int | None = None
    ) -> list[Entry]:
        found = await kept(journal, call, after=after, limit=limit)
        read.append(len(found))
        return found

    monkeypatch.setattr(type(house.store.journal), "entries", entries)
    await system.get(f"/calls/{CALL}/journal?limit=2")
    assert read == [3]
    await system.get(f"/calls/{CALL}")
    read.clear()
    assert (await system.get(f"/calls/{CALL}"))[1]["last_seq"] == 7
    assert read == []


async def test_health_says_how_telling_other_systems_stands(house: House, system: System) -> None:
    house.states["cad"] = OutboxState(force=MIDSHIRE, waiting=2, given_up=1)
    house.states["east"] = OutboxState(force=ELSEWHERE, waiting=3, given_up=0)
    house.notes += [Note("The disk is nearly full."), Note("Eastshire's markers are refused.", ELSEWHERE)]
    house.faults.append("The journal is not being written.")
    _, health = await system.get("/health")
    assert health["ready"] is False
    assert health["webhooks"] == [{"endpoint": "cad", "waiting": 2, "given_up": 1}]
    assert health["notes"] == ["The disk is nearly full."]


async def test_the_people_of_the_force_are_listed_without_what_is_secret(system: System) -> None:
    _, page = await system.get("/people")
    assert [someone["id"] for someone in page["items"]] == ["hannah", "harry", "sam", "sue"]
    assert "hash" not in json.dumps(page)


async def test_the_document_is_served_to_anybody_and_names_every_operation(house: House) -> None:
    async with aiohttp.ClientSession() as session:
        status, document = await System(house, session, "").get("/openapi.json")
    assert (status, document["openapi"]) == (200, "3.1.0")
    verbs = [verb for path in document["paths"].values() for verb in path]
    assert sorted(verbs) == ["get"] * 10 + ["post"] * 16


async def test_the_running_server_does_what_its_document_says(house: House, tmp_path: Path) -> None:
    """Schemathesis asks for everything in the document, rightly and wrongly, and looks at every answer."""
    known = {"call": CALL, "prompt": "p1", "body.person": SAM.id}
    lines = [f'"{name}" = "{value}"' for name, value in known.items()]
    refused = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429]  # 413: its own list leaves it out
    rules = ["[checks.negative_data_rejection]", f"expected-statuses = {refused}"]
    (tmp_path / "schemathesis.toml").write_text("\n".join(["[parameters]", *lines, *rules]))
    command = ["-m", "schemathesis.cli", "run", f"{house.url}/api/v1/openapi.json"]
    command += ["--header", f"Authorization: Bearer {await token(house)}", "--seed", "999"]
    command += ["--max-examples", "15", "--phases", "examples,coverage,fuzzing", "--no-color"]
    command += ["--suppress-health-check", "all", "--generation-database", "none"]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()[-6000:]
