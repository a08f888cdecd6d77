"""The socket behind every console: for the right page, the right person, and only while they may."""

import asyncio
import logging
from collections.abc import Mapping

from aiohttp import WSMsgType, web

from server.domain.ids import CallId
from server.domain.people import Person
from server.ports.journal import JournalLost
from server.services.feed_messages import BadFeedMessage, FromBrowser, decoded, encoded
from server.services.feed_writing import ScreenStalled
from server.services.feeds import CLOSING, SIGNED_OUT, Feeds
from server.services.refusals import TooManyScreens
from server.services.screens import Screen
from server.services.signing_in import token_hash
from server.web.doors import DOORS
from server.web.requests import check_origin, token_of, who_asks

log = logging.getLogger(__name__)

HEARTBEAT_S = 15.0
GREETING_S = 10.0
"""How long a browser may take to say what it has."""
RECHECK_S = 15.0
"""How long a session that ended elsewhere can still watch."""
CLOSE_S = 2.0
MESSAGE_LIMIT = 65_536
RESUME_LIMIT = 500
SESSION_OVER = 4001
BAD_MESSAGE = 4002
TOO_MANY = 4003
RESTARTING = 1012
TRY_AGAIN = 1013
FAULT = 1011


class _Over(Exception):
    """The socket has to close, and says why."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code
        self.why = why


async def feed(request: web.Request) -> web.StreamResponse:
    check_origin(request)
    person = await who_asks(request)
    socket = web.WebSocketResponse(
        heartbeat=HEARTBEAT_S, max_msg_size=MESSAGE_LIMIT, compress=False, timeout=CLOSE_S
    )
    await socket.prepare(request)
    try:
        await _watch(request, socket, person)
    except _Over as over:
        await socket.close(code=over.code, message=over.why.encode())
    except ScreenStalled:
        log.warning("screen stalled", extra={"person": person.id})
        if request.transport is not None:
            request.transport.abort()  # a browser that does not read cannot be told goodbye
    except Exception:  # boundary: one screen's fault must not end the others
        log.exception("feed failed", extra={"person": person.id})
        await socket.close(code=FAULT)
    return socket


async def _watch(request: web.Request, socket: web.WebSocketResponse, person: Person) -> None:
    feeds = request.app[DOORS].feeds
    try:
        screen = await feeds.join(person, await _greeting(socket), session=token_hash(token_of(request)))
    except TooManyScreens as refused:
        raise _Over(TOO_MANY, str(refused)) from None
    except JournalLost:
        raise _Over(TRY_AGAIN, "the record cannot be reached") from None
    try:
        await _serve(request, socket, screen)
    finally:
        feeds.leave(screen)


async def _serve(request: web.Request, socket: web.WebSocketResponse, screen: Screen) -> None:
    """Write, listen and recheck, until the first of them ends."""
    feeds = request.app[DOORS].feeds
    over: Exception | None = None
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_write(feeds, screen, socket), name="feed:write")
            tasks.create_task(_listen(feeds, screen, socket), name="feed:listen")
            tasks.create_task(_recheck(request, screen), name="feed:recheck")
    except* _Gone:
        pass
    except* (_Over, ScreenStalled) as ended:
        over = ended.exceptions[0]
    # Raised out here, since what is raised inside `except*` arrives in a group again on some Pythons.
    if over is not None:
        raise over


class _Gone(Exception):
    """The browser closed the socket."""


async def _write(feeds: Feeds, screen: Screen, socket: web.WebSocketResponse) -> None:
    try:
        why = await feeds.write(screen, socket.send_str)
    except ConnectionError:
        raise _Gone from None
    except JournalLost:
        raise _Over(TRY_AGAIN, "the record cannot be reached") from None
    raise _Over(RESTARTING if why == CLOSING else SESSION_OVER, why)


async def _listen(feeds: Feeds, screen: Screen, socket: web.WebSocketResponse) -> None:
    async for message in socket:
        if message.type is not WSMsgType.TEXT:
            raise _Over(BAD_MESSAGE, "not a feed message")
        await _heard(feeds, screen, _read(message.data), socket)
    raise _Gone


async def _heard(feeds: Feeds, screen: Screen, said: FromBrowser, socket: web.WebSocketResponse) -> None:
    try:
        if said.painted is not None:
            await feeds.painted(screen, said.painted.call, said.painted.prompt)
        if said.seen is not None:
            await feeds.seen(screen, said.seen.call, said.seen.prompt)
        if said.open is not None:
            refusal = await feeds.open(screen, said.open.call, after=said.open.after)
            if refusal is not None:
                await socket.send_str(encoded(refusal))
    except JournalLost:
        raise _Over(TRY_AGAIN, "the record cannot be reached") from None
    except ConnectionError:
        raise _Gone from None


async def _recheck(request: web.Request, screen: Screen) -> None:
    signing_in, token = request.app[DOORS].signing_in, token_of(request)
    while True:
        await asyncio.sleep(RECHECK_S)
        used = request.app[DOORS].feeds.in_use(screen)
        if await signing_in.holder(token, used=used) is None:
            screen.end(SIGNED_OUT)


async def _greeting(socket: web.WebSocketResponse) -> Mapping[CallId, int]:
    try:
        message = await socket.receive(timeout=GREETING_S)
    except TimeoutError:
        raise _Over(BAD_MESSAGE, "said nothing") from None
    if message.type is not WSMsgType.TEXT:
        raise _Over(BAD_MESSAGE, "not a feed message")
    resume = _read(message.data).resume
    if resume is None or len(resume) > RESUME_LIMIT:
        raise _Over(BAD_MESSAGE, "begin with resume")
    return resume


def _read(text: str) -> FromBrowser:
    try:
        return decoded(text)
    except BadFeedMessage:
        raise _Over(BAD_MESSAGE, "not a feed message") from None
