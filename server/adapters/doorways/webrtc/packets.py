"""RTP packets as they are on the wire: read with one copy of the payload, written for each viewer."""

import struct
from dataclasses import dataclass, field

_HEAD = struct.Struct("!BBHII")
_EXTENSION = struct.Struct("!HH")
_ONE_BYTE = 0xBEDE
_VERSION = 2
WRAP_16 = 1 << 16
WRAP_32 = 1 << 32
MID_URI = "urn:ietf:params:rtp-hdrext:sdes:mid"
SEND_TIME_URI = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"


class BadPacket(Exception):
    """Not RTP."""


@dataclass(slots=True)
class Rtp:
    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    marker: bool
    payload: bytes = field(repr=False)
    send_time: int | None = None
    """The sender's 24-bit clock of 1/2^18 s, where the extension was agreed and is there."""


def read_rtp(data: bytes, send_time_id: int) -> Rtp:
    """Raises `BadPacket`."""
    if len(data) < _HEAD.size:
        raise BadPacket
    first, second, sequence, timestamp, ssrc = _HEAD.unpack_from(data)
    if first >> 6 != _VERSION:
        raise BadPacket
    at = _HEAD.size + 4 * (first & 0x0F)
    send_time = None
    if first & 0x10:
        if len(data) < at + 4:
            raise BadPacket
        profile, words = _EXTENSION.unpack_from(data, at)
        at += 4
        if profile == _ONE_BYTE and send_time_id:
            send_time = _send_time(data[at : at + 4 * words], send_time_id)
        at += 4 * words
    end = len(data) - (data[-1] if first & 0x20 else 0)
    if end < at:
        raise BadPacket
    return Rtp(second & 0x7F, sequence, timestamp, ssrc, bool(second & 0x80), data[at:end], send_time)


def _send_time(block: bytes, wanted: int) -> int | None:
    at = 0
    while at < len(block):
        head = block[at]
        if head == 0:  # padding
            at += 1
            continue
        number, length = head >> 4, (head & 0x0F) + 1
        if number == wanted and length == 3:
            return int.from_bytes(block[at + 1 : at + 4])
        at += 1 + length
    return None


def write_rtp(packet: Rtp, extension: bytes) -> bytes:
    first = 0x90 if extension else 0x80
    second = packet.payload_type | (0x80 if packet.marker else 0)
    head = _HEAD.pack(first, second, packet.sequence % WRAP_16, packet.timestamp % WRAP_32, packet.ssrc)
    return head + extension + packet.payload


def extension_block(*, mid_id: int, mid: str, send_time_id: int, send_time: int) -> bytes:
    """The header extensions of a packet we send; empty when none was agreed."""
    body = b""
    if mid_id and mid:
        name = mid.encode()
        body += bytes([mid_id << 4 | len(name) - 1]) + name
    if send_time_id:
        body += bytes([send_time_id << 4 | 2]) + (send_time & 0xFFFFFF).to_bytes(3)
    if not body:
        return b""
    body += bytes(-len(body) % 4)
    return _EXTENSION.pack(_ONE_BYTE, len(body) // 4) + body


class Unwrapped:
    """Numbers that wrap around, counted on; with `after`, from beyond what was counted before."""

    def __init__(self, wrap: int, after: int | None = None) -> None:
        self._wrap = wrap
        self._after = after
        self.last: int | None = None

    def take(self, number: int) -> int:
        if self.last is None:
            turns = 0 if self._after is None else 1 + self._after // self._wrap
            self.last = number + turns * self._wrap
            return self.last
        value = self.near(self.last, number)
        self.last = max(self.last, value)
        return value

    def near(self, counted: int, number: int) -> int:
        """What this number is counted as beside one that was counted."""
        step = (number - counted) % self._wrap
        return counted + (step if step < self._wrap // 2 else step - self._wrap)


def begins_key_picture(payload: bytes) -> bool:
    """Whether this VP8 packet (RFC 7741) is the first of a picture that needs no other."""
    start = vp8_header(payload)
    first = payload[:1]
    if start is None or not first[0] & 0x10 or first[0] & 0x0F:
        return False
    return not payload[start] & 0x01


def vp8_header(payload: bytes) -> int | None:
    """How long the VP8 payload descriptor is; none if nothing follows it."""
    if not payload:
        return None
    at = 1
    if payload[0] & 0x80:
        if len(payload) <= at:
            return None
        flags = payload[at]
        at += 1
        if flags & 0x80:
            if len(payload) <= at:
                return None
            at += 2 if payload[at] & 0x80 else 1
        at += 1 if flags & 0x40 else 0
        at += 1 if flags & 0x30 else 0
    return at if at < len(payload) else None
