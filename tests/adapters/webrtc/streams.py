"""A camera's stream as the server has it, and what a viewer is sent of it, without any connection."""

from collections.abc import Awaitable, Callable

from server.adapters.doorways.webrtc.lag import Lag
from server.adapters.doorways.webrtc.offers import Direction, Section
from server.adapters.doorways.webrtc.sources import Clock, Source
from server.adapters.doorways.webrtc.tracks import Track

Send = Callable[[bytes], Awaitable[None]]


async def nowhere(data: bytes) -> None: ...


def a_source(send: Send = nowhere) -> Source:
    return Source(kind="video", ssrc=1, clock=Clock(), send=send, lag=Lag())


def a_track(send: Send) -> Track:
    section = Section(
        kind="video", mid="1", direction=Direction.GIVES, payload_type=96, mid_id=0, send_time_id=0, slot=0
    )
    return Track(section, send)
