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
from server.adapters.doorways.twilio.reports import Report, Reports, Tally
from server.adapters.doorways.twilio.signatures import HEADER, Signatures
from server.adapters.doorways.twilio.stream import MediaSocket
from server.adapters.doorways.twilio.tokens import Tokens
from server.domain.events import Ending
from server.domain.ids import CallId
from server.domain.people import Desk, Force
from server.ports.clock import Clock
from server.ports.journal import JournalLost
from server.services.switchboard import Arrival, Lines

log = logging.getLogger(__name__)

ChooseDesk = Callable[[Force], Desk]
InDanger = Callable[[CallId], bool]
"""Whether an immediate prompt of a live call waits."""

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
_STREAM_ERROR = re.compile(r"\b3[0-9]{4}\b")
"""The codes of Twilio's voice errors, of which Media Streams' are some."""
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
    most_reports: int = 1000
    """Being recorded at once; beyond it (the journal hangs) new ones are dropped, and logged."""
    hold_open_s: int = 300
    """How long the caller's line stays open after the desk hung up on a danger; 0: not at all."""
    close_within_s: float = 2.0
    """How long the last reports may take to be recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlRoom:
    """What the doorway asks of the services."""

    lines: Lines
    choose_desk: ChooseDesk
    tally: Tally
    in_danger: InDanger


class _CannotHear(Exception):
    """The call is connected, but not heard; the message is a constant that says why."""


class TwilioDoorway:
    def __init__(self, options: TwilioOptions, *, room: ControlRoom, clock: Clock) -> None:
        self._options = options
        self._room = room
        self._signatures = Signatures(public_url=options.public_url, auth_tokens=options.auth_tokens)
        self._tokens = Tokens(clock, auth_tokens=options.auth_tokens, lifetime_s=options.token_lifetime_s)
        self._reports = Reports(room.lines, room.tally, most=options.most_reports)
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
        """Let the sockets go, and give what Twilio reported last a moment to be recorded."""
        self.drain()
        async with asyncio.TaskGroup() as tasks:
            for ws in tuple(self._sockets):
                tasks.create_task(_dismiss(ws), name="close-media-socket")
        await self._reports.settled(within_s=self._options.close_within_s)

    async def voice(self, request: web.Request) -> web.Response:
        form = await self._signed(request)
        try:
            return _answer(await self._connected(form))
        except Exception:  # boundary: whatever happens here, the caller is connected
            log.exception("call connected to the fallback desk")
            self._room.tally("fallback")
            return _answer(self._fallback)

    async def after_desk(self, request: web.Request) -> web.Response:
        """The desk hung up, and so do we, unless an immediate prompt waits: then the line stays open.

        If the desk could not be reached, the caller is not left alone.
        """
        form = await self._signed(request)
        status = _word(form.get("DialCallStatus") or form.get("QueueResult"))
        report = Report(call=CallId(form.get("CallSid", "")), about="desk", status=status)
        if status not in _DESK_FAILED:
            return await self._reports.take(request, _answer(self._after(report.call)), report)
        self._room.tally("desk-unreachable")
        return await self._reports.take(request, _answer(self._fallback), report)

    def _after(self, call: CallId) -> str:
        if self._options.hold_open_s and self._room.in_danger(call):
            log.warning("desk hung up in danger, line held open", extra={"call": call})
            return twiml.held_open(self._options.hold_open_s)
        return twiml.hung_up()

    async def call_status(self, request: web.Request) -> web.Response:
        form = await self._signed(request)
        status = _word(form.get("CallStatus"))
        if "ParentCallSid" in form:
            report = Report(call=CallId(form["ParentCallSid"]), about="desk", status=status)
        else:
            report = Report(call=CallId(form.get("CallSid", "")), about="call", status=status)
            if status in _OVER:
                await self._room.lines.hang_up(report.call, Ending.HUNG_UP)
        return await self._reports.take(request, web.Response(status=HTTPStatus.NO_CONTENT), report)

    async def stream_status(self, request: web.Request) -> web.Response:
        """Heard of for every announced call, streaming or not: an error here may mean that it never will."""
        form = await self._signed(request)
        report = Report(
            call=CallId(form.get("CallSid", "")),
            about="stream",
            status=_word(form.get("StreamEvent")),
            code=_stream_error(form),
        )
        return await self._reports.take(request, web.Response(status=HTTPStatus.NO_CONTENT), report)

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
        # In either case the stream is asked for all the same: its start brings the call in once more.
        except TimeoutError:
            log.warning("arrival not recorded yet", extra={"call": sid})
            self._room.tally("arrival-late")
        except JournalLost:
            log.exception("arrival not recorded", extra={"call": sid})
            self._room.tally("arrival-late")
        return twiml.Fork(
            url=self._signatures.socket_base + MEDIA,
            token=self._tokens.issue(arrival),
            status_url=self._signatures.webhook_base + STREAM_STATUS,
        )


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


def _stream_error(form: Form) -> str:
    """The error's number, which stands in its own field or before its free text; the text is not kept."""
    number = _STREAM_ERROR.search(f"{form.get('StreamErrorCode', '')} {form.get('StreamError', '')}")
    return number.group() if number else ""


async def _dismiss(ws: "web.WebSocketResponse[bool]") -> None:
    await ws.close(code=1001, message=b"The server is closing.")


def _watch_connection(request: web.Request) -> None:
    """Notice a dead peer within half a minute, without sending a word on the stream."""
    connection = request.get_extra_info("socket")
    if connection is None or connection.family not in (socket.AF_INET, socket.AF_INET6):
        return
    for option, value in ((socket.TCP_KEEPIDLE, 10), (socket.TCP_KEEPINTVL, 5), (socket.TCP_KEEPCNT, 4)):
        connection.setsockopt(socket.IPPROTO_TCP, option, value)
