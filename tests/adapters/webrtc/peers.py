"""Real WebRTC peers, aiortc's own, that offer as the pages do, and a line that notes what is heard."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCIceCandidate,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import VIDEO_CLOCK_RATE
from av import AudioFrame, VideoFrame

from server.adapters.doorways.webrtc.bridge import BridgeOptions, WebRtcBridge, WebRtcRoom
from server.domain.events import GapCause
from server.domain.ids import CallId, ParticipantId
from server.domain.speech import AudioFrame as HeardFrame
from server.domain.speech import Party
from server.ports.bridge import Joining

Sound = npt.NDArray[np.int16]
ALONE = RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
SLOTS = 3
ROOM = CallId("video-1")
PICTURE_EVERY_S = 0.1
SOUND_HZ = 48_000


class Tone(MediaStreamTrack):
    """A steady tone of its own pitch."""

    kind = "audio"

    def __init__(self, hz: float) -> None:
        super().__init__()
        self._hz = hz
        self._at = 0
        self._began_s: float | None = None

    async def recv(self) -> AudioFrame:
        loop = asyncio.get_running_loop()
        if self._began_s is None:
            self._began_s = loop.time()
        await asyncio.sleep(max(0.0, self._began_s + self._at / SOUND_HZ - loop.time()))
        times = (self._at + np.arange(960)) / SOUND_HZ
        wave = (8000 * np.sin(2 * np.pi * self._hz * times)).astype(np.int16)
        frame = AudioFrame.from_ndarray(wave.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = SOUND_HZ, self._at, Fraction(1, SOUND_HZ)
        self._at += 960
        return frame


class Grey(MediaStreamTrack):
    """A picture of one brightness."""

    kind = "video"

    def __init__(self, brightness: int) -> None:
        super().__init__()
        self._brightness = brightness
        self._count = 0

    async def recv(self) -> VideoFrame:
        await asyncio.sleep(PICTURE_EVERY_S)
        picture = np.full((120, 160, 3), self._brightness, dtype=np.uint8)
        frame = VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts, frame.time_base = (
            round(self._count * PICTURE_EVERY_S * 90_000),
            Fraction(1, VIDEO_CLOCK_RATE),
        )
        self._count += 1
        return frame


@dataclass
class NotingLine:
    begins_ms: int = 0
    joined: list[Party] = field(default_factory=list)
    heard: dict[Party, list[HeardFrame]] = field(default_factory=dict)
    gaps: list[tuple[Party, int, int, GapCause]] = field(default_factory=list)
    more: asyncio.Event = field(default_factory=asyncio.Event)

    def join(self, party: Party) -> None:
        self.joined.append(party)

    def hear(self, frame: HeardFrame) -> None:
        self.heard.setdefault(frame.party, []).append(frame)
        self.more.set()

    def gap(self, party: Party, *, from_ms: int, to_ms: int, cause: GapCause) -> None:
        self.gaps.append((party, from_ms, to_ms, cause))

    def press(self, party: Party, digit: str, *, at_ms: int) -> None: ...

    def stop(self) -> None: ...

    def lose(self, why: str) -> None: ...

    async def has_heard(self, party: Party, seconds: float, *, since: int = 0) -> Sound:
        """The party's sound once there is so much of it."""
        while True:
            frames = self.heard.get(party, [])[since:]
            pcm = b"".join(frame.pcm for frame in frames)
            if len(pcm) >= seconds * 16_000:
                return np.frombuffer(pcm, dtype="<i2")
            self.more.clear()
            await self.more.wait()


@dataclass
class NotingWatcher:
    seen: list[tuple[str, str]] = field(default_factory=list)
    more: asyncio.Event = field(default_factory=asyncio.Event)

    def connected(self, participant: ParticipantId, attempt: int) -> None:
        self._note("connected", participant)

    def lost(self, participant: ParticipantId, attempt: int) -> None:
        self._note("lost", participant)

    def bears(self, participant: ParticipantId, takes: str) -> None:
        self._note(takes, participant)

    def _note(self, what: str, participant: ParticipantId) -> None:
        self.seen.append((what, participant))
        self.more.set()

    async def until(self, what: str, participant: str, times: int = 1) -> None:
        while self.seen.count((what, ParticipantId(participant))) < times:
            self.more.clear()
            await self.more.wait()


@dataclass
class Stage:
    bridge: WebRtcBridge
    room: WebRtcRoom
    line: NotingLine
    watcher: NotingWatcher
    peers: list["Peer"] = field(default_factory=list)

    def show(self, viewer: str, *shown: str) -> None:
        self.room.show(ParticipantId(viewer), [ParticipantId(one) for one in shown])

    def peer(
        self,
        name: str,
        *,
        hz: float = 440,
        brightness: int = 200,
        configuration: RTCConfiguration | None = None,
    ) -> "Peer":
        """Somebody who would send; closed with the room."""
        peer = Peer(name, hz=hz, brightness=brightness, configuration=configuration)
        self.peers.append(peer)
        return peer

    async def join(
        self, name: str, *, party: Party = Party.CALLER, hz: float = 440, brightness: int = 200
    ) -> "Peer":
        """Somebody who talks, connected."""
        peer = self.peer(name, hz=hz, brightness=brightness)
        before = self.watcher.seen.count(("connected", name))
        await peer.connect(self.room, party=party, talks=True)
        await self.watcher.until("connected", name, before + 1)
        return peer


@asynccontextmanager
async def a_room(options: BridgeOptions | None = None) -> AsyncIterator[Stage]:
    async with WebRtcBridge(options or BridgeOptions()) as bridge:
        line, watcher = NotingLine(), NotingWatcher()
        stage = Stage(bridge=bridge, room=bridge.open(ROOM, line, watcher), line=line, watcher=watcher)
        try:
            yield stage
        finally:
            for peer in stage.peers:
                await peer.connection.close()


class Peer:
    """A browser, as far as media goes."""

    def __init__(
        self, name: str, *, hz: float, brightness: int, configuration: RTCConfiguration | None
    ) -> None:
        self.name = ParticipantId(name)
        self.connection = RTCPeerConnection(configuration or ALONE)
        self.attempt = 0
        self.connection.addTransceiver(Tone(hz), direction="sendonly")
        self.connection.addTransceiver(Grey(brightness), direction="sendonly")
        for _ in range(SLOTS):
            self.connection.addTransceiver("audio", direction="recvonly")
            self.connection.addTransceiver("video", direction="recvonly")
        self._received = [one.receiver for one in self.connection.getTransceivers()][2:]

    @property
    def candidates(self) -> list[RTCIceCandidate]:
        """Where it can be reached."""
        transport = self.connection.getTransceivers()[0].sender.transport.transport
        return transport.iceGatherer.getLocalCandidates()

    async def offer(self) -> str:
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return self.connection.localDescription.sdp

    async def connect(
        self, room: WebRtcRoom, *, party: Party, talks: bool, offer: str = "", believing: str = ""
    ) -> str:
        """Offer and take the answer; `believing`: as if it allowed more than it does."""
        self.attempt += 1
        joining = Joining(
            participant=self.name,
            attempt=self.attempt,
            offer=offer or await self.offer(),
            talks=talks,
            party=party,
            public=False,
        )
        answer = await room.connect(joining)
        taken = answer.replace("a=inactive", f"a={believing}") if believing else answer
        await self.connection.setRemoteDescription(RTCSessionDescription(sdp=taken, type="answer"))
        return answer

    async def sees(self, slot: int) -> int:
        """The brightness of the next picture in this slot."""
        frame = await self._received[2 * slot + 1].track.recv()
        assert isinstance(frame, VideoFrame)
        return int(frame.to_ndarray(format="gray").mean())

    async def hears(self, slot: int) -> float:
        """The pitch of the next half second of sound that is not silent."""
        track = self._received[2 * slot].track
        pieces: list[Sound] = []
        while sum(len(one) for one in pieces) < SOUND_HZ:
            frame = await track.recv()
            assert isinstance(frame, AudioFrame)
            sound: Sound = frame.to_ndarray().reshape(-1).astype(np.int16)
            if np.abs(sound).max() > 1000:
                pieces.append(sound[:: len(frame.layout.channels)])
        return pitch(np.concatenate(pieces), SOUND_HZ)


def pitch(sound: Sound, hz: int) -> float:
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(spectrum.argmax() * hz / len(sound))
