"""WAV files as telephone legs: µ-law or 16-bit sound at 8 kHz, or 16 kHz brought down to it."""

import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from server.adapters.doorways.ulaw import pcm_of
from server.domain.speech import RATE_HZ

_PCM, _ULAW, _EXTENSIBLE = 1, 7, 0xFFFE
_CHUNK = struct.Struct("<4sI")
_FORMAT = struct.Struct("<HHIIHH")
_SUBFORMAT_AT = 24
_TAPS = 63
Samples = npt.NDArray[np.int16]


class BadSound(Exception):
    """The file cannot be replayed; the message says what it is and what is wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Legs:
    """Signed 16-bit sound at 8 kHz; a leg that the recording lacks is empty."""

    caller: bytes = field(repr=False)
    handler: bytes = field(default=b"", repr=False)

    @property
    def duration_ms(self) -> int:
        return max(len(self.caller), len(self.handler)) // 2 * 1000 // RATE_HZ


def read_legs(path: Path, handler: Path | None = None) -> Legs:
    """A stereo file (left caller, right handler), or one mono file for each leg. Raises `BadSound`."""
    channels = _channels(path)
    if handler is None:
        return Legs(caller=channels[0].tobytes(), handler=b"".join(leg.tobytes() for leg in channels[1:]))
    others = _channels(handler)
    if len(channels) + len(others) > 2:
        raise BadSound("of two files, each must be mono: the caller's and the handler's")
    return Legs(caller=channels[0].tobytes(), handler=others[0].tobytes())


def _channels(path: Path) -> list[Samples]:
    try:
        chunks = _chunks(path.read_bytes())
    except OSError as error:
        raise BadSound(f"{path.name}: {error.strerror or 'cannot be read'}") from None
    if len(chunks.get(b"fmt ", b"")) < _FORMAT.size or b"data" not in chunks:
        raise BadSound(f"{path.name} is not a WAV file")
    encoding, channels, rate_hz, _, _, bits = _FORMAT.unpack_from(chunks[b"fmt "])
    if encoding == _EXTENSIBLE and len(chunks[b"fmt "]) >= _SUBFORMAT_AT + 2:
        (encoding,) = struct.unpack_from("<H", chunks[b"fmt "], _SUBFORMAT_AT)
    if channels not in (1, 2):
        raise BadSound(f"{path.name} has {channels} channels; one or two are wanted")
    if rate_hz not in (RATE_HZ, 2 * RATE_HZ):
        raise BadSound(f"{path.name} is at {rate_hz} Hz; 8000 or 16000 Hz are wanted")
    sound = _sound(path.name, encoding, bits, chunks[b"data"])
    frames = sound[: len(sound) // channels * channels].reshape(-1, channels)
    if not len(frames):
        raise BadSound(f"{path.name} holds no sound")
    return [_at_telephone_rate(frames[:, channel], rate_hz) for channel in range(channels)]


def _sound(name: str, encoding: int, bits: int, data: bytes) -> Samples:
    if (encoding, bits) == (_ULAW, 8):
        return np.frombuffer(pcm_of(data), "<i2")
    if (encoding, bits) == (_PCM, 16):
        return np.frombuffer(data[: len(data) // 2 * 2], "<i2")
    raise BadSound(f"{name} is neither µ-law nor 16-bit PCM")


def _at_telephone_rate(leg: Samples, rate_hz: int) -> Samples:
    if rate_hz == RATE_HZ or not len(leg):
        return np.ascontiguousarray(leg)
    # What telephones cannot carry must go before every other sample does, or it folds back as noise.
    place = np.arange(_TAPS) - _TAPS // 2
    low_pass = np.sinc(place * 0.45) * np.hamming(_TAPS)
    filtered = np.convolve(leg.astype(np.float64), low_pass / low_pass.sum())[_TAPS // 2 :][: len(leg)]
    return np.clip(np.round(filtered[::2]), -32768, 32767).astype("<i2")


def _chunks(riff: bytes) -> dict[bytes, bytes]:
    """The file's chunks by name; empty if it is no WAV. A data chunk cut short is kept as far as it goes."""
    if riff[:4] != b"RIFF" or riff[8:12] != b"WAVE":
        return {}
    chunks: dict[bytes, bytes] = {}
    at = 12
    while at + _CHUNK.size <= len(riff):
        name, size = _CHUNK.unpack_from(riff, at)
        at += _CHUNK.size
        chunks.setdefault(name, riff[at : at + size])
        at += size + size % 2
    return chunks
