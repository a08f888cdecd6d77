"""Where each frame belongs on its leg's timeline, and what is missing between them: decided, never guessed.

The position is the source's timestamp; the sequence number only tells why a stretch is
missing. Positions are kept in samples, so that odd frame sizes never drift.
"""

from dataclasses import dataclass
from enum import Enum, auto

from server.domain.events import GapCause
from server.domain.speech import RATE_HZ, Sound

SAMPLES_PER_MS = RATE_HZ // 1000
TOLERANCE_SAMPLES = 10 * SAMPLES_PER_MS
"""Timestamps jitter by a few milliseconds; half a frame is still the same place."""
FILL_LIMIT_MS = 2000
"""No more zeros than this stand in for missing sound; beyond, the timeline breaks."""
MISSING_LIMIT = 1024
"""How many missing numbers are remembered; older ones can no longer be told from repeats."""


class Order(Enum):
    """How a message's number follows those before it."""

    NEXT = auto()
    JUMPED = auto()
    """Numbers between were skipped."""
    LATE = auto()
    """A number that was missing."""
    REPEATED = auto()


class Sequence:
    """The numbers of a stream's messages, which all its legs share."""

    def __init__(self) -> None:
        self._last: int | None = None
        self._missing: dict[int, None] = {}
        self.jumps = 0
        """How often numbers have been skipped so far."""

    def take(self, number: int) -> Order:
        if self._last is None or number == self._last + 1:
            self._last = number
            return Order.NEXT
        if number > self._last:
            self._skip(self._last + 1, number)
            self._last = number
            return Order.JUMPED
        if number in self._missing:
            del self._missing[number]
            return Order.LATE
        return Order.REPEATED

    def _skip(self, first: int, number: int) -> None:
        self.jumps += 1
        self._missing.update(dict.fromkeys(range(max(first, number - MISSING_LIMIT), number)))
        while len(self._missing) > MISSING_LIMIT:
            del self._missing[next(iter(self._missing))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What a frame says about itself, and what the stream's sequence says about it."""

    at_ms: int
    samples: int
    order: Order
    jumps: int
    """The sequence's count of jumps when the frame came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    from_ms: int
    to_ms: int
    cause: GapCause


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """Zeros to hear before the frame, in place of sound that did not come."""

    at_ms: int
    samples: int
    sound: Sound


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    at_ms: int
    """Where what is kept of the frame begins."""
    drop_samples: int = 0
    """How much to leave off the frame's front; all of it when the frame was put aside."""
    filling: Filling | None = None
    gaps: tuple[Gap, ...] = ()


class Timeline:
    """One leg's sound in order: every sample has one place, and every missing stretch is recorded."""

    def __init__(self, *, from_ms: int = 0) -> None:
        self._next = from_ms * SAMPLES_PER_MS
        self._begun = False
        self._jumps = 0

    @property
    def next_ms(self) -> int:
        """How far the leg's sound reaches."""
        return self._next // SAMPLES_PER_MS

    def place(self, stamp: Stamp) -> Placement:
        if not stamp.samples:
            return Placement(at_ms=self.next_ms)
        ahead = stamp.at_ms * SAMPLES_PER_MS - self._next
        if ahead > TOLERANCE_SAMPLES:
            return self._after_gap(stamp, ahead)
        behind = 0 if -ahead <= TOLERANCE_SAMPLES else -ahead
        if behind:
            return self._overlapping(stamp, behind)
        return self._kept(stamp, Placement(at_ms=self.next_ms))

    def _after_gap(self, stamp: Stamp, ahead: int) -> Placement:
        lost = stamp.jumps > self._jumps
        cause, sound = (GapCause.LOST, Sound.LOST) if lost else (GapCause.SILENT, Sound.SILENT)
        filled = min(ahead, FILL_LIMIT_MS * SAMPLES_PER_MS) if self._begun else 0
        filling = Filling(at_ms=self.next_ms, samples=filled, sound=sound) if filled else None
        gaps = self._gaps(cause, filled or ahead, ahead)
        self._next += ahead
        return self._kept(stamp, Placement(at_ms=stamp.at_ms, filling=filling, gaps=gaps))

    def _gaps(self, cause: GapCause, near: int, ahead: int) -> tuple[Gap, ...]:
        """The missing stretch; what lies beyond the filled part of it is a break."""
        begin, middle, end = ((self._next + step) // SAMPLES_PER_MS for step in (0, near, ahead))
        gap = Gap(from_ms=begin, to_ms=middle, cause=cause)
        return (gap,) if near == ahead else (gap, Gap(from_ms=middle, to_ms=end, cause=GapCause.BREAK))

    def _overlapping(self, stamp: Stamp, behind: int) -> Placement:
        """The frame's place, or the front of it, is already taken."""
        drop = min(behind, stamp.samples)
        cause = GapCause.DUPLICATE if stamp.order is Order.REPEATED else GapCause.LATE
        end_ms = stamp.at_ms + -(-drop // SAMPLES_PER_MS)
        gap = Gap(from_ms=stamp.at_ms, to_ms=end_ms, cause=cause)
        placement = Placement(at_ms=self.next_ms, drop_samples=drop, gaps=(gap,))
        return self._kept(stamp, placement) if drop < stamp.samples else placement

    def _kept(self, stamp: Stamp, placement: Placement) -> Placement:
        self._next += stamp.samples - placement.drop_samples
        self._begun = True
        self._jumps = stamp.jumps
        return placement

    def unheard_end(self, jumps: int) -> Gap | None:
        """At the stream's end: numbers skipped since the last frame may have been sound."""
        if jumps == self._jumps:
            return None
        return Gap(from_ms=self.next_ms, to_ms=self.next_ms, cause=GapCause.LOST)
