"""Listening in by its socket: sound comes out of it, and nothing goes in."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from unittest.mock import AsyncMock

import aiohttp
import pytest

from server.adapters.doorways.ulaw import pcm_of
from server.domain.events import ListeningBegan, ListeningEnded
from server.domain.ids import CallId
from server.domain.people import Person
from server.domain.speech import AudioFrame, Party
from server.ports.journal import JournalLost
from server.services import recording
from server.services.listening_in import HEAD, ListeningIn
from server.services.sounds import BYTES_PER_MS
from server.web import listen as listen_module
from server.web import sockets
from tests.house import House, open_house
from tests.stories import HANNAH, HARRY, MIDSHIRE, SAM, SUE, arrived, opened
from tests.web.test_feed_socket import signed_in

CALL = CallId("CA1")
PATIENCE_S = 10


class Unwritable:
    async def append(self, *_: object) -> None:
        raise JournalLost


def say(house: House, from_ms: int, to_ms: int) -> None:
    sound = house.sounds.of(CALL)
    assert sound is not None
    for at_ms in range(from_ms, to_ms, 20):
        for party, byte in ((Party.CALLER, 0x10), (Party.HANDLER, 0x20)):
            pcm = pcm_of(bytes([byte]) * 20 * BYTES_PER_MS)
            sound.keep(AudioFrame(party=party, at_ms=at_ms, pcm=pcm, received_s=0.0))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        await house.record(CALL, arrived(), *opened())
        await house.grant(CALL, HANNAH, SAM)
        house.sounds.begin(CALL, MIDSHIRE)
        say(house, 0, 5000)
        yield house


@asynccontextmanager
async def listening(
    house: House, who: Person, query: str = "", call: str = CALL
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    url = f"{house.url}/api/calls/{call}/listen{query}"
    async with signed_in(house, who) as session, session.ws_connect(url, origin=house.url) as socket:
        yield socket


async def received(socket: aiohttp.ClientWebSocketResponse) -> aiohttp.WSMessage:
    async with asyncio.timeout(PATIENCE_S):
        return await socket.receive()


async def closing(socket: aiohttp.ClientWebSocketResponse) -> tuple[int | None, str, list[bytes]]:
    """How the socket closed, why, and every piece of sound that came before."""
    pieces: list[bytes] = []
    while True:
        message = await received(socket)
        if message.type is aiohttp.WSMsgType.BINARY:
            pieces.append(message.data)
        elif message.type is not aiohttp.WSMsgType.TEXT:
            return socket.close_code, str(message.extra or ""), pieces


async def kinds(house: House) -> list[str]:
    return [type(entry.event).__name__ for entry in await house.store.journal.entries(CALL)]


async def test_the_record_stands_before_the_first_byte_and_the_sides_come_apart(house: House) -> None:
    async with listening(house, SAM, "?from_ms=4000") as socket:
        began = json.loads((await received(socket)).data)
        assert "ListeningBegan" in await kinds(house)
        sound = (await received(socket)).data
    assert (began["type"], began["from_ms"], began["live_ms"]) == ("listening", 4000, 5000)
    at_ms, ms, live_ms = HEAD.unpack_from(sound)
    assert (at_ms, ms, live_ms) == (4000, 1000, 5000)
    assert sound[HEAD.size :] == b"\x10" * 8000 + b"\x20" * 8000


async def test_while_the_journal_is_out_of_reach_nobody_hears_a_byte(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house.recorder, "journal", Unwritable())
    monkeypatch.setattr(recording, "PAUSES_S", ())
    async with listening(house, SAM, "?from_ms=0") as socket:
        code, why, pieces = await closing(socket)
    assert (code, pieces) == (sockets.TRY_AGAIN, [])
    assert why.startswith("journal-lost: ")


@pytest.mark.parametrize("who", [HANNAH, HARRY])
async def test_who_may_not_listen_hears_nothing_and_is_told_why(house: House, who: Person) -> None:
    async with listening(house, who, "?from_ms=0") as socket:
        code, why, pieces = await closing(socket)
    assert (code, pieces) == (listen_module.REFUSED, [])
    assert why == "may-not-listen: Your role may not listen in."
    assert "ListeningBegan" not in await kinds(house)


async def test_an_unknown_call_and_one_of_somebody_else_are_refused_alike(house: House) -> None:
    async with listening(house, SAM, call="CA404") as socket:
        assert (await closing(socket))[1].startswith("not-your-call: ")


@pytest.mark.parametrize("origin", ["https://elsewhere.example", None])
async def test_a_page_of_another_site_hears_nothing(house: House, origin: str | None) -> None:
    async with signed_in(house, SAM) as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(f"{house.url}/api/calls/{CALL}/listen", origin=origin)
    assert refused.value.status == 403


async def test_nobody_hears_without_signing_in(house: House) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(f"{house.url}/api/calls/{CALL}/listen", origin=house.url)
    assert refused.value.status == 401


@pytest.mark.parametrize("moment", ["-1", "now", "1e3", "99999999999", "", "٣"])
async def test_a_moment_that_is_none_is_refused(house: House, moment: str) -> None:
    async with signed_in(house, SAM) as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(
                f"{house.url}/api/calls/{CALL}/listen?from_ms={moment}", origin=house.url
            )
    assert refused.value.status == 400


@pytest.mark.parametrize("sent", [b"\x00" * 160, "hello", b"\x00" * 100_000])
async def test_whatever_is_sent_in_closes_the_socket_and_reaches_nobody(
    house: House, sent: bytes | str
) -> None:
    sound = house.sounds.of(CALL)
    assert sound is not None
    before = sound.read(0, 5000)
    async with listening(house, SAM) as one, listening(house, SUE) as other:
        await received(one)
        await received(other)
        await (one.send_bytes(sent) if isinstance(sent, bytes) else one.send_str(sent))
        code, _, _ = await closing(one)
        assert code in (sockets.BAD_MESSAGE, aiohttp.WSCloseCode.MESSAGE_TOO_BIG)
        say(house, 5000, 5100)
        assert HEAD.unpack_from((await received(other)).data)[0] == 5000
    assert (sound.read(0, 5000), sound.live_ms) == (before, 5100)


async def test_the_end_of_the_call_ends_the_listening_and_both_are_on_record(house: House) -> None:
    async with listening(house, SAM) as socket:
        await received(socket)
        house.sounds.end(CALL)
        assert (await closing(socket))[0] == sockets.DONE
    async with asyncio.timeout(PATIENCE_S):
        while "ListeningEnded" not in await kinds(house):
            await asyncio.sleep(0.01)
    events = [entry.event for entry in await house.store.journal.entries(CALL)]
    assert [event.person for event in events if isinstance(event, ListeningBegan | ListeningEnded)] == [
        SAM.id,
        SAM.id,
    ]


async def test_a_session_that_ends_closes_the_ears(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listen_module, "RECHECK_S", 0.01)
    async with listening(house, SAM) as socket:
        await received(socket)
        await house.store.sessions.close_all(SAM.id)
        assert (await closing(socket))[0] == listen_module.NO_MORE


async def test_signing_out_closes_the_ears_at_once(house: House) -> None:
    url = f"{house.url}/api/calls/{CALL}/listen"
    async with signed_in(house, SAM) as session, session.ws_connect(url, origin=house.url) as socket:
        await received(socket)
        async with session.get(f"{house.url}/api/session") as answer:
            csrf = (await answer.json())["csrf"]
        async with session.post(
            f"{house.url}/sign-out", json={}, headers={"Origin": house.url, "X-CSRF-Token": csrf}
        ) as answer:
            assert answer.status == 200
        assert (await closing(socket))[0] == listen_module.NO_MORE


async def test_no_log_of_a_socket_says_whose_it_was(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ListeningIn, "write", AsyncMock(side_effect=RuntimeError))
    async with listening(house, SAM) as socket:
        assert (await closing(socket))[0] == sockets.FAULT
    (line,) = [one for one in caplog.records if one.message == "socket failed"]
    assert line.__dict__["path"] == "/api/calls/{call}/listen"
    assert "person" not in line.__dict__


async def test_a_server_that_stops_says_so_to_those_who_listen(house: House) -> None:
    async with listening(house, SAM) as socket:
        await received(socket)
        async with asyncio.TaskGroup() as tasks:
            ended = tasks.create_task(closing(socket))
            tasks.create_task(house.restart())
        assert ended.result()[0] == sockets.RESTARTING
