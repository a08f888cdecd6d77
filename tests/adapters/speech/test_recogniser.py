import random
from array import array

import pytest
import vosk

from server.adapters.speech.messages import TimedWord
from server.adapters.speech.recogniser import Recogniser, load_model
from server.domain.speech import BYTES_PER_MS
from tests.adapters.speech.sounds import MODEL, recorded

BLOCK = 100 * BYTES_PER_MS
SAID = slice(2 * BLOCK, None)


@pytest.fixture(scope="module")
def model() -> vosk.Model:
    return load_model(MODEL)


def noise(for_ms: int, *, seed: int) -> bytes:
    """Line noise, at about 60 dB below the loudest."""
    chance = random.Random(seed)  # noqa: S311 - noise, not a secret
    return array("h", [round(chance.gauss(0, 30)) for _ in range(for_ms * BYTES_PER_MS // 2)]).tobytes()


def fainter(pcm: bytes, by: float) -> bytes:
    return array("h", [round(sample / by) for sample in array("h", pcm)]).tobytes()


def heard(model: vosk.Model, pcm: bytes) -> list[TimedWord]:
    ear = Recogniser(model)
    taken = [ear.hear(pcm[start : start + BLOCK], draft=True) for start in range(0, len(pcm), BLOCK)]
    return [word for one in taken if one.settled for word in one.words or ()] + [*ear.finish()]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_noise_in_which_a_recogniser_begins_is_no_word(model: vosk.Model, seed: int) -> None:
    settled = heard(model, noise(6000, seed=seed))
    assert [word for word in settled if word.start_ms == 0] == []


@pytest.mark.parametrize("by", [1, 2, 4])
def test_a_single_word_survives_even_where_the_sound_begins_with_it(model: vosk.Model, by: float) -> None:
    settled = heard(model, fainter(recorded("yes")[SAID], by) + noise(3000, seed=3))
    assert any(word.text in {"yes", "yeah"} for word in settled)
