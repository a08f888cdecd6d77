"""Who is barred from a call sees and hears nothing of it by any door, and whoever looks is on record."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from server.domain.access import AccessKind
from server.domain.events import HandlerAssigned, ReviewAsked, ReviewWhy, SpecialistAssigned
from server.domain.ids import CallId, PersonId
from server.domain.integrations import Scope
from server.domain.people import Person, Right
from server.domain.speech import Party
from server.services import feeds
from server.services.signing_in import SignInRules
from tests.house import House, open_house
from tests.stories import HANNAH, MIDSHIRE, SAM, SUE, arrived, opened, raised, said, sighted
from tests.web.test_feed_socket import Watcher, watching
from tests.web.visitor import Visitor, code

CALL, OTHER = CallId("CA1"), CallId("CA2")
HERE = "/api/calls/CA1"
THROAT = sighted("strangulation", "hands round my throat", utterance=0, at_ms=4000)
WORDS = said(Party.CALLER, 0, "he had his hands round my throat at the mill", at_ms=4000)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        await house.record(CALL, arrived(), *opened(), HandlerAssigned(at_ms=0, person=HANNAH.id))
        await house.record(CALL, SpecialistAssigned(at_ms=0, person=SAM.id), WORDS, THROAT, raised(1, THROAT))
        await house.record(CALL, ReviewAsked(at_ms=5000, why=ReviewWhy.UNRESOLVED))
        await house.record(OTHER, arrived(), *opened())
        await house.grant(CALL, HANNAH, SAM)
        yield house


@pytest.fixture
async def visitor(house: House) -> AsyncIterator[Visitor]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield Visitor(house, session)


async def logged(house: House, kind: AccessKind) -> list[tuple[PersonId, CallId | None, str]]:
    found = await house.store.accesses.find(since=LONG_AGO, kind=kind)
    return [(one.person, one.call, one.by) for one in found]


async def bar(house: House, who: Person) -> None:
    await house.store.bars.bar(who.id, [CALL], by="ana")


@pytest.mark.parametrize("who", [SAM, SUE, HANNAH])
async def test_a_barred_person_finds_nothing_of_the_call_on_their_screen(house: House, who: Person) -> None:
    await bar(house, who)
    async with watching(house, who, {CALL: 3}) as watcher:
        await watcher.socket.send_json({"open": {"call": CALL, "after": 0}})
        assert (await watcher.until("refused"))["code"] == "not-your-call"
        assert (await watcher.until("hidden"))["call"] == CALL
        lines = [line["call"] for line in (await watcher.until("lines"))["lines"]]
        assert CALL not in lines
        assert "mill" not in "".join(watcher.raw)
        assert watcher.seqs() == []
    assert (who.id, CALL, "feed") in await logged(house, AccessKind.REFUSED)


async def test_who_is_barred_while_looking_sees_it_go(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async with watching(house, SAM) as watcher:
        assert "mill" in "".join(watcher.raw)
        await bar(house, SAM)
        assert (await hidden(house, watcher, monkeypatch))["call"] == CALL
        so_far = len(watcher.raw)
        await house.record(CALL, said(Party.CALLER, 1, "by the canal", at_ms=9000))
        await house.record(OTHER, HandlerAssigned(at_ms=9000, person=HANNAH.id))
        await watcher.until("line")
        assert "canal" not in "".join(watcher.raw[so_far:])


async def hidden(house: House, watcher: Watcher, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """What the browser is told once the server looks at the bars again."""
    monkeypatch.setattr(feeds, "SWEEP_S", 0.01)
    async with asyncio.TaskGroup() as tasks:
        sweeping = tasks.create_task(house.feeds.run())
        told = await watcher.until("hidden")
        sweeping.cancel()
    return told


@pytest.mark.parametrize("who", [SAM, SUE])
async def test_a_barred_person_acts_on_nothing_and_the_attempt_is_recorded(
    house: House, visitor: Visitor, who: Person
) -> None:
    await bar(house, who)
    await visitor.sign_in(who.id)
    own = await visitor.post(f"{HERE}/prompts/p1/own", {"id": "a1"})
    assert code(own) == (403, "not-your-call")
    assert code(await visitor.post(f"{HERE}/needs", {"id": "a2", "need": "child"})) == (403, "not-your-call")
    assert await logged(house, AccessKind.REFUSED) == [(who.id, CALL, "an act")] * 2


async def test_a_barred_person_is_not_told_that_it_waits_for_review(house: House, visitor: Visitor) -> None:
    await visitor.sign_in("sue")
    assert [one["call"] for one in (await visitor.get("/api/review"))[1]["calls"]] == [CALL]
    await bar(house, SUE)
    assert (await visitor.get("/api/review"))[1]["calls"] == []


async def test_a_barred_person_hears_nothing_and_that_is_recorded(house: House, visitor: Visitor) -> None:
    house.sounds.begin(CALL, MIDSHIRE)
    await bar(house, SUE)
    await visitor.sign_in("sue")
    url = f"{house.url}{HERE}/listen"
    async with visitor.session.ws_connect(url, origin=house.url) as socket:
        message = await socket.receive(timeout=10)
        assert (message.type, socket.close_code) == (aiohttp.WSMsgType.CLOSE, 4004)
        assert str(message.extra).startswith("not-your-call")
    assert await logged(house, AccessKind.REFUSED) == [(SUE.id, CALL, "listening in")]


async def test_a_call_is_not_handed_over_to_who_is_barred_from_it(house: House, visitor: Visitor) -> None:
    await bar(house, SAM)
    await visitor.sign_in("sue")
    handed = await visitor.post(f"{HERE}/hand-over", {"id": "a1", "to": "sam", "holder": "sam", "note": ""})
    assert code(handed) == (409, "not-available")


async def test_no_system_acts_for_who_is_barred(house: House, visitor: Visitor) -> None:
    keys = house._integrations().keys
    _, token = await keys.issue(system="cad", force=MIDSHIRE, scopes=frozenset(Scope))
    await bar(house, SAM)
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{house.url}/api/v1/calls/CA1/prompts/p1/own"
    async with visitor.session.post(url, json={"id": "x1", "person": "sam"}, headers=headers) as answer:
        assert (answer.status, (await answer.json())["code"]) == (403, "not-your-call")
    assert await logged(house, AccessKind.REFUSED) == [(SAM.id, CALL, "an act")]
    assert await logged(house, AccessKind.VIEWED) == []
    for _ in range(2):
        async with visitor.session.get(f"{house.url}/api/v1/calls/CA1/journal", headers=headers) as answer:
            assert answer.status == 200
    (view,) = await logged(house, AccessKind.VIEWED)
    assert (view[0].partition(":")[0], view[1:]) == ("key", (CALL, "api"))


async def test_every_view_is_on_record_once_a_session(house: House) -> None:
    async with watching(house, SAM):
        assert await logged(house, AccessKind.VIEWED) == [(SAM.id, CALL, "feed")]
        await house.record(CALL, said(Party.CALLER, 1, "by the canal", at_ms=9000))
    async with watching(house, SAM) as again:
        assert "mill" in "".join(again.raw)
    assert await logged(house, AccessKind.VIEWED) == [(SAM.id, CALL, "feed")] * 2


async def test_words_leave_only_with_the_right_and_a_fresh_proof(house: House, visitor: Visitor) -> None:
    await house.store.people.set_rights(SAM.id, frozenset({Right.EXPORT}))
    await visitor.sign_in("sam")
    body = {"id": "j1", "marker": "strangulation", "party": "caller", "utterance": 0, "verdict": "true"}
    assert (await visitor.post(f"{HERE}/judgements", body))[0] == 200
    assert await exported(visitor) == (200, True)
    assert await logged(house, AccessKind.EXPORTED) == [(SAM.id, CALL, "corrections")]
    house.signing_in._rules = SignInRules(proof=SignInRules().proof * 0)
    assert (await exported(visitor))[0] == 403
    house.signing_in._rules = SignInRules()
    assert code(await visitor.post("/api/prove", {"password": "wrong"})) == (401, "bad-sign-in")
    assert (await visitor.post("/api/prove", {"password": "correct horse battery"}))[0] == 200
    await bar(house, SAM)
    assert await exported(visitor) == (200, False)


async def exported(visitor: Visitor) -> tuple[int, bool]:
    """The status, and whether words were among what came."""
    headers = {"Origin": visitor.house.url, "X-CSRF-Token": visitor.csrf}
    url = f"{visitor.house.url}/api/export/corrections"
    async with visitor.session.post(url, headers=headers) as answer:
        return answer.status, "throat" in await answer.text()
