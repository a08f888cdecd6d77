"""What was heard, and what nobody heard."""

from dataclasses import dataclass
from enum import StrEnum

from server.domain.events.base import CallEvent
from server.domain.sounds import SoundKind
from server.domain.speech import Party, Utterance


class GapCause(StrEnum):
    LOST = "lost"
    """Frames never came: a jump in the sequence."""
    SILENT = "silent"
    """The source sent nothing, and said so by its timestamps."""
    LATE = "late"
    """Frames came after their place had been filled, and were put aside."""
    DUPLICATE = "duplicate"
    OVERFLOW = "overflow"
    """The ears could not keep up; the oldest sound was let go."""
    UNHEARD = "unheard"
    """The sound came, and no engine heard it in time."""
    BREAK = "break"
    """A new transport began elsewhere on the timeline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GapHeard(CallEvent):
    """A stretch of a leg that nobody's ears had: never guessed, always shown."""

    party: Party
    from_ms: int
    to_ms: int
    cause: GapCause


@dataclass(frozen=True, slots=True, kw_only=True)
class EarLost(CallEvent):
    """Nobody is listening to this leg."""

    party: Party
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EarRestored(CallEvent):
    """Listening again, and the sound since the last settled words has been heard again."""

    party: Party
    replayed_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UtteranceHeard(CallEvent):
    utterance: Utterance


@dataclass(frozen=True, slots=True, kw_only=True)
class CryDoubted(CallEvent):
    """There may have been a scream: a loud cry, or a noise like one, for a person to hear."""

    party: Party
    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundDoubted(CallEvent):
    """There may have been taps, coughs or whispering from one who says hardly a word or no word aloud."""

    sound: SoundKind
    party: Party
    from_ms: int
    to_ms: int
    count: int = 1
