"""Everything that can happen on a call: facts in the past tense, each recorded once.

A call's journal is these, in order. Every reader (prompts, consoles, later review)
is a fold over them. `at_ms` is media time: how far into the call it happened.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from server.domain.ids import CallId, ForceId, MarkerId, PersonId, PromptId
from server.domain.markers import MarkerClass
from server.domain.prompts import Dismissal, Outcome, Prompt, Standing
from server.domain.sightings import Sighting
from server.domain.speech import Party, Utterance


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvent:
    at_ms: int


# The call and its legs


class Ending(StrEnum):
    HUNG_UP = "hung up"
    """The source said that the stream or the call was over."""
    LINE_LOST = "line lost"
    """The source went away and did not come back in time."""
    TOO_LONG = "too long"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallArrived(CallEvent):
    force: ForceId
    doorway: str
    caller: str = field(repr=False)
    called: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerAssigned(CallEvent):
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialistAssigned(CallEvent):
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class NobodyOnDuty(CallEvent):
    """No specialist of the force could be assigned; the handler is told so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineOpened(CallEvent):
    """A transport began to carry the call's sound; the epoch counts them from 1."""

    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineLost(CallEvent):
    """The transport went away while the call may still be going on."""

    epoch: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegJoined(CallEvent):
    party: Party


@dataclass(frozen=True, slots=True, kw_only=True)
class LegLeft(CallEvent):
    party: Party


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackReceived(CallEvent):
    """The telephony provider told us how the call or its stream stands."""

    about: str
    """`call`, `stream`, or `desk` (the leg to the handler)."""
    status: str
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitPressed(CallEvent):
    party: Party
    digit: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded(CallEvent):
    why: Ending


# Hearing


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


# Danger


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerSighted(CallEvent):
    sighting: Sighting
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class SightingWithdrawn(CallEvent):
    """The settled words did not hold what a draft had shown: heard differently."""

    marker: MarkerId
    party: Party
    utterance: int
    heard: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskRaised(CallEvent):
    """The call now shows a marker of a class that it had not shown before."""

    severity: MarkerClass
    because: MarkerId


# Prompts


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptRaised(CallEvent):
    prompt: Prompt


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
class PromptConfirmed(CallEvent):
    """The settled words hold what the draft showed."""

    prompt: PromptId
    quote: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptWithdrawn(CallEvent):
    """Heard differently. The prompt stays on the screen, and says so."""

    prompt: PromptId
    heard: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptOwned(CallEvent):
    prompt: PromptId
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptAnswered(CallEvent):
    prompt: PromptId
    person: PersonId
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptDismissed(CallEvent):
    prompt: PromptId
    person: PersonId
    reason: Dismissal


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptUndone(CallEvent):
    """The last step on this prompt was taken back; it stands as it stood before that step."""

    prompt: PromptId
    person: PersonId


Event = (
    CallArrived
    | HandlerAssigned
    | SpecialistAssigned
    | NobodyOnDuty
    | LineOpened
    | LineLost
    | LegJoined
    | LegLeft
    | CallbackReceived
    | DigitPressed
    | CallEnded
    | GapHeard
    | EarLost
    | EarRestored
    | UtteranceHeard
    | MarkerSighted
    | SightingWithdrawn
    | RiskRaised
    | PromptRaised
    | PromptTimed
    | PromptDelivered
    | PromptPainted
    | PromptConfirmed
    | PromptWithdrawn
    | PromptOwned
    | PromptAnswered
    | PromptDismissed
    | PromptUndone
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a call's journal."""

    call: CallId
    seq: int
    """Counts from 1 within the call, without gaps."""
    recorded_at: datetime
    """Aware, UTC."""
    event: Event
