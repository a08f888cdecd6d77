"""Packets put together into whole frames again, for those who keep them: in order, and none that is torn."""

import time
from collections.abc import Callable

from server.adapters.doorways.webrtc.packets import begins_key_picture, vp8_header
from server.adapters.doorways.webrtc.sources import Packet
from server.ports.media import EncodedFrame

WAIT_S = 0.4
"""How long a picture waits for a packet that was lost and asked for again."""
MOST_HELD = 1024

Placed = Callable[[Packet], int]
"""Where a packet lies on the call's timeline, milliseconds."""


class SoundFrames:
    """Every packet is a frame; those that come late are left out."""

    def __init__(self, at_ms: Placed, give: Callable[[EncodedFrame], None]) -> None:
        self._at_ms = at_ms
        self._give = give
        self._last = -1

    def take(self, packet: Packet) -> None:
        if packet.sequence <= self._last or not packet.rtp.payload:
            return
        self._last = packet.sequence
        self._give(EncodedFrame(kind="audio", at_ms=self._at_ms(packet), data=packet.rtp.payload))


class PictureFrames:
    """After a picture that could not be made whole, nothing until one that needs no other."""

    def __init__(self, at_ms: Placed, give: Callable[[EncodedFrame], None]) -> None:
        self._at_ms = at_ms
        self._give = give
        self._held: dict[int, tuple[Packet, float]] = {}
        self._next: int | None = None

    def take(self, packet: Packet) -> None:
        if self._next is None and not begins_key_picture(packet.rtp.payload):
            return
        if self._next is None:
            self._next = packet.sequence
        if packet.sequence < self._next:
            return
        self._held[packet.sequence] = packet, time.monotonic()
        while self._give_next():
            pass
        self._give_up()

    def _give_next(self) -> bool:
        """Whether a whole frame, or padding, came next."""
        if self._next is None:
            return False
        parts: list[Packet] = []
        number = self._next
        while number in self._held:
            packet = self._held[number][0]
            parts.append(packet)
            number += 1
            if packet.rtp.marker or not packet.rtp.payload:
                self._next = number
                for part in parts:
                    del self._held[part.sequence]
                self._whole(parts)
                return True
        return False

    def _whole(self, parts: list[Packet]) -> None:
        pieces = [part.rtp.payload for part in parts if part.rtp.payload]
        if not pieces:
            return
        data = b"".join(piece[vp8_header(piece) or len(piece) :] for piece in pieces)
        key = begins_key_picture(pieces[0])
        self._give(EncodedFrame(kind="video", at_ms=self._at_ms(parts[0]), data=data, key=key))

    def _give_up(self) -> None:
        """Go on with the next key picture when a packet has been missing for too long."""
        if not self._held or self._next in self._held:
            return
        oldest_s = min(came_s for _, came_s in self._held.values())
        if time.monotonic() - oldest_s < WAIT_S and len(self._held) < MOST_HELD:
            return
        keys = [number for number, (held, _) in self._held.items() if begins_key_picture(held.rtp.payload)]
        self._next = min(keys, default=None)
        kept = self._next if self._next is not None else max(self._held) + 1
        self._held = {number: held for number, held in self._held.items() if number >= kept}
        while self._give_next():
            pass
