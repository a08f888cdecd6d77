"""The life of a prompt, from the words that raised it to what came of asking."""

from dataclasses import dataclass, field
from enum import StrEnum

from server.domain.events.base import NO_ACT, Act, CallEvent
from server.domain.ids import ActId, PersonId, PromptId
from server.domain.markers import MarkerClass
from server.domain.prompts import Dismissal, Outcome, Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptRaised(CallEvent):
    prompt: Prompt
    act: ActId = NO_ACT
    """The act of the specialist who raised it by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTimed(CallEvent):
    """How long the prompt took by stage, in milliseconds after the triggering word ended."""

    prompt: PromptId
    received_ms: int
    draft_ms: int
    sighted_ms: int
    raised_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptDelivered(CallEvent):
    prompt: PromptId
    person: PersonId
    after_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptPainted(CallEvent):
    prompt: PromptId
    person: PersonId
    after_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptShown(CallEvent):
    """It is now the one prompt in front of the handler: the quiet rules let it through."""

    prompt: PromptId
    waited_ms: int
    """Since it was raised for the handler."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptSeen(CallEvent):
    """It stood in front of this person, on a page that they had before them, for long enough to be read."""

    prompt: PromptId
    person: PersonId
    after_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptConfirmed(CallEvent):
    """The settled words hold what the draft showed."""

    prompt: PromptId
    quote: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptWithdrawn(CallEvent):
    """Heard differently. The prompt stays on the screen, and says so."""

    prompt: PromptId
    heard: str = field(repr=False)
    because: str = field(default="", repr=False)
    """Why, where it is not simply that the settled words are others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptOwned(Act):
    prompt: PromptId


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptAsked(Act):
    """The question was put to the caller."""

    prompt: PromptId


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptDropped(Act):
    """The owner gave it back: nobody owns it."""

    prompt: PromptId


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptAnswered(Act):
    prompt: PromptId
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptDismissed(Act):
    prompt: PromptId
    reason: Dismissal


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptUndone(Act):
    """The last step on this prompt was taken back; it stands as it stood before that step."""

    prompt: PromptId


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptUpgraded(CallEvent):
    """It now counts as graver than its marker alone does. Nothing makes it less."""

    prompt: PromptId
    severity: MarkerClass
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptShared(CallEvent):
    """From now on the handler is shown it too."""

    prompt: PromptId
    because: str
    by: PersonId | None = None


class Escalation(StrEnum):
    """Whom an un-owned prompt is brought to."""

    SPECIALIST = "specialist"
    SUPERVISOR = "specialist and supervisor"
    DUTY_SUPERVISOR = "duty supervisor"


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptEscalated(CallEvent):
    """Nobody had owned it for so long."""

    prompt: PromptId
    to: Escalation
    after_ms: int
    person: PersonId | None = None
    """The duty supervisor, where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptsUnresolved(CallEvent):
    """The call ended, and these were open."""

    prompts: tuple[PromptId, ...]


class Quiet(StrEnum):
    """Why nothing may come between handler and caller now."""

    SCREAM = "scream"
    ADDRESS = "taking the address"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietBegan(CallEvent):
    why: Quiet
    person: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietEnded(CallEvent):
    why: Quiet
    person: PersonId | None = None
