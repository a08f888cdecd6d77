"""A video call's two sides as one WAV file of 16-bit samples: the caller left, everybody else right."""

import array
import struct
from collections.abc import Sequence

SIDES = 2
RATE_HZ = 16_000
PER_MS = RATE_HZ // 1000 * SIDES * 2
HEADER_BYTES = 44
_LOUDEST = 32767


def header(length_ms: int) -> bytes:
    """Everything before the sound of a file of this length."""
    size = length_ms * PER_MS
    form = struct.pack("<HHIIHH", 1, SIDES, RATE_HZ, RATE_HZ * SIDES * 2, SIDES * 2, 16)
    riff = struct.pack("<4sI4s", b"RIFF", HEADER_BYTES - 8 + size, b"WAVE")
    return riff + struct.pack("<4sI", b"fmt ", len(form)) + form + struct.pack("<4sI", b"data", size)


def interleaved(left: bytes, right: bytes) -> bytes:
    """Both sides, sample by sample."""
    both = array.array("h", bytes(2 * len(left)))
    both[0::2], both[1::2] = array.array("h", left), array.array("h", right)
    return both.tobytes()


def mixed(sounds: Sequence[bytes], size: int) -> bytes:
    """All of them at once, and never beyond what a sample holds."""
    loud = [sound for sound in sounds if any(sound)]
    if len(loud) < 2:
        return loud[0] if loud else bytes(size)
    parts = [array.array("h", sound) for sound in loud]
    sums = (max(-_LOUDEST, min(_LOUDEST, sum(samples))) for samples in zip(*parts, strict=True))
    return array.array("h", sums).tobytes()
