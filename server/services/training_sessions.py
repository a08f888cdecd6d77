"""Training sessions: who attends, what is played, decided and noted, and how it compares.

Trainers see the sessions that they began, trainees their own part of those that they are in, and nobody
else sees anything: not supervisors, not exports, not other systems, not search, not figures.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.ids import CallId, PersonId
from server.domain.papers import PaperEvent, PaperId
from server.domain.people import Person, Role
from server.domain.training.comparing import Compared, compared, graded
from server.domain.training.papers import (
    Exercise,
    ExercisePlayed,
    Session,
    SessionBegun,
    SessionEnded,
    TraineeCame,
    TraineeDecided,
    TrainerNoted,
    session_of,
)
from server.ports.papers import PaperMoved, Papers
from server.ports.people import PeopleBook, UnknownPerson
from server.services.duty_refusals import NoSession, NotApproved
from server.services.exercises import Exercises
from server.services.pages import line_of_text
from server.services.refusals import BadText, ReadOnly
from server.services.training_room import TrainingRoom, Turn

TEXT_LIMIT = 500
TITLE_LIMIT = 120
MOST_TRAINEES = 20
NOT_FOR_ALL = "This exercise cannot be played to this group. Choose another exercise, or another group."
"""Somebody in it is barred from the call that it was made of: nobody is told who, or of what call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One trainee's part of a session, as they and their trainer see it."""

    trainee: PersonId
    came: bool
    call: CallId | None
    playing: bool
    waiting: int | None
    """The decision that the exercise waits for."""
    decided: tuple[TraineeDecided, ...]
    compared: tuple[Compared, ...]
    """Once the exercise is over."""
    graded: tuple[str, ...]
    """How the trainee graded it, then too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A session as one person may see it."""

    session: Session
    exercise: Exercise
    trains: bool
    parts: tuple[Part, ...]
    notes: tuple[TrainerNoted, ...]


class TrainingSessions:
    def __init__(self, papers: Papers, people: PeopleBook, exercises: Exercises, room: TrainingRoom) -> None:
        self._papers = papers
        self._people = people
        self._exercises = exercises
        self._room = room

    async def begin(
        self, person: Person, exercise: PaperId, title: str, trainees: Sequence[PersonId]
    ) -> PaperId:
        """Raises `ReadOnly`, `NoExercise`, `NotApproved` or `BadText`."""
        if person.role is Role.HANDLER:
            raise ReadOnly
        found = await self._exercises.one(person, exercise)
        if not found.ready:
            raise NotApproved
        group = tuple(dict.fromkeys(trainees))
        await self._check(person, group)
        if any([await self._exercises.barred(one, found) for one in group]):
            raise BadText(NOT_FOR_ALL)
        begun = SessionBegun(
            person=person.id,
            force=person.force,
            title=line_of_text(title or found.made.title, TITLE_LIMIT),
            exercise=exercise,
            trainees=group,
        )
        paper = PaperId(f"session-{secrets.token_hex(8)}")
        await self._papers.append(paper, [begun], after=0)
        return paper

    async def mine(self, person: Person) -> list[Session]:
        """Those that the person trains or is trained in, the newest first."""
        first = await self._papers.beginning_with(SessionBegun)
        names = [
            line.paper
            for line in first
            if isinstance(line.event, SessionBegun) and _is_in(line.event, person.id)
        ]
        found = [session_of(name, await self._papers.lines(name)) for name in reversed(names)]
        return [one for one in found if one is not None]

    async def see(self, person: Person, session: PaperId) -> Seen:
        """All of it for the trainer; a trainee sees their own part, and coming here is attending."""
        found = await self._in(person, session)
        trains = found.begun.person == person.id
        if not trains and person.id not in found.came and not found.ended:
            await self._add(session, TraineeCame(person=person.id))
            found = await self._in(person, session)
        exercise = await self._exercises.named(found.begun.exercise)
        shown = found.begun.trainees if trains else (person.id,)
        return Seen(
            session=found,
            exercise=exercise,
            trains=trains,
            parts=tuple([await self._part(found, exercise, one) for one in shown]),
            notes=found.notes if trains else (),
        )

    async def play(self, person: Person, session: PaperId) -> CallId:
        """To the trainee who asks, at their own desk in the training room."""
        found = await self._trained(person, session)
        exercise, sound = await self._exercises.playable(person, found.begun.exercise)
        turn = Turn(
            trainee=person,
            session=session.removeprefix("session-"),
            sound=sound,
            pauses=exercise.made.pauses,
        )
        call = await self._room.play(turn)
        await self._add(session, ExercisePlayed(person=person.id, call=call, role=person.role))
        return call

    async def decide(self, person: Person, session: PaperId, text: str) -> None:
        """Say what one would do at this pause; the call then goes on."""
        said = line_of_text(text, TEXT_LIMIT)
        found = await self._trained(person, session)
        call = found.call_of(person.id)
        waiting = None if call is None else self._room.waiting(call)
        if call is None or waiting is None:
            raise BadText("The exercise waits for no decision now.")
        await self._add(session, TraineeDecided(person=person.id, pause=waiting, text=said))
        self._room.go_on(call)

    async def note(self, person: Person, session: PaperId, text: str, about: PersonId | None) -> None:
        """The trainer's own notes, on the group or on one of it; trainees do not see them."""
        said = line_of_text(text, TEXT_LIMIT)
        found = await self._taught(person, session)
        if about is not None and about not in found.begun.trainees:
            raise NoSession
        await self._add(session, TrainerNoted(person=person.id, about=about, text=said))

    async def end(self, person: Person, session: PaperId) -> None:
        """Stop what is still played. Ending twice is ending once."""
        found = await self._taught(person, session)
        for trainee in found.begun.trainees:
            call = found.call_of(trainee)
            if call is not None and self._room.playing(call):
                await self._room.stop(trainee)
        if not found.ended:
            await self._add(session, SessionEnded(person=person.id))

    async def _part(self, session: Session, exercise: Exercise, trainee: PersonId) -> Part:
        call = session.call_of(trainee)
        playing = call is not None and self._room.playing(call)
        entries = await self._room.entries(call) if call is not None and not playing else []
        return Part(
            trainee=trainee,
            came=trainee in session.came,
            call=call,
            playing=playing,
            waiting=self._room.waiting(call) if call is not None else None,
            decided=tuple(one for one in session.decided if one.person == trainee),
            compared=compared(exercise.marks, entries, trainee) if entries else (),
            graded=graded(entries, trainee),
        )

    async def _check(self, trainer: Person, group: Sequence[PersonId]) -> None:
        if not 1 <= len(group) <= MOST_TRAINEES or trainer.id in group:
            raise BadText(f"A session has 1 to {MOST_TRAINEES} trainees, and its trainer is none of them.")
        for one in group:
            try:
                person = await self._people.person(one)
            except UnknownPerson:
                raise BadText("Nobody has that sign-in name.") from None
            if person.force != trainer.force:
                raise BadText("Nobody of your force has that sign-in name.")

    async def _in(self, person: Person, session: PaperId) -> Session:
        """Raises `NoSession`, said to everybody else as of one that is not there."""
        found = session_of(session, await self._papers.lines(session))
        if found is None or not _is_in(found.begun, person.id):
            raise NoSession
        return found

    async def _trained(self, person: Person, session: PaperId) -> Session:
        found = await self._in(person, session)
        if found.ended or person.id not in found.begun.trainees:
            raise NoSession
        return found

    async def _taught(self, person: Person, session: PaperId) -> Session:
        found = await self._in(person, session)
        if found.begun.person != person.id:
            raise NoSession
        return found

    async def _add(self, session: PaperId, event: PaperEvent) -> None:
        """Several write at once: each comes after the one before."""
        while True:
            lines = await self._papers.lines(session)
            try:
                await self._papers.append(session, [event], after=len(lines))
            except PaperMoved:
                continue
            return


def _is_in(begun: SessionBegun, person: PersonId) -> bool:
    return person == begun.person or person in begun.trainees
