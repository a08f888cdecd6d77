"""A still is made of what came, and of nothing that only claims to be a picture."""

import asyncio
from fractions import Fraction

import av
import pytest
from av.video.codeccontext import VideoCodecContext

from server.adapters.doorways.webrtc.packets import Rtp
from server.adapters.doorways.webrtc.stills import still_of
from tests.adapters.webrtc.streams import a_source

VP8_FIRST = b"\x10"
"""A payload descriptor of nothing else: the first part of the first partition (RFC 7741)."""


async def kept_of(picture: bytes) -> bytes | None:
    """What a still is, where a camera sends this key picture in one packet."""
    source = a_source()
    async with asyncio.TaskGroup() as tasks:
        asking = tasks.create_task(still_of(source))
        while not source.taps:
            await asyncio.sleep(0)
        await source.take(Rtp(96, 1, 90_000, 7, marker=True, payload=VP8_FIRST + picture))
    return asking.result()


def a_key_picture(width: int, height: int) -> bytes:
    encoder = VideoCodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base, encoder.options = Fraction(1, 30), {"deadline": "realtime", "cpu-used": "16"}
    frame = av.VideoFrame(width, height, "yuv420p")
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    [packet] = [*encoder.encode(frame), *encoder.encode(None)]
    return bytes(packet)


@pytest.mark.parametrize(("size", "kept"), [((64, 48), True), ((4096, 2304), False)])
async def test_a_picture_that_is_larger_than_any_camera_sends_is_none(
    size: tuple[int, int], *, kept: bool
) -> None:
    """What is read of a few bytes would fill the memory otherwise."""
    still = await kept_of(a_key_picture(*size))
    assert (still is not None and still.startswith(b"\x89PNG")) is kept
