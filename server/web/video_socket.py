"""The socket of one participant of a video room: what is wrong is answered, and the socket keeps serving."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping

import msgspec
from aiohttp import WSMsgType, web

from server.domain.room import Admission
from server.ports.journal import JournalLost
from server.ports.people import PeopleLost
from server.services.live_room import REFUSED, LiveRoom, Seated
from server.services.refusals import Refused
from server.services.room_acts import RoomActs
from server.services.room_messages import MESSAGE_BYTES, Hello, kind_of, read
from server.services.room_refusals import BadMessage, HelloFirst, Restarting, TooManyMessages
from server.services.switchboard import CallOver

log = logging.getLogger(__name__)

HELLO_S = 10.0
HEARTBEAT_S = 5.0
"""A browser that went without a word is missed after this and half of it again."""
CLOSE_S = 2.0
OUTBOX = 256
STALL_S = 10.0
PER_S, AT_ONCE = 20.0, 100.0
ERRORS_MOST = 50
TOO_MANY_ERRORS, FAULT, TRY_AGAIN, STALLED = 4011, 1011, 1013, 4012

RECHECK_S = 15.0
"""How long a session that ended elsewhere can still watch."""

Admits = Callable[[], Awaitable[Admission]]
Stays = Callable[[], Awaitable[bool]]


class SocketWire:
    """Implements `Wire`: what is to be sent waits in a bounded box, and who does not read is let go."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket
        self._box: asyncio.Queue[bytes | tuple[int, str]] = asyncio.Queue(maxsize=OUTBOX)
        self._closed = False

    def send(self, message: Mapping[str, object]) -> None:
        if self._closed:
            return
        try:
            self._box.put_nowait(msgspec.json.encode(message))
        except asyncio.QueueFull:
            self.close(STALLED, "stalled")

    def close(self, code: int, why: str) -> None:
        if self._closed:
            return
        self._closed = True
        if self._box.full():
            self._box.get_nowait()
        self._box.put_nowait((code, why))

    async def write(self) -> None:
        """Until closed from our side, or the browser no longer reads."""
        while True:
            item = await self._box.get()
            try:
                async with asyncio.timeout(STALL_S):
                    if isinstance(item, tuple):
                        await self._socket.close(code=item[0], message=item[1].encode())
                        return
                    await self._socket.send_str(item.decode())
            except (TimeoutError, ConnectionError):
                return


class _Pace:
    """How many messages may come."""

    def __init__(self) -> None:
        self._left = AT_ONCE
        self._at_s = time.monotonic()

    def take(self) -> bool:
        now_s = time.monotonic()
        self._left = min(AT_ONCE, self._left + (now_s - self._at_s) * PER_S)
        self._at_s = now_s
        self._left -= 1 if self._left >= 1 else 0
        return self._left >= 1


async def serve(
    request: web.Request, acts: RoomActs, admits: Admits, stays: Stays | None = None
) -> web.WebSocketResponse:
    socket = web.WebSocketResponse(
        heartbeat=HEARTBEAT_S, max_msg_size=MESSAGE_BYTES, compress=False, timeout=CLOSE_S
    )
    await socket.prepare(request)
    wire = SocketWire(socket)
    writing = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_write(wire, writing, socket), name="video:write")
        rechecking = None if stays is None else tasks.create_task(_recheck(wire, stays), name="video:recheck")
        wire.close(*await _sit(socket, wire, acts, admits))
        await writing.wait()
        if rechecking is not None:
            rechecking.cancel()
    return socket


async def _sit(
    socket: web.WebSocketResponse, wire: SocketWire, acts: RoomActs, admits: Admits
) -> tuple[int, str]:
    """Until the socket has to close; with which code, and why."""
    try:
        await _seat(socket, wire, acts, admits)
    except (HelloFirst, Restarting) as not_yet:
        wire.send(_error(not_yet, "hello"))
        return TRY_AGAIN, not_yet.code
    except Refused as refused:
        wire.send(_error(refused, "hello"))
        return REFUSED, f"{refused.code}: {refused}"[:120]
    except (JournalLost, PeopleLost, CallOver):
        return TRY_AGAIN, "the record cannot be reached"
    except Exception:  # boundary: one participant's fault must not end the others
        log.exception("video socket failed")
        return FAULT, "fault"
    return 1000, "closed"


async def _recheck(wire: SocketWire, stays: Stays) -> None:
    while True:
        await asyncio.sleep(RECHECK_S)
        try:
            stay = await stays()
        except (Restarting, JournalLost, PeopleLost):
            continue  # nobody is sent out of a call because it cannot be asked just now
        except Refused:
            stay = False
        if not stay:
            wire.close(REFUSED, "signed-out: You may no longer be in this call.")
            return


async def _write(wire: SocketWire, writing: asyncio.Event, socket: web.WebSocketResponse) -> None:
    try:
        await wire.write()
    finally:
        writing.set()
        if not socket.closed:
            await socket.close()


async def _seat(socket: web.WebSocketResponse, wire: SocketWire, acts: RoomActs, admits: Admits) -> None:
    await _greeting(socket, wire)
    room, seated = await acts.rooms.join(await admits(), wire)
    try:
        acts.greet(room, seated)
        await _listen(socket, acts, room, seated)
    finally:
        await acts.rooms.drop(room, seated)


async def _greeting(socket: web.WebSocketResponse, wire: SocketWire) -> None:
    """Until a hello came. Raises `HelloFirst` when none does."""
    for _ in range(ERRORS_MOST):
        try:
            async with asyncio.timeout(HELLO_S):
                message = await socket.receive()
        except TimeoutError:
            raise HelloFirst from None
        if message.type is not WSMsgType.TEXT:
            raise HelloFirst
        try:
            if isinstance(read(message.data), Hello):
                return
            raise HelloFirst
        except Refused as refused:
            wire.send(_error(refused, kind_of(message.data)))
    raise HelloFirst


async def _listen(socket: web.WebSocketResponse, acts: RoomActs, room: LiveRoom, seated: Seated) -> None:
    pace, errors = _Pace(), 0
    async for message in socket:
        text = message.data if message.type is WSMsgType.TEXT else ""
        try:
            if not pace.take():
                raise TooManyMessages
            if not text:
                raise BadMessage
            await acts.take(room, seated, read(text))
            continue
        except Refused as refused:
            seated.wire.send(_error(refused, kind_of(text)))
        except (JournalLost, CallOver):
            seated.wire.send(_said("journal-lost", "It could not be recorded. Try again.", kind_of(text)))
        errors += 1
        if errors > ERRORS_MOST:
            seated.wire.close(TOO_MANY_ERRORS, "too many errors")
            return


def _error(refused: Refused, to: str) -> dict[str, object]:
    return _said(refused.code, str(refused), to)


def _said(code: str, message: str, to: str) -> dict[str, object]:
    return {"type": "error", "error": {"code": code, "message": message}, "to": to}
