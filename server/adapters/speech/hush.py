"""Hears what may be whispering: sound that comes and goes as speech does, and nowhere has a voice.

A whisper has no overtones and a flat spectrum; of two seconds of talk aloud, at least a tenth shows a pitch.
Wind, rustling and footsteps have none either: whether there were words in it is for the recogniser to say.
"""

from collections import deque

import numpy as np

from server.adapters.speech.looks import HOP_MS, IN_BAND, LOOK, SAMPLES_PER_MS, Floats, Looks
from server.domain.sounds import SoundHeard, SoundKind

WINDOW = 125
"""Looks, two seconds of them,"""
EVERY = 31
"""judged each half second."""
SOUNDING = 60
"""So many of them are above the line's noise; of these all that follows is asked."""
LEAST_DB, ABOVE_FLOOR_DB = -52.0, 9.0
VOICED = 0.28
"""A tenth of them may be more like a voice than this: aloud they are .29 to .58, whispered .14 to .3."""
FLAT = 0.06
PEAKED = 0.42
"""The share of the power in the strongest"""
PEAKS = 4
"""places of the band. Both are the middle one of all."""
SYLLABLES_DB, CHANGES_DB = 5.0, 0.9
"""How much the level varies, and from look to look: hissing and wind hold it."""
SOUNDS_HZ = 200.0
"""How much the middle of the spectrum moves: speech has many sounds."""
BEGINNINGS = 2
AGAIN_MS = 30_000

_Row = tuple[float, bool, float, float, float, float]
"""Of one look its level, whether it sounds, how like a voice, how flat, how peaked, and its middle."""


class Hush:
    """Serves one leg from its first looks."""

    def __init__(self) -> None:
        self._rows: deque[_Row] = deque(maxlen=WINDOW)
        self._until = WINDOW
        self._told_ms: int | None = None

    def hear(self, looks: Looks) -> SoundHeard | None:
        if looks.alone:
            self._rows.clear()
            self._until = WINDOW
        found = None
        for number, row in enumerate(_rows(looks)):
            self._rows.append(row)
            self._until -= 1
            if self._until <= 0:
                self._until = EVERY
                found = found or self._told(looks.end_ms(number))
        return found

    def _told(self, end_ms: int) -> SoundHeard | None:
        if self._told_ms is not None and end_ms - self._told_ms < AGAIN_MS:
            return None
        if not _is_whisper(np.array(self._rows, np.float32)):
            return None
        self._told_ms = end_ms
        from_ms = end_ms - (WINDOW - 1) * HOP_MS - LOOK // SAMPLES_PER_MS
        return SoundHeard(kind=SoundKind.WHISPER, from_ms=max(0, from_ms), to_ms=end_ms)


def _rows(looks: Looks) -> list[_Row]:
    peaked = np.partition(looks.powers, -PEAKS, axis=1)[:, -PEAKS:].sum(axis=1) / looks.power
    middle = looks.powers @ IN_BAND / looks.power
    sounds = looks.levels_db > np.maximum(LEAST_DB, looks.floors_db + ABOVE_FLOOR_DB)
    columns = (looks.levels_db, sounds, looks.low, looks.flat, peaked, middle)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _is_whisper(rows: Floats) -> bool:
    levels_db, sounds = rows[:, 0], rows[:, 1] > 0
    if sounds.sum() < SOUNDING or np.count_nonzero(np.diff(rows[:, 1]) > 0) < BEGINNINGS:
        return False
    _, _, voice, flat, peaked, middle = rows[sounds].T
    speaks = (
        float(levels_db.std()) > SYLLABLES_DB
        and float(np.abs(np.diff(levels_db)).mean()) > CHANGES_DB
        and float(middle.std()) > SOUNDS_HZ
    )
    voiceless = float(np.percentile(voice, 90)) < VOICED
    return speaks and voiceless and float(np.median(flat)) > FLAT and float(np.median(peaked)) < PEAKED
