"""Plays the telephone network's part: a 999 call that reaches the server just as Twilio would bring it."""

import asyncio
import base64
import hmac
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit
from xml.etree import ElementTree as Xml

import aiohttp

FRAME_MS = 20
FRAME_BYTES = 160
"""20 ms of µ-law at 8 kHz."""
SILENCE = b"\xff"
TWIML_LIMIT = 64 * 1024
ANSWER_WITHIN_S = 15.0
TRACKS = ("inbound", "outbound")


class CallRefused(Exception):
    """The server did not answer as Twilio needs; the message says what came instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """The account whose calls these are, and the way to the server."""

    public_url: str
    """What signatures are made over: the server's configured address."""
    auth_token: str = field(repr=False)
    connect_to: str = ""
    """Where the connections really go, when the public address is not served here."""
    account: str = "AC" + "0" * 32


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneCall:
    sid: str
    caller: str = field(repr=False)
    called: str = field(repr=False)
    inbound: bytes = field(repr=False)
    """The caller's µ-law sound, 8 kHz."""
    outbound: bytes = field(default=b"", repr=False)
    """The handler's; made as long as the other with silence."""

    @property
    def duration_ms(self) -> int:
        return -(-max(len(self.inbound), len(self.outbound)) // FRAME_BYTES) * FRAME_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server's TwiML asks for."""

    stream: str = ""
    """Empty if the call is connected without being heard."""
    stream_status: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)
    dial: str = ""
    """`number:…`, `sip:…` or `queue:…`."""
    dial_action: str = ""


def answer_in(twiml: str) -> Answer:
    """Read TwiML. It is our own server's, and small: anything else is refused before it is parsed."""
    if len(twiml) > TWIML_LIMIT or "<!" in twiml:
        raise CallRefused("the answer is not TwiML that a server of ours would give")
    root = Xml.fromstring(twiml)  # noqa: S314 - size is limited above, and no declarations get this far
    dial, action = _desk_in(root)
    stream = root.find("Start/Stream")
    if stream is None:
        return Answer(dial=dial, dial_action=action)
    return Answer(
        stream=stream.get("url", ""),
        stream_status=stream.get("statusCallback", ""),
        parameters={p.get("name", ""): p.get("value", "") for p in stream.findall("Parameter")},
        dial=dial,
        dial_action=action,
    )


def _desk_in(root: Xml.Element) -> tuple[str, str]:
    """Whom the caller is connected to, and whom Twilio asks what comes after."""
    queue, dial = root.find("Enqueue"), root.find("Dial")
    if queue is not None:
        return f"queue:{queue.text}", queue.get("action", "")
    if dial is None or not len(dial):
        raise CallRefused("the answer connects the caller to nobody")
    target = dial[0].text or ""
    return target if dial[0].tag == "Sip" else f"number:{target}", dial.get("action", "")


class Trunk:
    """Connections from the exchange to the server, signed as Twilio signs them."""

    def __init__(self, exchange: Exchange, session: aiohttp.ClientSession) -> None:
        self._exchange = exchange
        self._session = session

    def signature(self, url: str, form: Mapping[str, str] | None = None) -> str:
        signed = url + "".join(name + value for name, value in sorted((form or {}).items()))
        digest = hmac.digest(self._exchange.auth_token.encode(), signed.encode(), "sha1")
        return base64.b64encode(digest).decode()

    async def post(self, url: str, form: Mapping[str, str]) -> str:
        """Send a webhook; a relative address is the server's. Raises `CallRefused`."""
        url = url if "://" in url else self._exchange.public_url.rstrip("/") + url
        headers = {"X-Twilio-Signature": self.signature(url, form), "Host": urlsplit(url).netloc}
        async with self._session.post(self._way_to(url), data=form, headers=headers) as response:
            if response.status >= 400:
                raise CallRefused(f"the server answered {response.status}")
            return await response.text()

    @asynccontextmanager
    async def socket(self, url: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        headers = {"X-Twilio-Signature": self.signature(url), "Host": urlsplit(url).netloc}
        way = self._way_to(url)
        async with self._session.ws_connect(way, headers=headers, compress=0, max_msg_size=65536) as ws:
            yield ws

    def _way_to(self, url: str) -> str:
        if not self._exchange.connect_to:
            return url
        wanted, there = urlsplit(url), urlsplit(self._exchange.connect_to)
        sockets = wanted.scheme in ("ws", "wss")
        scheme = {"http": "ws", "https": "wss"}[there.scheme] if sockets else there.scheme
        public_path = urlsplit(self._exchange.public_url).path.rstrip("/")
        path = there.path.rstrip("/") + wanted.path.removeprefix(public_path)
        return urlunsplit((scheme, there.netloc, path, wanted.query, ""))


class TwilioCaller:
    """Rings the server, and speaks when it answers."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def call(
        self,
        call: PhoneCall,
        *,
        speed: float = 1.0,
        progress: Callable[[int], None] = lambda _at_ms: None,
        over: Callable[[], bool] = lambda: False,
        pace: "Pace | None" = None,
    ) -> Answer:
        """Make the whole call: ring, stream both tracks, hang up, and report how it went.

        It hangs up at the sound's end, or once it is `over`. `progress` hears the media time after every
        20 ms; another `pace` is instead of all three. Raises `CallRefused` if it is not heard to its end.
        """
        timeout = aiohttp.ClientTimeout(sock_connect=ANSWER_WITHIN_S, sock_read=ANSWER_WITHIN_S)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            trunk = Trunk(self._exchange, session)
            answer = await self.ring(trunk, call)
            try:
                if answer.stream:
                    await self._stream(
                        trunk, call, answer, pace or Pace(speed=speed, progress=progress, over=over)
                    )
            except CallRefused:
                # A stream that is turned away ends no call: the caller and the handler talk on, and hang up.
                await self._hang_up(trunk, call, answer)
                raise
            await self._hang_up(trunk, call, answer)
            return answer

    async def ring(self, trunk: Trunk, call: PhoneCall) -> Answer:
        return answer_in(await trunk.post("/twilio/voice", self._form(call, CallStatus="ringing")))

    async def _hang_up(self, trunk: Trunk, call: PhoneCall, answer: Answer) -> None:
        if answer.dial_action:
            await trunk.post(
                answer.dial_action, self._form(call, CallStatus="in-progress", DialCallStatus="completed")
            )
        await trunk.post("/twilio/call-status", self._form(call, CallStatus="completed"))

    async def _stream(self, trunk: Trunk, call: PhoneCall, answer: Answer, pace: "Pace") -> None:
        stream = StreamScript(call=call, account=self._exchange.account)
        about = self._form(call, StreamSid=stream.sid, StreamName="")
        if answer.stream_status:
            await trunk.post(answer.stream_status, {**about, "StreamEvent": "stream-started"})
        async with trunk.socket(answer.stream) as socket:
            await _speak(socket, stream, answer.parameters, pace)
        if answer.stream_status:
            await trunk.post(answer.stream_status, {**about, "StreamEvent": "stream-stopped"})

    def _form(self, call: PhoneCall, **more: str) -> dict[str, str]:
        return {
            "AccountSid": self._exchange.account,
            "ApiVersion": "2010-04-01",
            "CallSid": call.sid,
            "Direction": "inbound",
            "From": call.caller,
            "To": call.called,
            **more,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast the sound is sent: 1 is real time."""

    speed: float
    progress: Callable[[int], None]
    over: Callable[[], bool]

    async def wait_for(self, at_ms: int, *, since_s: float) -> None:
        ahead_s = since_s + at_ms / 1000 / self.speed - asyncio.get_running_loop().time()
        await asyncio.sleep(max(0.0, ahead_s))


async def _speak(
    socket: aiohttp.ClientWebSocketResponse, stream: "StreamScript", parameters: Mapping[str, str], pace: Pace
) -> None:
    """Send the whole stream; the server may only ever close it, and only after the stop."""
    async with asyncio.TaskGroup() as tasks:
        closing = tasks.create_task(socket.receive(timeout=None), name="twilio-close")
        for message in stream.opening(parameters):
            await socket.send_str(message)
        async for message in _frames(stream, pace):
            if closing.done():
                break
            await socket.send_str(message)
        if not closing.done():
            await socket.send_str(stream.stop())
        async with asyncio.timeout(ANSWER_WITHIN_S):
            last = await closing
    if socket.close_code != aiohttp.WSCloseCode.OK:
        raise CallRefused(f"the server closed the stream with {socket.close_code}")
    if last.type is aiohttp.WSMsgType.TEXT:
        raise CallRefused("the server spoke on a one-way stream")


async def _frames(stream: "StreamScript", pace: Pace) -> AsyncIterator[str]:
    """Each frame when its sound is over, as a telephone exchange sends it."""
    since_s = asyncio.get_running_loop().time()
    pace.progress(0)
    for at_ms in range(0, stream.call.duration_ms, FRAME_MS):
        await pace.wait_for(at_ms + FRAME_MS, since_s=since_s)
        for message in stream.frames(at_ms):
            yield message
        pace.progress(at_ms + FRAME_MS)
        if pace.over():
            return


class StreamScript:
    """The messages of one Media Stream, numbered; every number is a string, as on Twilio's wire."""

    def __init__(self, *, call: PhoneCall, account: str) -> None:
        self.call = call
        self.sid = "MZ" + call.sid[2:]
        self._account = account
        self._sequence = 0

    def opening(self, parameters: Mapping[str, str]) -> list[str]:
        connected = json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        start = {
            "accountSid": self._account,
            "streamSid": self.sid,
            "callSid": self.call.sid,
            "tracks": list(TRACKS),
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": dict(parameters),
        }
        return [connected, self._message("start", start)]

    def frames(self, at_ms: int) -> list[str]:
        """Both tracks' frames that begin at this media time."""
        return [self.media(track, at_ms, self._sound(track, at_ms)) for track in TRACKS]

    def media(self, track: str, at_ms: int, payload: bytes) -> str:
        media = {
            "track": track,
            "chunk": str(at_ms // FRAME_MS + 1),
            "timestamp": str(at_ms),
            "payload": base64.b64encode(payload).decode(),
        }
        return self._message("media", media)

    def press(self, digit: str, *, track: str = "inbound_track") -> str:
        return self._message("dtmf", {"track": track, "digit": digit})

    def stop(self) -> str:
        return self._message("stop", {"accountSid": self._account, "callSid": self.call.sid})

    def _sound(self, track: str, at_ms: int) -> bytes:
        sound = self.call.inbound if track == "inbound" else self.call.outbound
        begin = at_ms // FRAME_MS * FRAME_BYTES
        return sound[begin : begin + FRAME_BYTES].ljust(FRAME_BYTES, SILENCE)

    def _message(self, event: str, body: Mapping[str, object]) -> str:
        self._sequence += 1
        message = {"event": event, "sequenceNumber": str(self._sequence), event: body, "streamSid": self.sid}
        return json.dumps(message)
