"""Encoded sound and pictures put into WebM as they came, in small pieces that can be cut off anywhere."""

import io
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import av
from av.container import OutputContainer
from av.stream import Stream

from server.ports.media import EncodedFrame

CLUSTER_MS = 500
"""What is not yet written when the server is killed."""
INTERLEAVE_US = 1000
_TIME_BASE = Fraction(1, 1000)
_SILENT_SAMPLES = 960


@dataclass(slots=True)
class _Written:
    """What a muxer writes into; it cannot seek, as a stream cannot."""

    data: bytearray

    def write(self, data: bytes) -> int:
        self.data += data
        return len(data)


class WebmWriter:
    """Implements `ports.media.Muxer`: one file, handed out piece by piece; the first has its header.

    Frames are given in order of their time. Pictures of another size than the first are VP8's own affair.
    """

    def __init__(self, *, width: int, height: int, begins_ms: int) -> None:
        self._begins_ms = begins_ms
        self._out = _Written(bytearray())
        self._container: OutputContainer = av.open(
            self._out,
            "w",
            format="webm",
            options={
                "live": "1",
                "cluster_time_limit": str(CLUSTER_MS),
                "flush_packets": "1",
                "max_interleave_delta": str(INTERLEAVE_US),
            },
        )
        with av.open(io.BytesIO(_opus()), "r") as pattern:
            self._streams: dict[str, Stream] = {
                # Made without an encoder: whose size somebody only claims costs nothing.
                "video": self._container.add_mux_stream("vp8", width=width, height=height),
                "audio": self._container.add_stream_from_template(pattern.streams.audio[0]),
            }
        self._last: dict[str, int] = {}

    def add(self, frame: EncodedFrame) -> None:
        at_ms = max(0, frame.at_ms - self._begins_ms)
        # Two frames of a stream never have the same time.
        at_ms = max(at_ms, self._last.get(frame.kind, -1) + 1)
        self._last[frame.kind] = at_ms
        packet = av.Packet(frame.data)
        packet.stream = self._streams[frame.kind]
        packet.time_base = _TIME_BASE
        packet.pts = packet.dts = at_ms
        packet.is_keyframe = frame.key
        self._container.mux(packet)

    def take(self) -> bytes:
        """What was written since the last time."""
        data, self._out.data = bytes(self._out.data), bytearray()
        return data

    def close(self) -> bytes:
        self._container.close()
        return self.take()


@cache
def _opus() -> bytes:
    """A file of one frame, from which a muxer learns what the sound is; it is never encoded."""
    made = io.BytesIO()
    with av.open(made, "w", format="webm") as container:
        audio = container.add_stream("libopus", rate=48_000)
        audio.layout = "stereo"
        silence = av.AudioFrame("s16", "stereo", _SILENT_SAMPLES)
        silence.sample_rate = 48_000
        silence.planes[0].update(bytes(silence.planes[0].buffer_size))
        silence.pts = 0
        for packets in (audio.encode(silence), audio.encode(None)):
            container.mux(packets)
    return made.getvalue()
