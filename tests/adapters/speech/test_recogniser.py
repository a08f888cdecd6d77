import random
from array import array

import pytest
import vosk

from server.adapters.speech import recogniser as recogniser_module
from server.adapters.speech.messages import TimedWord
from server.adapters.speech.recogniser import Recogniser, load_model
from server.domain.speech import BYTES_PER_MS
from tests.adapters.speech.sounds import KNIFE_WORDS, MODEL, recorded

BLOCK = 100 * BYTES_PER_MS
SAID = slice(2 * BLOCK, None)


@pytest.fixture(scope="module")
def model() -> vosk.Model:
    return load_model(MODEL)


class Unlifted:
    def lift(self, pcm: bytes) -> bytes:
        return pcm


def noise(for_ms: int, *, seed: int, spread: float = 30) -> bytes:
    """Line noise, at about 60 dB below the loudest."""
    chance = random.Random(seed)  # noqa: S311 - noise, not a secret
    return array("h", [round(chance.gauss(0, spread)) for _ in range(for_ms * BYTES_PER_MS // 2)]).tobytes()


def fainter(pcm: bytes, by: float) -> bytes:
    return array("h", [round(sample / by) for sample in array("h", pcm)]).tobytes()


def over_noise(pcm: bytes, *, spread: float) -> bytes:
    under = array("h", noise(len(pcm) // BYTES_PER_MS, seed=5, spread=spread))
    return array("h", [a + b for a, b in zip(array("h", pcm), under, strict=False)]).tobytes()


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


def texts(words: list[TimedWord]) -> list[str]:
    return [word.text for word in words]


def test_a_sentence_said_far_from_the_telephone_is_heard(
    model: vosk.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = over_noise(fainter(recorded("knife"), 16), spread=6)
    assert " ".join(texts(heard(model, far))).startswith(KNIFE_WORDS)
    monkeypatch.setattr(recogniser_module, "Level", Unlifted)
    assert set(texts(heard(model, far))).isdisjoint(KNIFE_WORDS.split())


def test_a_single_whispered_word_is_heard_though_it_is_the_first(
    model: vosk.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    whispered = over_noise(fainter(recorded("yes"), 12), spread=6)
    assert not {"yes", "yeah"}.isdisjoint(texts(heard(model, whispered)))
    monkeypatch.setattr(recogniser_module, "Level", Unlifted)
    assert {"yes", "yeah"}.isdisjoint(texts(heard(model, whispered)))


def test_one_who_comes_close_after_speaking_from_afar_loses_no_word(
    model: vosk.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    far_and_close = over_noise(fainter(recorded("knife"), 16) + recorded("knife"), spread=6)
    both = texts(heard(model, far_and_close))
    assert " ".join(both).startswith(KNIFE_WORDS)
    monkeypatch.setattr(recogniser_module, "Level", Unlifted)
    close = [word for word in texts(heard(model, far_and_close)) if word not in {"the", "it"}]
    assert both[-len(close) :] == close


def test_sound_heard_again_gives_the_same_words(model: vosk.Model) -> None:
    far = over_noise(fainter(recorded("knife"), 16), spread=6)
    assert heard(model, far) == heard(model, far)
