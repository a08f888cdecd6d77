"""Synthetic voices for the demonstration calls: one phrase in, telephone-band sound out."""

import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float64]
"""Mono at 8 kHz; full scale is 1."""

RATE_HZ = 8000
SPEECH_LEVEL = 0.12
"""Root mean square of a phrase: a comfortable telephone level, about -18 dB below full scale."""
SILENCE_LEVEL = 0.004
TRIM_WINDOW = RATE_HZ // 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    engine: str
    """`flite` or `espeak-ng`, each a Debian package."""
    name: str
    rate: float = 1.0
    """Above 1 is faster."""
    pitch_cents: int = 0


# The built-in model hears these well; `en` is espeak-ng's British English, `+f3` one of its female variants.
VOICES = {
    "woman": Voice(engine="espeak-ng", name="en-gb-x-rp+f3", rate=0.95),
    "woman-second": Voice(engine="espeak-ng", name="en+f2", rate=0.95),
    "woman-third": Voice(engine="espeak-ng", name="en+f4", rate=0.95),
    "man": Voice(engine="flite", name="rms", rate=0.95),
    "man-second": Voice(engine="espeak-ng", name="en+m3", rate=0.95),
    "man-scottish": Voice(engine="espeak-ng", name="en-gb-scotland", rate=0.95),
    "operator": Voice(engine="espeak-ng", name="en", rate=0.95),
    "child": Voice(engine="espeak-ng", name="en+f2", rate=0.9, pitch_cents=250),
}


class VoiceMissing(Exception):
    """A program that makes the voices is not installed or did not speak."""


def spoken(voice: Voice, text: str) -> Samples:
    """Say the phrase; the sound begins and ends with the words, without silence round them."""
    with tempfile.TemporaryDirectory() as folder:
        raw, line = Path(folder, "raw.wav"), Path(folder, "line.raw")
        _run(_speak(voice, text, raw))
        _run(_to_telephone(voice, raw, line))
        sound = np.frombuffer(line.read_bytes(), "<i2").astype(np.float64) / 32768
    sound = _trimmed(sound)
    loudness = float(np.sqrt(np.mean(np.square(sound))))
    return sound * (SPEECH_LEVEL / loudness)


def _speak(voice: Voice, text: str, into: Path) -> list[str]:
    if voice.engine == "flite":
        return [
            *("flite", "-voice", voice.name, "--setf", f"duration_stretch={1 / voice.rate:.3f}"),
            *("-t", text, "-o", str(into)),
        ]
    return ["espeak-ng", "-v", voice.name, "-s", str(round(160 * voice.rate)), "-w", str(into), text]


def _to_telephone(voice: Voice, raw: Path, line: Path) -> list[str]:
    return [
        # -D and -R: without dither and with a fixed seed, the same words give the same bytes.
        *(
            "sox",
            "-D",
            "-R",
            str(raw),
            "-r",
            str(RATE_HZ),
            "-c",
            "1",
            "-b",
            "16",
            "-e",
            "signed",
            "-t",
            "raw",
        ),
        *(
            str(line),
            "gain",
            "-n",
            "-9",
            "pitch",
            str(voice.pitch_cents),
            "sinc",
            "300-3400",
            "gain",
            "-n",
            "-3",
        ),
    ]


def _run(command: Sequence[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=60)  # noqa: S603 - own arguments, no shell
    except (OSError, subprocess.SubprocessError) as error:
        raise VoiceMissing(
            f"{command[0]} did not work; install the Debian packages espeak-ng, flite, sox"
        ) from error


def _trimmed(sound: Samples) -> Samples:
    windows = sound[: len(sound) // TRIM_WINDOW * TRIM_WINDOW].reshape(-1, TRIM_WINDOW)
    loud = np.flatnonzero(np.sqrt(np.mean(np.square(windows), axis=1)) > SILENCE_LEVEL)
    return sound[loud[0] * TRIM_WINDOW : (loud[-1] + 1) * TRIM_WINDOW]
