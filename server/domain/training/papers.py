"""What happens to an exercise and in a training session. None of it is part of any call's journal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from server.domain.ids import CallId, ForceId, MarkerId, PersonId
from server.domain.papers import Line, PaperEvent, PaperId
from server.domain.people import Role
from server.domain.speech import Party


class MadeOf(StrEnum):
    SCRIPT = "script"
    CALL = "past call"


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidLine:
    party: Party
    at_ms: int
    text: str = field(repr=False)


class MarkedBy(StrEnum):
    SCRIPT = "script"
    SPECIALIST = "specialist"
    MACHINE = "machine"
    """It stood on the call, and no specialist had anything to do with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a specialist marked, or the script expects, with which the trainee compares what they did."""

    marker: MarkerId
    at_ms: int
    by: str
    """`script`, or what was done about it."""
    who: MarkedBy | None = None
    """None: made before this was kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """The exercise waits here until the trainee has decided."""

    at_ms: int
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseMade(PaperEvent):
    force: ForceId
    title: str
    of: MadeOf
    lines: tuple[SaidLine, ...] = field(repr=False)
    marks: tuple[Mark, ...]
    pauses: tuple[Pause, ...] = ()
    taken_out: int = 0
    """How many words are taken out of it."""
    stand_ins: tuple[str, ...] = ()
    """What stands in their place; in what older versions made, a block does."""
    spoken: int = 0
    """In how many places a voice says the stand-in; in the others there is silence."""
    silent: int = 0
    graded: str = ""
    """How people graded the past call in the end; empty: nobody did."""
    call: CallId | None = None
    """The past call that it was made of: it is gone when that is erased."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseApproved(PaperEvent):
    """A second person has looked at the whole of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseMarked(PaperEvent):
    """What a specialist marks on it; the latest of a marker stands."""

    marker: MarkerId
    at_ms: int
    did: str
    """What is to be done about it; empty: it is no mark of theirs any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseWithdrawn(PaperEvent):
    """Nobody is to hear it any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionBegun(PaperEvent):
    """The person trains; nobody but them and the trainees ever learns what is in it."""

    force: ForceId
    title: str
    exercise: PaperId
    trainees: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TraineeCame(PaperEvent):
    """Attendance: the trainee has opened the session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExercisePlayed(PaperEvent):
    """To this trainee; the call has a journal of its own in the training room."""

    call: CallId
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class TraineeDecided(PaperEvent):
    pause: int
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainerNoted(PaperEvent):
    about: PersonId | None = None
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnded(PaperEvent):
    """Nothing is played any more; trainer and trainees may still look at it."""


TrainingEvent = (
    ExerciseMade
    | ExerciseApproved
    | ExerciseMarked
    | ExerciseWithdrawn
    | SessionBegun
    | TraineeCame
    | ExercisePlayed
    | TraineeDecided
    | TrainerNoted
    | SessionEnded
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    id: PaperId
    made: ExerciseMade
    approved_by: PersonId | None = None
    withdrawn: bool = False
    marked: Mapping[MarkerId, ExerciseMarked] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What specialists marked on it, and what else the script expects or the call had."""
        made = [mark for mark in self.made.marks if mark.marker not in self.marked]
        theirs = [
            Mark(marker=one.marker, at_ms=one.at_ms, by=one.did, who=MarkedBy.SPECIALIST)
            for one in self.marked.values()
        ]
        return tuple(sorted((*made, *theirs), key=lambda mark: mark.at_ms))

    @property
    def specialists(self) -> bool:
        """Whether any specialist has marked anything."""
        return any(mark.who is MarkedBy.SPECIALIST for mark in self.marks)

    @property
    def ready(self) -> bool:
        return self.approved_by is not None and not self.withdrawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    id: PaperId
    begun: SessionBegun
    begun_at: datetime
    came: tuple[PersonId, ...] = ()
    played: tuple[ExercisePlayed, ...] = ()
    decided: tuple[TraineeDecided, ...] = ()
    notes: tuple[TrainerNoted, ...] = ()
    ended: bool = False

    def call_of(self, trainee: PersonId) -> CallId | None:
        """The call that was last played to this trainee."""
        calls = [one.call for one in self.played if one.person == trainee]
        return calls[-1] if calls else None


def exercise_of(paper: PaperId, lines: Iterable[Line]) -> Exercise | None:
    found: Exercise | None = None
    for line in lines:
        match line.event:
            case ExerciseMade():
                found = found or Exercise(id=paper, made=line.event)
            case ExerciseApproved() if found is not None:
                found = replace(found, approved_by=line.event.person)
            case ExerciseMarked() if found is not None:
                found = replace(found, marked=_marked(found.marked, line.event))
            case ExerciseWithdrawn() if found is not None:
                found = replace(found, withdrawn=True)
            case _:
                pass
    return found


def _marked(
    before: Mapping[MarkerId, ExerciseMarked], event: ExerciseMarked
) -> Mapping[MarkerId, ExerciseMarked]:
    others = {marker: one for marker, one in before.items() if marker != event.marker}
    return MappingProxyType({**others, event.marker: event} if event.did else others)


def session_of(paper: PaperId, lines: Iterable[Line]) -> Session | None:
    found: Session | None = None
    for line in lines:
        if isinstance(line.event, SessionBegun):
            found = found or Session(id=paper, begun=line.event, begun_at=line.recorded_at)
        elif found is not None:
            found = _with(found, line.event)
    return found


def _with(session: Session, event: PaperEvent) -> Session:
    match event:
        case TraineeCame() if event.person not in session.came:
            return replace(session, came=(*session.came, event.person))
        case ExercisePlayed():
            return replace(session, played=(*session.played, event))
        case TraineeDecided():
            return replace(session, decided=(*session.decided, event))
        case TrainerNoted():
            return replace(session, notes=(*session.notes, event))
        case SessionEnded():
            return replace(session, ended=True)
        case _:
            return session
