"""The socket of a video room: what is wrong is answered, it keeps serving, and others notice nothing."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import aiohttp
from aiohttp import web

from server.domain.room import Admission
from server.services.live_room import OVER
from server.services.refusals import NotLetIn
from server.services.room_acts import RoomActs
from server.web.video_socket import ERRORS_MOST, TOO_MANY_ERRORS, TRY_AGAIN, serve
from tests.services.video_stage import ROOM, VideoStage, a_colleague, a_victim, video_stage

HELLO = {"type": "hello", "page": "0123456789abcdef"}


def doors(here: VideoStage) -> AbstractAsyncContextManager[aiohttp.ClientSession]:
    """A door for the victim, one for the specialist, one that lets nobody in."""
    return doors_for(here.acts, a_victim(), a_colleague(), None)


@asynccontextmanager
async def doors_for(acts: RoomActs, *admissions: Admission | None) -> AsyncIterator[aiohttp.ClientSession]:
    """One for each, by the name of the seat."""

    def door(admission: Admission | None) -> web.AbstractRouteDef:
        async def admits() -> Admission:
            if admission is None:
                raise NotLetIn
            return admission

        async def handler(request: web.Request) -> web.StreamResponse:
            return await serve(request, acts, admits)

        return web.get(f"/{admission.seat if admission is not None else 'nobody'}", handler)

    app = web.Application()
    app.add_routes([door(one) for one in admissions])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    async with aiohttp.ClientSession(f"http://{host}:{port}") as session:
        yield session
    await runner.cleanup()


async def heard(socket: aiohttp.ClientWebSocketResponse, kind: str) -> dict[str, object]:
    while True:
        message: dict[str, object] = await socket.receive_json(timeout=20)
        if message["type"] == kind:
            return message


async def test_a_hello_is_answered_with_the_seat() -> None:
    async with video_stage() as here, doors(here) as session, session.ws_connect("/victim") as socket:
        await socket.send_json(HELLO)
        welcome = await heard(socket, "welcome")
        assert (welcome["seat"], welcome["talks"], welcome["slots"]) == ("victim", True, 3)
        assert (await heard(socket, "room"))["state"] == "waiting"


async def test_every_wrong_message_is_answered_and_the_socket_keeps_serving() -> None:
    async with video_stage() as here, doors(here) as session, session.ws_connect("/victim") as socket:
        await socket.send_json({"type": "chat", "id": "c", "text": "too early"})
        assert (await heard(socket, "error"))["error"] == {
            "code": "hello-first",
            "message": "The first message must be hello, once.",
        }
        await socket.send_json(HELLO)
        await heard(socket, "welcome")
        await socket.send_str("{")
        await socket.send_bytes(b"\x00")
        await socket.send_json({"type": "offer", "sdp": "garbage", "attempt": 1})
        answers = [await heard(socket, "error") for _ in range(3)]
        assert [answer["to"] for answer in answers] == ["", "", "offer"]
        await socket.send_json({"type": "ping", "n": 7})
        assert (await heard(socket, "pong"))["n"] == 7


async def test_a_flood_is_slowed_then_ended_and_the_others_go_on() -> None:
    async with (
        video_stage() as here,
        doors(here) as session,
        session.ws_connect("/victim") as flood,
        session.ws_connect("/specialist") as other,
    ):
        await flood.send_json(HELLO)
        await heard(flood, "welcome")
        await other.send_json(HELLO)
        await heard(other, "welcome")
        for number in range(100 + 2 * ERRORS_MOST):
            await flood.send_json({"type": "candidate", "attempt": 1, "candidate": f"candidate:{number}"})
        codes = set()
        async for message in flood:
            codes.add(message.json().get("error", {}).get("code"))
        assert {"too-many-candidates", "too-fast"} <= codes
        assert flood.close_code == TOO_MANY_ERRORS
        await other.send_json({"type": "ping", "n": 1})
        assert (await heard(other, "pong"))["n"] == 1


async def test_an_oversized_message_ends_that_socket_alone() -> None:
    async with (
        video_stage() as here,
        doors(here) as session,
        session.ws_connect("/victim") as huge,
        session.ws_connect("/specialist") as other,
    ):
        await huge.send_json(HELLO)
        await heard(huge, "welcome")
        await other.send_json(HELLO)
        await heard(other, "welcome")
        await huge.send_str("x" * 70_000)
        async for _ in huge:
            pass
        assert huge.close_code == 1009
        faces = (await heard(other, "room"))["participants"]
        assert isinstance(faces, list)
        await other.send_json({"type": "ping", "n": 1})
        assert (await heard(other, "pong"))["n"] == 1


async def test_who_comes_while_the_server_starts_or_stops_is_to_try_again() -> None:
    async with video_stage() as here, doors(here) as session:
        await here.rooms.close()
        for door in ("/victim", "/specialist"):
            async with session.ws_connect(door) as socket:
                await socket.send_json(HELLO)
                await heard(socket, "error")
                async for _ in socket:
                    pass
                assert socket.close_code == TRY_AGAIN


async def test_no_close_but_an_end_says_that_the_call_is_over() -> None:
    """A browser takes 1000 for any ending, as when its own network breaks: it must come back."""
    async with video_stage() as here, doors(here) as session, session.ws_connect("/victim") as socket:
        await socket.send_json(HELLO)
        await heard(socket, "welcome")
        await here.rooms.end(here.rooms.of(ROOM))
        async for _ in socket:
            pass
        assert socket.close_code == OVER != 1000


async def test_who_is_not_let_in_is_told_so_and_no_more() -> None:
    async with video_stage() as here, doors(here) as session, session.ws_connect("/nobody") as socket:
        await socket.send_json(HELLO)
        refusal = await heard(socket, "error")
        assert refusal["error"] == {"code": "not-available", "message": "This page is not available."}
        async for _ in socket:
            pass
        assert socket.close_code == 4004
