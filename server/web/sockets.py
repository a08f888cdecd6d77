"""What every socket to a browser has: how it is set up, why it closes, and that its tasks end together."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine

from aiohttp import web

from server.services.patience import BrowserStalled

log = logging.getLogger(__name__)

Socket = web.WebSocketResponse

HEARTBEAT_S = 15.0
BUFFER = 65_536
CLOSE_S = 2.0
DONE = 1000
FAULT = 1011
RESTARTING = 1012
TRY_AGAIN = 1013
BAD_MESSAGE = 4002


class Over(Exception):
    """The socket has to close, and says why."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code
        self.why = why


class Gone(Exception):
    """The browser closed the socket."""


async def serve(
    request: web.Request, work: Callable[[Socket], Awaitable[None]], *, limit: int, buffer: int = BUFFER
) -> web.StreamResponse:
    """Open a socket and let `work` have it, until it returns or raises `Over`, or the browser stalls.

    `limit` is how long a message may be that comes in, `buffer` how many bytes may be on their way out.
    """
    socket = Socket(
        heartbeat=HEARTBEAT_S,
        max_msg_size=limit,
        compress=False,
        timeout=CLOSE_S,
        writer_limit=buffer,
    )
    await socket.prepare(request)
    try:
        await work(socket)
    except Over as over:
        await socket.close(code=over.code, message=over.why.encode())
    except BrowserStalled:
        log.warning("browser stalled", extra={"path": _door(request)})
        if request.transport is not None:
            request.transport.abort()  # a browser that does not read cannot be told goodbye
    except Exception:  # boundary: one socket's fault must not end the others
        log.exception("socket failed", extra={"path": _door(request)})
        await socket.close(code=FAULT)
    return socket


async def until_one_ends(*tasks: Coroutine[object, object, None]) -> None:
    """Do these together until the first of them raises why it is over."""
    over: Exception | None = None
    try:
        async with asyncio.TaskGroup() as group:
            for task in tasks:
                group.create_task(task)
    except* Gone:
        pass
    except* (Over, BrowserStalled) as ended:
        over = ended.exceptions[0]
    # Raised out here, since what is raised inside `except*` arrives in a group again on some Pythons.
    if over is not None:
        raise over


def _door(request: web.Request) -> str:
    """Which door it was, without the names in its address."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else ""
