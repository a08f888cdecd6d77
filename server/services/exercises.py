"""Exercises: made of a script, or of a past call with other names, numbers and places in it."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from server.domain.access import Access, AccessKind
from server.domain.events import Entry, UtteranceHeard, WordsErased, WordsExported
from server.domain.ids import CallId, MarkerId, PersonId
from server.domain.papers import PaperEvent, PaperId
from server.domain.people import Person, Role
from server.domain.recordings import Stream, StreamId, StreamKind
from server.domain.speech import BYTES_PER_MS, Party, Utterance
from server.domain.training.masking import Masked, suggested
from server.domain.training.papers import (
    Exercise,
    ExerciseApproved,
    ExerciseMade,
    ExerciseMarked,
    ExerciseWithdrawn,
    MadeOf,
    Mark,
    MarkedBy,
    Pause,
    SaidLine,
    exercise_of,
)
from server.domain.training.stand_ins import StandIn, replaced_text, stand_ins
from server.ports.papers import PaperMoved, Papers
from server.ports.recordings import NoRecording, Recordings
from server.ports.speaking import Voice
from server.ports.training import NoScript, Scripts
from server.ports.vault import Vault
from server.services.control_room import ControlRoom
from server.services.duty_refusals import ExerciseChanged, NoExercise, NotApproved, OwnExercise
from server.services.exercise_marks import grade_of, marks_of
from server.services.exercise_sound import ExerciseSound
from server.services.pages import Doing, Pages, line_of_text, note_of
from server.services.refusals import BadText, ReadOnly
from server.services.standing_in import stood_in

TITLE_LIMIT = 120
PURPOSE = "exercise"
PIECE_MS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Where exercises come from and lie."""

    papers: Papers
    scripts: Scripts
    recordings: Recordings
    vault: Vault
    encode: Callable[[bytes], bytes]
    """16-bit to µ-law, as the vault keeps sound."""
    voice: Voice | None = None
    """Says what stands in for a name; none: there is silence in its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A past call as it would become an exercise."""

    lines: tuple[SaidLine, ...] = field(repr=False)
    masked: tuple[Masked, ...] = field(repr=False)
    standing: tuple[StandIn, ...] = field(repr=False)
    """What stands in the place of it."""

    @property
    def stand_ins(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.text for one in self.standing))


class Exercises:
    def __init__(self, room: ControlRoom, shelf: Shelf) -> None:
        self._room = room
        self._shelf = shelf
        self._pages = Pages(room)

    def scripts(self) -> list[str]:
        return self._shelf.scripts.names()

    async def of_force(self, person: Person) -> list[Exercise]:
        _check_role(person)
        first = await self._shelf.papers.beginning_with(ExerciseMade)
        names = [
            line.paper
            for line in first
            if isinstance(line.event, ExerciseMade) and line.event.force == person.force
        ]
        found = [await self._read(name) for name in reversed(names)]
        mine = [one for one in found if one is not None and not one.withdrawn]
        return [one for one in mine if not await self.barred(person.id, one)]

    async def make_of_script(self, doing: Doing, script: str, title: str, pauses: Sequence[Pause]) -> PaperId:
        """An invented call needs no second person."""
        _check_role(doing.person)
        try:
            read, sound = await self._shelf.scripts.read(script)
        except NoScript as why:
            raise BadText(str(why)) from None
        made = ExerciseMade(
            person=doing.by,
            force=doing.person.force,
            title=line_of_text(title or read.title or script, TITLE_LIMIT),
            of=MadeOf.SCRIPT,
            lines=tuple(SaidLine(party=one.party, at_ms=one.at_ms, text=one.text) for one in read.lines),
            marks=tuple(
                Mark(marker=one.marker, at_ms=one.at_ms, by="script", who=MarkedBy.SCRIPT)
                for one in read.expectations
            ),
            pauses=_in_order(pauses),
        )
        paper = await self._keep(made, sound)
        await self._shelf.papers.append(paper, [ExerciseApproved(person=doing.by)], after=1)
        return paper

    async def draft(self, person: Person, call: CallId, also: Iterable[str], *, session: str) -> Draft:
        """How a past call would read, with what would be taken out."""
        async with self._pages.granted(person, call) as page:
            _check_role(person)
            await self._room.need_to_know.viewed(person.id, call, by=PURPOSE, session=f"{PURPOSE} {session}")
            return _draft(page.entries, also)

    async def make_of_call(
        self, doing: Doing, call: CallId, title: str, also: Sequence[str], pauses: Sequence[Pause]
    ) -> PaperId:
        """It waits for a second person. That words were taken from the call is on its record first."""
        _check_role(doing.person)
        said = line_of_text(title, TITLE_LIMIT)
        async with self._pages.granted(doing.person, call) as page:
            if not page.state.ended:
                raise BadText("The call goes on. An exercise is made of one that is over.")
            try:
                sound = await self._shelf.recordings.sound(call)
            except NoRecording as why:
                raise BadText(f"This call cannot be played: {why}.") from None
            draft = _draft(page.entries, also)
            await page.record(
                WordsExported(at_ms=page.at_ms, person=doing.by, act=doing.act, purpose=PURPOSE)
            )
            exported = Access(person=doing.by, kind=AccessKind.EXPORTED, call=call, by=PURPOSE)
            await self._room.need_to_know.accesses.add(exported)
            made = ExerciseMade(
                person=doing.by,
                force=doing.person.force,
                title=said,
                of=MadeOf.CALL,
                lines=draft.lines,
                marks=marks_of(page.entries),
                pauses=_in_order(pauses),
                taken_out=len(draft.masked),
                stand_ins=draft.stand_ins,
                graded=grade_of(page.entries),
                call=call,
            )
        stood = await stood_in(sound, draft.masked, draft.standing, self._shelf.voice)
        return await self._keep(replace(made, spoken=stood.spoken, silent=stood.silent), stood.sound)

    async def approve(self, person: Person, exercise: PaperId) -> None:
        """By somebody other than who made it. Approving twice is approving once."""
        found = await self.one(person, exercise)
        if found.made.person == person.id:
            raise OwnExercise
        if found.approved_by is None:
            await self._add(found, ExerciseApproved(person=person.id))

    async def mark(self, person: Person, exercise: PaperId, marker: MarkerId, at_ms: int, did: str) -> None:
        """What a specialist marks there, and would do; empty: nothing any more."""
        found = await self.one(person, exercise)
        if found.withdrawn:
            raise NoExercise
        marked = ExerciseMarked(person=person.id, marker=marker, at_ms=at_ms, did=note_of(did, TITLE_LIMIT))
        await self._add(found, marked)

    async def withdraw(self, person: Person, exercise: PaperId) -> None:
        """Nobody hears it any more, and its sound is gone."""
        found = await self.one(person, exercise)
        if not found.withdrawn:
            await self._add(found, ExerciseWithdrawn(person=person.id))
        await self._shelf.vault.erase(CallId(exercise))

    async def one(self, person: Person, exercise: PaperId) -> Exercise:
        """Raises `NoExercise`, also for who is barred from the call that it was made of."""
        _check_role(person)
        found = await self._read(exercise)
        if found is None or found.made.force != person.force or await self._refuses(person, found):
            raise NoExercise
        return found

    async def look(self, person: Person, exercise: PaperId, *, session: str) -> Exercise:
        """For whoever is to approve it; on record as a view of the call that it was made of."""
        found = await self.one(person, exercise)
        if found.made.call is not None:
            await self._room.need_to_know.viewed(
                person.id, found.made.call, by=PURPOSE, session=f"{PURPOSE} {exercise} {session}"
            )
        return found

    async def heard(self, person: Person, exercise: PaperId, *, session: str) -> ExerciseSound:
        """What trainees would hear: what was misheard is in no text. Raises `NoExercise`."""
        found = await self.look(person, exercise, session=session)
        if found.withdrawn or await self._source_erased(found):
            raise NoExercise
        try:
            sound = await self._shelf.recordings.sound(CallId(exercise))
        except NoRecording:
            raise NoExercise from None
        return ExerciseSound(sides=sound, encode=self._shelf.encode)

    async def named(self, exercise: PaperId) -> Exercise:
        """For who is in a session with it. Raises `NoExercise`."""
        found = await self._read(exercise)
        if found is None:
            raise NoExercise
        return found

    async def playable(self, trainee: Person, exercise: PaperId) -> tuple[Exercise, Mapping[Party, bytes]]:
        """Raises `NotApproved`, also where its call was erased, or the trainee is barred from it."""
        found = await self._read(exercise)
        if found is None or not found.ready or await self._source_erased(found):
            raise NotApproved
        if await self._refuses(trainee, found):
            raise NotApproved
        try:
            # It lies in the vault as a call's sound does, under a key of its own.
            return found, await self._shelf.recordings.sound(CallId(exercise))
        except NoRecording:
            raise NotApproved from None

    async def barred(self, person: PersonId, exercise: Exercise) -> bool:
        """Whether they may not know of the call that it was made of; for lists, which nobody asks by call."""
        call = exercise.made.call
        return call is not None and await self._room.need_to_know.bars.barred(person, call)

    async def _refuses(self, person: Person, exercise: Exercise) -> bool:
        """The same for who asks for it: that they did is on record."""
        call = exercise.made.call
        return call is not None and await self._room.need_to_know.refuses(person.id, call, by=PURPOSE)

    async def _source_erased(self, exercise: Exercise) -> bool:
        if exercise.made.call is None:
            return False
        entries = await self._room.recorder.journal.entries(exercise.made.call)
        return not entries or any(isinstance(entry.event, WordsErased) for entry in entries)

    async def _read(self, exercise: PaperId) -> Exercise | None:
        return exercise_of(exercise, await self._shelf.papers.lines(exercise))

    async def _add(self, exercise: Exercise, event: PaperEvent) -> None:
        """Raises `ExerciseChanged` where somebody wrote meanwhile."""
        papers = self._shelf.papers
        try:
            await papers.append(exercise.id, [event], after=len(await papers.lines(exercise.id)))
        except PaperMoved:
            raise ExerciseChanged from None

    async def _keep(self, made: ExerciseMade, sound: Mapping[Party, bytes]) -> PaperId:
        """The sound first: an exercise that is on record can be played."""
        paper = PaperId(f"exercise-{secrets.token_hex(8)}")
        for party, pcm in sound.items():
            stream = Stream(id=StreamId(party.value), kind=StreamKind.ULAW)
            writing = await self._shelf.vault.write(CallId(paper), stream)
            for from_ms in range(0, len(pcm) // BYTES_PER_MS, PIECE_MS):
                piece = pcm[from_ms * BYTES_PER_MS : (from_ms + PIECE_MS) * BYTES_PER_MS]
                to_ms = from_ms + len(piece) // BYTES_PER_MS
                await writing.keep(self._shelf.encode(piece), from_ms=from_ms, to_ms=to_ms)
            await writing.close()
        await self._shelf.papers.append(paper, [made], after=0)
        return paper


def _check_role(person: Person) -> None:
    if person.role is Role.HANDLER:
        raise ReadOnly


def _in_order(pauses: Sequence[Pause]) -> tuple[Pause, ...]:
    return tuple(sorted(pauses, key=lambda pause: pause.at_ms))


def _draft(entries: Sequence[Entry], also: Iterable[str]) -> Draft:
    said = _heard(entries)
    masked = suggested(said, also)
    standing = stand_ins(said, masked)
    lines = [SaidLine(party=one.party, at_ms=one.start_ms, text=replaced_text(one, standing)) for one in said]
    return Draft(lines=tuple(lines), masked=masked, standing=standing)


def _heard(entries: Sequence[Entry]) -> list[Utterance]:
    said = [entry.event.utterance for entry in entries if isinstance(entry.event, UtteranceHeard)]
    return sorted((one for one in said if one.words), key=lambda one: one.start_ms)
