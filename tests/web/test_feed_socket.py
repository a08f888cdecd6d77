"""The feed by its socket: what a browser, honest or not, gets over the wire."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from server.domain.events import PromptPainted, PromptSeen
from server.domain.ids import CallId, PersonId
from server.domain.people import Person
from server.domain.speech import Party
from server.ports.bus import DraftHeard, GrantGiven
from server.web import feed as feed_module
from server.web import sockets
from tests.house import PASSWORD, House, open_house
from tests.stories import HANNAH, HARRY, SAM, SUE, arrived, draft, opened, raised, said, sighted

CALL = CallId("CA1")
THROAT = sighted("strangulation", "hands round my throat", utterance=0, at_ms=4000)
PATIENCE_S = 10


class Watcher:
    """One signed-in browser's socket, with every byte it was sent."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.raw: list[str] = []
        self.messages: list[dict[str, Any]] = []

    async def until(self, kind: str, count: int = 1) -> dict[str, Any]:
        """Read until so many messages of this kind have come; returns the last."""
        while True:
            had = [message for message in self.messages if message["type"] == kind]
            if len(had) >= count:
                return had[-1]
            await self._read()

    async def until_seq(self, seq: int) -> list[int]:
        while seq not in self.seqs():
            await self._read()
        return self.seqs()

    async def _read(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            self.raw.append(await self.socket.receive_str())
        self.messages.append(json.loads(self.raw[-1]))

    def seqs(self) -> list[int]:
        events = [message["events"] for message in self.messages if message["type"] == "events"]
        return [event["seq"] for batch in events for event in batch]

    async def closing(self) -> int | None:
        async with asyncio.timeout(PATIENCE_S):
            async for _ in self.socket:
                pass
        return self.socket.close_code


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        await house.record(CALL, arrived(), *opened())
        await house.grant(CALL, HANNAH, SAM)
        yield house


@asynccontextmanager
async def signed_in(house: House, who: Person) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        body = {"name": who.id, "password": PASSWORD}
        async with session.post(f"{house.url}/sign-in", json=body, headers={"Origin": house.url}) as answer:
            assert answer.status == 200
        yield session


@asynccontextmanager
async def watching(house: House, who: Person, resume: dict[str, int] | None = None) -> AsyncIterator[Watcher]:
    async with (
        signed_in(house, who) as session,
        session.ws_connect(f"{house.url}/feed", origin=house.url) as socket,
    ):
        watcher = Watcher(socket)
        await socket.send_json({"resume": resume or {}})
        await watcher.until("live")
        yield watcher


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", None])
async def test_a_socket_from_another_page_is_refused(house: House, origin: str | None) -> None:
    async with signed_in(house, HANNAH) as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(f"{house.url}/feed", origin=origin)
    assert refused.value.status == 403


async def test_a_socket_without_a_session_is_refused(house: House) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(f"{house.url}/feed", origin=house.url)
    assert refused.value.status == 401


async def test_no_word_of_a_call_reaches_the_socket_of_one_without_a_grant(house: House) -> None:
    async with watching(house, HARRY, {CALL: 0}) as harry, watching(house, HANNAH) as hannah:
        await house.record(CALL, said(Party.CALLER, 0, "fourteen mill lane", at_ms=1000), THROAT)
        await house.record(CALL, raised(1, THROAT))
        house.bus.publish(DraftHeard(call=CALL, draft=draft(Party.CALLER, 1, "mill lane", at_ms=6000)))
        await harry.socket.send_json({"open": {"call": CALL}})
        assert (await harry.until("refused"))["code"] == "not-your-call"
        await harry.until("line")
        await hannah.until("draft")
    assert "mill" in "".join(hannah.raw)
    for secret in ("mill", "throat", "07700900123", "UtteranceHeard"):
        assert secret not in "".join(harry.raw)


async def test_a_grant_given_later_opens_the_words(house: House) -> None:
    async with watching(house, HARRY) as harry:
        await house.grant(CALL, HARRY)
        house.bus.publish(GrantGiven(call=CALL, person=HARRY.id))
        assert await harry.until_seq(4) == [1, 2, 3, 4]


async def test_a_server_that_restarts_loses_and_doubles_nothing(house: House) -> None:
    async with watching(house, HANNAH) as before:
        await before.until_seq(4)
        await house.record(CALL, said(Party.CALLER, 0, "first", at_ms=1000))
        held = await before.until_seq(5)
        async with asyncio.TaskGroup() as tasks:
            closing = tasks.create_task(before.closing())
            tasks.create_task(house.restart())
        assert closing.result() == sockets.RESTARTING
    await house.record(CALL, said(Party.CALLER, 1, "while away", at_ms=2000))
    async with watching(house, HANNAH, {CALL: held[-1]}) as after:
        await house.record(CALL, said(Party.CALLER, 2, "after", at_ms=3000))
        assert held + await after.until_seq(7) == [1, 2, 3, 4, 5, 6, 7]


async def test_what_the_browser_painted_is_recorded_once(house: House) -> None:
    await house.record(CALL, THROAT, raised(1, THROAT))
    async with watching(house, HANNAH) as hannah:
        for _ in range(3):
            await hannah.socket.send_json({"painted": {"call": CALL, "prompt": "p1"}})
        await hannah.until_seq(8)
    events = [entry.event for entry in await house.store.journal.entries(CALL)]
    painted = [event.person for event in events if isinstance(event, PromptPainted)]
    assert painted == [PersonId("hannah")]


async def test_what_stood_in_front_of_somebody_is_recorded_once(house: House) -> None:
    await house.record(CALL, THROAT, raised(1, THROAT))
    async with watching(house, HANNAH) as hannah:
        for _ in range(3):
            await hannah.socket.send_json({"seen": {"call": CALL, "prompt": "p1"}})
        await hannah.until_seq(8)
    events = [entry.event for entry in await house.store.journal.entries(CALL)]
    assert [event.person for event in events if isinstance(event, PromptSeen)] == [PersonId("hannah")]


async def test_signing_out_closes_the_socket(house: House) -> None:
    async with watching(house, HANNAH) as hannah:
        house.feeds.sign_out(next(iter(house.feeds._screens)).session)
        assert await hannah.closing() == feed_module.SESSION_OVER


async def test_a_session_that_ends_elsewhere_closes_the_socket(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_module, "RECHECK_S", 0.01)
    async with watching(house, HANNAH) as hannah:
        await house.store.sessions.close_all(HANNAH.id)
        assert await hannah.closing() == feed_module.SESSION_OVER


@pytest.mark.parametrize(
    "message", ["not json", '{"resume": 3}', '{"resume": {}, "and": 1}', '{"open": {"call": "CA1"}}', "[]"]
)
async def test_a_browser_that_opens_with_nonsense_is_let_go(house: House, message: str) -> None:
    async with (
        signed_in(house, HANNAH) as session,
        session.ws_connect(f"{house.url}/feed", origin=house.url) as socket,
    ):
        await socket.send_str(message)
        assert await Watcher(socket).closing() == sockets.BAD_MESSAGE


async def test_nonsense_or_too_much_later_closes_that_socket_alone(house: House) -> None:
    async with watching(house, HANNAH) as first, watching(house, SAM) as second:
        await first.socket.send_bytes(b"\x00")
        assert await first.closing() == sockets.BAD_MESSAGE
        await house.record(CALL, said(Party.CALLER, 0, "still here", at_ms=1000))
        await second.until_seq(5)
    async with watching(house, HANNAH) as flood:
        await flood.socket.send_str("x" * 100_000)
        assert await flood.closing() == 1009


async def test_a_supervisor_opens_a_call_and_reads_it(house: House) -> None:
    async with watching(house, SUE) as sue:
        assert sue.seqs() == []
        await sue.socket.send_json({"open": {"call": CALL}})
        assert await sue.until_seq(4) == [1, 2, 3, 4]


async def test_five_healthy_screens_get_everything_beside_one_that_does_not_read(house: House) -> None:
    """The stalled one misses nothing either, once it reads again."""
    spoken, last = 120, 124
    async with (
        watching(house, HANNAH) as one,
        watching(house, HANNAH) as two,
        watching(house, HANNAH) as three,
        watching(house, SAM) as four,
        watching(house, SAM) as five,
        watching(house, SUE) as stalled,
    ):
        await stalled.socket.send_json({"open": {"call": CALL}})
        await stalled.until_seq(4)
        screen = next(screen for screen in house.feeds._screens if screen.person.id == SUE.id)
        async with asyncio.TaskGroup() as tasks:
            reading = [
                tasks.create_task(healthy.until_seq(last)) for healthy in (one, two, three, four, five)
            ]
            for number in range(spoken):
                await house.record(CALL, said(Party.CALLER, number, "word " * 120, at_ms=number * 1000))
        assert [task.result() for task in reading] == [list(range(1, last + 1))] * 5
        assert screen.sent[CALL] < last
        assert await stalled.until_seq(last) == list(range(1, last + 1))
