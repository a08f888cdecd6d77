"""One picture of a stream: the next that needs no other, decoded and made a PNG."""

import asyncio
from fractions import Fraction

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from server.adapters.doorways.webrtc.packets import begins_key_picture, vp8_header
from server.adapters.doorways.webrtc.sources import Packet, Source

WAIT_S = 4.0
MOST_BYTES = 2_000_000
MOST_PIXELS = 3840 * 2160
"""A few bytes can claim a picture that would fill the memory."""


class _Collecting:
    """The packets of one whole key picture, in order."""

    def __init__(self) -> None:
        self.done: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._timestamp: int | None = None
        self._first = 0
        self._last: int | None = None
        self._parts: dict[int, bytes] = {}

    def take(self, packet: Packet) -> None:
        payload = packet.rtp.payload
        if begins_key_picture(payload):
            self._timestamp, self._first, self._last = packet.timestamp, packet.sequence, None
            self._parts = {}
        start = vp8_header(payload)
        if self._timestamp != packet.timestamp or start is None or self.done.done():
            return
        self._parts[packet.sequence] = payload[start:]
        if packet.rtp.marker:
            self._last = packet.sequence
        self._finish()

    def _finish(self) -> None:
        if self._last is None or len(self._parts) != self._last - self._first + 1:
            return
        whole = b"".join(self._parts[number] for number in sorted(self._parts))
        if len(whole) <= MOST_BYTES:
            self.done.set_result(whole)


async def still_of(source: Source) -> bytes | None:
    collecting = _Collecting()
    source.taps.append(collecting.take)
    try:
        async with asyncio.timeout(WAIT_S):
            while not collecting.done.done():
                await source.ask_key()
                await asyncio.wait({collecting.done}, timeout=0.5)
    except TimeoutError:
        return None
    finally:
        source.taps.remove(collecting.take)
    return await asyncio.get_running_loop().run_in_executor(None, _png, collecting.done.result())


def _png(picture: bytes) -> bytes | None:
    decoder = VideoCodecContext.create("vp8", "r")
    decoder.options = {"max_pixels": str(MOST_PIXELS)}
    try:
        frames = decoder.decode(av.Packet(picture))
        return _encoded(frames[0]) if frames else None
    except av.FFmpegError:
        return None


def _encoded(frame: VideoFrame) -> bytes:
    encoder = VideoCodecContext.create("png", "w")
    encoder.width, encoder.height = frame.width, frame.height
    encoder.pix_fmt = "rgb24"
    encoder.time_base = Fraction(1, 1)
    packets = [*encoder.encode(frame.reformat(format="rgb24")), *encoder.encode(None)]
    return b"".join(bytes(packet) for packet in packets)
