"""A synthetic voice by a program of this machine, espeak-ng or flite, for what stands in an exercise."""

import asyncio
import logging
import os
import shutil
import wave
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from server.domain.speech import BYTES_PER_MS, RATE_HZ

log = logging.getLogger(__name__)

PACES = (1.0, 1.3, 1.7, 2.2)
"""Each is tried until it fits: beyond the last nobody follows it."""
WORDS_A_MINUTE = 165
PATIENCE_S = 20.0
TAPS = 63
QUIET = 200
"""A sample below this is silence before or after the words."""
Samples = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramVoice:
    program: Path

    async def say(self, text: str, *, within_ms: int) -> bytes | None:
        for pace in PACES:
            sound = await self._said(text, pace)
            if sound is None:
                return None
            if len(sound) <= within_ms * BYTES_PER_MS:
                return sound
        return None

    async def _said(self, text: str, pace: float) -> bytes | None:
        """The text goes in by standard input: nobody who lists processes reads it."""
        with TemporaryDirectory(prefix="earshot-voice-") as folder:
            into = Path(folder, "said.wav")
            try:
                running = await asyncio.create_subprocess_exec(
                    *_command(self.program, pace, into), stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL
                )
            except OSError:
                log.warning("the voice for exercises cannot be started")
                return None
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await running.communicate(text.encode())
            except TimeoutError:
                running.kill()
                await running.wait()
                log.warning("the voice for exercises did not answer")
                return None
            return await asyncio.to_thread(_telephone, into)


def voice_of(program: str) -> ProgramVoice | None:
    """The program by its name or path; none: it is not installed, or none is wanted."""
    found = shutil.which(program) if program else None
    return ProgramVoice(program=Path(found)) if found else None


def _command(program: Path, pace: float, into: Path) -> Sequence[str]:
    """Into a file: of what goes into a pipe, flite cannot say how long it is, and never ends."""
    if "flite" in program.name:
        return [str(program), "--setf", f"duration_stretch={1 / pace:.2f}", "-o", str(into)]
    words = str(round(WORDS_A_MINUTE * pace))
    return [str(program), "-v", "en-gb", "-s", words, "--stdin", "-w", str(into)]


def _telephone(path: Path) -> bytes | None:
    """A WAV of any rate as sound of a telephone, without the silence round it; none: it is none."""
    try:
        with wave.open(os.fspath(path)) as file:
            rate_hz, frames = file.getframerate(), file.readframes(file.getnframes())
    except (OSError, wave.Error, EOFError):
        return None
    said = np.frombuffer(frames[: len(frames) // 2 * 2], "<i2").astype(np.float64)
    if not len(said):
        return None
    # What telephones cannot carry must go first, or it folds back as noise.
    place = np.arange(TAPS) - TAPS // 2
    low_pass = np.sinc(place * 0.9 * RATE_HZ / rate_hz) * np.hamming(TAPS)
    filtered = np.convolve(said, low_pass / low_pass.sum(), mode="same") if rate_hz > RATE_HZ else said
    at = np.arange(int(len(said) * RATE_HZ / rate_hz)) * (rate_hz / RATE_HZ)
    sound = np.interp(at, np.arange(len(said)), filtered)
    return _trimmed(np.clip(np.round(sound), -32768, 32767).astype("<i2")).tobytes() or None


def _trimmed(sound: Samples) -> Samples:
    loud = np.flatnonzero(np.abs(sound.astype(np.int32)) > QUIET)
    return sound[loud[0] : loud[-1] + 1] if len(loud) else sound[:0]
