"""Plays a recording into a line, frame by frame, as a telephone would bring it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from server.adapters.doorways.leg import FRAME_MS, Leg
from server.adapters.doorways.replay.wav import Legs
from server.domain.ids import CallId
from server.domain.media import Sequence, Stamp
from server.domain.speech import BYTES_PER_MS, Party
from server.ports.bus import BacklogSeen, Notice
from server.ports.clock import Clock
from server.services.switchboard import Arrival, Line, Lines

FRAME_BYTES = FRAME_MS * BYTES_PER_MS
HOLD_MS = 4000
"""Faster than real time, the recording waits while the ears are further behind than this,"""
LONGEST_HOLD_S = 2.0
"""but never longer at once: ears that have gone deaf must not hold the replay for good."""
_LOOK_S = 0.02


@dataclass(slots=True)
class Backlog:
    """How far a call's ears are behind; subscribe `follow` to the bus."""

    call: CallId
    of: dict[Party, int] = field(default_factory=dict)

    def follow(self, notice: Notice) -> None:
        if isinstance(notice, BacklogSeen) and notice.call == self.call:
            self.of[notice.party] = notice.backlog_ms

    @property
    def worst_ms(self) -> int:
        return max(self.of.values(), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Playing:
    """How a recording is played."""

    speed: float = 1.0
    backlog: Backlog | None = None
    """Whom to wait for when played faster than real time."""
    progress: Callable[[int], None] = lambda _at_ms: None
    """Called with the media time after every frame."""
    gate: Callable[[int], Awaitable[None]] | None = None
    """Asked before every frame; while it does not return, the recording stands still."""


class ReplayDoorway:
    def __init__(self, lines: Lines, clock: Clock) -> None:
        self._lines = lines
        self._clock = clock

    async def play(self, arrival: Arrival, legs: Legs, playing: Playing) -> None:
        """Bring the call in and play it to its end; stopping early loses its line."""
        await self._lines.arrive(arrival)
        line = await self._lines.open_line(arrival.call)
        finished = False
        try:
            await self._speak(line, legs, playing)
            finished = True
        finally:
            if finished:
                line.stop()
            else:
                line.lose("the replay was stopped")

    async def _speak(self, line: Line, legs: Legs, playing: Playing) -> None:
        sequence = Sequence()
        sounds = {Party.CALLER: legs.caller, Party.HANDLER: legs.handler}
        tracks = [(Leg(line, party, sequence), sound) for party, sound in sounds.items() if sound]
        pace = _Pace(self._clock, playing)
        number = 0
        for at_ms in range(0, legs.duration_ms + FRAME_MS, FRAME_MS):
            if playing.gate is not None:
                await pace.stand_still(playing.gate(at_ms))
            # A frame comes when its sound is over.
            await pace.wait_for(at_ms + FRAME_MS)
            for leg, sound in tracks:
                number += 1
                frame = sound[at_ms * BYTES_PER_MS :][:FRAME_BYTES]
                order = sequence.take(number)
                stamp = Stamp(at_ms=at_ms, samples=len(frame) // 2, order=order, jumps=sequence.jumps)
                leg.take(frame, stamp, received_s=self._clock.monotonic_s())
            playing.progress(min(at_ms + FRAME_MS, legs.duration_ms))


class _Pace:
    """Real time, or faster; never faster than the ears can follow."""

    def __init__(self, clock: Clock, playing: Playing) -> None:
        self._clock = clock
        self._speed = playing.speed
        self._backlog = playing.backlog
        self._since_s = clock.monotonic_s()

    async def wait_for(self, at_ms: int) -> None:
        if self._speed > 1:
            await self._hold()
        ahead_s = self._since_s + at_ms / 1000 / self._speed - self._clock.monotonic_s()
        await asyncio.sleep(max(0.0, ahead_s))

    async def stand_still(self, until: Awaitable[None]) -> None:
        """However long it takes, the recording then goes on from where it stands."""
        began_s = self._clock.monotonic_s()
        await until
        self._since_s += self._clock.monotonic_s() - began_s

    async def _hold(self) -> None:
        held_s = 0.0
        while self._backlog and self._backlog.worst_ms > HOLD_MS and held_s < LONGEST_HOLD_S:
            await asyncio.sleep(_LOOK_S)
            held_s += _LOOK_S
        self._since_s += held_s
