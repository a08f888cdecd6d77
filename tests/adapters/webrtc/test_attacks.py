"""What comes at a bridge's ports from outside, or from one who was let in: a running call goes on."""

import asyncio
import secrets
import socket
import struct
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import pytest
from aioice import stun
from OpenSSL import SSL

from server.adapters.doorways.webrtc.gate import ALL_PER_S, MOST_PROVEN, Gate
from server.domain.ids import ParticipantId
from server.domain.speech import Party
from server.ports.bridge import BridgeFull
from tests.adapters.webrtc.peers import Peer, Stage, a_room

MANY = 4000
PICTURES = 5

Attack = Callable[[], bytes]


@dataclass
class Call:
    """Victim and specialist, who see and hear each other."""

    stage: Stage
    victim: Peer
    specialist: Peer
    ports: Sequence[tuple[str, int]]
    """Where the victim's connection is reached."""

    async def goes_on(self) -> None:
        """Both ways new pictures come, and what the victim says is heard."""
        heard = len(self.stage.line.heard.get(Party.CALLER, []))
        for _ in range(PICTURES):
            assert abs(await self.specialist.sees(0) - 200) < 10
            assert abs(await self.victim.sees(0) - 90) < 10
        await self.stage.line.has_heard(Party.CALLER, 0.3, since=heard)
        assert self.stage.watcher.seen.count(("connected", "v")) == 1
        assert ("lost", "v") not in self.stage.watcher.seen

    @property
    def turned_away(self) -> int:
        return self.stage.room.connections[self.victim.name].turned_away


@asynccontextmanager
async def a_call() -> AsyncIterator[Call]:
    async with a_room() as stage:
        specialist = await stage.join("s", party=Party.HANDLER, brightness=90)
        victim = stage.peer("v")
        answer = await victim.connect(stage.room, party=Party.CALLER, talks=True)
        await stage.watcher.until("connected", "v")
        stage.show("v", "s")
        stage.show("s", "v")
        call = Call(stage=stage, victim=victim, specialist=specialist, ports=ports_of(answer))
        await call.goes_on()
        yield call


def ports_of(answer: str) -> list[tuple[str, int]]:
    lines = {line.split(" typ ")[0] for line in answer.splitlines() if line.startswith("a=candidate:")}
    return [(words[4], int(words[5])) for words in (line.split() for line in lines)]


async def throw(ports: Sequence[tuple[str, int]], attack: Attack, times: int = MANY) -> None:
    """From a socket that nobody knows."""
    for host, port in ports:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as stranger:
            stranger.settimeout(0)
            for number in range(times):
                with suppress(BlockingIOError, ConnectionRefusedError):
                    stranger.sendto(attack(), (host, port))
                if number % 50 == 0:
                    await asyncio.sleep(0)


def client_hello() -> bytes:
    connection = SSL.Connection(SSL.Context(SSL.DTLS_METHOD), None)
    connection.set_connect_state()
    with pytest.raises(SSL.WantReadError):
        connection.do_handshake()
    return connection.bio_read(1500)


HELLO = client_hello()


def check(username: str = "a:b") -> bytes:
    request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
    request.attributes["USERNAME"] = username
    request.attributes["PRIORITY"] = 1
    request.add_message_integrity(b"a guess")
    return bytes(request)


CHECK = check()


def torn_check() -> bytes:
    """A known attribute that is too short for what it is."""
    return struct.pack("!HHI12sHHH", 1, 6, 0x2112A442, secrets.token_bytes(12), 0x24, 2, 0)


def garbage() -> bytes:
    return secrets.token_bytes(secrets.randbelow(200))


def media() -> bytes:
    return b"\x80\x60" + secrets.token_bytes(100)


STRANGERS: Sequence[Attack] = (
    bytes,
    lambda: HELLO,
    lambda: CHECK,
    torn_check,
    garbage,
    media,
    lambda: b"\x16" * 1400,
)


async def test_a_strangers_flood_does_not_touch_a_call() -> None:
    async with a_call() as call:
        for attack in STRANGERS:
            before = call.turned_away
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(throw(call.ports, attack))
                tasks.create_task(call.goes_on())
            await call.goes_on()
            assert call.turned_away > before


async def test_a_flood_at_a_port_that_still_shakes_hands_keeps_nobody_out() -> None:
    async with a_call() as call:
        late = call.stage.peer("g")
        offer = await late.offer()
        ports: list[tuple[str, int]] = []
        answer = await late.connect(call.stage.room, party=Party.OTHER, talks=True, offer=offer)
        ports += ports_of(answer)
        await throw(ports, lambda: HELLO)
        await call.stage.watcher.until("connected", "g")
        await call.goes_on()


async def test_garbage_from_one_who_was_let_in_harms_nobody_else() -> None:
    async with a_call() as call:
        other = await call.stage.join("g", party=Party.OTHER)
        dtls = other.connection.getTransceivers()[0].sender.transport
        call.stage.show("s", "v", "g")
        for number in range(MANY // 4):
            # Well encrypted: what cannot be RTP, what can, reports, and what was never encrypted.
            await dtls._send_rtp(b"\x80" + bytes([number % 128]) + secrets.token_bytes(10))
            await dtls._send_rtp(media() + secrets.token_bytes(number % 900))
            await dtls._send_rtp(struct.pack("!BBHI", 0x81, 200 + number % 8, 1, 7))
            await dtls.transport._send(b"\x80\xc8" + garbage())
            await dtls.transport._send(HELLO)
            if number % 50 == 0:
                await asyncio.sleep(0)
        await call.goes_on()


async def test_a_node_without_a_port_left_says_so_and_the_calls_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with a_call() as call:
        late = call.stage.peer("g")
        offer = await late.offer()

        async def none_left(*_given: object, **_named: object) -> None:
            raise OSError(98, "Address already in use")

        # As the system answers once its range is used up; what is read of it is aioice's own code.
        monkeypatch.setattr(asyncio.get_running_loop(), "create_datagram_endpoint", none_left)
        with pytest.raises(BridgeFull, match="no way in left"):
            await late.connect(call.stage.room, party=Party.OTHER, talks=True, offer=offer)
        monkeypatch.undo()
        assert ParticipantId("g") not in call.stage.room.connections
        await call.goes_on()
        await late.connect(call.stage.room, party=Party.OTHER, talks=True, offer=offer)
        await call.stage.watcher.until("connected", "g")


class _Reader(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.read: list[bytes] = []

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.read.append(data)


async def test_checks_are_bounded_and_what_is_proven_passes_beside_them() -> None:
    reader, known = _Reader(), ("192.0.2.1", 9)
    gate = Gate(reader, lambda: [known])
    for number in range(10 * ALL_PER_S):
        gate.datagram_received(CHECK, ("192.0.2.2", number))
    assert len(reader.read) <= 2 * ALL_PER_S
    gate.datagram_received(b"media", known)
    assert reader.read[-1] == b"media"


async def test_one_who_knows_the_password_is_answered_at_few_addresses() -> None:
    reader = _Reader()
    gate = Gate(reader, lambda: [("192.0.2.1", port) for port in range(MOST_PROVEN)])
    gate.datagram_received(CHECK, ("192.0.2.2", 1))
    assert reader.read == []
    gate.datagram_received(CHECK, ("192.0.2.1", 1))
    assert reader.read == [CHECK]
