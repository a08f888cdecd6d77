"""Training: exercises are made and approved, played apart, paused, compared, and stay with the trainer."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from server.adapters.doorways.ulaw import ulaw_of
from server.adapters.store.papers import StoredPapers
from server.domain.access import AccessKind
from server.domain.events import (
    CallEnded,
    Ending,
    Entry,
    Event,
    GradeSet,
    HandlerAssigned,
    PromptAnswered,
    SpecialistAssigned,
    WordsExported,
)
from server.domain.ids import CallId, ForceId, MarkerId, PromptId
from server.domain.papers import Line, PaperId
from server.domain.people import Person, Right
from server.domain.prompts import Outcome
from server.domain.recordings import Stream, StreamId, StreamKind
from server.domain.speech import BYTES_PER_MS, Party
from server.domain.training.comparing import graded as graded_by
from server.domain.training.papers import ExerciseMarked, MarkedBy, Pause
from server.services.corrections import Corrections
from server.services.duty_refusals import ExerciseChanged, NoExercise, NoSession, NotApproved, OwnExercise
from server.services.exercise_marks import grade_of, marks_of
from server.services.exercises import Exercises
from server.services.indexing import Indexing
from server.services.pages import Doing
from server.services.refusals import BadText, ReadOnly
from server.services.training_sessions import Part
from server.web.errors import STATUSES
from tests.fakes import START
from tests.services.stage import said as heard
from tests.stories import HANNAH, HARRY, SAM, SUE, arrived, opened, raised, said, sighted
from tests.training_house import TrainingHouse, open_training

CALL = CallId("CA1")
KNIFE = heard("he has a knife")
THROAT = sighted("strangulation", "he had his hands round my throat", utterance=0, at_ms=1000)


def doing(who: Person) -> Doing:
    return Doing(person=who)


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[TrainingHouse]:
    async with open_training(tmp_path, KNIFE) as hall:
        yield hall


async def scripted(hall: TrainingHouse, *pauses: Pause) -> PaperId:
    return await hall.training.exercises.make_of_script(doing(SAM), "knife", "", pauses)


async def begun(hall: TrainingHouse, *trainees: Person, pauses: tuple[Pause, ...] = ()) -> PaperId:
    exercise = await scripted(hall, *pauses)
    return await hall.training.sessions.begin(SAM, exercise, "", [one.id for one in trainees])


async def part(hall: TrainingHouse, who: Person, session: PaperId) -> Part:
    return (await hall.training.sessions.see(who, session)).parts[0]


async def over(hall: TrainingHouse, who: Person, session: PaperId) -> Part:
    async with asyncio.timeout(60):
        while (found := await part(hall, who, session)).playing or not found.compared:
            await asyncio.sleep(0.05)
    return found


async def waits(hall: TrainingHouse, who: Person, session: PaperId) -> Part:
    async with asyncio.timeout(60):
        while (found := await part(hall, who, session)).waiting is None:
            await asyncio.sleep(0.05)
    return found


async def test_a_script_is_played_to_the_trainee_s_desk_and_compared(hall: TrainingHouse) -> None:
    session = await begun(hall, HANNAH)
    call = await hall.training.sessions.play(HANNAH, session)
    found = await over(hall, HANNAH, session)
    assert (found.came, found.call) == (True, call)
    (line,) = found.compared
    assert (line.marker, line.by, line.who, line.did) == ("weapon", "script", MarkedBy.SCRIPT, ())
    entries = await hall.apart.journal.entries(call)
    assert any(isinstance(entry.event, HandlerAssigned) for entry in entries)


async def test_what_the_trainee_does_stands_beside_what_the_script_expects(hall: TrainingHouse) -> None:
    exercise = await scripted(hall, Pause(at_ms=1000, question="What now?"))
    exercises = hall.training.exercises
    await exercises.mark(SUE, exercise, MarkerId("weapon"), 500, "asks where it is")
    session = await hall.training.sessions.begin(SAM, exercise, "", [HARRY.id])
    call = await hall.training.sessions.play(HARRY, session)
    await waits(hall, HARRY, session)
    seat = await hall.apart.people.person(HARRY.id)
    desk = hall.training.room.desks
    await desk.prompts.answer(doing(seat), call, PromptId("p1"), Outcome.YES)
    await hall.training.sessions.decide(HARRY, session, "ask where the knife is")
    found = await over(hall, HARRY, session)
    marked = found.compared[0]
    assert (marked.by, marked.who) == ("asks where it is", MarkedBy.SPECIALIST)
    assert found.compared[0].did == ("took the prompt", "answered: yes")
    assert [(one.pause, one.text) for one in found.decided] == [(0, "ask where the knife is")]
    with pytest.raises(BadText):
        await hall.training.sessions.decide(HARRY, session, "too late")


async def test_a_specialist_in_training_is_given_the_call_by_the_rule(hall: TrainingHouse) -> None:
    exercise = await hall.training.exercises.make_of_script(doing(SUE), "knife", "", ())
    session = await hall.training.sessions.begin(SUE, exercise, "", [SAM.id])
    call = await hall.training.sessions.play(SAM, session)
    await over(hall, SAM, session)
    given = [
        entry.event.person
        for entry in await hall.apart.journal.entries(call)
        if isinstance(entry.event, SpecialistAssigned)
    ]
    assert given == [SAM.id]


async def test_nothing_about_a_trainee_leaves_their_trainer(hall: TrainingHouse) -> None:
    session = await begun(hall, HANNAH, HARRY)
    sessions, store = hall.training.sessions, hall.house.store
    call = await sessions.play(HANNAH, session)
    await over(hall, HANNAH, session)
    await sessions.note(SAM, session, "calm throughout", HANNAH.id)
    # The supervisor, and anybody else, is told what is said of a session that is not there.
    for ask in (
        sessions.see(SUE, session),
        sessions.note(SUE, session, "x", None),
        sessions.end(SUE, session),
        sessions.play(SUE, session),
        sessions.note(HANNAH, session, "x", None),
        sessions.end(HARRY, session),
    ):
        with pytest.raises(NoSession):
            await ask
    assert await sessions.mine(SUE) == []
    # A trainee sees their own part, and no notes.
    own = await sessions.see(HARRY, session)
    assert ([one.trainee for one in own.parts], own.notes) == ([HARRY.id], ())
    taught = await sessions.see(SAM, session)
    assert [one.text for one in taught.notes] == ["calm throughout"]
    assert [one.came for one in taught.parts] == [True, True]
    # No live journal, board, search, export or other system's outbox has any of it.
    assert await store.journal.entries(call) == []
    assert [line.call for line in await store.journal.calls()] == []
    await Indexing(store.journal, store.following, hall.house.index).catch_up()
    exporter = replace(SUE, rights=frozenset({Right.EXPORT}))
    corrections = Corrections(recorder=hall.house.recorder, need_to_know=hall.house.need_to_know)
    assert await corrections.export(exporter) == []
    assert await store.outbox.waiting() == []
    assert hall.house.room.casebook.cases() == []
    since = hall.house.room.clock.now() - timedelta(days=1)
    assert await store.accesses.find(since=since) == []
    # In the room apart, each trainee is a force of their own.
    seat = await hall.apart.people.person(HANNAH.id)
    assert seat.force == ForceId(f"training-{session.removeprefix('session-')}-hannah")


async def test_only_who_is_given_exercises_begins_sessions_and_never_with_themselves(
    hall: TrainingHouse,
) -> None:
    exercise = await scripted(hall)
    sessions = hall.training.sessions
    with pytest.raises(ReadOnly):
        await sessions.begin(HANNAH, exercise, "", [HARRY.id])
    with pytest.raises(NoExercise):
        await sessions.begin(replace(SUE, force=ForceId("otherton")), exercise, "", [HARRY.id])
    for group in ([], [SAM.id], ["nobody"]):
        with pytest.raises(BadText):
            await sessions.begin(SAM, exercise, "", group)  # type: ignore[arg-type]


async def test_an_exercise_says_whether_any_specialist_marked_it(hall: TrainingHouse) -> None:
    exercise, exercises = await scripted(hall), hall.training.exercises
    assert not (await exercises.one(SAM, exercise)).specialists
    with pytest.raises(ReadOnly):
        await exercises.mark(HANNAH, exercise, MarkerId("weapon"), 500, "asks where it is")
    await exercises.mark(SUE, exercise, MarkerId("children"), 700, "asks who else is there")
    found = await exercises.one(SAM, exercise)
    assert found.specialists
    assert [(one.marker, one.who) for one in found.marks] == [
        ("weapon", MarkedBy.SCRIPT),
        ("children", MarkedBy.SPECIALIST),
    ]
    await exercises.mark(SUE, exercise, MarkerId("children"), 700, "")
    assert not (await exercises.one(SAM, exercise)).specialists


def test_what_only_the_machine_and_the_handler_had_to_do_with_is_no_specialists_mark() -> None:
    answer = PromptAnswered(at_ms=6000, person=HANNAH.id, prompt=PromptId("p1"), outcome=Outcome.YES)
    assigned = HandlerAssigned(at_ms=0, person=HANNAH.id)
    graded = GradeSet(at_ms=0, person=HANNAH.id, grade="1")
    events: tuple[Event, ...] = (arrived(), assigned, THROAT, raised(1, THROAT), answer, graded)
    entries = [Entry(call=CALL, seq=seq, recorded_at=START, event=one) for seq, one in enumerate(events, 1)]
    assert [(one.by, one.who) for one in marks_of(entries)] == [("the handler: yes", MarkedBy.MACHINE)]
    assert [(one.by, one.who) for one in marks_of(entries[:4])] == [("no step", MarkedBy.MACHINE)]
    assert grade_of(entries) == "1"
    assert graded_by(entries, HANNAH.id) == ("1",)
    assert graded_by(entries, SAM.id) == ()


async def recorded(hall: TrainingHouse) -> None:
    """A past call of Hannah's with its sound, which Sam had."""
    house = hall.house
    assert house.vault is not None
    named = said(Party.CALLER, 1, "my name is priya", at_ms=4000)
    answered = PromptAnswered(at_ms=6000, person=SAM.id, prompt=PromptId("p1"), outcome=Outcome.YES)
    spoken = said(Party.CALLER, 0, "he had his hands round my throat", at_ms=1000)
    ended = CallEnded(at_ms=9000, why=Ending.HUNG_UP)
    await house.record(CALL, arrived(), *opened(), spoken, THROAT, raised(1, THROAT), named, answered, ended)
    await house.grant(CALL, SAM)
    stream = Stream(id=StreamId("caller"), kind=StreamKind.ULAW)
    writing = await house.vault.write(CALL, stream)
    await writing.keep(ulaw_of(b"\x10\x20" * 8 * 9000), from_ms=0, to_ms=9000)
    await writing.close()


async def test_a_past_call_is_silent_where_it_names_somebody_and_waits_for_a_second_person(
    hall: TrainingHouse,
) -> None:
    await recorded(hall)
    exercises = hall.training.exercises
    exercise = await exercises.make_of_call(doing(SAM), CALL, "At the throat", (), ())
    made = (await exercises.one(SUE, exercise)).made
    assert [line.text for line in made.lines] == ["he had his hands round my throat", "my name is Sam"]
    assert [(mark.marker, mark.by, mark.who) for mark in made.marks] == [
        ("strangulation", "yes", MarkedBy.SPECIALIST)
    ]
    assert (made.stand_ins, made.spoken, made.silent) == (("Sam",), 0, 1)
    with pytest.raises(NotApproved):
        await hall.training.sessions.begin(SAM, exercise, "", [HANNAH.id])
    with pytest.raises(OwnExercise):
        await exercises.approve(SAM, exercise)
    await exercises.approve(SUE, exercise)
    _, sound = await exercises.playable(HANNAH, exercise)
    name = said(Party.CALLER, 1, "my name is priya", at_ms=4000).utterance.words[3]
    caller = sound[Party.CALLER]
    assert not any(caller[name.start_ms * BYTES_PER_MS : name.end_ms * BYTES_PER_MS])
    assert any(caller[1000 * BYTES_PER_MS : 2000 * BYTES_PER_MS])
    kept = [entry.event for entry in await hall.house.store.journal.entries(CALL)]
    assert [one.purpose for one in kept if isinstance(one, WordsExported)] == ["exercise"]


async def test_who_is_barred_from_a_call_is_not_trained_with_it(hall: TrainingHouse) -> None:
    await recorded(hall)
    exercises, sessions, store = hall.training.exercises, hall.training.sessions, hall.house.store
    exercise = await exercises.make_of_call(doing(SAM), CALL, "At the throat", (), ())
    await exercises.approve(SUE, exercise)
    await store.bars.bar(HARRY.id, [CALL], by="admin")
    with pytest.raises(BadText) as refused:
        await sessions.begin(SAM, exercise, "", [HANNAH.id, HARRY.id])
    assert not {"barred", "harry", CALL} & {*str(refused.value).lower().split()}
    session = await sessions.begin(SAM, exercise, "", [HANNAH.id])
    await store.bars.bar(HANNAH.id, [CALL], by="admin")
    with pytest.raises(NotApproved):
        await sessions.play(HANNAH, session)
    since = hall.house.room.clock.now() - timedelta(days=1)
    refusals = await store.accesses.find(since=since, call=CALL, kind=AccessKind.REFUSED)
    assert [(one.person, one.by) for one in refusals] == [(HANNAH.id, "exercise")]


class Overtaken(StoredPapers):
    """Somebody else writes on a paper between every look at it and what is written after."""

    async def lines(self, paper: PaperId) -> list[Line]:
        seen = await super().lines(paper)
        marked = ExerciseMarked(person=SUE.id, marker=MarkerId("weapon"), at_ms=500, did="asks")
        await self.append(paper, [marked], after=len(seen))
        return seen


async def test_who_is_overtaken_by_somebody_else_is_told_that_the_exercise_changed(
    hall: TrainingHouse,
) -> None:
    await recorded(hall)
    exercise = await hall.training.exercises.make_of_call(doing(SAM), CALL, "At the throat", (), ())
    kept = hall.shelf.papers
    assert isinstance(kept, StoredPapers)
    overtaken = replace(hall.shelf, papers=Overtaken(kept.database, kept.clock, kept.sealer))
    exercises = Exercises(hall.house.room, overtaken)
    with pytest.raises(ExerciseChanged):
        await exercises.approve(SUE, exercise)
    with pytest.raises(ExerciseChanged):
        await exercises.mark(SUE, exercise, MarkerId("weapon"), 900, "asks where it is")
    with pytest.raises(ExerciseChanged):
        await exercises.withdraw(SUE, exercise)
    assert STATUSES[ExerciseChanged] == 409
    await hall.training.exercises.approve(SUE, exercise)


async def test_a_withdrawn_exercise_is_played_to_nobody_and_its_sound_is_gone(hall: TrainingHouse) -> None:
    exercise = await scripted(hall)
    session = await hall.training.sessions.begin(SAM, exercise, "", [HANNAH.id])
    await hall.training.exercises.withdraw(SUE, exercise)
    with pytest.raises(NotApproved):
        await hall.training.sessions.play(HANNAH, session)
    assert hall.house.vault is not None
    assert await hall.house.vault.streams(CallId(exercise)) == []


async def test_ending_the_session_stops_what_is_played(hall: TrainingHouse) -> None:
    session = await begun(hall, HANNAH, pauses=(Pause(at_ms=0, question="What now?"),))
    await hall.training.sessions.play(HANNAH, session)
    await waits(hall, HANNAH, session)
    await hall.training.sessions.end(SAM, session)
    assert not (await part(hall, HANNAH, session)).playing
    with pytest.raises(NoSession):
        await hall.training.sessions.play(HANNAH, session)
