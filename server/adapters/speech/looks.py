"""Looks at a leg's sound through windows that overlap: the spectra that every detector of sounds reads."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from server.adapters.speech.level import FAINTEST_DB, FLOOR_DB_PER_S, FULL, RATE_HZ
from server.domain.speech import AudioFrame

SAMPLES_PER_MS = RATE_HZ // 1000
LOOK = 512
"""64 ms: long enough to tell the overtones of any voice apart."""
HOP = 128
HOP_MS = HOP // SAMPLES_PER_MS
TOGETHER = 2048
"""Samples that are looked at together: one look costs little more than one alone."""
FLOOR_DB = -45.0
"""The line's own noise, before it is known."""
PITCH_HZ = 550.0
"""Above any voice that speaks: a child's goes up to 400, a shout's to 500."""
LOW_HZ = 450.0
"""A pitch up to here is one of speech."""

Floats = npt.NDArray[np.float32]
_FREQUENCIES = np.fft.rfftfreq(LOOK, 1 / RATE_HZ)
_BAND = (_FREQUENCIES >= 250) & (_FREQUENCIES <= 3500)
IN_BAND = _FREQUENCIES[_BAND]
_WINDOW = np.hanning(LOOK).astype(np.float32)
_PITCHES = np.geomspace(90, 2000, 64)


def _combs() -> Floats:
    """What the spectrum of each pitch looks like: up at its overtones, down between them."""
    order = IN_BAND[:, None] / _PITCHES
    nearest = np.maximum(1.0, np.round(order))
    comb = np.where(order >= 0.5, np.cos(2 * np.pi * order) / np.sqrt(nearest), 0.0)
    comb -= comb.mean(axis=0)
    combs: Floats = (comb / np.linalg.norm(comb, axis=0)).astype(np.float32)
    return combs


_COMBS = _combs()
_HIGH_PITCHES = _PITCHES > PITCH_HZ
_LOW_PITCHES = _PITCHES < LOW_HZ


@dataclass(frozen=True, slots=True)
class Looks:
    """Some looks in a row, each `HOP` after the last; the first begins at `at_ms`."""

    at_ms: int
    alone: bool
    """Whether nothing was heard right before them."""
    fresh: Floats
    """The samples from the first look to where the next batch's first begins: full scale is 1."""
    powers: Floats
    """The spectra of the looks,"""
    shapes: Floats
    """and their roots."""
    power: Floats
    """The power of each in the band,"""
    flat: Floats
    """and how evenly it lies over it: of noise .56, of a voice a hundredth."""
    levels_db: Floats
    floors_db: Floats
    """How loud each is, and the line's own noise."""
    low: Floats
    high: Floats
    """How like one pitch of speech, and one above it, the spectrum is: noise and hissing reach 0.25."""

    def __len__(self) -> int:
        return len(self.levels_db)

    def end_ms(self, number: int) -> int:
        return self.at_ms + (number * HOP + LOOK) // SAMPLES_PER_MS


class Looking:
    """Serves one leg from its first frame."""

    def __init__(self) -> None:
        self._pcm = bytearray()
        self._at_ms = 0
        self._alone = True
        self._floor_db = FLOOR_DB

    def take(self, frame: AudioFrame) -> Looks | None:
        """The next looks, once there is sound enough for some."""
        if frame.at_ms != self._at_ms + len(self._pcm) // (2 * SAMPLES_PER_MS):
            self._pcm.clear()
            self._at_ms = frame.at_ms
            self._alone = True
        self._pcm += frame.pcm
        if len(self._pcm) < 2 * TOGETHER:
            return None
        return self._look()

    def rest(self) -> Looks | None:
        """The last looks, once no more sound comes."""
        return self._look() if len(self._pcm) >= 2 * LOOK else None

    def _look(self) -> Looks:
        samples = np.frombuffer(bytes(self._pcm), "<i2").astype(np.float32) / np.float32(FULL)
        windows = np.lib.stride_tricks.sliding_window_view(samples, LOOK)[::HOP]
        done = len(windows) * HOP
        spectra = np.abs(np.fft.rfft(windows * _WINDOW, axis=1)).astype(np.float32)[:, _BAND]
        powers, shapes = np.square(spectra), np.sqrt(spectra)
        power = powers.sum(axis=1) + 1e-9
        low, high = _voiced(shapes)
        levels_db = 10 * np.log10(np.einsum("ij,ij->i", windows, windows) / LOOK + 1e-10)
        looks = Looks(
            at_ms=self._at_ms,
            alone=self._alone,
            fresh=samples[:done],
            powers=powers,
            shapes=shapes,
            power=power,
            flat=np.exp(np.log(powers + 1e-10).mean(axis=1)) * len(IN_BAND) / power,
            levels_db=levels_db,
            floors_db=self._floors(levels_db),
            low=low,
            high=high,
        )
        del self._pcm[: 2 * done]
        self._at_ms += done // SAMPLES_PER_MS
        self._alone = False
        return looks

    def _floors(self, levels_db: Floats) -> Floats:
        floors_db = np.empty_like(levels_db)
        for place, level_db in enumerate(levels_db.tolist()):
            risen_db = self._floor_db + FLOOR_DB_PER_S * HOP / RATE_HZ
            self._floor_db = floors_db[place] = max(FAINTEST_DB, min(level_db, risen_db))
        return floors_db


def _voiced(shapes: Floats) -> tuple[Floats, Floats]:
    """How well one pitch of speech, and one higher, explains each spectrum's shape."""
    centred = shapes - shapes.mean(axis=1, keepdims=True)
    centred /= np.linalg.norm(centred, axis=1, keepdims=True) + 1e-9
    likeness = centred @ _COMBS
    return likeness[:, _LOW_PITCHES].max(axis=1), likeness[:, _HIGH_PITCHES].max(axis=1)
