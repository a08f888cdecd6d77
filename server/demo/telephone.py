"""Two legs as a telephone line holds them: G.711 µ-law at 8 kHz in one stereo WAV."""

import struct
from pathlib import Path

import numpy as np

from server.adapters.doorways.ulaw import ulaw_of
from server.demo.voices import RATE_HZ, Samples

MULAW = 7
"""The WAV format tag of G.711 µ-law."""
NOISE_LEVEL = 0.0006
"""Root mean square of the hiss of a quiet line, about 64 dB below full scale."""
CHUNK = struct.Struct("<4sI")
FORMAT = struct.Struct("<HHIIHHH")


def with_line_noise(sound: Samples, *, seed: int) -> Samples:
    noise = np.random.default_rng(seed).normal(0.0, NOISE_LEVEL, len(sound))
    return sound + noise


def mulaw(sound: Samples) -> bytes:
    return ulaw_of((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())


def write_wav(path: Path, *, caller: Samples, handler: Samples) -> None:
    frames = bytearray(2 * len(caller))
    frames[0::2], frames[1::2] = mulaw(caller), mulaw(handler)
    head = FORMAT.pack(MULAW, 2, RATE_HZ, RATE_HZ * 2, 2, 8, 0)
    fact = struct.pack("<I", len(caller))
    chunks = ((b"fmt ", head), (b"fact", fact), (b"data", bytes(frames)))
    body = b"WAVE" + b"".join(CHUNK.pack(name, len(data)) + data for name, data in chunks)
    path.write_bytes(CHUNK.pack(b"RIFF", len(body)) + body)


class BadSound(Exception):
    """The file does not hold two µ-law legs."""


def read_legs(path: Path) -> tuple[bytes, bytes]:
    """The µ-law bytes of the left leg (caller) and the right one (handler)."""
    chunks = _chunks(path.read_bytes())
    tag, channels, rate_hz, *_ = FORMAT.unpack_from(chunks.get(b"fmt ", b"").ljust(FORMAT.size, b"\0"))
    if (tag, channels, rate_hz) != (MULAW, 2, RATE_HZ) or b"data" not in chunks:
        raise BadSound(f"{path.name} is not a stereo µ-law WAV at {RATE_HZ} Hz")
    return chunks[b"data"][0::2], chunks[b"data"][1::2]


def _chunks(riff: bytes) -> dict[bytes, bytes]:
    chunks: dict[bytes, bytes] = {}
    at = CHUNK.size + len(b"WAVE")
    while at + CHUNK.size <= len(riff):
        name, size = CHUNK.unpack_from(riff, at)
        at += CHUNK.size
        chunks[name] = riff[at : at + size]
        at += size + size % 2
    return chunks
