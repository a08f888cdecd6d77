"""The socket of somebody who listens in: sound goes out, and whatever comes in closes it."""

import asyncio
import logging
import socket as sockets

from aiohttp import web

from server.domain.ids import CallId
from server.domain.people import Person
from server.ports.journal import JournalLost
from server.services.listening_in import CALL_OVER, CLOSING, Listener, ListenerStalled, Sends
from server.services.refusals import Refused
from server.web.doors import DOORS
from server.web.errors import Turned
from server.web.feed import BAD_MESSAGE, CLOSE_S, FAULT, HEARTBEAT_S, RECHECK_S, RESTARTING, TRY_AGAIN
from server.web.requests import check_origin, token_of, who_asks

log = logging.getLogger(__name__)

MESSAGE_LIMIT = 256
"""Bytes: nothing that comes in is looked at."""
BUFFER = 16_384
"""Bytes of sound, a second of both sides, that may be under way to a browser before it counts as slow."""
LATEST_MS = 2**31
REFUSED = 4004
NO_MORE = 4005
OVER = 1000


class _Over(Exception):
    """The socket has to close, and says why."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code
        self.why = why


class _Gone(Exception):
    """The browser closed the socket."""


async def listen(request: web.Request) -> web.StreamResponse:
    check_origin(request)
    person, from_ms = await who_asks(request), _from_ms(request)
    socket = web.WebSocketResponse(
        heartbeat=HEARTBEAT_S,
        max_msg_size=MESSAGE_LIMIT,
        compress=False,
        timeout=CLOSE_S,
        writer_limit=BUFFER // 4,
    )
    await socket.prepare(request)
    _keep_short(request)
    try:
        await _let_hear(request, socket, person, from_ms)
    except _Over as over:
        await socket.close(code=over.code, message=over.why.encode())
    except ListenerStalled:
        log.warning("listener stalled", extra={"person": person.id})
        if request.transport is not None:
            request.transport.abort()  # a browser that does not read cannot be told goodbye
    except Exception:  # boundary: one listener's fault must not end the others
        log.exception("listening in failed", extra={"person": person.id})
        await socket.close(code=FAULT)
    return socket


async def _let_hear(
    request: web.Request, socket: "web.WebSocketResponse[bool]", person: Person, from_ms: int | None
) -> None:
    listening = request.app[DOORS].listening_in
    try:
        listener = await listening.begin(person, CallId(request.match_info["call"]), from_ms=from_ms)
    except Refused as refused:
        raise _Over(REFUSED, f"{refused.code}: {refused}") from None
    except JournalLost:
        raise _Over(TRY_AGAIN, "journal-lost: It could not be recorded, so nothing is heard.") from None
    try:
        await _serve(request, socket, listener)
    finally:
        await listening.leave(listener)


async def _serve(request: web.Request, socket: "web.WebSocketResponse[bool]", listener: Listener) -> None:
    """Write, refuse and recheck, until the first of them ends."""
    over: Exception | None = None
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_write(request, socket, listener), name="listen:write")
            tasks.create_task(_take_nothing(socket), name="listen:take-nothing")
            tasks.create_task(_recheck(request, listener), name="listen:recheck")
    except* _Gone:
        pass
    except* (_Over, ListenerStalled) as ended:
        over = ended.exceptions[0]
    if over is not None:
        raise over


async def _write(request: web.Request, socket: "web.WebSocketResponse[bool]", listener: Listener) -> None:
    async def text(message: bytes) -> None:
        await socket.send_str(message.decode())

    try:
        why = await request.app[DOORS].listening_in.write(listener, Sends(text=text, sound=socket.send_bytes))
    except ConnectionError:
        raise _Gone from None
    raise _Over({CALL_OVER: OVER, CLOSING: RESTARTING}.get(why, NO_MORE), why)


async def _take_nothing(socket: "web.WebSocketResponse[bool]") -> None:
    async for _ in socket:
        raise _Over(BAD_MESSAGE, "nothing-is-taken: This socket only gives sound.")
    raise _Gone


async def _recheck(request: web.Request, listener: Listener) -> None:
    """Whether the session lasts, and the person may still hear this call."""
    doors, token = request.app[DOORS], token_of(request)
    while True:
        await asyncio.sleep(RECHECK_S)
        signed_in = await doors.signing_in.holder(token) is not None
        if not signed_in or not await doors.listening_in.may_hear(listener.person, listener.call):
            raise _Over(NO_MORE, "signed-out: You may no longer hear this call.")


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
