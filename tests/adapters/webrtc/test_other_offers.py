"""Browsers that offer less than ours do: no microphone, no VP8, or other than they had before."""

import asyncio
import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import av
import pytest
from aiortc import RTCSessionDescription

from server.adapters.bus.local import LocalBus
from server.adapters.media.webm import WebmWriter
from server.domain.events import Entry, RecordingEnded
from server.domain.recordings import Stream, StreamId, StreamKind
from server.domain.speech import Party
from server.ports.bridge import Joining
from server.services import keeping_video
from server.services.keeping_video import RoomRecorder, VideoKeeping
from server.services.recording import Recorder
from tests.adapters.webrtc.peers import Peer, Stage, a_room
from tests.fakes import FakeJournal
from tests.services.test_keeping_sound import ARRIVED, CALL, MemoryVault

NEVER = 10**9
"""Looks without a frame after which a stream is over: a machine that is busy is not silence."""
VICTIM_1, VICTIM_2 = (StreamId(f"victim-{number}") for number in (1, 2))


def without_sound(offer: str) -> str:
    """As of a phone whose microphone is denied: nothing is sent as sound, others are received."""
    head, *sections = sections_of(offer)
    sections[0] = sections[0].replace("a=sendonly", "a=inactive")
    return head + "".join(sections)


def of_h264_alone(offer: str) -> str:
    """As of a browser that lost VP8: its payload types are called something else."""
    return offer.replace(" VP8/90000", " H264/90000")


async def test_who_offers_no_sound_is_seen_and_not_waited_for() -> None:
    async with a_room() as stage:
        specialist = await stage.join("s", party=Party.HANDLER)
        stage.show("s", "v")
        silent = stage.peer("v")
        answer = await silent.connect(
            stage.room, party=Party.CALLER, talks=True, offer=without_sound(await silent.offer())
        )
        await stage.watcher.until("connected", "v")
        assert answer.split("m=audio", 1)[1].split("m=")[0].count("a=inactive") == 1
        assert abs(await specialist.sees(0) - 200) < 10
        assert stage.line.joined == [Party.HANDLER]


def sections_of(text: str) -> list[str]:
    return re.split(r"(?=^m=)", text, flags=re.MULTILINE)


def mended(answer: str, offer: str) -> str:
    """What a browser makes of refused sections, as aiortc can take it: nothing is sent on them."""
    head, *sections = sections_of(answer)
    way = re.findall(r"^a=(?:ice-|fingerprint|setup|candidate|end-of).*$", sections[0], re.MULTILINE)
    lines = "\r\n".join(line.strip() for line in way)
    [number, *_] = re.findall(r"a=rtpmap:(\d+) VP8", offer)
    for place, section in enumerate(sections):
        if section.startswith("m=video 0 "):
            mid = re.findall(r"a=mid:\w+", section)[0]
            sections[place] = (
                f"m=video 9 UDP/TLS/RTP/SAVPF {number}\r\nc=IN IP4 0.0.0.0\r\n{mid}\r\na=inactive\r\n"
                f"a=rtcp-mux\r\n{lines}\r\na=rtpmap:{number} VP8/90000\r\n"
            )
    mids = " ".join(re.findall(r"^a=mid:(\w+)", "".join(sections), re.MULTILINE))
    return re.sub(r"a=group:BUNDLE.*", f"a=group:BUNDLE {mids}", head) + "".join(sections)


async def connect_as(stage: Stage, peer: Peer, offer: str, *, attempt: int = 1) -> str:
    before = stage.watcher.seen.count(("connected", peer.name))
    answer = await stage.room.connect(
        Joining(
            participant=peer.name,
            attempt=attempt,
            offer=offer,
            talks=True,
            party=Party.CALLER,
            public=False,
        )
    )
    description = RTCSessionDescription(
        sdp=mended(answer, peer.connection.localDescription.sdp), type="answer"
    )
    await peer.connection.setRemoteDescription(description)
    await stage.watcher.until("connected", peer.name, before + 1)
    return answer


async def test_a_camera_of_a_kind_that_is_not_passed_on_is_refused_and_the_voice_heard() -> None:
    async with a_room() as stage:
        peer = stage.peer("v")
        answer = await connect_as(stage, peer, of_h264_alone(await peer.offer()))
        assert "m=video 0 " in answer
        assert len(await stage.line.has_heard(Party.CALLER, 0.5)) > 0
        assert set(stage.room.connections[peer.name].sources) == {"audio"}


@asynccontextmanager
async def recorded(vault: MemoryVault, journal: FakeJournal) -> AsyncIterator[RoomRecorder]:
    await journal.append(CALL, [ARRIVED])
    keeping = VideoKeeping(vault=vault, recorder=Recorder(journal=journal, bus=LocalBus()), muxer=WebmWriter)
    recorder = keeping.of(CALL, "law", lambda _one: "victim")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(recorder.run())
        yield recorder
        recorder.end()


async def test_who_comes_back_with_another_codec_is_kept_in_a_file_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keeping_video, "PIECE_S", 0.05)
    monkeypatch.setattr(keeping_video, "QUIET_PIECES", NEVER)
    vault, journal = MemoryVault(), FakeJournal()
    async with recorded(vault, journal) as recorder, a_room() as stage:
        stage.room.tap(recorder)
        first = stage.peer("v")
        await connect_as(stage, first, await first.offer())
        await stage.line.has_heard(Party.CALLER, 1.0)
        await first.connection.close()
        await stage.watcher.until("lost", "v")
        monkeypatch.setattr(keeping_video, "QUIET_PIECES", 3)
        while not await ended(journal):
            await asyncio.sleep(0.02)
        monkeypatch.setattr(keeping_video, "QUIET_PIECES", NEVER)
        heard = len(stage.line.heard[Party.CALLER])
        second = stage.peer("v")
        await connect_as(stage, second, of_h264_alone(await second.offer()))
        await stage.line.has_heard(Party.CALLER, 3.0, since=heard)
    assert kinds_of(await whole(vault, VICTIM_1)) == {"audio", "video"}
    assert kinds_of(await whole(vault, VICTIM_2)) == {"audio"}


async def ended(journal: FakeJournal) -> list[Entry]:
    return [entry for entry in await journal.entries(CALL) if isinstance(entry.event, RecordingEnded)]


async def whole(vault: MemoryVault, stream: StreamId) -> bytes:
    named = Stream(id=stream, kind=StreamKind.WEBM)
    places = await vault.places(CALL, named)
    return b"".join(await vault.read(CALL, named, [place.number for place in places]))


def kinds_of(data: bytes) -> set[str]:
    """What can be played of it: every frame is decoded."""
    with av.open(io.BytesIO(data), "r") as container:
        return {
            "video" if isinstance(frame, av.VideoFrame) else "audio"
            for frame in container.decode(video=0, audio=0)
        }
