"""Where one call stands: a fold over its journal, the same for every reader."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from server.domain.events import (
    CallArrived,
    CallEnded,
    EarLost,
    EarRestored,
    Entry,
    Event,
    HandlerAssigned,
    LegJoined,
    LegLeft,
    LineLost,
    LineOpened,
    MarkerSighted,
    NobodyOnDuty,
    PromptAnswered,
    PromptConfirmed,
    PromptDismissed,
    PromptOwned,
    PromptRaised,
    PromptUndone,
    PromptWithdrawn,
    RiskRaised,
    SpecialistAssigned,
)
from server.domain.ids import ForceId, MarkerId, PersonId, PromptId
from server.domain.markers import MarkerClass
from server.domain.prompts import PromptState, Standing
from server.domain.sightings import Sighting
from server.domain.speech import Party

NO_PROMPTS: Mapping[PromptId, PromptState] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class CallState:
    last_seq: int = 0
    force: ForceId | None = None
    handler: PersonId | None = None
    specialist: PersonId | None = None
    nobody_on_duty: bool = False
    epoch: int = 0
    connected: bool = False
    """Whether a transport carries sound now."""
    legs: frozenset[Party] = frozenset()
    deaf: frozenset[Party] = frozenset()
    severity: MarkerClass = MarkerClass.NONE
    prompts: Mapping[PromptId, PromptState] = field(default_factory=lambda: NO_PROMPTS)
    sightings: tuple[Sighting, ...] = ()
    ended: bool = False

    def prompt_of(self, marker: MarkerId) -> PromptState | None:
        """The latest prompt of this marker."""
        shown = [state for state in self.prompts.values() if state.prompt.marker == marker]
        return shown[-1] if shown else None


def folded(entries: Iterable[Entry], state: CallState | None = None) -> CallState:
    state = state or CallState()
    for entry in entries:
        state = replace(applied(state, entry.event), last_seq=entry.seq)
    return state


def applied(state: CallState, event: Event) -> CallState:
    """The call after this event. Events that change nothing here leave it as it is."""
    match event:
        case CallArrived():
            return replace(state, force=event.force)
        case HandlerAssigned():
            return replace(state, handler=event.person)
        case SpecialistAssigned():
            return replace(state, specialist=event.person, nobody_on_duty=False)
        case NobodyOnDuty():
            return replace(state, nobody_on_duty=True)
        case CallEnded():
            return replace(state, ended=True, connected=False, legs=frozenset(), deaf=frozenset())
        case _:
            return _prompts_applied(_danger_applied(_lines_applied(state, event), event), event)


def _lines_applied(state: CallState, event: Event) -> CallState:
    match event:
        case LineOpened():
            return replace(state, epoch=event.epoch, connected=True)
        case LineLost():
            return replace(state, connected=False)
        case LegJoined():
            return replace(state, legs=state.legs | {event.party})
        case LegLeft():
            return replace(state, legs=state.legs - {event.party}, deaf=state.deaf - {event.party})
        case EarLost():
            return replace(state, deaf=state.deaf | {event.party})
        case EarRestored():
            return replace(state, deaf=state.deaf - {event.party})
        case _:
            return state


def _danger_applied(state: CallState, event: Event) -> CallState:
    match event:
        case RiskRaised():
            return replace(state, severity=event.severity)
        case MarkerSighted():
            return replace(state, sightings=(*state.sightings, event.sighting))
        case _:
            return state


def _prompts_applied(state: CallState, event: Event) -> CallState:
    if isinstance(event, PromptRaised):
        return _with_prompt(state, PromptState(prompt=event.prompt))
    if not isinstance(event, _STEPS) or event.prompt not in state.prompts:
        return state
    return _with_prompt(state, _stepped(state.prompts[event.prompt], event))


_Step = PromptConfirmed | PromptWithdrawn | PromptOwned | PromptAnswered | PromptDismissed | PromptUndone
_STEPS = (PromptConfirmed, PromptWithdrawn, PromptOwned, PromptAnswered, PromptDismissed, PromptUndone)


def _stepped(prompt: PromptState, event: _Step) -> PromptState:
    match event:
        case PromptConfirmed():
            return prompt.stand(Standing.SETTLED, quote=event.quote)
        case PromptWithdrawn():
            return prompt.stand(Standing.WITHDRAWN)
        case PromptOwned():
            return prompt.owned(event.person)
        case PromptAnswered():
            return prompt.answered(event.outcome)
        case PromptDismissed():
            return prompt.dismissed(event.reason)
        case PromptUndone():
            return prompt.undone()


def _with_prompt(state: CallState, prompt: PromptState) -> CallState:
    return replace(state, prompts=MappingProxyType({**state.prompts, prompt.prompt.id: prompt}))
