"""Putting encoded media into a file, as it came."""

from dataclasses import dataclass, field
from typing import Protocol


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
