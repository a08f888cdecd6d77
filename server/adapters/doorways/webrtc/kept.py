"""What is kept of one party: whole frames, pictures beside the sound of the moment when they were taken."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from server.adapters.doorways.webrtc.frames import PictureFrames, SoundFrames
from server.adapters.doorways.webrtc.placing import Placing
from server.adapters.doorways.webrtc.sources import Packet, Source
from server.ports.media import EncodedFrame

APART_MS = 15_000
"""So much longer may pictures be under way: a first one is 3 to 8 s on a line of 20 to 50 kbit/s."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A stream, and where it lies."""

    source: Source
    placing: Placing

    def at_ms(self, packet: Packet) -> int:
        return self.placing.place(packet.timestamp)

    @property
    def ahead_ms(self) -> float | None:
        """How far the call's time is ahead of the sender's; none until the sender has said what that is."""
        taken = self.source.taken
        return self.placing.ahead_ms(taken.timestamp, taken.at_ms) if taken is not None else None


@dataclass(frozen=True, slots=True)
class _Beside(_Placed):
    """Pictures that may be longer under way than their sound, and are made no later by it."""

    sound: _Placed | None

    def at_ms(self, packet: Packet) -> int:
        came_ms = self.placing.place(packet.timestamp)
        own, other = self.ahead_ms, self.sound.ahead_ms if self.sound is not None else None
        if own is None or other is None or abs(other - own) > APART_MS:
            return came_ms
        return max(0, round(came_ms + other - own))


def keep(
    sources: Mapping[str, Source], *, now_ms: Callable[[], int], give: Callable[[EncodedFrame], None]
) -> None:
    """Have every whole frame from now on."""
    placed = {kind: _Placed(one, Placing(one.clock_hz, now_ms)) for kind, one in sources.items()}
    sound, picture = placed.get("audio"), placed.get("video")
    if sound is not None:
        sound.source.taps.append(SoundFrames(sound.at_ms, give).take)
    if picture is not None:
        beside = _Beside(picture.source, picture.placing, sound)
        picture.source.taps.append(PictureFrames(beside.at_ms, give).take)
