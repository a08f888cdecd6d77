"""Search by the API: with the scope, over the key's own force, page by page, without a word."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from server.domain.access import AccessKind
from server.domain.events import CallEnded, Ending
from server.domain.ids import CallId, ForceId
from server.domain.integrations import Scope
from server.domain.speech import Party
from server.services.indexing import Indexing
from tests.house import House, open_house
from tests.stories import arrived, said
from tests.web.test_api import ELSEWHERE, System, token

ENDED = CallEnded(at_ms=9000, why=Ending.HUNG_UP)
KNIFE = said(Party.CALLER, 0, "he has a knife", at_ms=3000)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        for call, force in (("CA1", None), ("CA2", None), ("CAeast", ELSEWHERE)):
            await house.record(CallId(call), arrived(ForceId(force)) if force else arrived(), KNIFE, ENDED)
        await Indexing(house.store.journal, house.store.following, house.index).catch_up()
        yield house


async def test_a_system_finds_its_own_force_s_calls_and_is_told_no_words(house: House) -> None:
    async with aiohttp.ClientSession() as session:
        system = System(house, session, await token(house, [Scope.SEARCH]))
        status, first = await system.ask("POST", "/search?limit=1", {"text": "knife"})
        assert (status, [one["id"] for one in first["items"]]) == (200, ["CA2"])
        assert first["items"][0]["entries"] == [2]
        assert "knife" not in str(first)
        _, second = await system.ask("POST", f"/search?limit=1&cursor={first['next']}", {"text": "knife"})
        assert ([one["id"] for one in second["items"]], second["next"]) == (["CA1"], None)
        _, everything = await system.ask("POST", "/search", {"until": "9999-12-31"})
        assert [one["id"] for one in everything["items"]] == ["CA2", "CA1"]
    now = house.room.clock.now()
    log = await house.store.accesses.find(since=now - timedelta(hours=1), kind=AccessKind.SEARCHED)
    assert {one.by for one in log} == {"search: words knife", "search: "}
    assert all(one.person.startswith("key:") for one in log)


async def test_without_the_scope_nothing_is_found(house: House) -> None:
    async with aiohttp.ClientSession() as session:
        system = System(house, session, await token(house, set(Scope) - {Scope.SEARCH}))
        refused = await system.ask("POST", "/search", {"text": "knife"})
        assert system.code(refused) == (403, "wrong-scope")
