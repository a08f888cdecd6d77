"""What was said on a call: sound in media time, and the words heard in it.

`at_ms`, `start_ms` and `end_ms` are always media time: milliseconds of that leg's
sound since the call was answered, counted in samples, never read off a clock.
"""

from dataclasses import dataclass, field
from enum import StrEnum

RATE_HZ = 8000
BYTES_PER_MS = RATE_HZ * 2 // 1000


class Party(StrEnum):
    """Who is heard on a leg."""

    CALLER = "caller"
    HANDLER = "handler"
    OTHER = "other"


class Sound(StrEnum):
    """What a frame holds: sound that arrived, or the stand-in for sound that did not."""

    HEARD = "heard"
    LOST = "lost"
    """Zeros in place of frames that never came."""
    SILENT = "silent"
    """Zeros where the source sends nothing during silence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioFrame:
    """One stretch of one leg's sound."""

    party: Party
    at_ms: int
    pcm: bytes = field(repr=False)
    """Signed 16-bit little-endian mono at `RATE_HZ`."""
    received_s: float
    """The node's monotonic clock when the frame arrived."""
    sound: Sound = Sound.HEARD

    @property
    def end_ms(self) -> int:
        return self.at_ms + len(self.pcm) // BYTES_PER_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    text: str = field(repr=False)
    start_ms: int
    end_ms: int
    confidence: float
    """0 to 1, as the recogniser gives it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a leg seems to be saying; the last words may still change."""

    party: Party
    number: int
    """The number of the utterance that this draft will settle into."""
    words: tuple[Word, ...] = field(repr=False)
    heard_to_ms: int
    """How far into the leg the recogniser had listened."""

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """Words that are settled: the recogniser will not change them."""

    party: Party
    number: int
    """Counts from 0 on each leg, without gaps."""
    words: tuple[Word, ...] = field(repr=False)
    heard_to_ms: int
    typed: bool = False
    """Whether the words were typed, as in a video call's chat, and not heard."""

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def start_ms(self) -> int:
        return self.words[0].start_ms if self.words else self.heard_to_ms

    @property
    def end_ms(self) -> int:
        return self.words[-1].end_ms if self.words else self.heard_to_ms
