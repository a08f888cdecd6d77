"""A prompt: one askable question with a reason, an owner and an outcome."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from server.domain.ids import MarkerId, PersonId, PromptId
from server.domain.markers import Marker, MarkerClass
from server.domain.sightings import Sighting
from server.domain.speech import Party


class Outcome(StrEnum):
    """What came of asking."""

    CONFIRMED = "confirmed"
    DENIED = "denied"
    UNCLEAR = "unclear"
    ACTED = "acted"
    """Not asked: acted on at once."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptState:
    """Where one prompt stands: a fold over the call's events."""

    prompt: Prompt
    owner: PersonId | None = None
    outcome: Outcome | None = None
    dismissal: Dismissal | None = None
    before: "PromptState | None" = None
    """As it stood before the last step by a person; undoing goes back there."""

    @property
    def open(self) -> bool:
        return self.outcome is None and self.dismissal is None

    def stand(self, standing: Standing, *, quote: str | None = None) -> "PromptState":
        """The recogniser settled: the words are confirmed or withdrawn, whoever has done what."""
        said = self.prompt.quote if quote is None else quote
        return replace(self, prompt=replace(self.prompt, standing=standing, quote=said))

    def owned(self, person: PersonId) -> "PromptState":
        return replace(self, owner=person, before=self)

    def answered(self, outcome: Outcome) -> "PromptState":
        return replace(self, outcome=outcome, before=self)

    def dismissed(self, reason: Dismissal) -> "PromptState":
        return replace(self, dismissal=reason, before=self)

    def undone(self) -> "PromptState":
        if self.before is None:
            return self
        return replace(self.before, prompt=self.prompt)


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
    )
