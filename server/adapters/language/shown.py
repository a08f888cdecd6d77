"""What a call has shown so far."""

from dataclasses import dataclass, field

from server.adapters.language import covert
from server.adapters.language.ellipsis import Question
from server.adapters.language.kind import NOTHING_TOLD, Told
from server.adapters.language.questions import Asked
from server.adapters.language.roles import Mention
from server.domain.markers import MarkerClass
from server.domain.sightings import Sighting

KIND_WEIGHT = 2.0
"""What the kind of the call counts beside the evidence of its turns."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that a later turn may depend on. Bounded, whatever the length of the call."""

    asked: tuple[Asked, ...] = ()
    said: tuple[str, ...] = field(default=(), repr=False)
    """The handler's last turn: what is said after it may answer it."""
    question: Question | None = None
    """The handler's last question, whatever it was about."""
    put_off: int = 0
    relation: bool = False
    """Whether somebody the caller is or was close to has been spoken of."""
    elsewhere: bool = False
    """Whether the words are those of another emergency: burglary, crash, fire, illness."""
    domestic: bool = False
    evidence: float = 0.0
    """How much the call so far sounds like abuse, as log odds, within bounds."""
    told: Told = NOTHING_TOLD
    """What the caller has said so far, as far as it is kept to tell the kind of the call."""
    kind: float = 0.0
    """The log odds that it is a domestic call, as the judge hears all that was told."""
    turns: int = 0
    """How many turns of the caller's have been read."""
    speakers: frozenset[str] = frozenset()
    """Who the caller has shown themselves to be."""
    he: Mention = Mention.NOBODY
    """Of whom a turn that names nobody says "he"."""
    severity: MarkerClass = MarkerClass.NONE
    held: tuple[Sighting, ...] = ()
    odd: covert.Case = covert.NOTHING_ODD

    @property
    def shown(self) -> float:
        """How much turns and call speak of abuse at home."""
        return self.evidence + KIND_WEIGHT * self.kind
