"""What a viewer's line bears: the picture as it is, a lower rate of it, stills, the sound, or nothing.

Who talks and has a bad line lowers the picture that they are sent, for everybody, to `TALKERS_LEAST`; who
watches lowers it no further than `WATCHERS_LEAST`. One whose line does not bear that is sent key pictures
alone, and the sound; then the sound alone, and at last nothing, so that typed words still come through.
"""

from dataclasses import dataclass
from enum import IntEnum

WATCHERS_LEAST = 600_000
"""Bits a second of one camera. Browsers reckon little more than they are sent, so that a still picture looks
like a bad line: without a sign of one, nobody lowers a camera further than this."""
TALKERS_LEAST = 120_000
"""Less, and the page that sends it would take its own line for a weak one."""
SIGN_S = 30.0
"""For so long a sign of a bad line is one."""
LOST = 0.15
"""More of the packets than this missing, or"""
OVER = 1.2
"""so many times more sent than the viewer says it bears, and that not rising: a bad look."""
BAD_LOOKS = 3
"""So many on end, or so many more than half as many good ones, and the line does not bear it."""
PATIENCE_S = 10.0
"""After this more is tried again; after a trial that failed, twice as long,"""
MOST_PATIENCE_S = 160.0
GO_ON_S = 5.0
"""After a trial that was borne, the next."""
TRIAL_S = 20.0
"""A trial has failed that is given up within this."""


class Level(IntEnum):
    NOTHING = 0
    SOUND = 1
    STILLS = 2
    LOWERED = 3
    FULL = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a viewer fares, over the last second or so."""

    sent: int
    """Bits a second of pictures."""
    bears: int | None
    """As the viewer reckons."""
    lost: float
    """The share of packets, 0 to 1, that went missing on their way to this viewer."""


class Bearing:
    def __init__(self) -> None:
        self.level = Level.FULL
        self._bad_s = float("-inf")
        self.bad = False
        """Whether the last look was."""
        self._bore: int | None = None
        self._weight = 0
        self._changed_s = 0.0
        self._patience_s = PATIENCE_S
        self._tried = False

    def look(self, look: Look, *, now_s: float) -> Level:
        rising = look.bears is not None and self._bore is not None and look.bears > self._bore
        over = look.bears is not None and look.sent > OVER * look.bears
        self._bore = look.bears
        self.bad = look.lost > LOST or (over and not rising)
        self._weight = min(2 * BAD_LOOKS, max(0, self._weight + (2 if self.bad else -1)))
        self._bad_s = now_s if self.bad else self._bad_s
        since_s = now_s - self._changed_s
        # That a still picture seems too much says nothing of the sound; what goes missing does.
        least = Level.NOTHING if look.lost > LOST else Level.STILLS
        if self._weight >= 2 * BAD_LOOKS and self.level > least:
            failed = self._tried and since_s < TRIAL_S
            self._patience_s = min(MOST_PATIENCE_S, 2 * self._patience_s) if failed else PATIENCE_S
            self._change(Level(self.level - 1), now_s, tried=False)
        elif not self._weight and self.level < Level.FULL and since_s >= self._wait_s:
            self._change(Level(self.level + 1), now_s, tried=True)
        return self.level

    def lately_bad(self, now_s: float) -> bool:
        return now_s - self._bad_s < SIGN_S

    @property
    def _wait_s(self) -> float:
        return GO_ON_S if self._tried else self._patience_s

    def _change(self, level: Level, now_s: float, *, tried: bool) -> None:
        self.level, self._changed_s, self._weight, self._tried = level, now_s, 0, tried
