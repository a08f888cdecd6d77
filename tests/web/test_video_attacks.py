"""Signalling by one who means harm, or is broken: a clear error each time, and the call beside it goes on."""

import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from aiortc import RTCSessionDescription

from server.adapters.doorways.webrtc.bridge import BridgeOptions, WebRtcBridge
from server.adapters.doorways.webrtc.offers import MOST_CHARACTERS
from server.services.room_acts import RoomActs
from tests.adapters.webrtc.peers import Peer
from tests.fakes import FakeClock
from tests.services.stage import ToldTranscriber, staged
from tests.services.video_stage import RULES, a_colleague, a_guest, a_victim, rooms_on
from tests.web.test_video_socket import HELLO, doors_for, heard

BRIGHTNESS = {"victim": 200, "specialist": 90, "guest": 40}


@dataclass
class End:
    """A browser: its socket, and its media."""

    socket: aiohttp.ClientWebSocketResponse
    peer: Peer
    attempt: int = 0

    async def connect(self) -> None:
        self.attempt += 1
        await self.socket.send_json(
            {"type": "offer", "sdp": await self.peer.offer(), "attempt": self.attempt}
        )
        answer = await heard(self.socket, "answer")
        description = RTCSessionDescription(sdp=str(answer["sdp"]), type="answer")
        await self.peer.connection.setRemoteDescription(description)

    async def refused(self, message: object) -> tuple[str, str]:
        """The code of the answer, and its sentence."""
        if isinstance(message, str):
            await self.socket.send_str(message)
        else:
            await self.socket.send_json(message)
        error: Any = (await heard(self.socket, "error"))["error"]
        return error["code"], error["message"]


@dataclass
class Call:
    session: aiohttp.ClientSession
    victim: End
    specialist: End
    attacker: End

    async def goes_on(self) -> None:
        for _ in range(5):
            assert abs(await self.specialist.peer.sees(0) - BRIGHTNESS["victim"]) < 10
            assert abs(await self.victim.peer.sees(0) - BRIGHTNESS["specialist"]) < 10


@asynccontextmanager
async def a_call() -> AsyncIterator[Call]:
    """Over real sockets and a real bridge; who attacks sits in the same room."""
    async with (
        staged(ToldTranscriber()) as stage,
        WebRtcBridge(BridgeOptions()) as bridge,
        AsyncExitStack() as stack,
    ):
        rooms = rooms_on(stage, bridge, FakeClock(), RULES)
        await rooms.revive()
        admissions = (a_victim(), a_colleague(), a_guest("g"))
        acts = RoomActs(rooms=rooms, ice_servers=list)
        session = await stack.enter_async_context(doors_for(acts, *admissions))
        ends: list[End] = []
        for one in admissions:
            opened = await stack.enter_async_context(session.ws_connect(f"/{one.seat}"))
            peer = Peer(one.participant, hz=440, brightness=BRIGHTNESS[one.seat], configuration=None)
            stack.push_async_callback(peer.connection.close)
            ends.append(End(opened, peer))
            await opened.send_json(HELLO)
            await heard(opened, "welcome")
        call = Call(session, *ends)
        await call.victim.connect()
        await call.specialist.connect()
        await call.goes_on()
        yield call


def offer(sdp: str, attempt: int = 1) -> dict[str, object]:
    return {"type": "offer", "sdp": sdp, "attempt": attempt}


async def test_what_is_no_offer_is_refused_with_a_sentence_and_the_call_goes_on() -> None:
    async with a_call() as call:
        attacker = call.attacker
        good = await attacker.peer.offer()
        wrong = [
            "",
            "garbage",
            "\u0000\ufffd" * 1000,
            good.split("m=")[0],
            good.replace("a=group:BUNDLE", "a=group:LS"),
            good.replace("a=ice-pwd:", "a=ice-options:"),
            good.replace("a=fingerprint:sha-256", "a=fingerprint:md5"),
            good.replace("a=rtcp-mux\r\n", ""),
            good + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" * 30,
            "v=0\r\n" + "a=x\r\n" * 9000,
            "x" * (MOST_CHARACTERS + 1),
        ]
        said = [await attacker.refused(offer(sdp, attempt)) for attempt, sdp in enumerate(wrong, start=1)]
        assert {code for code, _ in said} == {"bad-offer"}
        assert all(sentence.endswith(".") and " " in sentence for _, sentence in said)
        assert said[-1][1] == "The offer is too long."
        await call.goes_on()


async def test_messages_in_the_wrong_order_are_refused_and_the_call_goes_on() -> None:
    async with a_call() as call:
        attacker = call.attacker
        sdp = await attacker.peer.offer()
        assert (await attacker.refused(HELLO))[0] == "hello-first"
        assert (await attacker.refused({"type": "answer", "attempt": 1, "sdp": sdp}))[0] == "bad-message"
        assert (await attacker.refused(offer("garbage", 5)))[0] == "bad-offer"
        assert (await attacker.refused(offer(sdp, 5)))[0] == "old-attempt"
        assert (await attacker.refused(offer(sdp, 0)))[0] == "bad-message"
        assert (await attacker.refused(offer(sdp, 2**40)))[0] == "bad-message"
        async with call.session.ws_connect("/guest") as second:
            await second.send_json(offer(sdp))
            assert (await heard(second, "error"))["to"] == "offer"
        await call.goes_on()
        attacker.attempt = 5
        await attacker.connect()
        await call.specialist.peer.sees(1)


async def test_a_thousand_candidates_cost_nothing_and_none_is_sent_to() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as decoy:
        decoy.bind(("127.0.0.1", 0))
        decoy.settimeout(0)
        line = f"a=candidate:1 1 udp 1 127.0.0.1 {decoy.getsockname()[1]} typ host\r\n"
        async with a_call() as call:
            attacker = call.attacker
            sections = (await attacker.peer.offer()).split("m=", 1)
            kept = "\r\n".join(one for one in sections[1].splitlines() if "a=candidate" not in one)
            stuffed = f"{sections[0]}m={kept}\r\n" + line * 600
            await attacker.socket.send_json(offer(stuffed))
            answer = await heard(attacker.socket, "answer")
            assert "m=audio" in str(answer["sdp"])
            for number in range(400):
                message = {"type": "candidate", "attempt": 1, "candidate": line.strip()[2:] + str(number)}
                await attacker.socket.send_json(message)
            codes = set()
            async for said in attacker.socket:
                codes.add(said.json().get("error", {}).get("code"))
            assert {"too-many-candidates", "too-fast"} <= codes
            await call.goes_on()
            with pytest.raises(BlockingIOError):
                decoy.recv(1500)


async def test_an_offer_beyond_all_bounds_ends_its_own_socket_alone() -> None:
    async with a_call() as call:
        await call.attacker.socket.send_json(offer("x" * 100_000))
        async for _ in call.attacker.socket:
            pass
        assert call.attacker.socket.close_code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG
        await call.goes_on()
