"""A marker seen in somebody's words, with everything needed to say why."""

from dataclasses import dataclass, field
from enum import StrEnum

from server.domain.ids import MarkerId
from server.domain.speech import Party


class Polarity(StrEnum):
    AFFIRMED = "affirmed"
    DENIED = "denied"
    UNCERTAIN = "uncertain"
    CONDITIONAL = "conditional"


SPEAKING = (Polarity.AFFIRMED, Polarity.CONDITIONAL)
"""The polarities that speak for a marker."""


BY_HAND = "by hand"
"""The rule of a sighting that a person made."""


class When(StrEnum):
    NOW = "now"
    TODAY = "today"
    RECENT = "recent"
    HISTORIC = "historic"
    FUTURE = "future"
    UNSAID = "unsaid"


class Source(StrEnum):
    HEARD = "heard"
    THIRD_HAND = "third-hand"
    RECORD = "record"
    KEYS = "keys pressed"
    SOUND = "sound on the line"


WORDLESS = frozenset({Source.KEYS, Source.SOUND})
"""What these bring, nobody said: no utterance has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One marker in one stretch of words. Evidence: it is added to, never taken away."""

    marker: MarkerId
    polarity: Polarity
    party: Party
    utterance: int
    """The number of the utterance on that party's leg."""
    quote: str = field(repr=False)
    """The words as heard, the matched stretch with its clause."""
    matched: tuple[tuple[int, int], ...]
    """Half-open ranges of word positions in the utterance that the rule matched."""
    start_ms: int
    end_ms: int
    """Media time of the first and last matched word."""
    rule: str
    because: str = field(repr=False)
    """One plain sentence: the rule, its cues, and the question that it answered."""
    confidence: float = 1.0
    """The lowest recogniser confidence among the matched words."""
    when: When = When.UNSAID
    source: Source = Source.HEARD
    flags: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()
    """The words around the match that made it what it is: denied, conditional, a time."""
    answers: str = field(default="", repr=False)
    """The handler's question that these words answer; empty if they stand alone."""

    doubtful: str = field(default="", repr=False)
    """The word that the recogniser was not sure of and what it may have been: "knife or night"."""
    corrects: str = ""
    """The rule of the sighting in the same words that this one takes the place of: it was read wrongly."""
    held: bool = False
    """Kept back: it raises nothing until the call shows a domestic frame, and is then given again, free."""

    @property
    def stands(self) -> bool:
        """Whether the sighting speaks for the marker; a denial is kept, and shown, but raises nothing."""
        return not self.held and self.polarity in SPEAKING
