"""Hears what may be tapping or a cough: one short burst of sound with quiet before and behind it.

A tap is over almost as soon as it is loud; a cough begins as sharply and is noise for a fifth of a second. A
word that begins so sharply soon has a voice, whose overtones leave the spectrum anything but flat. Much else
knocks and rasps: what is found is a doubt, and means something only where somebody was asked for it.
"""

import math
from collections import deque
from dataclasses import dataclass, field

import numpy as np

from server.adapters.speech.level import FAINTEST_DB
from server.adapters.speech.looks import FLOOR_DB, HOP, LOOK, SAMPLES_PER_MS, Looks
from server.domain.sounds import SoundHeard, SoundKind

STEP = 64
STEP_MS = STEP // SAMPLES_PER_MS
LEAST_DB = -45.0
ABOVE_FLOOR_DB = 15.0
SHARP_DB = 9.0
"""A burst begins so far above all that was heard"""
BEFORE = slice(-15, -1)
"""in these steps, 120 to 8 ms before it."""
HOLDS_DB = 12.0
"""It is over once it has been so far below its peak"""
QUIET = 12
"""for so many steps: the vowel behind a plosive comes sooner."""
LONGEST = 125
"""Steps, a second of them: a burst that lasts longer is none."""
FLOOR_UP_DB, FLOOR_DOWN_DB = 0.02, 1.0
"""How far the line's noise follows in each step."""

FAINT_DB = -40.0
"""A peak below this is neither."""
TAP_MS = 56
"""How long a tap holds,"""
TAP_NEAR_DB, TAP_NEAR_MS = 6.0, 16
"""how long it is nearly as loud as at its peak,"""
TAP_PEAK_MS = 8
"""how soon it is at its peak,"""
TAP_RISE_DB = 15.0
"""and how far it rises."""
COUGH_MS = 700
FLAT, VOICE, RISE, LEAST = 1.5, 3.2, 0.06, -2.46
"""A cough's spectrum is flat, no pitch explains it, and it rises far: weighed on real ones (DECISIONS 85)."""
MOST_RISE_DB = 30.0

ROW_MS = 1200
"""Bursts with less than this between them are counted together."""
RATTLE = 12
"""So many in a row are no answer to anybody: keys, footsteps, applause."""


@dataclass(slots=True)
class _Burst:
    first: int
    """The step it began with, since the sound began,"""
    before_db: float
    """and how loud it was before."""
    levels_db: list[float] = field(default_factory=list)
    last: int = 0

    @property
    def peak_db(self) -> float:
        return max(self.levels_db)

    @property
    def held_ms(self) -> int:
        return (self.last - self.first + 1) * STEP_MS

    @property
    def rise_db(self) -> float:
        return self.peak_db - self.before_db

    @property
    def is_tap(self) -> bool:
        peak_db = self.peak_db
        near_ms = STEP_MS * sum(level > peak_db - TAP_NEAR_DB for level in self.levels_db)
        soon = self.levels_db.index(peak_db) * STEP_MS <= TAP_PEAK_MS
        return soon and self.held_ms <= TAP_MS and near_ms <= TAP_NEAR_MS and self.rise_db > TAP_RISE_DB


@dataclass(slots=True)
class _Row:
    """Bursts of one kind that belong together."""

    kind: SoundKind
    from_ms: int = 0
    to_ms: int = 0
    count: int = 0

    def add(self, from_ms: int, to_ms: int) -> None:
        self.from_ms = self.from_ms if self.count else from_ms
        self.to_ms = to_ms
        self.count += 1

    def over(self, now_ms: int) -> SoundHeard | None:
        return self.ended() if now_ms - self.to_ms >= ROW_MS else None

    def ended(self) -> SoundHeard | None:
        count, self.count = self.count, 0
        if not 0 < count < RATTLE:
            return None
        return SoundHeard(kind=self.kind, from_ms=self.from_ms, to_ms=self.to_ms, count=count)


class Knocks:
    """Serves one leg from its first looks."""

    def __init__(self) -> None:
        self._rows = (_Row(SoundKind.TAPS), _Row(SoundKind.COUGHS))
        self._begin(0)

    def _begin(self, at_ms: int) -> None:
        """A stretch is missing: what is heard from here on stands by itself."""
        self._at_ms = at_ms
        self._floor_db = FLOOR_DB
        self._step = 0
        self._look = 0
        self._burst: _Burst | None = None
        self._levels: deque[float] = deque([0.0] * -BEFORE.start, maxlen=-BEFORE.start)
        self._noisy: deque[tuple[float, float, float]] = deque(maxlen=2 * LONGEST)
        """Of each look its power, how flat it is, and how like a voice."""

    def hear(self, looks: Looks) -> tuple[SoundHeard, ...]:
        """What has been told by nobody yet, and is over."""
        before = self._over(looks.at_ms) if looks.alone else ()
        if looks.alone:
            self._begin(looks.at_ms)
        self._noisy.extend(zip(looks.power.tolist(), looks.flat.tolist(), looks.low.tolist(), strict=True))
        self._look += len(looks)
        steps = looks.fresh.reshape(-1, STEP)
        for level_db in (10 * np.log10(np.einsum("ij,ij->i", steps, steps) / STEP + 1e-10)).tolist():
            self._take(level_db)
        return (*before, *self._over(self._ms(self._step)))

    def end(self) -> tuple[SoundHeard, ...]:
        """What would have been told a little later."""
        return tuple(row for one in self._rows if (row := one.ended()) is not None)

    def _over(self, now_ms: int) -> tuple[SoundHeard, ...]:
        return tuple(row for one in self._rows if (row := one.over(now_ms)) is not None)

    def _ms(self, step: int) -> int:
        return self._at_ms + step * STEP_MS

    def _take(self, level_db: float) -> None:
        if self._burst is None:
            self._perhaps(level_db)
        else:
            self._goes_on(self._burst, level_db)
        self._levels.append(level_db)
        self._step += 1

    def _perhaps(self, level_db: float) -> None:
        before_db = max([*self._levels][BEFORE])
        if level_db > max(self._floor_db + ABOVE_FLOOR_DB, LEAST_DB, before_db + SHARP_DB):
            self._burst = _Burst(self._step, before_db, [level_db], self._step)
        down_db = max(level_db, self._floor_db - FLOOR_DOWN_DB, FAINTEST_DB)
        self._floor_db = min(down_db, self._floor_db + FLOOR_UP_DB)

    def _goes_on(self, burst: _Burst, level_db: float) -> None:
        burst.levels_db.append(level_db)
        if level_db > burst.peak_db - HOLDS_DB:
            burst.last = self._step
        if self._step - burst.last >= QUIET:
            self._burst = None
            self._judge(burst)
        elif self._step - burst.first > LONGEST:
            self._burst = None

    def _judge(self, burst: _Burst) -> None:
        if burst.peak_db < FAINT_DB:
            return
        taps, coughs = self._rows
        row = taps if burst.is_tap else coughs if self._is_cough(burst) else None
        if row is not None:
            row.add(self._ms(burst.first), self._ms(burst.last + 1))

    def _is_cough(self, burst: _Burst) -> bool:
        if burst.held_ms > COUGH_MS:
            return False
        first = max(0, (burst.first * STEP - LOOK // 2) // HOP)
        last = max(first, ((burst.last + 1) * STEP - LOOK // 2) // HOP)
        begins = self._look - len(self._noisy)
        power, flat, voice = np.array([*self._noisy][max(0, first - begins) : last - begins + 1]).T
        flat, voice = np.average(flat, weights=power), np.average(voice, weights=power)
        rise_db = min(MOST_RISE_DB, burst.rise_db)
        return bool(FLAT * math.log(flat + 1e-3) - VOICE * voice + RISE * rise_db > LEAST)
