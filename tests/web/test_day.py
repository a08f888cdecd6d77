"""The day's figures, for supervisors."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest_asyncio

from server.domain.events import PromptPainted
from server.domain.ids import CallId, PromptId
from tests.house import open_house
from tests.stories import SAM, SUE, arrived
from tests.web.visitor import Visitor, code


@pytest_asyncio.fixture
async def visitor(tmp_path: Path) -> AsyncIterator[Visitor]:
    jar = aiohttp.CookieJar(unsafe=True)  # cookies of an address rather than of a name
    async with open_house(tmp_path) as house, aiohttp.ClientSession(cookie_jar=jar) as session:
        yield Visitor(house, session)


async def test_a_supervisor_sees_how_late_prompts_were(visitor: Visitor) -> None:
    await visitor.sign_in(SUE.id)
    painted = PromptPainted(at_ms=0, prompt=PromptId("p1"), person=SAM.id, after_ms=640)
    await visitor.house.record(CallId("CA1"), arrived(), painted)
    status, day = await visitor.get("/api/day")
    assert (status, day["now"]) == (200, {"latency_ms": 640, "prompts": 1, "backlog_ms": 0})
    assert [quarter["latency_ms"] for quarter in day["quarters"]] == [640]


async def test_nobody_else_does(visitor: Visitor) -> None:
    await visitor.sign_in(SAM.id)
    assert code(await visitor.get("/api/day")) == (403, "read-only")
