"""Encoded sound and pictures put into WebM as they came, in small pieces that can be cut off anywhere.

The header is libav's, the clusters behind it are ours: libav holds sound back for as long as no picture
comes, so that of a party without a camera nothing would be safe.
"""

import io
import struct
from dataclasses import dataclass, field
from functools import cache

import av

from server.ports.media import EncodedFrame

CLUSTER_MS = 5000
"""A block says its time in 16 bits from its cluster's."""
CLUSTER, TIME, BLOCK = b"\x1f\x43\xb6\x75", b"\xe7\x84", b"\xa3"
"""The names of elements (RFC 9559, 5.1); that of the time with its length, four bytes."""
TRACKS = {"video": b"\x81", "audio": b"\x82"}
"""By the order in which the header has them."""
ALONE = 0x80
"""Of a block that can be decoded without those before it."""
FOUR_BYTES = 0x1000_0000
_SILENT_SAMPLES = 960


@dataclass(slots=True)
class _Written:
    """What a header is written into; it cannot seek, as a stream cannot."""

    data: bytearray = field(default_factory=bytearray)

    def write(self, data: bytes) -> int:
        self.data += data
        return len(data)


class WebmWriter:
    """Implements `ports.media.Muxer`: one file, handed out piece by piece; the first has its header.

    What was added is in what is taken next. Pictures of another size than the first are VP8's own affair.
    """

    def __init__(self, *, width: int, height: int, begins_ms: int) -> None:
        self._begins_ms = begins_ms
        self._out = bytearray(_header(width, height))
        self._waiting: list[tuple[int, bytes, EncodedFrame]] = []
        """What the next cluster is made of: each with its time in the file, and its track."""
        self._last: dict[str, int] = {}

    def add(self, frame: EncodedFrame) -> None:
        at_ms = max(0, frame.at_ms - self._begins_ms)
        # Two frames of a stream never have the same time.
        at_ms = max(at_ms, self._last.get(frame.kind, -1) + 1)
        self._last[frame.kind] = at_ms
        if self._waiting and abs(at_ms - self._waiting[0][0]) >= CLUSTER_MS:
            self._end_cluster()
        self._waiting.append((at_ms, TRACKS[frame.kind], frame))

    def take(self) -> bytes:
        """What was written since the last time."""
        self._end_cluster()
        data, self._out = bytes(self._out), bytearray()
        return data

    def close(self) -> bytes:
        return self.take()

    def _end_cluster(self) -> None:
        if not self._waiting:
            return
        blocks = sorted(self._waiting, key=lambda block: block[0])
        begins_ms = blocks[0][0]
        body = [TIME + struct.pack(">I", begins_ms)]
        for at_ms, track, frame in blocks:
            place = track + struct.pack(">hB", at_ms - begins_ms, ALONE if frame.key else 0)
            body.append(_element(BLOCK, place + frame.data))
        self._out += _element(CLUSTER, b"".join(body))
        self._waiting = []


def _element(name: bytes, data: bytes) -> bytes:
    """With its length in four bytes, of whose first bits three are noughts and the fourth says so."""
    return name + struct.pack(">I", FOUR_BYTES | len(data)) + data


def _header(width: int, height: int) -> bytes:
    """Made without an encoder of pictures: whose size somebody only claims costs nothing."""
    out = _Written()
    with (
        av.open(io.BytesIO(_opus()), "r") as pattern,
        av.open(out, "w", format="webm", options={"live": "1"}) as container,
    ):
        container.add_mux_stream("vp8", width=width, height=height)
        container.add_stream_from_template(pattern.streams.audio[0])
        container.start_encoding()
    return bytes(out.data)


@cache
def _opus() -> bytes:
    """A file of one frame, from which a header learns what the sound is; it is never encoded."""
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
