"""One media socket from its handshake to its end: frames go to the line, and nothing is ever sent back."""

import asyncio
import logging
from dataclasses import dataclass
from typing import assert_never

from aiohttp import WebSocketError, WSMsgType, web

from server.adapters.doorways.leg import Leg
from server.adapters.doorways.twilio.messages import (
    Connected,
    Digit,
    Mark,
    Media,
    Message,
    Start,
    Stop,
    read,
)
from server.adapters.doorways.twilio.refusals import Refusal, Refused
from server.adapters.doorways.twilio.tokens import Tokens
from server.adapters.doorways.ulaw import pcm_of
from server.domain.ids import CallId
from server.domain.media import Sequence, Stamp
from server.domain.speech import Party
from server.ports.clock import Clock
from server.ports.journal import JournalLost, UnknownCall
from server.services.switchboard import Arrival, CallOver, Line, Lines

log = logging.getLogger(__name__)

_PARTY_OF_TRACK = {"inbound": Party.CALLER, "outbound": Party.HANDLER}
_CLOSE_WITHIN_S = 2.0
_PAUSES_S = (0.1, 0.5, 1.0, 2.0, 4.0)
"""Before a line is given up that the journal keeps from being opened."""


class _Over(Exception):
    """The other side closed the socket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaSocket:
    """What every media socket needs; `carry` serves one."""

    lines: Lines
    tokens: Tokens
    clock: Clock
    start_within_s: float
    message_bytes: int

    def socket(self) -> web.WebSocketResponse[bool]:
        return web.WebSocketResponse(
            timeout=_CLOSE_WITHIN_S, compress=False, max_msg_size=self.message_bytes, decode_text=False
        )

    async def carry(self, ws: "web.WebSocketResponse[bool]") -> Refusal | None:
        """Follow the stream to its end. Returns why it was refused, if it was."""
        try:
            await self._carry(ws)
        except _Over:
            return None
        except Refused as refused:
            return await _closed(ws, refused.refusal)
        except Exception:  # boundary: one socket's fault must not reach another's
            log.exception("media socket failed")
            return await _closed(ws, Refusal.FAULT)
        await ws.close()
        return None

    async def _carry(self, ws: "web.WebSocketResponse[bool]") -> None:
        try:
            async with asyncio.timeout(self.start_within_s):
                start = await _started(ws)
        except TimeoutError:
            raise Refused(Refusal.NO_START) from None
        call = CallId(start.start.call_sid)
        line = await self._line(call, start)
        stream = _Stream(line, self.clock, first_number=start.sequence_number)
        why: str | None = "the stream's connection was lost"
        try:
            await stream.follow(ws)
            why = None
        except Refused as refused:
            why = refused.refusal.sentence
            raise
        finally:
            if why:
                line.lose(why)

    async def _line(self, call: CallId, start: Start) -> Line:
        if not start.start.media_format.telephone:
            raise Refused(Refusal.WRONG_FORMAT)
        with self.tokens.spending(start.start.custom_parameters.get("token", ""), call) as arrival:
            try:
                return await self._opened(arrival)
            except UnknownCall:
                raise Refused(Refusal.UNKNOWN_CALL) from None
            except CallOver:
                raise Refused(Refusal.CALL_OVER) from None

    async def _opened(self, arrival: Arrival) -> Line:
        """The newest stream of a call has its line: an older one may be half dead without knowing it."""
        for pause_s in _PAUSES_S:
            try:
                # Again: the journal may have been out of reach when the webhook came.
                await self.lines.arrive(arrival)
                return await self.lines.open_line(arrival.call)
            except JournalLost:
                # Twilio does not offer a stream twice; what is said meanwhile waits in the socket.
                log.warning("line not opened, asking again", extra={"call": arrival.call})
                await asyncio.sleep(pause_s)
        await self.lines.arrive(arrival)
        return await self.lines.open_line(arrival.call)


async def _closed(ws: "web.WebSocketResponse[bool]", refusal: Refusal) -> Refusal:
    await ws.close(code=refusal.close_code, message=refusal.sentence.encode())
    return refusal


async def _started(ws: "web.WebSocketResponse[bool]") -> Start:
    """The start message, after at most one greeting."""
    message = await _next(ws)
    if isinstance(message, Connected):
        message = await _next(ws)
    match message:
        case Start():
            return message
        case Connected():
            raise Refused(Refusal.SECOND_START)
        case Media() | Digit() | Mark() | Stop():
            raise Refused(Refusal.EARLY_MEDIA)
        case _:
            assert_never(message)


async def _next(ws: "web.WebSocketResponse[bool]") -> Message:
    message = await ws.receive()
    if message.type is WSMsgType.TEXT:
        return read(message.data)
    if message.type is WSMsgType.BINARY:
        raise Refused(Refusal.BINARY)
    if message.type is WSMsgType.ERROR and isinstance(message.data, WebSocketError):
        oversized = message.data.code == Refusal.OVERSIZED.close_code
        raise Refused(Refusal.OVERSIZED if oversized else Refusal.MALFORMED)
    raise _Over


class _Stream:
    """A started stream: its numbers, and a leg for each party."""

    def __init__(self, line: Line, clock: Clock, *, first_number: int) -> None:
        self._line = line
        self._clock = clock
        self._sequence = Sequence()
        self._sequence.take(first_number)
        self._legs = {track: Leg(line, party, self._sequence) for track, party in _PARTY_OF_TRACK.items()}

    async def follow(self, ws: "web.WebSocketResponse[bool]") -> None:
        """Until the stop. Raises `_Over` if the connection ends without one."""
        while not self._take(await _next(ws)):
            pass

    def _take(self, message: Message) -> bool:
        """Whether this was the stop."""
        match message:
            case Media():
                self._hear(message)
            case Digit():
                self._sequence.take(message.sequence_number)
                self._press(message)
            case Mark():
                self._sequence.take(message.sequence_number)
            case Stop():
                self._sequence.take(message.sequence_number)
                self._finish()
                return True
            case Connected() | Start():
                raise Refused(Refusal.SECOND_START)
            case _:
                assert_never(message)
        return False

    def _hear(self, message: Media) -> None:
        order = self._sequence.take(message.sequence_number)
        sound = message.media
        stamp = Stamp(
            at_ms=sound.timestamp, samples=len(sound.payload), order=order, jumps=self._sequence.jumps
        )
        leg = self._legs[sound.track]
        leg.take(pcm_of(sound.payload), stamp, received_s=self._clock.monotonic_s())

    def _press(self, message: Digit) -> None:
        track = message.dtmf.track.removesuffix("_track")
        track = track if track in self._legs else "inbound"
        self._line.press(_PARTY_OF_TRACK[track], message.dtmf.digit, at_ms=self._legs[track].next_ms)

    def _finish(self) -> None:
        for leg in self._legs.values():
            leg.finish()
        self._line.stop()
