"""A prompt: one askable question with a reason, an owner and an outcome."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from server.domain.ids import MarkerId, PersonId, PromptId
from server.domain.markers import PROMPT_LIMIT, Marker, MarkerClass
from server.domain.sightings import Sighting
from server.domain.speech import Party


class Outcome(StrEnum):
    """What came of asking."""

    YES = "yes"
    NO = "no"
    NOT_SAFE = "not safe to ask"
    NOT_HEARD = "not heard"
    """Asked, and no answer could be made out."""
    ACTED = "acted"
    """Not asked: acted on at once."""

    @classmethod
    def _missing_(cls, value: object) -> "Outcome | None":
        """Journals written before these names keep being read."""
        return {"confirmed": cls.YES, "denied": cls.NO, "unclear": cls.NOT_HEARD}.get(str(value))


class Dismissal(StrEnum):
    """Why a prompt was put aside. A dismissed immediate marker stays visible in review."""

    ALREADY_KNOWN = "already known"
    MISHEARD = "misheard"
    NOT_RELEVANT = "not relevant"
    UNSAFE_TO_ASK = "unsafe to ask"
    NO_REASON = "no reason given"


class Standing(StrEnum):
    """How sure the words are."""

    DRAFT = "draft"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    id: PromptId
    marker: MarkerId
    severity: MarkerClass
    title: str
    ask: str
    yes_no: str
    handler: str
    specialist: str
    quote: str = field(repr=False)
    party: Party
    utterance: int
    at_ms: int
    """Media time at which the triggering words ended."""
    start_ms: int
    standing: Standing
    order: int = 0
    """Among those of its class, the lower goes first."""
    replay: bool = False
    """It rests on a word that the recogniser was not sure of: it asks to hear it again, and guesses none."""
    by: PersonId | None = None
    """The specialist who raised it by hand; none: the words did."""
    found: str = field(default="", repr=False)
    """What brought it where no words did: a silence, a call that broke off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptState:
    """Where one prompt stands: a fold over the call's events."""

    prompt: Prompt
    owner: PersonId | None = None
    asked: bool = False
    outcome: Outcome | None = None
    dismissal: Dismissal | None = None
    upgraded: MarkerClass | None = None
    shared: bool = False
    escalated: int = 0
    """How many times it was brought to somebody since it was last un-owned."""
    before: "PromptState | None" = None
    """As it stood before the last step by a person; undoing goes back there."""

    @property
    def open(self) -> bool:
        return self.outcome is None and self.dismissal is None

    @property
    def waits(self) -> bool:
        """Whether it still wants somebody: what was heard differently asks for nobody."""
        return self.open and self.prompt.standing is not Standing.WITHDRAWN

    @property
    def severity(self) -> MarkerClass:
        """How much attention it asks for now: its marker's class, or what it was upgraded to."""
        return max(self.prompt.severity, self.upgraded or MarkerClass.NONE, key=lambda one: one.rank)

    @property
    def for_handler(self) -> bool:
        """Immediate markers and what a specialist asks for; high ones once they are shared (facts, 1C)."""
        return self.shared or self.prompt.by is not None or self.prompt.severity is MarkerClass.IMMEDIATE

    def stand(self, standing: Standing, *, quote: str | None = None) -> "PromptState":
        """The recogniser settled: the words are confirmed or withdrawn, whoever has done what."""
        said = self.prompt.quote if quote is None else quote
        return replace(self, prompt=replace(self.prompt, standing=standing, quote=said))

    def owned(self, person: PersonId) -> "PromptState":
        return replace(self, owner=person, escalated=0, before=self)

    def dropped(self) -> "PromptState":
        return replace(self, owner=None, escalated=0, before=self)

    def put(self) -> "PromptState":
        return replace(self, asked=True, before=self)

    def answered(self, outcome: Outcome) -> "PromptState":
        return replace(self, outcome=outcome, before=self)

    def dismissed(self, reason: Dismissal) -> "PromptState":
        return replace(self, dismissal=reason, before=self)

    def undone(self) -> "PromptState":
        """The step back; what the call itself brought meanwhile stays."""
        if self.before is None:
            return self
        return replace(
            self.before,
            prompt=self.prompt,
            upgraded=self.upgraded,
            shared=self.shared,
            escalated=self.escalated,
        )


def prompt_for(marker: Marker, sighting: Sighting, *, number: int, standing: Standing) -> Prompt:
    """Put a sighting into words. Numbers count a call's prompts from 1, so a replay gives the same ids."""
    return Prompt(
        id=PromptId(f"p{number}"),
        marker=marker.id,
        severity=marker.severity,
        title=marker.title,
        ask=marker.prompts.ask,
        yes_no=marker.prompts.yes_no,
        handler=marker.prompts.handler,
        specialist=marker.prompts.specialist,
        quote=sighting.quote,
        party=sighting.party,
        utterance=sighting.utterance,
        at_ms=sighting.end_ms,
        start_ms=sighting.start_ms,
        standing=standing,
        order=marker.order,
    )


def replay_for(marker: Marker, sighting: Sighting, *, number: int) -> Prompt:
    """Ask for what may have been said to be heard again."""
    plain = prompt_for(marker, sighting, number=number, standing=Standing.SETTLED)
    return replace(
        plain,
        replay=True,
        title=f"Not sure of a word: {sighting.doubtful}?"[:PROMPT_LIMIT],
        ask="Could you say that again for me?",
        handler=f"Replay 5 s, or ask again: {sighting.doubtful}?"[:PROMPT_LIMIT],
        specialist=f"Replay 5 s before acting on it: {sighting.doubtful}?"[:PROMPT_LIMIT],
    )
