"""Speech for the bench: both sides of the demonstration's calls, over and over."""

import struct
import sys
from pathlib import Path

from server.adapters.doorways.ulaw import pcm_of

CALLS = Path("server/demo/calls")
FRAME_MS = 20
FRAME_BYTES = FRAME_MS * 16
MULAW = 7


def legs() -> list[bytes]:
    """The sound of each leg of each recorded call; ends the bench if there is none."""
    found = [leg for path in sorted(CALLS.glob("*.wav")) for leg in _legs_of(path)]
    if not found:
        sys.exit(f"there are no recorded calls in {CALLS}: run from the repository's root")
    return found


def heard_from(sound: bytes, *, number: int, seconds: float) -> bytes:
    """A stretch of this leg for one listener, each starting elsewhere so that not all speak at once."""
    length = int(seconds * 1000) * 16
    start = number * 7_340 * 16 % len(sound) // FRAME_BYTES * FRAME_BYTES
    return (sound[start:] + sound * (1 + length // len(sound)))[:length]


def _legs_of(path: Path) -> list[bytes]:
    form, sound = _chunk(path, b"fmt "), _chunk(path, b"data")
    coding, sides, rate_hz = struct.unpack_from("<HHI", form)
    if (coding, rate_hz) != (MULAW, 8000):
        sys.exit(f"{path} is not 8 kHz mu-law")
    return [pcm_of(sound[side::sides]) for side in range(sides)]


def _chunk(path: Path, wanted: bytes) -> bytes:
    content = path.read_bytes()
    at = 12
    while at < len(content):
        name, length = struct.unpack_from("<4sI", content, at)
        if name == wanted:
            return content[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
    sys.exit(f"{path} has no {wanted.decode()} chunk")
