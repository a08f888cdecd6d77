"""Hears what may be a scream: a loud, bright voice held high, far above where anybody speaks.

Telephones carry 300-3400 Hz. A scream's first overtones lie there at 550-2000 Hz and most of its power above
1 kHz; in speech only hissing is as bright, and that has no pitch and is over in a fifth of a second. Keys and
rings stand still; whistles and sirens seldom have a voice's overtones. Babies, animals and some alarms sound
much like a scream, so what is found is a doubt, for a person to hear.
"""

from collections import deque

import numpy as np
import numpy.typing as npt

from server.adapters.speech.level import FULL, RATE_HZ
from server.domain.speech import AudioFrame
from server.ports.speech import CryHeard

SAMPLES_PER_MS = RATE_HZ // 1000
LOOK = 512
"""64 ms: long enough to tell the overtones of any voice apart."""
HOP = 128
TOGETHER = 1024
"""Samples that are looked at together: one look costs little more than one alone."""
HELD = 25
"""Looks, 400 ms of them: no word has a vowel so long and so high."""
SHARE = 0.8
"""of which so many are like a scream: a voice breaks."""
LEAST_DB = -34.0
"""Quieter than this nobody screams into a telephone, nor across a room."""
ABOVE_FLOOR_DB = 15.0
FLOOR_DB = -45.0
"""The line's own noise, before it is known,"""
FLOOR_DB_PER_S = 2.0
"""and how soon it is taken to have grown."""
PITCH_HZ = 550.0
"""Above any voice that speaks: a child's goes up to 400, a shout's to 500."""
VOICED = 0.30
"""How like the overtones of one pitch the spectrum is: noise and hissing reach 0.25."""
LOW_HZ = 450.0
"""A pitch up to here is one of speech."""
BRIGHT_HZ = 1000.0
BRIGHT = 0.35
"""The share of the power above that frequency."""
STILL = 0.96
"""Spectra 64 ms apart that are as like as this are a machine's: rings and keys reach .97, screams .955."""
APART = LOOK // HOP
AGAIN_MS = 10_000
"""A scream that goes on is told again after so long."""

_Floats = npt.NDArray[np.float32]
_FREQUENCIES = np.fft.rfftfreq(LOOK, 1 / RATE_HZ)
_BAND = (_FREQUENCIES >= 250) & (_FREQUENCIES <= 3500)
_IN_BAND = _FREQUENCIES[_BAND]
_HIGH = _IN_BAND >= BRIGHT_HZ
_WINDOW = np.hanning(LOOK).astype(np.float32)
_PITCHES = np.geomspace(90, 2000, 64)


def _combs() -> _Floats:
    """What the spectrum of each pitch looks like: up at its overtones, down between them."""
    order = _IN_BAND[:, None] / _PITCHES
    nearest = np.maximum(1.0, np.round(order))
    comb = np.where(order >= 0.5, np.cos(2 * np.pi * order) / np.sqrt(nearest), 0.0)
    comb -= comb.mean(axis=0)
    combs: _Floats = (comb / np.linalg.norm(comb, axis=0)).astype(np.float32)
    return combs


_COMBS = _combs()
_HIGH_PITCHES = _PITCHES > PITCH_HZ
_LOW_PITCHES = _PITCHES < LOW_HZ


class Cries:
    """Serves one leg from its first frame."""

    def __init__(self) -> None:
        self._pcm = bytearray()
        self._at_ms = 0
        self._floor_db = FLOOR_DB
        self._like: deque[bool] = deque(maxlen=HELD)
        self._still: deque[float] = deque(maxlen=HELD)
        self._before: _Floats = np.zeros((0, len(_IN_BAND)), np.float32)
        self._told_ms: int | None = None

    def hear(self, frame: AudioFrame) -> CryHeard | None:
        """What the sound up to this frame shows, and has not shown before."""
        if frame.at_ms != self._at_ms + len(self._pcm) // (2 * SAMPLES_PER_MS):
            self._begin(frame.at_ms)
        self._pcm += frame.pcm
        if len(self._pcm) < 2 * TOGETHER:
            return None
        return self._look()

    def _begin(self, at_ms: int) -> None:
        """A stretch is missing: what is heard from here on stands by itself."""
        self._pcm.clear()
        self._at_ms = at_ms
        self._like.clear()
        self._still.clear()
        self._before = self._before[:0]

    def _look(self) -> CryHeard | None:
        samples = np.frombuffer(bytes(self._pcm), "<i2").astype(np.float32) / np.float32(FULL)
        looks = np.lib.stride_tricks.sliding_window_view(samples, LOOK)[::HOP]
        found = None
        for number, (like, still) in enumerate(zip(*self._judged(looks), strict=True)):
            self._like.append(bool(like))
            self._still.append(float(still))
            end_ms = self._at_ms + (number * HOP + LOOK) // SAMPLES_PER_MS
            found = found or self._told(end_ms)
        done = len(looks) * HOP
        del self._pcm[: 2 * done]
        self._at_ms += done // SAMPLES_PER_MS
        return found

    def _judged(self, looks: _Floats) -> tuple[npt.NDArray[np.bool_], _Floats]:
        """Of each look: whether it is like a scream, and how like the spectrum is to the one 64 ms before."""
        spectra = np.abs(np.fft.rfft(looks * _WINDOW, axis=1)).astype(np.float32)[:, _BAND]
        powers = np.square(spectra)
        bright = powers[:, _HIGH].sum(axis=1) / (powers.sum(axis=1) + 1e-9)
        shapes = np.sqrt(spectra)
        level = self._loud(looks)
        like = level & (bright > BRIGHT) & _voiced_high(shapes)
        unit = shapes / (np.linalg.norm(shapes, axis=1, keepdims=True) + 1e-9)
        known = np.concatenate((self._before, unit))
        still = np.zeros(len(looks), np.float32)
        count = max(0, min(len(looks), len(known) - APART))
        if count:
            still[-count:] = (known[-count:] * known[-count - APART : -APART]).sum(axis=1)
        self._before = known[-APART:]
        return like, still

    def _loud(self, looks: _Floats) -> npt.NDArray[np.bool_]:
        levels = 10 * np.log10(np.einsum("ij,ij->i", looks, looks) / LOOK + 1e-10)
        loud = np.zeros(len(looks), np.bool_)
        for place, level_db in enumerate(levels.tolist()):
            self._floor_db = min(level_db, self._floor_db + FLOOR_DB_PER_S * HOP / RATE_HZ)
            loud[place] = level_db > max(LEAST_DB, self._floor_db + ABOVE_FLOOR_DB)
        return loud

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


def _voiced_high(shapes: _Floats) -> npt.NDArray[np.bool_]:
    """Whether one high pitch explains the spectrum's shape better than any pitch of speech."""
    centred = shapes - shapes.mean(axis=1, keepdims=True)
    centred /= np.linalg.norm(centred, axis=1, keepdims=True) + 1e-9
    likeness = centred @ _COMBS
    high, low = likeness[:, _HIGH_PITCHES].max(axis=1), likeness[:, _LOW_PITCHES].max(axis=1)
    voiced: npt.NDArray[np.bool_] = (high > VOICED) & (high > low)
    return voiced
