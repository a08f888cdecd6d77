"""A call's two sides as one WAV file of µ-law: the caller left, the handler right."""

import struct

SIDES = 2
PER_MS = 8 * SIDES
SILENCE = 0xFF
RATE_HZ = 8000
_ULAW = 7
HEADER_BYTES = 58


def header(length_ms: int, *, sides: int = SIDES) -> bytes:
    """Everything before the sound of a file of this length."""
    size = length_ms * 8 * sides
    form = struct.pack("<HHIIHHH", _ULAW, sides, RATE_HZ, RATE_HZ * sides, sides, 8, 0)
    fact = struct.pack("<I", length_ms * 8)
    riff = struct.pack("<4sI4s", b"RIFF", HEADER_BYTES - 8 + size, b"WAVE")
    chunks = struct.pack("<4sI", b"fmt ", len(form)) + form + struct.pack("<4sI", b"fact", 4) + fact
    return riff + chunks + struct.pack("<4sI", b"data", size)


def interleaved(left: bytes, right: bytes) -> bytes:
    """Both sides, sample by sample."""
    both = bytearray(2 * len(left))
    both[0::2], both[1::2] = left, right
    return bytes(both)
