"""A storm of damaged webhooks and frames against a running server, and what is left of it afterwards."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

import aiohttp

from server.adapters.doorways.twilio.refusals import Refusal
from server.demo.twilio_caller import CallRefused, Exchange, PhoneCall, StreamScript, Trunk, TwilioCaller
from tests.load.fuzz.mutations import mutated_form, mutated_message

WEBHOOKS = ("/twilio/voice", "/twilio/after-desk", "/twilio/call-status", "/twilio/stream-status")
GOOD_STATUS = frozenset({200, 204, 400, 403, 404, 405, 408, 413, 415, 503})
GOOD_CLOSE = frozenset({1000, 1002, *(refusal.close_code for refusal in Refusal if refusal.code != "fault")})
"""1002: aiohttp's own for frames that are no WebSocket frames."""
FORM = "application/x-www-form-urlencoded"
FRAMES_A_SOCKET = 20
WITHIN_S = 15.0
LOOK_S = 0.005
"""How long the server has to close before the next message is sent after a damaged one."""


@dataclass(frozen=True, kw_only=True)
class Target:
    exchange: Exchange
    called: str
    footprint: Callable[[], Mapping[str, float]] = dict
    """Memory, open files and so on, where they can be seen."""


@dataclass(kw_only=True)
class Aftermath:
    sent: int = 0
    """Damaged frames and webhooks."""
    statuses: Counter[int] = field(default_factory=Counter)
    closes: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    """What no server should do."""
    before: Mapping[str, float] = field(default_factory=dict)
    after: Mapping[str, float] = field(default_factory=dict)
    answered: bool = False
    """Whether a clean call was heard to its end afterwards."""

    def summary(self) -> str:
        return "\n".join(
            (
                f"{self.sent} damaged frames and webhooks sent",
                f"answers by status: {dict(sorted(self.statuses.items()))}",
                f"sockets by close code: {dict(sorted(self.closes.items()))}",
                f"before: {dict(self.before)}",
                f"after:  {dict(self.after)}",
                f"clean call afterwards: {'answered' if self.answered else 'NOT ANSWERED'}",
                f"faults: {self.faults[:10] or 'none'}",
            )
        )


async def storm(target: Target, *, count: int, seed: int, at_once: int = 8) -> Aftermath:
    """Send at least `count` damaged things, the same for the same seed."""
    aftermath = Aftermath()
    # What the first calls leave behind for good (caches, compiled expressions) is no leak.
    for number in range(at_once):
        await _Attacker(target, Aftermath(), _seeded(number), number).attack(count // 100)
    await asyncio.sleep(0.5)
    aftermath.before = target.footprint()
    async with asyncio.TaskGroup() as tasks:
        for number in range(at_once):
            chance = _seeded(seed * 1000 + number)
            tasks.create_task(_Attacker(target, aftermath, chance, number).attack(count // at_once))
    aftermath.answered = await _answers(target)
    await asyncio.sleep(0.5)
    aftermath.after = target.footprint()
    return aftermath


def _seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - a storm that can be repeated, not a secret


async def _answers(target: Target) -> bool:
    call = PhoneCall(sid="CA" + "f" * 32, caller="+447700900999", called=target.called, inbound=bytes(8000))
    try:
        answer = await TwilioCaller(target.exchange).call(call, speed=4)
    except (CallRefused, aiohttp.ClientError, TimeoutError):
        return False
    return bool(answer.stream)


def _messages(script: StreamScript, parameters: Mapping[str, str]) -> Iterator[tuple[str, float]]:
    """A stream's messages, and how likely each is to be damaged; the stop never is."""
    for message in script.opening(parameters):
        yield message, 0.05
    for at_ms in range(0, FRAMES_A_SOCKET * 20, 20):
        for message in (*script.frames(at_ms), script.press("5")):
            yield message, 0.5
    yield script.stop(), 0.0


class _Attacker:
    """One of several, each with a call of its own that it renews from time to time."""

    def __init__(self, target: Target, aftermath: Aftermath, chance: random.Random, number: int) -> None:
        self._target = target
        self._aftermath = aftermath
        self._chance = chance
        self._number = number
        self._calls = 0

    async def attack(self, count: int) -> None:
        mine = 0
        timeout = aiohttp.ClientTimeout(total=WITHIN_S)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            trunk = Trunk(self._target.exchange, session)
            while mine < count:
                call = self._call()
                for _ in range(10):
                    await self._webhook(session, trunk, call)
                    mine += 1 + await self._stream(trunk, call)
                await self._end(session, trunk, call)

    def _call(self) -> PhoneCall:
        self._calls += 1
        sid = f"CA{self._number:04x}{self._calls:08x}{self._chance.getrandbits(80):020x}"
        return PhoneCall(sid=sid, caller="+447700900123", called=self._target.called, inbound=bytes(1600))

    async def _webhook(self, session: aiohttp.ClientSession, trunk: Trunk, call: PhoneCall) -> None:
        """A damaged form, most often with a good signature, so that it gets through the gate."""
        path = self._chance.choice(WEBHOOKS)
        form = {
            "CallSid": call.sid,
            "To": call.called,
            "From": call.caller,
            "CallStatus": "ringing",
            "StreamEvent": "stream-started",
            "DialCallStatus": "busy",
        }
        damaged = mutated_form(form, self._chance)
        body = urlencode(damaged).encode("utf-8", "surrogatepass")
        headers = {"Content-Type": FORM, "X-Twilio-Signature": self._signature(trunk, path, damaged)}
        if self._chance.random() < 0.1:
            body = self._chance.randbytes(self._chance.choice((0, 10, 70_000)))
        await self._post(session, path, body, headers)
        self._aftermath.sent += 1

    def _signature(self, trunk: Trunk, path: str, damaged: list[tuple[str, str]]) -> str:
        if self._chance.random() < 0.1:
            return "bad"
        # Twilio sorts names, then each name's different values.
        unique = sorted(set(damaged))
        url = self._target.exchange.public_url + path
        return trunk.signature(url + "".join(name + value for name, value in unique))

    async def _post(
        self, session: aiohttp.ClientSession, path: str, body: bytes, headers: Mapping[str, str]
    ) -> None:
        exchange = self._target.exchange
        try:
            url = (exchange.connect_to or exchange.public_url) + path
            async with session.post(url, data=body, headers=headers) as response:
                self._note_status(response.status)
        except aiohttp.ClientConnectionError:
            # The server may close on an oversized form while we still write it.
            if len(body) < 65_536:
                self._aftermath.faults.append("connection dropped on a webhook")

    def _note_status(self, status: int) -> None:
        self._aftermath.statuses[status] += 1
        if status not in GOOD_STATUS:
            self._aftermath.faults.append(f"status {status}")

    async def _stream(self, trunk: Trunk, call: PhoneCall) -> int:
        """A stream that begins well, or not, and goes on damaged until the server has had enough."""
        try:
            answer = await TwilioCaller(self._target.exchange).ring(trunk, call)
        except CallRefused:
            self._aftermath.faults.append("a clean webhook was refused")
            return 1
        script = StreamScript(call=call, account="AC0")
        async with trunk.socket(answer.stream) as socket, asyncio.TaskGroup() as tasks:
            closing = tasks.create_task(socket.receive(timeout=WITHIN_S))
            sent = await self._speak(socket, closing, script, answer.parameters)
            await self._closed(socket, closing)
        return sent

    async def _speak(
        self,
        socket: aiohttp.ClientWebSocketResponse,
        closing: "asyncio.Task[aiohttp.WSMessage]",
        script: StreamScript,
        parameters: Mapping[str, str],
    ) -> int:
        """Send until the server closes; returns how many damaged messages it had to look at."""
        sent = 0
        for message, damage in _messages(script, parameters):
            damaged = self._chance.random() < damage
            if closing.done() or not await self._send(socket, message, damaged=damaged):
                break
            sent += damaged
            if damaged:
                await asyncio.wait({closing}, timeout=LOOK_S)
        self._aftermath.sent += sent
        return sent

    async def _send(self, socket: aiohttp.ClientWebSocketResponse, message: str, *, damaged: bool) -> bool:
        """Whether it could be sent."""
        body = mutated_message(message, self._chance) if damaged else message.encode()
        binary = damaged and self._chance.random() < 0.05
        try:
            await socket.send_frame(body, aiohttp.WSMsgType.BINARY if binary else aiohttp.WSMsgType.TEXT)
        except aiohttp.ClientConnectionError:
            return False
        return True

    async def _closed(
        self, socket: aiohttp.ClientWebSocketResponse, closing: "asyncio.Task[aiohttp.WSMessage]"
    ) -> None:
        try:
            message = await closing
        except TimeoutError:
            self._aftermath.faults.append("a socket was left open")
            return
        if message.type is aiohttp.WSMsgType.TEXT:
            self._aftermath.faults.append("the server spoke on a one-way stream")
        code = int(socket.close_code or 0)
        self._aftermath.closes[code] += 1
        # 1006: the server was gone before we had read its close, as TCP allows while we still write.
        if code not in GOOD_CLOSE | {1006}:
            self._aftermath.faults.append(f"close code {code}")

    async def _end(self, session: aiohttp.ClientSession, trunk: Trunk, call: PhoneCall) -> None:
        form = {"CallSid": call.sid, "CallStatus": "completed"}
        url = self._target.exchange.public_url + "/twilio/call-status"
        headers = {"Content-Type": FORM, "X-Twilio-Signature": trunk.signature(url, form)}
        await self._post(session, "/twilio/call-status", urlencode(form).encode(), headers)
