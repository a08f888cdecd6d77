"""The Twilio doorway: signed webhooks in, TwiML out, and one media socket for each call."""

import asyncio
import logging
import re
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from aiohttp import web

from server.adapters.doorways.twilio import twiml
from server.adapters.doorways.twilio.forms import Form, read_form
from server.adapters.doorways.twilio.signatures import HEADER, Signatures
from server.adapters.doorways.twilio.stream import MediaSocket
from server.adapters.doorways.twilio.tokens import Tokens
from server.domain.events import Ending
from server.domain.ids import CallId
from server.domain.people import Desk, Force
from server.ports.clock import Clock
from server.ports.journal import JournalLost, UnknownCall
from server.services.switchboard import Arrival, Lines

log = logging.getLogger(__name__)

Tally = Callable[[str], None]
"""Counts one more refusal or mishap, by its code."""
ChooseDesk = Callable[[Force], Desk]

VOICE = "/twilio/voice"
AFTER_DESK = "/twilio/after-desk"
CALL_STATUS = "/twilio/call-status"
STREAM_STATUS = "/twilio/stream-status"
MEDIA = "/twilio/media"

_CALL = re.compile(r"CA[0-9A-Za-z]{1,62}")
_WORD = re.compile(r"[a-z0-9_-]{1,40}", re.IGNORECASE)
_BAD_SIGNATURE = (
    '{"error":{"code":"bad-signature","message":"The request is not signed by Twilio for this address."}}'
)
_OVER = frozenset({"completed", "failed", "busy", "no-answer", "canceled"})
_DESK_FAILED = frozenset({"failed", "busy", "no-answer", "queue-full", "error", "system-error"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioOptions:
    public_url: str
    """Where Twilio reaches us: what signatures are checked against and answers point to."""
    auth_tokens: tuple[str, ...] = field(repr=False)
    """More than one while a token is being replaced."""
    fallback: str
    """Who is dialled when no desk can be chosen: `number:…`, `sip:…` or `queue:…`."""
    forces: tuple[Force, ...]
    token_lifetime_s: float = 300.0
    start_within_s: float = 10.0
    message_bytes: int = 16 * 1024
    arrive_within_s: float = 2.0
    """How long the caller waits while the call is recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlRoom:
    """What the doorway asks of the services."""

    lines: Lines
    choose_desk: ChooseDesk
    tally: Tally


class _CannotHear(Exception):
    """The call is connected, but not heard; the message is a constant that says why."""


class TwilioDoorway:
    def __init__(self, options: TwilioOptions, *, room: ControlRoom, clock: Clock) -> None:
        self._options = options
        self._room = room
        self._signatures = Signatures(public_url=options.public_url, auth_tokens=options.auth_tokens)
        self._tokens = Tokens(clock, lifetime_s=options.token_lifetime_s)
        self._force_of: Mapping[str, Force] = {
            number: force for force in options.forces for number in force.numbers
        }
        self._media = MediaSocket(
            lines=room.lines,
            tokens=self._tokens,
            clock=clock,
            start_within_s=options.start_within_s,
            message_bytes=options.message_bytes,
        )
        self._sockets: set[web.WebSocketResponse[bool]] = set()
        self._draining = False
        # Built once now, so that a fallback that cannot be dialled stops the start and not a call.
        self._fallback = twiml.connected(options.fallback)

    @property
    def sockets(self) -> int:
        """Media sockets open now."""
        return len(self._sockets)

    def drain(self) -> None:
        """Take no new streams; calls that arrive are connected unheard, and those under way go on."""
        self._draining = True

    async def close(self) -> None:
        self.drain()
        async with asyncio.TaskGroup() as tasks:
            for ws in tuple(self._sockets):
                tasks.create_task(_dismiss(ws), name="close-media-socket")

    async def voice(self, request: web.Request) -> web.Response:
        form = await self._signed(request)
        try:
            return _answer(await self._connected(form))
        except Exception:  # boundary: whatever happens here, the caller is connected
            log.exception("call connected to the fallback desk")
            self._room.tally("fallback")
            return _answer(self._fallback)

    async def after_desk(self, request: web.Request) -> web.Response:
        """The desk hung up, and so do we; or it could not be reached, and the caller is not left alone."""
        form = await self._signed(request)
        status = _word(form.get("DialCallStatus") or form.get("QueueResult"))
        try:
            await self._told(CallId(form.get("CallSid", "")), about="desk", status=status)
        except Exception:  # boundary: whatever happens here, the caller is connected
            log.exception("desk's answer not recorded")
        if status not in _DESK_FAILED:
            return _answer(twiml.hung_up())
        self._room.tally("desk-unreachable")
        return _answer(self._fallback)

    async def call_status(self, request: web.Request) -> web.Response:
        form = await self._signed(request)
        status = _word(form.get("CallStatus"))
        if "ParentCallSid" in form:
            await self._told(CallId(form["ParentCallSid"]), about="desk", status=status)
            return web.Response(status=HTTPStatus.NO_CONTENT)
        call = CallId(form.get("CallSid", ""))
        try:
            await self._told(call, about="call", status=status)
        finally:
            if status in _OVER:
                await self._room.lines.hang_up(call, Ending.HUNG_UP)
        return web.Response(status=HTTPStatus.NO_CONTENT)

    async def stream_status(self, request: web.Request) -> web.Response:
        form = await self._signed(request)
        status, code = _word(form.get("StreamEvent")), form.get("StreamErrorCode", "")
        await self._told(CallId(form.get("CallSid", "")), about="stream", status=status, code=_word(code))
        return web.Response(status=HTTPStatus.NO_CONTENT)

    async def media(self, request: web.Request) -> web.StreamResponse:
        if not self._signatures.good_handshake(request.raw_path, request.headers.get(HEADER)):
            raise self._bad_signature("socket")
        if self._draining:
            raise web.HTTPServiceUnavailable(text="draining", headers={"Retry-After": "1"})
        ws = self._media.socket()
        await ws.prepare(request)
        _watch_connection(request)
        self._sockets.add(ws)
        try:
            refusal = await self._media.carry(ws)
        finally:
            self._sockets.discard(ws)
        if refusal:
            log.warning("media socket refused", extra={"why": refusal.code})
            self._room.tally(refusal.code)
        return ws

    async def _signed(self, request: web.Request) -> Form:
        form = await read_form(request)
        if not self._signatures.good_webhook(request.raw_path, form, request.headers.get(HEADER)):
            raise self._bad_signature("webhook")
        return form

    def _bad_signature(self, of: str) -> web.HTTPForbidden:
        log.warning("bad signature", extra={"of": of})
        self._room.tally("bad-signature")
        return web.HTTPForbidden(text=_BAD_SIGNATURE, content_type="application/json")

    async def _connected(self, form: Form) -> str:
        """TwiML for an announced call: heard if it can be, connected to its desk in any case."""
        force = self._force_of.get(form.get("To", ""))
        if force is None:
            log.error("call to a number of no force")
            self._room.tally("unknown-number")
            return self._fallback
        desk = self._room.choose_desk(force)
        try:
            fork = await self._fork(form, force, desk)
        except _CannotHear as why:
            log.warning("call connected unheard", extra={"why": str(why)})
            self._room.tally("unheard")
            fork = None
        except Exception:  # boundary: whatever happens here, the caller is connected
            log.exception("call connected unheard")
            self._room.tally("unheard")
            fork = None
        base = self._signatures.webhook_base
        callbacks = twiml.Callbacks(after_desk=base + AFTER_DESK, desk_status=base + CALL_STATUS)
        return twiml.connected(desk.dial, fork=fork, callbacks=callbacks)

    async def _fork(self, form: Form, force: Force, desk: Desk) -> twiml.Fork:
        sid = form.get("CallSid", "")
        if self._draining:
            raise _CannotHear("draining")
        if not _CALL.fullmatch(sid):
            raise _CannotHear("no CallSid")
        arrival = Arrival(
            call=CallId(sid),
            force=force.id,
            doorway="twilio",
            caller=form.get("From", ""),
            called=form.get("To", ""),
            handler=desk.handler,
        )
        try:
            async with asyncio.timeout(self._options.arrive_within_s):
                await self._room.lines.arrive(arrival)
        except (JournalLost, TimeoutError):
            # The stream is asked for all the same: its start brings the call in once more.
            log.exception("arrival not recorded yet", extra={"call": sid})
            self._room.tally("arrival-late")
        return twiml.Fork(
            url=self._signatures.socket_base + MEDIA,
            token=self._tokens.issue(arrival),
            status_url=self._signatures.webhook_base + STREAM_STATUS,
        )

    async def _told(self, call: CallId, *, about: str, status: str, code: str = "") -> None:
        try:
            await self._room.lines.callback(call, about=about, status=status, code=code)
        except UnknownCall:
            self._room.tally("unknown-call")
        except JournalLost:
            log.exception("callback not recorded")
            raise web.HTTPServiceUnavailable(text="the journal cannot be written") from None


def routes(doorway: TwilioDoorway) -> list[web.RouteDef]:
    return [
        web.post(VOICE, doorway.voice),
        web.post(AFTER_DESK, doorway.after_desk),
        web.post(CALL_STATUS, doorway.call_status),
        web.post(STREAM_STATUS, doorway.stream_status),
        web.get(MEDIA, doorway.media, allow_head=False),
    ]


def _answer(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/xml")


def _word(value: str | None) -> str:
    """A status as a word; anything else Twilio might say is not kept."""
    return value.lower() if value and _WORD.fullmatch(value) else ""


async def _dismiss(ws: "web.WebSocketResponse[bool]") -> None:
    await ws.close(code=1001, message=b"The server is closing.")


def _watch_connection(request: web.Request) -> None:
    """Notice a dead peer within half a minute, without sending a word on the stream."""
    connection = request.get_extra_info("socket")
    if connection is None or connection.family not in (socket.AF_INET, socket.AF_INET6):
        return
    for option, value in ((socket.TCP_KEEPIDLE, 10), (socket.TCP_KEEPINTVL, 5), (socket.TCP_KEEPCNT, 4)):
        connection.setsockopt(socket.IPPROTO_TCP, option, value)
