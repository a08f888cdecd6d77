"""The voice of exercises: a program of the machine, whose sound is made a telephone's and made to fit."""

import array
import math
import os
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from server.adapters.speech.speaking import ProgramVoice, voice_of
from server.domain.speech import BYTES_PER_MS, RATE_HZ

PROGRAM = """#!{python}
import math, struct, sys, wave
pace = int(sys.argv[sys.argv.index("-s") + 1]) / 165
seconds = 0.06 * len(sys.stdin.read()) / pace
frames = [round(9000 * math.sin(2 * math.pi * 440 * at / 22050)) for at in range(int(22050 * seconds))]
quiet = [0] * 4410
with wave.open(sys.argv[sys.argv.index("-w") + 1], "wb") as file:
    file.setparams((1, 2, 22050, 0, "NONE", ""))
    file.writeframes(struct.pack(f"<{{2 * len(quiet) + len(frames)}}h", *quiet, *frames, *quiet))
"""


@pytest.fixture
def voice(tmp_path: Path) -> ProgramVoice:
    """Hums each text for as long as it is, with silence round it, as espeak-ng would say it."""
    program = tmp_path / "hum"
    program.write_text(PROGRAM.format(python=sys.executable))
    program.chmod(0o700)
    found = voice_of(os.fspath(program))
    assert found is not None
    return found


async def test_it_says_the_words_at_a_telephones_rate_without_the_silence_round_them(
    voice: ProgramVoice,
) -> None:
    sound = await voice.say("robin", within_ms=1000)
    assert sound is not None
    assert len(sound) == pytest.approx(300 * BYTES_PER_MS, rel=0.05)
    samples = array.array("h", sound)
    turns = sum(one < 0 <= other for one, other in pairwise(samples))
    assert turns == pytest.approx(440 * len(samples) / RATE_HZ, abs=3)
    assert max(samples) == pytest.approx(9000, rel=0.1)
    assert math.isclose(max(samples), -min(samples), rel_tol=0.1)


async def test_it_speaks_faster_to_fit_and_says_nothing_where_nobody_could_follow(
    voice: ProgramVoice,
) -> None:
    hurried = await voice.say("frankie carter", within_ms=520)
    assert hurried is not None
    assert len(hurried) <= 520 * BYTES_PER_MS
    assert await voice.say("frankie carter", within_ms=200) is None


async def test_a_program_that_says_nothing_or_is_not_there_is_no_voice(tmp_path: Path) -> None:
    assert voice_of("") is None
    assert voice_of(os.fspath(tmp_path / "nothing")) is None
    mute = voice_of("true")
    assert mute is not None
    assert await mute.say("robin", within_ms=1000) is None
    gone = ProgramVoice(program=tmp_path / "gone")
    assert await gone.say("robin", within_ms=1000) is None
