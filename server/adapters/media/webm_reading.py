"""Stretches of a WebM file that was written piece by piece: sound decoded, pictures as they are."""

import io
import re
from collections.abc import Iterator
from contextlib import suppress

import av
from av import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import InvalidDataError
from av.packet import Packet
from av.video.stream import VideoStream

from server.ports.media import SOUND_HZ, EncodedFrame

CLUSTER = re.compile(
    rb"\x1f\x43\xb6\x75(?:[\x80-\xff]|[\x40-\x7f].|[\x20-\x3f]..|[\x10-\x1f]...|[\x01-\x0f].{4,7}?)\xe7[\x81-\x84]",
    re.DOTALL,
)
"""Where a cluster begins: its name, its length, and its time as its first element."""
SAMPLE_BYTES = 2
JUMP_MS = 30
"""Sound that is further from where the last ended than this was not continuous."""


class WebmReader:
    """Implements `ports.media.MediaReader`."""

    def head(self, data: bytes) -> bytes:
        found = CLUSTER.search(data)
        return data if found is None else data[: found.start()]

    def sound(self, head: bytes, data: bytes, *, from_ms: int, to_ms: int) -> bytes:
        sound = _Stretch(from_ms=from_ms, to_ms=to_ms)
        for packet in _sounds(head, data):
            for frame in packet.decode():
                sound.add(frame)
        sound.settle()
        return bytes(sound.pcm)

    def pictures(self, head: bytes, data: bytes) -> list[EncodedFrame]:
        return [
            EncodedFrame(kind="video", at_ms=_ms(packet), data=bytes(packet), key=packet.is_keyframe)
            for packet in _shown(head, data)
        ]


class _Stretch:
    """Puts decoded sound where it belongs; what follows without a gap is one run, sample by sample."""

    def __init__(self, *, from_ms: int, to_ms: int) -> None:
        self.pcm = bytearray((to_ms - from_ms) * SOUND_HZ // 1000 * SAMPLE_BYTES)
        self._from_ms = from_ms
        self._run = bytearray()
        self._begins_ms = self._reached_ms = 0.0
        self._resampler = _resampler()

    def add(self, frame: AudioFrame) -> None:
        at_ms = (frame.time or 0.0) * 1000
        if abs(at_ms - self._reached_ms) > JUMP_MS:
            self.settle()
            self._begin_run(at_ms)
        self._reached_ms += frame.samples * 1000 / frame.sample_rate
        self._take(self._resampler.resample(frame))

    def settle(self) -> None:
        """Put the run in its place, as far as it lies in the stretch."""
        if self._run:
            self._take(self._resampler.resample(None))
        at = round((self._begins_ms - self._from_ms) * SOUND_HZ / 1000) * SAMPLE_BYTES
        begin, end = max(at, 0), min(at + len(self._run), len(self.pcm))
        if begin < end:
            self.pcm[begin:end] = self._run[begin - at : end - at]
        self._run = bytearray()

    def _begin_run(self, at_ms: float) -> None:
        self._begins_ms = self._reached_ms = at_ms
        self._resampler = _resampler()

    def _take(self, frames: list[AudioFrame]) -> None:
        for frame in frames:
            self._run += bytes(frame.planes[0])[: frame.samples * SAMPLE_BYTES]


def _resampler() -> AudioResampler:
    return AudioResampler(format="s16", layout="mono", rate=SOUND_HZ)


def _sounds(head: bytes, data: bytes) -> Iterator["Packet[AudioStream]"]:
    with suppress(InvalidDataError, EOFError), _opened(head, data) as file:
        for packet in file.demux(file.streams.audio[:1]) if file.streams.audio else ():
            if packet.size and packet.pts is not None:
                yield packet


def _shown(head: bytes, data: bytes) -> Iterator["Packet[VideoStream]"]:
    with suppress(InvalidDataError, EOFError), _opened(head, data) as file:
        for packet in file.demux(file.streams.video[:1]) if file.streams.video else ():
            if packet.size and packet.pts is not None:
                yield packet


def _opened(head: bytes, data: bytes) -> InputContainer:
    """From the first whole cluster on. Raises `EOFError` where there is none."""
    first = CLUSTER.search(data)
    if first is None:
        raise EOFError
    return av.open(io.BytesIO(head + data[first.start() :]), "r", format="webm")


def _ms(packet: "Packet[VideoStream]") -> int:
    return round(float((packet.pts or 0) * packet.time_base) * 1000)
