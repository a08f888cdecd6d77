"""Lifts a quiet leg to a level that a recogniser hears well; never clips, and leaves a loud leg alone."""

import math

import numpy as np
import numpy.typing as npt

RATE_HZ = 8000
STEP = RATE_HZ // 50
"""Samples whose root mean square is one short-time level: 20 ms, a syllable has several."""
FULL = 32768.0
PEAK_DB = -1.0
"""No sample is lifted above this."""
SPEECH_DB = -20.0
"""Where the loudest short-time level of speech is brought."""
MOST_DB = 18.0
"""More would step down too far at the first sound of one who is only a little quiet, and spoil that word."""
NOISE_DB = -50.0
"""Noise is not lifted above this: a recogniser finds words in loud noise."""
FAINTEST_DB = -76.0
"""A floor below this is not told apart from a line without any sound."""
FALL_DB_PER_S = 4.0
"""How soon the level is forgotten of one who has moved away: the gain rises by so much."""
FLOOR_DB_PER_S = 2.0
"""How soon the floor follows a line that grows noisier; it follows a quieter one at once."""

_Samples = npt.NDArray[np.float32]


class Level:
    """Serves one recogniser from its first sample. The same blocks give the same sound again.

    A whispered word may be the only one, so the gain is high before anything was said, as far as the noise
    allows. A louder block brings it down for itself already: each is looked at before it is lifted.
    """

    def __init__(self) -> None:
        self._floor_db: float | None = None
        self._speech_db = SPEECH_DB - MOST_DB

    def lift(self, pcm: bytes) -> bytes:
        samples = np.frombuffer(pcm, "<i2").astype(np.float32)
        if len(samples) < STEP:
            return pcm  # less than one short-time level: the last crumb of a line
        gain_db = min(self._follow(samples), PEAK_DB - _db(float(np.abs(samples).max())))
        if gain_db <= 0.0:
            return pcm
        samples *= np.float32(10 ** (gain_db / 20))
        return np.rint(samples, out=samples).astype("<i2").tobytes()

    def _follow(self, samples: _Samples) -> float:
        """Take note of this block and say how far it may be lifted."""
        for_s = len(samples) / RATE_HZ
        steps = samples[: len(samples) // STEP * STEP].reshape(-1, STEP)
        powers = np.einsum("ij,ij->i", steps, steps) / STEP
        quietest_db = max(FAINTEST_DB, _db(math.sqrt(float(powers.min()))))
        before_db = quietest_db if self._floor_db is None else self._floor_db + FLOOR_DB_PER_S * for_s
        self._floor_db = min(quietest_db, before_db)
        forgotten_db = max(SPEECH_DB - MOST_DB, self._speech_db - FALL_DB_PER_S * for_s)
        self._speech_db = max(forgotten_db, _db(math.sqrt(float(powers.max()))))
        return min(SPEECH_DB - self._speech_db, NOISE_DB - self._floor_db)


def _db(value: float) -> float:
    return 20 * math.log10(max(value, 1e-3) / FULL)
