"""What may be heard beside words: a doubt each time, that means something only where it answers somebody."""

from dataclasses import dataclass
from enum import StrEnum


class SoundKind(StrEnum):
    TAPS = "taps"
    COUGHS = "coughs"
    WHISPER = "whispering"


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundHeard:
    """Sounds of a kind in a row, or some like them. Whispering that goes on is told each half minute."""

    kind: SoundKind
    from_ms: int
    to_ms: int
    count: int = 1
    """How many taps or coughs."""
