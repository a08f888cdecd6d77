"""What is kept of a call's sound and pictures: streams in pieces, each hashed onto the one before."""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

StreamId = NewType("StreamId", str)
"""One party's stream of a call: `caller`, `handler`, `victim-video`."""
STREAM = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
START = hashlib.sha256(b"").hexdigest()
"""The chain of a stream of which nothing is kept yet."""


class StreamKind(StrEnum):
    ULAW = "ulaw"
    """G.711 µ-law at 8 kHz, a byte a sample."""
    WEBM = "webm"
    """Segments of one WebM file, the first with its header."""
    STILL = "still"
    """Pictures, each whole."""

    @property
    def part(self) -> "Part":
        return Part.RECORDING if self is StreamKind.ULAW else Part.VIDEO


class Part(StrEnum):
    """What of a call has a key of its own, so that it can be erased by itself."""

    WORDS = "words"
    RECORDING = "recording"
    """The sound of a call."""
    VIDEO = "video"
    """The cameras and the stills of a video call, with the sound that is in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    id: StreamId
    kind: StreamKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a piece lies in its stream and in the call."""

    number: int
    """Counts from 1 within the stream, without gaps."""
    from_ms: int
    to_ms: int
    size: int
    """Bytes, as they were given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A place and what lies there, by its hash and by the hash of everything up to it."""

    place: Place
    digest: str
    chain: str


def piece_of(place: Place, data: bytes, before: str) -> Piece:
    """The piece that this data is, after a stream whose chain is `before`."""
    digest = hashlib.sha256(data).hexdigest()
    said = f"{before}|{place.number}|{place.from_ms}|{place.to_ms}|{place.size}|{digest}"
    return Piece(place=place, digest=digest, chain=hashlib.sha256(said.encode()).hexdigest())
