"""Putting encoded media into a file, as it came."""

from dataclasses import dataclass, field
from typing import Protocol

SOUND_HZ = 16_000
"""How finely sound is played again, 16 bits a sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedFrame:
    """One whole picture (VP8) or stretch of sound (Opus)."""

    kind: str
    """`audio` or `video`."""
    at_ms: int
    data: bytes = field(repr=False)
    key: bool = True
    """Whether it can be decoded without those before it."""


class Muxer(Protocol):
    def add(self, frame: EncodedFrame) -> None: ...

    def take(self) -> bytes:
        """What is written of the file since the last time; maybe nothing."""
        ...

    def close(self) -> bytes:
        """The rest."""
        ...


class MakesMuxer(Protocol):
    def __call__(self, *, width: int, height: int, begins_ms: int) -> Muxer: ...


class MediaReader(Protocol):
    """Reads what a `Muxer` wrote, from any place in it. Works in the caller's thread."""

    def sound(self, head: bytes, data: bytes, *, from_ms: int, to_ms: int) -> bytes:
        """This stretch of the file's own time, decoded as `SOUND_HZ` says; silence where nothing was kept."""
        ...

    def pictures(self, head: bytes, data: bytes) -> list[EncodedFrame]:
        """Every whole picture in this part of the file, at the file's own time."""
        ...

    def head(self, data: bytes) -> bytes:
        """The file's header, of its beginning."""
        ...
