"""Where one call stands: a fold over its journal, the same for every reader."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from server.domain.dispatched import DISPATCHING, Dispatched, dispatched
from server.domain.events import (
    CallArrived,
    CallEnded,
    CryDoubted,
    EarLost,
    EarRestored,
    Entry,
    Event,
    HandlerAssigned,
    HistoryLinked,
    LegJoined,
    LegLeft,
    LineLost,
    LineOpened,
    MarkerJudged,
    MarkerSighted,
    NeedNoted,
    NobodyOnDuty,
    PromptRaised,
    PromptShown,
    PromptsUnresolved,
    Quiet,
    QuietBegan,
    QuietEnded,
    ReviewAsked,
    ReviewDone,
    ReviewWhy,
    RiskRaised,
    SoundDoubted,
    SpecialistAssigned,
    SpecialistAwaited,
    SpecialistReleased,
    WhisperAnswered,
    WhisperRead,
    WhisperSent,
)
from server.domain.grades import GRADING, Graded, graded
from server.domain.ids import CallId, ForceId, MarkerId, PersonId, PromptId, WhisperId
from server.domain.markers import MarkerClass
from server.domain.memory import Memory, naming, remembered
from server.domain.people import Skill
from server.domain.prompt_steps import STEPS, stepped
from server.domain.prompts import PromptState
from server.domain.sightings import Sighting
from server.domain.sounds import SoundKind
from server.domain.speech import Party
from server.domain.whispers import Judged, Whisper

COVERT = MarkerId("covert_call")
ENDED_IN_CRY_MS = 15_000
"""A scream that goes on is told every ten seconds."""
NO_PROMPTS: Mapping[PromptId, PromptState] = MappingProxyType({})
NO_WHISPERS: Mapping[WhisperId, Whisper] = MappingProxyType({})
NO_JUDGEMENTS: Mapping[Judged, MarkerJudged] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class CallState:
    last_seq: int = 0
    force: ForceId | None = None
    doorway: str = ""
    handler: PersonId | None = None
    specialist: PersonId | None = None
    assigned_because: tuple[str, ...] = ()
    nobody_on_duty: bool = False
    awaited: bool = False
    """Whether it was said that specialists are on duty and none is free."""
    needs: frozenset[Skill] = frozenset()
    """What people on the call say that it wants of a specialist."""
    earlier_calls: int = 0
    counted: frozenset[CallId] = frozenset()
    """Which those are; empty in records of an older kind."""
    linked_in_7_days: int = 0
    memory: Memory = field(default_factory=Memory)
    """Whom and what the call is about, and the earlier calls that it belongs to."""
    epoch: int = 0
    connected: bool = False
    """Whether a transport carries sound now."""
    legs: frozenset[Party] = frozenset()
    deaf: frozenset[Party] = frozenset()
    severity: MarkerClass = MarkerClass.NONE
    prompts: Mapping[PromptId, PromptState] = field(default_factory=lambda: NO_PROMPTS)
    sightings: tuple[Sighting, ...] = ()
    shown: PromptId | None = None
    """The prompt that was last put before the handler,"""
    shown_ever: frozenset[PromptId] = frozenset()
    """and all that ever were."""
    quiet: frozenset[Quiet] = frozenset()
    whispers: Mapping[WhisperId, Whisper] = field(default_factory=lambda: NO_WHISPERS)
    judgements: Mapping[Judged, MarkerJudged] = field(default_factory=lambda: NO_JUDGEMENTS)
    """The latest of each marker in each utterance."""
    unresolved: frozenset[PromptId] = frozenset()
    """Those that were open when the call ended."""
    reviews: frozenset[ReviewWhy] = frozenset()
    """Why the call is in the review queue; none: it is not, or no more."""
    reviews_asked: frozenset[ReviewWhy] = frozenset()
    cried_ms: int | None = None
    """Until when there was last a loud cry, or a noise like one, if there was any,"""
    ended_in_cry: bool = False
    """and whether the call ended right after it."""
    sounds: frozenset[SoundKind] = frozenset()
    """What else may have been heard of the caller beside words."""
    graded: Graded = field(default_factory=Graded)
    dispatched: Dispatched = field(default_factory=Dispatched)
    ended: bool = False

    @property
    def covert(self) -> bool:
        """Whether the caller may not be able to speak freely: questions are then put for a yes or a no."""
        return any(one.marker == COVERT and one.stands for one in self.sightings)

    @property
    def on_show(self) -> PromptState | None:
        """The one prompt in front of the handler; none once it is closed or was heard differently."""
        prompt = self.prompts.get(self.shown) if self.shown is not None else None
        return prompt if prompt is not None and prompt.waits else None

    @property
    def waiting_prompts(self) -> tuple[PromptState, ...]:
        return tuple(prompt for prompt in self.prompts.values() if prompt.waits)

    def cried_lately(self, at_ms: int, *, within_ms: int) -> bool:
        return self.cried_ms is not None and at_ms - self.cried_ms <= within_ms

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
            return replace(state, force=event.force, doorway=event.doorway)
        case CallEnded():
            crying = state.cried_lately(event.at_ms, within_ms=ENDED_IN_CRY_MS)
            return replace(
                state, ended=True, connected=False, legs=frozenset(), deaf=frozenset(), ended_in_cry=crying
            )
        case _ if isinstance(event, GRADING):
            return replace(state, graded=graded(state.graded, event))
        case _ if isinstance(event, DISPATCHING):
            return replace(state, dispatched=dispatched(state.dispatched, event))
        case _:
            for change in (_lines_applied, _staff_applied, _danger_applied, _desk_applied, _prompts_applied):
                state = change(state, event)
            return _memory_applied(state, event)


def _memory_applied(state: CallState, event: Event) -> CallState:
    memory = remembered(state.memory, event)
    return state if memory is state.memory else replace(state, memory=memory)


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


def _staff_applied(state: CallState, event: Event) -> CallState:
    match event:
        case HandlerAssigned():
            return replace(state, handler=event.person)
        case SpecialistAssigned():
            return replace(
                state,
                specialist=event.person,
                assigned_because=event.because,
                nobody_on_duty=False,
                awaited=False,
            )
        case SpecialistReleased():
            return replace(state, specialist=None, assigned_because=())
        case NobodyOnDuty():
            return replace(state, nobody_on_duty=True, awaited=False)
        case SpecialistAwaited():
            return replace(state, awaited=True, nobody_on_duty=False)
        case _:
            return _wants_applied(state, event)


def _wants_applied(state: CallState, event: Event) -> CallState:
    match event:
        case NeedNoted():
            return replace(state, needs=state.needs | {event.need})
        case HistoryLinked():
            return replace(
                state,
                earlier_calls=event.earlier_calls,
                counted=naming(event),
                linked_in_7_days=event.within_7_days,
            )
        case ReviewAsked():
            return replace(
                state,
                reviews=state.reviews | {event.why},
                reviews_asked=state.reviews_asked | {event.why},
            )
        case ReviewDone():
            return replace(state, reviews=frozenset())
        case _:
            return state


def _danger_applied(state: CallState, event: Event) -> CallState:
    match event:
        case RiskRaised():
            # A specialist's marker and the words may raise it at once: the graver stands, whichever is first.
            graver = max(state.severity, event.severity, key=lambda one: one.rank)
            return replace(state, severity=graver)
        case MarkerSighted():
            return replace(state, sightings=(*state.sightings, event.sighting))
        case CryDoubted():
            return replace(state, cried_ms=event.to_ms)
        case SoundDoubted():
            return replace(state, sounds=state.sounds | {event.sound})
        case MarkerJudged():
            key = Judged(event.marker, event.party, event.utterance)
            return replace(state, judgements=MappingProxyType({**state.judgements, key: event}))
        case _:
            return state


def _desk_applied(state: CallState, event: Event) -> CallState:
    match event:
        case QuietBegan():
            return replace(state, quiet=state.quiet | {event.why})
        case QuietEnded():
            return replace(state, quiet=state.quiet - {event.why})
        case WhisperSent():
            return _with_whisper(state, Whisper(sent=event))
        case WhisperRead() if event.whisper in state.whispers:
            return _with_whisper(state, replace(state.whispers[event.whisper], read_by=event.person))
        case WhisperAnswered() if event.whisper in state.whispers:
            whisper = state.whispers[event.whisper]
            return _with_whisper(state, replace(whisper, reply=event.reply, replied_by=event.person))
        case _:
            return state


def _prompts_applied(state: CallState, event: Event) -> CallState:
    match event:
        case PromptRaised():
            return _with_prompt(state, PromptState(prompt=event.prompt))
        case PromptShown():
            return replace(state, shown=event.prompt, shown_ever=state.shown_ever | {event.prompt})
        case PromptsUnresolved():
            return replace(state, unresolved=frozenset(event.prompts))
        case _:
            if not isinstance(event, STEPS) or event.prompt not in state.prompts:
                return state
            return _with_prompt(state, stepped(state.prompts[event.prompt], event))


def _with_whisper(state: CallState, whisper: Whisper) -> CallState:
    return replace(state, whispers=MappingProxyType({**state.whispers, whisper.sent.whisper: whisper}))


def _with_prompt(state: CallState, prompt: PromptState) -> CallState:
    return replace(state, prompts=MappingProxyType({**state.prompts, prompt.prompt.id: prompt}))
