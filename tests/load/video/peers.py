"""Cheap browsers for the bench: real WebRTC, whose pictures and sound were encoded once."""

import asyncio
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from typing import Any

import av
import numpy as np
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.rtp import RtpPacket
from av.audio.codeccontext import AudioCodecContext
from av.frame import Frame
from av.video.codeccontext import VideoCodecContext

WIDTH, HEIGHT, FPS = 640, 480, 30
BITRATE = 1_000_000
LOOP_S = 2


@dataclass(frozen=True)
class Footage:
    pictures: list[bytes]
    sounds: list[bytes]


def footage() -> Footage:
    """Two seconds of noise over moving bars, at about the rate of a camera, and of a voice-like buzz."""
    noise = np.random.default_rng(1)
    encoder = VideoCodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    encoder.time_base, encoder.bit_rate = Fraction(1, FPS), BITRATE
    encoder.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
    pictures: list[bytes] = []
    for number in range(FPS * LOOP_S):
        shade = np.full((HEIGHT, WIDTH, 3), 90, dtype=np.uint8)
        shade[:, (number * 12) % WIDTH :] += 40
        shade += noise.integers(0, 24, shade.shape, dtype=np.uint8)
        frame = av.VideoFrame.from_ndarray(shade, format="rgb24")
        frame.pts = number
        pictures += [bytes(packet) for packet in encoder.encode(frame)]
    speaker = AudioCodecContext.create("libopus", "w")
    speaker.sample_rate, speaker.layout, speaker.format = 48_000, "stereo", "s16"
    sounds: list[bytes] = []
    for _ in range(50 * LOOP_S):
        buzz = noise.integers(-3000, 3000, (1, 1920), dtype=np.int16)
        sound = av.AudioFrame.from_ndarray(buzz, format="s16", layout="stereo")
        sound.sample_rate = 48_000
        sounds += [bytes(packet) for packet in speaker.encode(sound)]
    return Footage(pictures, sounds)


class Played(MediaStreamTrack):
    """Encoded frames at their pace, over and over; nothing is encoded again."""

    def __init__(self, kind: str, frames: list[bytes], every_s: float) -> None:
        super().__init__()
        self.kind = kind
        self._frames = frames
        self._every_s = every_s
        self._numbers = count()
        self._began_s: float | None = None
        self.sent = 0

    async def recv(self) -> "Frame | av.Packet[Any]":
        loop = asyncio.get_running_loop()
        self._began_s = self._began_s if self._began_s is not None else loop.time()
        number = next(self._numbers)
        await asyncio.sleep(max(0.0, self._began_s + number * self._every_s - loop.time()))
        packet = av.Packet(self._frames[number % len(self._frames)])
        packet.pts, packet.time_base = round(number * self._every_s * 1_000_000), Fraction(1, 1_000_000)
        self.sent += 1
        return packet


class Client:
    """One who talks, and receives one other; what comes in is counted and never decoded."""

    def __init__(self, shown: Footage) -> None:
        configuration = RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        self.connection = RTCPeerConnection(configuration)
        self.shown = Played("video", shown.pictures, 1 / FPS)
        self.connection.addTransceiver(Played("audio", shown.sounds, 0.02), direction="sendonly")
        self.connection.addTransceiver(self.shown, direction="sendonly")
        for kind in ("audio", "video"):
            self.connection.addTransceiver(kind, direction="recvonly")
        self._whole: set[int] = set()
        for transceiver, take in zip(
            self.connection.getTransceivers()[2:], (self._pass_over, self._count), strict=True
        ):
            setattr(transceiver.receiver, "_handle_rtp_packet", take)  # noqa: B010 - not to be decoded

    @property
    def pictures(self) -> int:
        """How many came since `begin`, by their last packets."""
        return len(self._whole)

    def begin(self) -> None:
        self._whole.clear()
        self.shown.sent = 0

    async def _count(self, packet: RtpPacket, arrival_time_ms: int) -> None:
        del arrival_time_ms
        if packet.marker:
            self._whole.add(packet.timestamp)

    async def _pass_over(self, packet: RtpPacket, arrival_time_ms: int) -> None: ...

    async def offer(self) -> str:
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return self.connection.localDescription.sdp

    async def answered(self, sdp: str) -> None:
        await self.connection.setRemoteDescription(RTCSessionDescription(sdp=sdp, type="answer"))
