"""RTP on the wire, what is missing of it, how much of it there may be, and what is made of it."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.adapters.doorways.webrtc.allowance import LEAST, START, Allowance
from server.adapters.doorways.webrtc.frames import PictureFrames
from server.adapters.doorways.webrtc.lag import Lag
from server.adapters.doorways.webrtc.missing import ASK_AGAIN_S, MOST, Missing
from server.adapters.doorways.webrtc.packets import (
    WRAP_16,
    BadPacket,
    Rtp,
    Unwrapped,
    begins_key_picture,
    extension_block,
    read_rtp,
    write_rtp,
)
from server.adapters.doorways.webrtc.sources import Packet
from server.ports.media import EncodedFrame

START_OF_PICTURE, REST = b"\x10", b"\x00"
KEY, OTHER = b"\x00", b"\x01"


PACKETS = st.builds(
    Rtp,
    payload_type=st.just(96),
    sequence=st.integers(0, 65535),
    timestamp=st.integers(0, 2**32 - 1),
    ssrc=st.integers(0, 2**32 - 1),
    marker=st.booleans(),
    payload=st.binary(max_size=50),
    send_time=st.integers(0, 2**24 - 1),
)


@given(PACKETS)
def test_what_is_written_is_read_again(packet: Rtp) -> None:
    block = extension_block(mid_id=4, mid="12", send_time_id=3, send_time=packet.send_time or 0)
    assert read_rtp(write_rtp(packet, block), 3) == packet


@given(st.binary(max_size=80))
def test_anything_is_read_or_refused(data: bytes) -> None:
    try:
        read_rtp(data, 3)
    except BadPacket:
        return


@given(st.binary(max_size=20))
def test_any_payload_is_looked_at(payload: bytes) -> None:
    begins_key_picture(payload)


def test_padding_is_left_off() -> None:
    head = struct.pack("!BBHII", 0xA0, 96, 1, 2, 3)
    assert read_rtp(head + b"sound" + b"\x00\x00\x03", 0).payload == b"sound"
    with pytest.raises(BadPacket):
        read_rtp(head + b"\xff", 0)


def test_numbers_that_wrap_are_counted_on() -> None:
    count = Unwrapped(WRAP_16)
    assert [count.take(number) for number in (65534, 65535, 0, 65535, 2)] == [
        65534,
        65535,
        65536,
        65535,
        65538,
    ]


def test_what_is_missing_is_asked_for_again_until_it_comes() -> None:
    missing = Missing()
    assert missing.after(1, now_s=0) == []
    assert missing.after(4, now_s=0) == [2, 3]
    assert missing.after(5, now_s=0.01) == []
    assert missing.after(2, now_s=ASK_AGAIN_S) == [3]
    assert missing.after(3, now_s=1) == []
    assert missing.after(6, now_s=2) == []


def test_what_never_comes_is_not_asked_for_for_ever() -> None:
    missing = Missing()
    missing.after(1, now_s=0)
    asked = missing.after(3, now_s=0) or []
    for step in range(1, 100):
        asked += missing.after(3 + step, now_s=step) or []
    assert 1 < asked.count(2) < 10


def test_too_much_missing_is_a_break() -> None:
    missing = Missing()
    missing.after(1, now_s=0)
    assert missing.after(MOST + 10, now_s=0) is None


async def test_a_rate_falls_while_packets_queue_and_rises_after() -> None:
    allowance = Allowance(Lag())
    sent_s, lowered = 0.0, False
    for number in range(600):
        sent_s = number * 0.01
        # The way is slower than what is sent: each packet waits longer than the one before.
        lowered |= _take(allowance, sent_s, came_ms=round(1000 + sent_s * 1000 * 1.5))
    assert lowered
    low = allowance.rate
    assert LEAST <= low < START
    for number in range(4000):
        now_s = sent_s + 5 + number * 0.01
        _take(allowance, now_s, came_ms=round(6000 + sent_s * 1500 + number * 10))
    assert allowance.rate > low


def _take(allowance: Allowance, sent_s: float, *, came_ms: int) -> bool:
    return allowance.take(int(sent_s * 2**18) & 0xFFFFFF, 1200, 1, now_ms=came_ms)


def packet(sequence: int, payload: bytes, *, timestamp: int, marker: bool = False) -> Packet:
    return Packet(Rtp(96, sequence, timestamp, 1, marker, payload), sequence, timestamp)


def test_packets_out_of_order_make_whole_pictures_in_order() -> None:
    made: list[EncodedFrame] = []
    frames = PictureFrames(lambda one: one.timestamp, made.append)
    frames.take(packet(1, START_OF_PICTURE + KEY + b"a", timestamp=10))
    frames.take(packet(4, REST + b"d", timestamp=20, marker=True))
    frames.take(packet(3, START_OF_PICTURE + OTHER + b"c", timestamp=20))
    assert made == []
    frames.take(packet(2, REST + b"b", timestamp=10, marker=True))
    assert [(one.at_ms, one.data, one.key) for one in made] == [
        (10, KEY + b"ab", True),
        (20, OTHER + b"cd", False),
    ]


def test_nothing_is_made_before_a_key_picture() -> None:
    made: list[EncodedFrame] = []
    frames = PictureFrames(lambda one: one.timestamp, made.append)
    frames.take(packet(1, START_OF_PICTURE + OTHER + b"a", timestamp=10, marker=True))
    assert made == []
