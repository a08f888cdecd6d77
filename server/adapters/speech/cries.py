"""Hears what may be a scream: a loud, bright voice held high, far above where anybody speaks.

Telephones carry 300-3400 Hz. A scream's first overtones lie there at 550-2000 Hz and most of its power above
1 kHz; in speech only hissing is as bright, and that has no pitch and is over in a fifth of a second. Keys and
rings stand still; whistles and sirens seldom have a voice's overtones. Babies, animals and some alarms sound
much like a scream, so what is found is a doubt, for a person to hear.
"""

from collections import deque

import numpy as np

from server.adapters.speech.looks import HOP, IN_BAND, LOOK, SAMPLES_PER_MS, Floats, Looks
from server.ports.speech import CryHeard

HELD = 25
"""Looks, 400 ms of them: no word has a vowel so long and so high."""
SHARE = 0.8
"""of which so many are like a scream: a voice breaks."""
LEAST_DB = -34.0
"""Quieter than this nobody screams into a telephone, nor across a room."""
ABOVE_FLOOR_DB = 15.0
VOICED = 0.30
"""How like the overtones of one pitch the spectrum is."""
BRIGHT_HZ = 1000.0
BRIGHT = 0.35
"""The share of the power above that frequency."""
STILL = 0.96
"""Spectra 64 ms apart that are as like as this are a machine's: rings and keys reach .97, screams .955."""
APART = LOOK // HOP
AGAIN_MS = 10_000
"""A scream that goes on is told again after so long."""

_BRIGHT = IN_BAND >= BRIGHT_HZ


class Cries:
    """Serves one leg from its first looks."""

    def __init__(self) -> None:
        self._like: deque[bool] = deque(maxlen=HELD)
        self._still: deque[float] = deque(maxlen=HELD)
        self._before: Floats = np.zeros((0, len(IN_BAND)), np.float32)
        self._told_ms: int | None = None

    def hear(self, looks: Looks) -> CryHeard | None:
        """What the sound up to the last of these looks shows, and has not shown before."""
        if looks.alone:  # a stretch is missing: what is heard from here on stands by itself
            self._like.clear()
            self._still.clear()
            self._before = self._before[:0]
        found = None
        likes, stills = _like(looks), self._stillness(looks)
        for number, (like, still) in enumerate(zip(likes, stills, strict=True)):
            self._like.append(bool(like))
            self._still.append(float(still))
            found = found or self._told(looks.end_ms(number))
        return found

    def _stillness(self, looks: Looks) -> Floats:
        """How like each spectrum is to the one 64 ms before."""
        unit = looks.shapes / (np.linalg.norm(looks.shapes, axis=1, keepdims=True) + 1e-9)
        known = np.concatenate((self._before, unit))
        still = np.zeros(len(looks), np.float32)
        count = max(0, min(len(looks), len(known) - APART))
        if count:
            still[-count:] = (known[-count:] * known[-count - APART : -APART]).sum(axis=1)
        self._before = known[-APART:]
        return still

    def _told(self, end_ms: int) -> CryHeard | None:
        if sum(self._like) < SHARE * HELD:
            return None
        if self._told_ms is not None and end_ms - self._told_ms < AGAIN_MS:
            return None
        still = [still for like, still in zip(self._like, self._still, strict=True) if like]
        if float(np.median(still)) >= STILL:
            return None
        self._told_ms = end_ms
        first = next(place for place, like in enumerate(self._like) if like)
        held_ms = ((len(self._like) - 1 - first) * HOP + LOOK) // SAMPLES_PER_MS
        return CryHeard(from_ms=max(0, end_ms - held_ms), to_ms=end_ms)


def _like(looks: Looks) -> list[bool]:
    """Of each look: whether it is loud, bright, and like one high pitch rather than any of speech."""
    bright = looks.powers[:, _BRIGHT].sum(axis=1) / looks.power
    loud = looks.levels_db > np.maximum(LEAST_DB, looks.floors_db + ABOVE_FLOOR_DB)
    voiced = (looks.high > VOICED) & (looks.high > looks.low)
    like: list[bool] = (loud & (bright > BRIGHT) & voiced).tolist()
    return like
