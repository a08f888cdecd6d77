"""One party's Opus, put in order and decoded once, in its place on the call's timeline.

Packets wait for those before them no longer than `WAIT_S`; what has not come by then is a gap, said
as one, and the sound after it is as late as it was before. (aiortc's own buffer stays 200 ms late
after every loss.) Positions are the stream's own clock, so nothing drifts.
"""

import asyncio
import heapq
import logging
from collections.abc import Callable
from itertools import count

import av
from av.audio.codeccontext import AudioCodecContext

from server.adapters.doorways.leg import Leg
from server.adapters.doorways.webrtc.placing import Placing
from server.adapters.doorways.webrtc.sources import Packet
from server.domain.media import Sequence, Stamp
from server.domain.speech import RATE_HZ, Party
from server.ports.bridge import SoundLine

log = logging.getLogger(__name__)

WAIT_S = 0.06
OPUS_HZ = 48_000
MOST_WAITING = 64
SAMPLE_BYTES = 2


class HeardLeg:
    """One party's leg on a room's line, whichever connection brings its sound; it begins with the first."""

    def __init__(self, line: SoundLine, party: Party, *, now_ms: Callable[[], int]) -> None:
        self.party = party
        self.now_ms = now_ms
        self._line = line
        self._sequence = Sequence()
        self._numbers = 0
        self._leg: Leg | None = None

    @property
    def next_ms(self) -> int:
        return self._leg.next_ms if self._leg is not None else 0

    def number(self, skipped: int) -> None:
        """Count a packet, and those before it that never came."""
        self._numbers += 1 + skipped

    def take(self, pcm: bytes, at_ms: int, received_s: float) -> None:
        order = self._sequence.take(self._numbers)
        if self._leg is None:
            self._leg = Leg(self._line, self.party, self._sequence, from_ms=at_ms)
        stamp = Stamp(at_ms=at_ms, samples=len(pcm) // SAMPLE_BYTES, order=order, jumps=self._sequence.jumps)
        self._leg.take(pcm, stamp, received_s=received_s)


class OpusEar:
    """Hears one connection's audio. The next connection of the same party has an ear of its own."""

    def __init__(self, leg: HeardLeg, *, anew: bool) -> None:
        self._leg = leg
        self._decoder = AudioCodecContext.create("libopus", "r")
        self._resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
        self._waiting: list[tuple[int, int, Packet, float]] = []
        self._ties = count()
        self._next: int | None = None
        self._placing = Placing(OPUS_HZ, leg.now_ms)
        self._timer: asyncio.TimerHandle | None = None
        self._skipped = 1 if anew else 0

    def take(self, packet: Packet) -> None:
        if not packet.rtp.payload or (self._next is not None and packet.sequence < self._next):
            return
        loop = asyncio.get_running_loop()
        heapq.heappush(self._waiting, (packet.sequence, next(self._ties), packet, loop.time()))
        if self._next is None:
            self._next = packet.sequence
        self._release(loop)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        while self._waiting:
            self._hear_next()

    def _release(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._waiting and (
            self._waiting[0][0] <= (self._next or 0)
            or loop.time() >= self._oldest_s() + WAIT_S
            or len(self._waiting) > MOST_WAITING
        ):
            self._hear_next()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting:
            self._timer = loop.call_at(self._oldest_s() + WAIT_S, self._release, loop)

    def _oldest_s(self) -> float:
        return min(came_s for _, _, _, came_s in self._waiting)

    def _hear_next(self) -> None:
        sequence, _, packet, came_s = heapq.heappop(self._waiting)
        expected = self._next if self._next is not None else sequence
        if sequence < expected:
            return  # sent twice
        self._skipped += sequence - expected
        self._next = sequence + 1
        pcm = self._decoded(packet.rtp.payload)
        if pcm:
            self._leg.number(self._skipped)
            self._skipped = 0
            at_ms = self._placing.place(packet.timestamp, next_ms=self._leg.next_ms)
            self._leg.take(pcm, at_ms, came_s)

    def _decoded(self, payload: bytes) -> bytes:
        try:
            frames = self._decoder.decode(av.Packet(payload))
            return b"".join(
                bytes(out.planes[0])[: out.samples * SAMPLE_BYTES]
                for frame in frames
                for out in self._resampler.resample(frame)
            )
        except av.FFmpegError:
            return b""  # what is not Opus is a gap like any other
