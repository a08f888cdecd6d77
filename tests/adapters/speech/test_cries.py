"""What may be a scream, among what is none. Synthetic: what real screams gave is in `server/DECISIONS.md`."""

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt
import pytest

from server.adapters.doorways.ulaw import pcm_of, ulaw_of
from server.adapters.speech.cries import AGAIN_MS
from server.adapters.speech.sounds import Sounds
from server.domain.speech import AudioFrame
from server.ports.speech import CryHeard
from tests.adapters.speech.sounds import framed, recorded

Samples = npt.NDArray[np.float64]
RATE_HZ = 8000


def at_s(for_s: float) -> Samples:
    return np.arange(round(for_s * RATE_HZ)) / RATE_HZ


def voiced(pitch_hz: Samples, *, overtones: int = 6, rough: float = 0.1, breaks: float = 0.01) -> Samples:
    """A voice at this pitch, with the unsteadiness and the breath of one."""
    chance = np.random.default_rng(5)
    wander = np.cumsum(chance.normal(0, 1, len(pitch_hz)))
    wander -= np.linspace(0, wander[-1], len(wander))
    phase = 2 * np.pi * np.cumsum(pitch_hz * (1 + breaks * wander / np.abs(wander).max())) / RATE_HZ
    voice = sum(np.sin(number * phase) / number**0.5 for number in range(1, overtones + 1))
    return np.asarray(voice / overtones**0.5 + chance.normal(0, rough, len(pitch_hz)))


def scream(for_s: float = 1.2, *, top_hz: float = 1300) -> Samples:
    return voiced(900 + (top_hz - 900) * np.sin(np.pi * at_s(for_s) / for_s))


def vowel(pitch_hz: float, for_s: float = 2.0) -> Samples:
    """A vowel of speech: its power lies below 1 kHz."""
    return voiced(np.full(round(for_s * RATE_HZ), pitch_hz), overtones=4, rough=0.01)


def on_the_line(sound: Samples, *, peak: float = 0.3) -> bytes:
    """Two seconds of the line's noise, the sound, and noise again: through G.711."""
    quiet = np.zeros(2 * RATE_HZ)
    line = np.concatenate((quiet, peak * sound / np.abs(sound).max(), quiet))
    line += np.random.default_rng(3).normal(0, 0.001, len(line))
    return pcm_of(ulaw_of((np.clip(line, -1, 1) * 32767).astype("<i2").tobytes()))


def cries(frames: Iterable[AudioFrame]) -> list[CryHeard]:
    sounds = Sounds()
    return [one for frame in frames for one in sounds.hear(frame) if isinstance(one, CryHeard)]


def heard(pcm: bytes) -> list[CryHeard]:
    return cries(framed(pcm))


@pytest.mark.parametrize("top_hz", [1000, 1300, 1700])
def test_a_high_voice_that_is_held_and_breaks_is_heard_once_and_when(top_hz: float) -> None:
    (found,) = heard(on_the_line(scream(top_hz=top_hz)))
    assert 1900 <= found.from_ms <= 2900
    assert found.to_ms - found.from_ms <= 500
    assert found.to_ms <= 3200


def test_one_that_goes_on_is_told_again_after_ten_seconds() -> None:
    first, second = heard(on_the_line(np.concatenate([scream()] * 10)))
    assert AGAIN_MS <= second.to_ms - first.to_ms < AGAIN_MS + 1300


def test_one_as_quiet_as_the_next_room_is_left_alone() -> None:
    assert heard(on_the_line(scream(), peak=0.01)) == []


def test_one_shorter_than_a_word_is_left_alone() -> None:
    assert heard(on_the_line(scream(0.25))) == []


def test_what_lies_on_both_sides_of_a_missing_stretch_is_not_joined() -> None:
    pcm = on_the_line(scream(0.5))
    cut = 2250 * 16
    assert cries([*framed(pcm[:cut]), *framed(pcm[cut:], at_ms=4000)]) == []


def held(hz: float) -> Samples:
    return np.sin(2 * np.pi * hz * at_s(3.0))


def swept() -> Samples:
    """A siren's wail."""
    pitch_hz = 650 + 850 * np.abs((at_s(4.0) / 2) % 2 - 1)
    return np.sign(np.sin(2 * np.pi * np.cumsum(pitch_hz) / RATE_HZ))


def two_tones() -> Samples:
    return np.sign(np.sin(2 * np.pi * np.cumsum(np.where(at_s(4.0) % 1 < 0.5, 660, 880)) / RATE_HZ))


def ringing() -> Samples:
    return (held(1400) + 0.7 * held(2100)) * (np.sin(2 * np.pi * 20 * at_s(3.0)) > 0)


NONE: dict[str, Callable[[], Samples]] = {
    "a man's vowel": lambda: vowel(120),
    "a woman's vowel": lambda: vowel(230),
    "a child's shout": lambda: vowel(400),
    "hissing": lambda: np.diff(np.random.default_rng(2).normal(size=16_001)),
    "the key 5": lambda: held(770) + held(1336),
    "the key 1": lambda: held(697) + held(1209),
    "a fax": lambda: held(1100),
    "feedback": lambda: np.clip(3 * held(1800), -1, 1),
    "a ring": ringing,
    "a siren": swept,
    "an ambulance of two tones": two_tones,
}


@pytest.mark.parametrize("sound", NONE)
def test_what_is_no_scream_is_left_alone(sound: str) -> None:
    assert heard(on_the_line(NONE[sound]())) == []


def test_speech_is_left_alone() -> None:
    assert heard(recorded("knife") + recorded("yes")) == []
