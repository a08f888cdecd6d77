import math
import time
from array import array

import numpy as np
import pytest

from server.adapters.speech import level as level_module
from server.adapters.speech.level import Level
from server.domain.speech import BYTES_PER_MS
from tests.adapters.speech.sounds import recorded

BLOCK = 100 * BYTES_PER_MS
FULL = 32768


def tone(peak_db: float, *, for_ms: int = 100) -> bytes:
    peak = FULL * 10 ** (peak_db / 20)
    swings = (math.sin(2 * math.pi * 440 * at / 8000) for at in range(8 * for_ms))
    return array("h", [round((FULL - 1) / FULL * peak * swing) for swing in swings]).tobytes()


def noise(level_db: float, *, for_ms: int, seed: int = 1) -> bytes:
    spread = FULL * 10 ** (level_db / 20)
    return np.random.default_rng(seed).normal(0, spread, 8 * for_ms).round().astype("<i2").tobytes()


def lifted(level: Level, pcm: bytes) -> bytes:
    return b"".join(level.lift(pcm[start : start + BLOCK]) for start in range(0, len(pcm), BLOCK))


def peak_db(pcm: bytes) -> float:
    return 20 * math.log10(max(1, *map(abs, array("h", pcm))) / FULL)


def level_db(pcm: bytes) -> float:
    return 20 * math.log10(float(np.sqrt(np.mean(np.square(np.frombuffer(pcm, "<i2") / FULL)))))


def test_the_first_quiet_sound_after_the_noise_of_the_line_is_lifted_at_once() -> None:
    level = Level()
    lifted(level, noise(-75, for_ms=500))
    assert peak_db(level.lift(tone(-36))) > -21


@pytest.mark.parametrize("peak", [-16, -10, -3, 0])
def test_a_leg_at_its_proper_level_is_passed_on_as_it_came(peak: float) -> None:
    level = Level()
    lifted(level, noise(-65, for_ms=500))
    assert level.lift(tone(peak)) == tone(peak)


def test_a_shout_after_whispers_is_passed_on_as_it_came_from_its_first_block() -> None:
    level = Level()
    lifted(level, noise(-75, for_ms=500) + tone(-40, for_ms=3000))
    assert level.lift(tone(0)) == tone(0)


def test_nothing_is_clipped_even_where_one_click_is_far_above_the_speech() -> None:
    level = Level()
    lifted(level, noise(-75, for_ms=500))
    click = array("h", tone(-40))
    click[400] = 20_000
    for pcm in (click.tobytes(), recorded("knife"), recorded("yes"), tone(-24, for_ms=900)):
        assert peak_db(lifted(level, pcm)) <= max(peak_db(pcm), level_module.PEAK_DB + 0.01)


def test_one_who_moves_away_is_lifted_again_within_seconds() -> None:
    level = Level()
    lifted(level, noise(-75, for_ms=500) + tone(-6, for_ms=2000))
    away = lifted(level, (tone(-36, for_ms=500) + noise(-75, for_ms=500)) * 8)
    assert peak_db(away[:BLOCK]) == pytest.approx(-36, abs=0.5)
    assert peak_db(away[-6 * BLOCK :]) > -23


@pytest.mark.parametrize("at_db", [-75, -60, -50, -40, -30])
def test_noise_alone_is_not_lifted_into_what_might_be_words(at_db: float) -> None:
    level = Level()
    heard = lifted(level, noise(at_db, for_ms=5000))
    assert level_db(heard[BLOCK:]) < max(at_db, level_module.NOISE_DB) + 1


def test_a_line_that_grows_noisy_is_brought_down() -> None:
    level = Level()
    lifted(level, noise(-75, for_ms=1000))
    heard = lifted(level, noise(-45, for_ms=20_000))
    assert level_db(heard[-10 * BLOCK :]) < -44


def test_the_same_blocks_give_the_same_sound_again() -> None:
    pcm = noise(-70, for_ms=300) + tone(-33, for_ms=700) + recorded("knife")
    assert lifted(Level(), pcm) == lifted(Level(), pcm)


@pytest.mark.parametrize("pcm", [b"", bytes(2), bytes(BLOCK), tone(-30, for_ms=20), tone(-30, for_ms=33)])
def test_blocks_of_any_length_keep_it(pcm: bytes) -> None:
    assert len(Level().lift(pcm)) == len(pcm)


def test_a_block_is_lifted_in_a_small_part_of_its_time() -> None:
    level, block = Level(), noise(-60, for_ms=100)
    began_s = time.process_time()
    for _ in range(500):
        level.lift(block)
    assert (time.process_time() - began_s) / 500 < 0.001
