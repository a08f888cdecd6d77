"""What specialist and handler tell each other by screen, and what people make of the machine's markers."""

from dataclasses import dataclass, field
from enum import StrEnum

from server.domain.events.base import Act
from server.domain.ids import MarkerId, PersonId, PromptId, WhisperId
from server.domain.speech import Party


class Reply(StrEnum):
    """What a handler can say back with one key."""

    WILL_ASK = "will ask"
    YES = "yes"
    NO = "no"
    NOT_SAFE = "not safe to ask"
    NOT_HEARD = "not heard"


@dataclass(frozen=True, slots=True, kw_only=True)
class WhisperSent(Act):
    """A line of text to the call's handler."""

    whisper: WhisperId
    text: str = field(repr=False)
    to: PersonId | None = None
    """The handler at that moment; none: whoever comes to handle the call."""
    prompt: PromptId | None = None
    """The prompt that it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhisperRead(Act):
    whisper: WhisperId


@dataclass(frozen=True, slots=True, kw_only=True)
class WhisperAnswered(Act):
    whisper: WhisperId
    reply: Reply


class Verdict(StrEnum):
    TRUE = "true"
    NOT = "not"
    """The words do not say that: the machine was wrong."""
    MISSED = "missed"
    """The words do say that, and the machine had not seen it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerJudged(Act):
    """What a person makes of a marker in these words. The latest judgement stands; all are kept."""

    marker: MarkerId
    party: Party
    utterance: int
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsExported(Act):
    """Words of this call left the system, by somebody with the right to take them."""

    purpose: str
