"""The socket behind every console: for the right page, the right person, and only while they may."""

import asyncio
from collections.abc import Mapping

from aiohttp import WSMsgType, web

from server.domain.ids import CallId
from server.domain.people import Person
from server.ports.journal import JournalLost
from server.services.feed_messages import BadFeedMessage, FromBrowser, decoded, encoded
from server.services.feeds import CLOSING, SIGNED_OUT, Feeds
from server.services.refusals import TooManyScreens
from server.services.screens import Screen
from server.services.signing_in import token_hash
from server.web.doors import DOORS
from server.web.requests import check_origin, token_of, who_asks
from server.web.sockets import BAD_MESSAGE, RESTARTING, TRY_AGAIN, Gone, Over, Socket, serve, until_one_ends

GREETING_S = 10.0
"""How long a browser may take to say what it has."""
RECHECK_S = 15.0
"""How long a session that ended elsewhere can still watch."""
MESSAGE_LIMIT = 65_536
RESUME_LIMIT = 500
SESSION_OVER = 4001
TOO_MANY = 4003


async def feed(request: web.Request) -> web.StreamResponse:
    check_origin(request)
    person = await who_asks(request)
    return await serve(request, lambda socket: _watch(request, socket, person), limit=MESSAGE_LIMIT)


async def _watch(request: web.Request, socket: Socket, person: Person) -> None:
    feeds = request.app[DOORS].feeds
    try:
        screen = await feeds.join(person, await _greeting(socket), session=token_hash(token_of(request)))
    except TooManyScreens as refused:
        raise Over(TOO_MANY, str(refused)) from None
    except JournalLost:
        raise Over(TRY_AGAIN, "the record cannot be reached") from None
    try:
        await until_one_ends(
            _write(feeds, screen, socket), _listen(feeds, screen, socket), _recheck(request, screen)
        )
    finally:
        feeds.leave(screen)


async def _write(feeds: Feeds, screen: Screen, socket: Socket) -> None:
    try:
        why = await feeds.write(screen, socket.send_str)
    except ConnectionError:
        raise Gone from None
    except JournalLost:
        raise Over(TRY_AGAIN, "the record cannot be reached") from None
    raise Over(RESTARTING if why == CLOSING else SESSION_OVER, why)


async def _listen(feeds: Feeds, screen: Screen, socket: Socket) -> None:
    async for message in socket:
        if message.type is not WSMsgType.TEXT:
            raise Over(BAD_MESSAGE, "not a feed message")
        await _heard(feeds, screen, _read(message.data), socket)
    raise Gone


async def _heard(feeds: Feeds, screen: Screen, said: FromBrowser, socket: Socket) -> None:
    try:
        if said.painted is not None:
            feeds.painted(screen, said.painted.call, said.painted.prompt)
        if said.seen is not None:
            feeds.seen(screen, said.seen.call, said.seen.prompt)
        if said.open is not None:
            refusal = await feeds.open(screen, said.open.call, after=said.open.after)
            if refusal is not None:
                await socket.send_str(encoded(refusal))
    except JournalLost:
        raise Over(TRY_AGAIN, "the record cannot be reached") from None
    except ConnectionError:
        raise Gone from None


async def _recheck(request: web.Request, screen: Screen) -> None:
    signing_in, token = request.app[DOORS].signing_in, token_of(request)
    while True:
        await asyncio.sleep(RECHECK_S)
        used = request.app[DOORS].feeds.in_use(screen)
        if await signing_in.holder(token, used=used) is None:
            screen.end(SIGNED_OUT)


async def _greeting(socket: Socket) -> Mapping[CallId, int]:
    try:
        message = await socket.receive(timeout=GREETING_S)
    except TimeoutError:
        raise Over(BAD_MESSAGE, "said nothing") from None
    if message.type is not WSMsgType.TEXT:
        raise Over(BAD_MESSAGE, "not a feed message")
    resume = _read(message.data).resume
    if resume is None or len(resume) > RESUME_LIMIT:
        raise Over(BAD_MESSAGE, "begin with resume")
    return resume


def _read(text: str) -> FromBrowser:
    try:
        return decoded(text)
    except BadFeedMessage:
        raise Over(BAD_MESSAGE, "not a feed message") from None
