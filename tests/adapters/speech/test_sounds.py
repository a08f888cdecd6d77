"""Taps, coughs and whispering among what is none. Synthetic: of real ones tells `server/DECISIONS.md`."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pytest

from server.adapters.speech.knocks import RATTLE, ROW_MS
from server.adapters.speech.sounds import Sounds
from server.domain.sounds import SoundHeard, SoundKind
from server.domain.speech import AudioFrame, Party
from tests.adapters.speech.sounds import framed, recorded
from tests.adapters.speech.test_cries import NONE, RATE_HZ, Samples, on_the_line, scream, vowel

QUIET_MS = 2000
"""Before the sound, on the line."""
rng = np.random.default_rng


def noise(for_s: float, seed: int = 1) -> Samples:
    return rng(seed).normal(0, 1, round(for_s * RATE_HZ))


def decaying(for_s: float, fall_s: float, seed: int = 1) -> Samples:
    return noise(for_s, seed) * np.exp(-np.arange(round(for_s * RATE_HZ)) / (fall_s * RATE_HZ))


def tap() -> Samples:
    """A knuckle on a handset: over in a hundredth of a second."""
    return decaying(0.3, 0.004)


def cough() -> Samples:
    return decaying(0.5, 0.06, seed=2)


def whisper(for_s: float = 4.0) -> Samples:
    """Noise through the throat: three syllables a second, each with a sound of its own."""
    parts = []
    for number in range(round(for_s * 3)):
        spectrum = np.fft.rfft(noise(1 / 3, seed=number))
        hz = np.fft.rfftfreq(round(RATE_HZ / 3), 1 / RATE_HZ)
        middle_hz = (700, 1500, 2400)[number % 3]
        shaped = np.fft.irfft(spectrum * np.exp(-(((hz - middle_hz) / 1200) ** 2)), round(RATE_HZ / 3))
        parts.append(shaped / np.abs(shaped).max() * np.sin(np.pi * np.linspace(0, 1, len(shaped))) ** 0.5)
    return np.concatenate(parts) * np.where(
        np.sin(np.arange(round(RATE_HZ / 3) * len(parts)) / 900) > -0.6, 1, 0.05
    )


def heard(frames: Iterable[AudioFrame]) -> list[SoundHeard]:
    sounds = Sounds()
    return [one for frame in frames for one in sounds.hear(frame) if isinstance(one, SoundHeard)]


def told(sound: Samples, *, peak: float = 0.3) -> list[tuple[str, int]]:
    return [(one.kind, one.count) for one in heard(framed(on_the_line(sound, peak=peak)))]


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("apart_s", [0.2, 0.7])
def test_taps_are_counted_once_they_are_over(count: int, apart_s: float) -> None:
    gap: npt.NDArray[np.float64] = np.zeros(round(apart_s * RATE_HZ))
    one = np.concatenate((tap()[: round(0.1 * RATE_HZ)], gap))
    (found,) = heard(framed(on_the_line(np.concatenate([one] * count))))
    assert (found.kind, found.count) == (SoundKind.TAPS, count)
    assert abs(found.from_ms - QUIET_MS) <= 16


def two_taps(*, to_ms: int) -> bytes:
    """Half a second apart, and so much sound from the first on."""
    gap: npt.NDArray[np.float64] = np.zeros(round(0.4 * RATE_HZ))
    return on_the_line(np.concatenate((tap()[: round(0.1 * RATE_HZ)], gap, tap())))[: (QUIET_MS + to_ms) * 16]


def test_a_row_that_nothing_follows_is_told_once_at_the_end() -> None:
    sounds = Sounds()
    assert [one for frame in framed(two_taps(to_ms=700)) for one in sounds.hear(frame)] == []
    (found,) = sounds.end()
    assert isinstance(found, SoundHeard)
    assert (found.kind, found.count) == (SoundKind.TAPS, 2)
    assert sounds.end() == ()


def test_rows_on_both_sides_of_a_missing_stretch_are_two() -> None:
    frames = [*framed(two_taps(to_ms=1100)), *framed(two_taps(to_ms=2500), at_ms=60_000)]
    assert [(one.count, one.from_ms > 60_000) for one in heard(frames)] == [(2, False), (2, True)]


def test_a_rattle_is_no_tapping() -> None:
    one = np.concatenate((tap()[:800], np.zeros(800)))
    assert told(np.concatenate([one] * RATTLE)) == []


@pytest.mark.parametrize("peak", [0.05, 0.3, 0.9])
def test_a_cough_is_a_burst_of_noise_of_a_fifth_of_a_second(peak: float) -> None:
    assert told(cough(), peak=peak) == [("coughs", 1)]


def test_two_coughs_far_apart_are_two() -> None:
    far = np.zeros(round((ROW_MS / 1000 + 0.5) * RATE_HZ))
    assert told(np.concatenate((cough(), far, cough()))) == [("coughs", 1), ("coughs", 1)]


def test_whispering_is_heard_after_two_seconds_and_told_each_half_minute() -> None:
    (found,) = [one for one in heard(framed(on_the_line(whisper(20)))) if one.kind is SoundKind.WHISPER]
    assert QUIET_MS + 900 <= found.to_ms <= QUIET_MS + 2500
    assert found.to_ms - found.from_ms == pytest.approx(2000, abs=100)


VOICES = {name: sound for name, sound in NONE.items() if "vowel" in name or "shout" in name}


@pytest.mark.parametrize("name", VOICES)
def test_a_voice_is_none_of_these(name: str) -> None:
    assert told(VOICES[name]()) == []


@pytest.mark.parametrize(
    "sound", [noise(3.0), scream(), vowel(120, 0.3)], ids=["hissing", "scream", "short vowel"]
)
def test_other_sounds_are_none_of_these(sound: Samples) -> None:
    assert told(sound) == []


def test_talk_aloud_is_none_of_these() -> None:
    assert heard(framed(recorded("knife") + recorded("yes") + bytes(32_000))) == []


def test_nobody_listens_for_them_on_a_handlers_leg() -> None:
    assert heard(framed(on_the_line(tap()), party=Party.HANDLER)) == []
    assert heard(framed(on_the_line(tap()), party=Party.CALLER)) != []


def test_what_lies_on_both_sides_of_a_missing_stretch_is_not_joined() -> None:
    pcm = on_the_line(cough())
    cut = (QUIET_MS + 20) * 16
    both = [*framed(pcm[:cut]), *framed(pcm[cut:], at_ms=60_000)]
    assert all(one.from_ms >= 60_000 for one in heard(both))
