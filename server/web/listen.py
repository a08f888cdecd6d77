"""The socket of somebody who listens in: sound goes out, and whatever comes in closes it."""

import asyncio
import socket as sockets

from aiohttp import web

from server.domain.ids import CallId
from server.domain.people import Person
from server.ports.journal import JournalLost
from server.services.listening_in import CALL_OVER, CLOSING, SIGNED_OUT, Listener, Sends
from server.services.refusals import Refused
from server.services.signing_in import token_hash
from server.web.doors import DOORS
from server.web.errors import Turned
from server.web.requests import check_origin, token_of, who_asks
from server.web.sockets import (
    BAD_MESSAGE,
    DONE,
    RESTARTING,
    TRY_AGAIN,
    Gone,
    Over,
    Socket,
    serve,
    until_one_ends,
)

RECHECK_S = 3.0
"""How long a session that ended elsewhere can still hear; one that is signed out here hears nothing more."""
MESSAGE_LIMIT = 256
"""Bytes: nothing that comes in is looked at."""
BUFFER = 16_384
"""Bytes of sound, a second of both sides, that may be under way to a browser before it counts as slow."""
LATEST_MS = 2**31
REFUSED = 4004
NO_MORE = 4005


async def listen(request: web.Request) -> web.StreamResponse:
    check_origin(request)
    person, from_ms = await who_asks(request), _from_ms(request)

    async def work(socket: Socket) -> None:
        _keep_short(request)
        await _let_hear(request, socket, person, from_ms)

    return await serve(request, work, limit=MESSAGE_LIMIT, buffer=BUFFER // 4)


async def _let_hear(request: web.Request, socket: Socket, person: Person, from_ms: int | None) -> None:
    listening, call = request.app[DOORS].listening_in, CallId(request.match_info["call"])
    session = token_hash(token_of(request))
    try:
        listener = await listening.begin(person, call, from_ms=from_ms, session=session)
    except Refused as refused:
        raise Over(REFUSED, f"{refused.code}: {refused}") from None
    except JournalLost:
        raise Over(TRY_AGAIN, "journal-lost: It could not be recorded, so nothing is heard.") from None
    try:
        await until_one_ends(
            _write(request, socket, listener), _take_nothing(socket), _recheck(request, listener)
        )
    finally:
        await listening.leave(listener)


async def _write(request: web.Request, socket: Socket, listener: Listener) -> None:
    async def text(message: bytes) -> None:
        await socket.send_str(message.decode())

    try:
        why = await request.app[DOORS].listening_in.write(listener, Sends(text=text, sound=socket.send_bytes))
    except ConnectionError:
        raise Gone from None
    raise Over({CALL_OVER: DONE, CLOSING: RESTARTING}.get(why, NO_MORE), why)


async def _take_nothing(socket: Socket) -> None:
    async for _ in socket:
        raise Over(BAD_MESSAGE, "nothing-is-taken: This socket only gives sound.")
    raise Gone


async def _recheck(request: web.Request, listener: Listener) -> None:
    """Whether the session lasts, and the person may still hear this call."""
    doors, token = request.app[DOORS], token_of(request)
    while True:
        await asyncio.sleep(RECHECK_S)
        signed_in = await doors.signing_in.holder(token) is not None
        if not signed_in or not await doors.listening_in.may_hear(listener.person, listener.call):
            listener.end(SIGNED_OUT)


def _from_ms(request: web.Request) -> int | None:
    given = request.query.get("from_ms")
    if given is None:
        return None
    if not given.isascii() or not given.isdigit() or len(given) > 10 or int(given) >= LATEST_MS:
        raise Turned(400, "bad-moment", "The moment to play from must be milliseconds into the call.")
    return int(given)


def _keep_short(request: web.Request) -> None:
    """What is on its way is late already: keep little of it."""
    transport = request.transport
    if transport is None:
        return
    transport.set_write_buffer_limits(high=BUFFER)
    plug = transport.get_extra_info("socket")
    if plug is not None:
        plug.setsockopt(sockets.SOL_SOCKET, sockets.SO_SNDBUF, BUFFER)
