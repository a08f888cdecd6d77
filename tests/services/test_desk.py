import asyncio
from dataclasses import replace

import pytest

from server.adapters.bus.local import LocalBus
from server.domain.call import folded
from server.domain.events import (
    CallEnded,
    Ending,
    Escalation,
    HandlerAssigned,
    PromptAnswered,
    PromptAsked,
    PromptDismissed,
    PromptDropped,
    PromptEscalated,
    PromptOwned,
    PromptShared,
    PromptShown,
    PromptUndone,
    SpecialistAssigned,
)
from server.domain.ids import ActId, CallId, PromptId
from server.domain.markers import MarkerClass
from server.domain.people import Person, Role
from server.domain.prompts import Dismissal, Outcome
from server.ports.bus import DutyChanged, GrantGiven, Notice
from server.services.casebook import Casebook
from server.services.control_room import ControlRoom
from server.services.desk import Desk
from server.services.duty import Duty
from server.services.pages import Doing
from server.services.recording import Recorder
from server.services.refusals import (
    ActUsed,
    AlreadyOwned,
    AlreadyTaken,
    CallEndedAlready,
    NoSuchPrompt,
    NothingToUndo,
    NotYourCall,
    OffDuty,
    PromptClosed,
    ReadOnly,
)
from server.services.taking import Taking
from tests.fakes import FakeGrants, FakeJournal, FakePeople, need_to_know
from tests.stories import HANNAH, HARRY, MIDSHIRE, SAM, SUE, arrived, person, raised, sighted

CALL = CallId("CA1")
P1, P2 = PromptId("p1"), PromptId("p2")
KNIFE = sighted("weapon", "he has a knife", utterance=1, at_ms=5000)
THROAT = sighted("strangulation", "hands round my throat", utterance=0, at_ms=4000)


def doing(who: Person, act: str = "") -> Doing:
    return Doing(person=who, act=ActId(act))


class Room:
    """A control room with one call and one prompt on it, granted to Hannah and Sam."""

    def __init__(self) -> None:
        self.journal = FakeJournal()
        self.bus = LocalBus()
        self.people = FakePeople()
        self.grants = FakeGrants(self.people)
        self.heard: list[Notice] = []
        self.bus.subscribe(self.heard.append)
        self.recorder = Recorder(journal=self.journal, bus=self.bus)
        duty = Duty(people=self.people, grants=self.grants, bus=self.bus)
        clock = self.journal.clock
        self.casebook = Casebook(journal=self.journal, clock=clock)
        self.bus.subscribe(self.casebook.follow)
        room = ControlRoom(
            recorder=self.recorder,
            duty=duty,
            casebook=self.casebook,
            need_to_know=need_to_know(self.people),
            clock=clock,
            forces={},
        )
        self.desk = Desk(room)
        self.calls = Taking(room)

    def steps(self) -> list[object]:
        return [*self.journal.events(CALL)[2:]]

    def last_seq(self) -> int:
        return len(self.journal.kept[CALL])

    def prompt_owner(self) -> str | None:
        return folded(self.journal.kept[CALL]).prompts[P1].owner


@pytest.fixture
async def room() -> Room:
    room = Room()
    for who in (HANNAH, HARRY, SAM, SUE):
        await room.people.add(who, password_hash="")
    for who in (HANNAH, SAM, SUE):
        await room.grants.give(CALL, who.id)
    await room.recorder.record(CALL, arrived(), raised(1, THROAT))
    return room


async def test_owning_a_prompt_is_recorded_with_who(room: Room) -> None:
    await room.desk.own(doing(SAM), CALL, P1)
    assert room.steps() == [PromptOwned(at_ms=5180, prompt=P1, person=SAM.id)]


async def test_a_double_click_owns_once(room: Room) -> None:
    await room.desk.own(doing(SAM), CALL, P1)
    await room.desk.own(doing(SAM), CALL, P1)
    assert len(room.steps()) == 1


async def test_of_two_people_at_the_same_moment_the_first_owns_and_the_second_is_told_who(room: Room) -> None:
    refused: list[AlreadyOwned] = []

    async def own(who: Person) -> None:
        try:
            await room.desk.own(doing(who), CALL, P1)
        except AlreadyOwned as refusal:
            refused.append(refusal)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(own(HANNAH))
        tasks.create_task(own(SAM))
    assert room.prompt_owner() == HANNAH.id
    assert [refusal.who for refusal in refused] == [HANNAH.id]
    assert len(room.steps()) == 1


async def test_an_answer_closes_the_prompt_and_makes_its_giver_the_owner(room: Room) -> None:
    await room.desk.answer(doing(HANNAH), CALL, P1, Outcome.YES)
    assert room.steps() == [
        PromptOwned(at_ms=5180, prompt=P1, person=HANNAH.id),
        PromptAnswered(at_ms=5180, prompt=P1, person=HANNAH.id, outcome=Outcome.YES),
    ]


async def test_a_handler_may_answer_what_the_specialist_owns(room: Room) -> None:
    await room.desk.own(doing(SAM), CALL, P1)
    await room.desk.answer(doing(HANNAH), CALL, P1, Outcome.NO)
    assert room.prompt_owner() == SAM.id


async def test_answering_twice_alike_is_one_answer_and_differently_is_refused(room: Room) -> None:
    await room.desk.answer(doing(HANNAH), CALL, P1, Outcome.YES)
    await room.desk.answer(doing(SAM), CALL, P1, Outcome.YES)
    with pytest.raises(PromptClosed):
        await room.desk.answer(doing(SAM), CALL, P1, Outcome.NO)
    assert len(room.steps()) == 2


async def test_a_prompt_is_put_aside_with_a_reason(room: Room) -> None:
    await room.desk.dismiss(doing(SAM), CALL, P1, Dismissal.MISHEARD)
    await room.desk.dismiss(doing(SAM), CALL, P1, Dismissal.MISHEARD)
    assert room.steps() == [PromptDismissed(at_ms=5180, prompt=P1, person=SAM.id, reason=Dismissal.MISHEARD)]


async def test_a_prompt_put_aside_cannot_be_owned(room: Room) -> None:
    await room.desk.dismiss(doing(SAM), CALL, P1, Dismissal.NO_REASON)
    with pytest.raises(PromptClosed):
        await room.desk.own(doing(HANNAH), CALL, P1)


async def test_undoing_an_answer_leaves_the_prompt_owned_and_open(room: Room) -> None:
    await room.desk.answer(doing(SAM), CALL, P1, Outcome.NO)
    await room.desk.undo(doing(SAM), CALL, P1, room.last_seq())
    state = folded(room.journal.kept[CALL]).prompts[P1]
    assert (state.open, state.owner) == (True, SAM.id)


async def test_what_a_handler_takes_back_stands_before_them_again(room: Room) -> None:
    await room.recorder.record(CALL, PromptShown(at_ms=5180, prompt=P1, waited_ms=0))
    await room.desk.answer(doing(HANNAH), CALL, P1, Outcome.NO)
    answer = room.last_seq()
    await room.recorder.record(CALL, raised(2, KNIFE), PromptShown(at_ms=5180, prompt=P2, waited_ms=0))
    await room.desk.undo(doing(HANNAH), CALL, P1, answer)
    assert folded(room.journal.kept[CALL]).shown == P1


async def test_what_a_specialist_takes_back_leaves_the_handler_what_they_have(room: Room) -> None:
    await room.desk.answer(doing(SAM), CALL, P1, Outcome.NO)
    answer = room.last_seq()
    await room.recorder.record(CALL, raised(2, KNIFE), PromptShown(at_ms=5180, prompt=P2, waited_ms=0))
    await room.desk.undo(doing(SAM), CALL, P1, answer)
    assert folded(room.journal.kept[CALL]).shown == P2


async def test_a_double_click_on_undo_takes_back_one_step(room: Room) -> None:
    await room.desk.answer(doing(SAM), CALL, P1, Outcome.NO)
    answer = room.last_seq()
    await room.desk.undo(doing(SAM), CALL, P1, answer)
    await room.desk.undo(doing(SAM), CALL, P1, answer)
    assert room.steps()[-1] == PromptUndone(at_ms=5180, prompt=P1, person=SAM.id)
    assert len(room.steps()) == 3
    assert room.prompt_owner() == SAM.id


async def test_undoing_gives_a_prompt_to_nobody_who_passed_it_on(room: Room) -> None:
    ann = person("ann", Role.SPECIALIST)
    for who in (SAM, ann):
        await room.grants.give(CALL, who.id)
    await room.desk.own(doing(SAM), CALL, P1)
    await room.recorder.record(CALL, PromptOwned(at_ms=5180, person=ann.id, prompt=P1))
    with pytest.raises(NothingToUndo):
        await room.desk.undo(doing(ann), CALL, P1, room.last_seq())
    await room.recorder.record(CALL, PromptDropped(at_ms=5180, person=ann.id, prompt=P1))
    with pytest.raises(NothingToUndo):
        await room.desk.undo(doing(SAM), CALL, P1, room.last_seq())
    await room.desk.undo(doing(ann), CALL, P1, room.last_seq())
    assert room.prompt_owner() == ann.id


async def test_who_is_not_on_duty_owns_nothing_but_finishes_what_they_own(room: Room) -> None:
    resting = doing(replace(SAM, on_duty=False))
    for act in (room.desk.own, room.desk.ask):
        with pytest.raises(OffDuty):
            await act(resting, CALL, P1)
    await room.desk.own(doing(SAM), CALL, P1)
    await room.desk.ask(resting, CALL, P1)
    assert any(isinstance(step, PromptAsked) for step in room.steps())


async def test_only_the_last_step_can_be_undone(room: Room) -> None:
    await room.desk.answer(doing(SAM), CALL, P1, Outcome.NO)
    with pytest.raises(NothingToUndo):
        await room.desk.undo(doing(SAM), CALL, P1, room.last_seq() - 1)


async def test_nobody_acts_on_a_call_without_a_grant(room: Room) -> None:
    with pytest.raises(NotYourCall):
        await room.desk.own(doing(HARRY), CALL, P1)
    with pytest.raises(NotYourCall):
        await room.desk.own(doing(HARRY), CallId("CA-none"), P1)


async def test_a_supervisor_reads_and_does_not_act(room: Room) -> None:
    with pytest.raises(ReadOnly):
        await room.desk.answer(doing(SUE), CALL, P1, Outcome.ACTED)


async def test_a_prompt_that_does_not_exist_is_refused_by_name(room: Room) -> None:
    with pytest.raises(NoSuchPrompt) as refused:
        await room.desk.own(doing(SAM), CALL, PromptId("p9"))
    assert (refused.value.code, str(refused.value)) == ("no-such-prompt", "This call has no such prompt.")


async def test_taking_a_call_assigns_and_grants_and_tells_the_screens(room: Room) -> None:
    await room.calls.take(doing(HARRY), CALL)
    assert room.steps() == [HandlerAssigned(at_ms=5180, person=HARRY.id)]
    assert await room.grants.granted(CALL, HARRY.id)
    assert room.heard[-1] == GrantGiven(call=CALL, person=HARRY.id)


async def test_a_call_is_taken_once_by_one_handler_and_one_specialist(room: Room) -> None:
    await room.calls.take(doing(HARRY), CALL)
    await room.calls.take(doing(HARRY), CALL)
    await room.calls.take(doing(SAM), CALL)
    with pytest.raises(AlreadyTaken) as refused:
        await room.calls.take(doing(HANNAH), CALL)
    assert refused.value.who == HARRY.id
    assert room.steps()[1:] == [
        SpecialistAssigned(at_ms=5180, person=SAM.id, because=("took it",), by=SAM.id)
    ]


async def test_a_call_of_another_force_cannot_be_taken_nor_told_from_none(room: Room) -> None:
    stranger = person("stella", Role.HANDLER, force=type(MIDSHIRE)("otherton"))
    with pytest.raises(NotYourCall):
        await room.calls.take(doing(stranger), CALL)
    with pytest.raises(NotYourCall):
        await room.calls.take(doing(stranger), CallId("CA-none"))


async def test_an_ended_call_cannot_be_taken_but_its_prompts_can_still_be_answered(room: Room) -> None:
    await room.recorder.record(CALL, CallEnded(at_ms=9000, why=Ending.HUNG_UP))
    with pytest.raises(CallEndedAlready):
        await room.calls.take(doing(HARRY), CALL)
    await room.desk.answer(doing(SAM), CALL, P1, Outcome.NOT_HEARD)


async def test_a_specialist_comes_on_duty_and_the_screens_hear_of_it(room: Room) -> None:
    await room.calls.set_duty(SAM, on_duty=False)
    assert not (await room.people.person(SAM.id)).on_duty
    assert room.heard[-1] == DutyChanged(person=SAM.id, on_duty=False)


async def test_handlers_have_no_duty_to_come_on(room: Room) -> None:
    with pytest.raises(ReadOnly):
        await room.calls.set_duty(HANNAH, on_duty=True)


async def test_an_act_sent_again_under_its_id_is_done_once_even_if_undone_meanwhile(room: Room) -> None:
    await room.desk.own(doing(SAM, "o1"), CALL, P1)
    await room.desk.undo(doing(SAM, "u1"), CALL, P1, room.last_seq())
    await room.desk.own(doing(SAM, "o1"), CALL, P1)
    assert room.prompt_owner() is None
    await room.desk.own(doing(SAM, "o2"), CALL, P1)
    assert room.prompt_owner() == SAM.id


async def test_an_id_that_stands_for_another_act_is_refused(room: Room) -> None:
    await room.desk.own(doing(SAM, "o1"), CALL, P1)
    with pytest.raises(ActUsed):
        await room.desk.dismiss(doing(SAM, "o1"), CALL, P1, Dismissal.MISHEARD)


async def test_asking_is_a_step_of_its_own_and_makes_the_asker_the_owner(room: Room) -> None:
    await room.desk.ask(doing(HANNAH), CALL, P1)
    await room.desk.ask(doing(HANNAH), CALL, P1)
    assert room.steps() == [
        PromptOwned(at_ms=5180, prompt=P1, person=HANNAH.id),
        PromptAsked(at_ms=5180, prompt=P1, person=HANNAH.id),
    ]


async def test_undoing_the_asking_leaves_the_prompt_owned_and_not_asked(room: Room) -> None:
    await room.desk.ask(doing(HANNAH), CALL, P1)
    await room.desk.undo(doing(HANNAH), CALL, P1, room.last_seq())
    state = folded(room.journal.kept[CALL]).prompts[P1]
    assert (state.owner, state.asked) == (HANNAH.id, False)


async def test_an_owner_gives_a_prompt_back_and_nobody_elses(room: Room) -> None:
    await room.desk.own(doing(SAM), CALL, P1)
    with pytest.raises(AlreadyOwned):
        await room.desk.drop(doing(HANNAH), CALL, P1)
    await room.desk.drop(doing(SAM), CALL, P1)
    await room.desk.drop(doing(SAM), CALL, P1)
    assert room.steps()[1:] == [PromptDropped(at_ms=5180, prompt=P1, person=SAM.id)]
    await room.desk.own(doing(HANNAH), CALL, P1)


async def test_a_specialist_shares_a_high_prompt_with_the_handler(room: Room) -> None:
    await room.recorder.record(CALL, raised(2, THROAT, severity=MarkerClass.HIGH))
    p2 = PromptId("p2")
    with pytest.raises(ReadOnly):
        await room.desk.share(doing(HANNAH), CALL, p2)
    await room.desk.share(doing(SAM), CALL, p2)
    await room.desk.share(doing(SAM), CALL, p2)
    await room.desk.share(doing(SAM), CALL, P1)
    assert room.steps()[1:] == [
        PromptShared(at_ms=5180, prompt=p2, because="a specialist asks for it", by=SAM.id)
    ]


async def test_a_supervisor_acts_on_what_nobody_else_took_in_time(room: Room) -> None:
    escalated = PromptEscalated(at_ms=5180, prompt=P1, to=Escalation.SUPERVISOR, after_ms=10_000)
    await room.recorder.record(CALL, escalated)
    await room.desk.own(doing(SUE), CALL, P1)
    await room.desk.answer(doing(SUE), CALL, P1, Outcome.ACTED)
    assert room.prompt_owner() == SUE.id


async def test_a_supervisor_of_another_force_is_told_nothing(room: Room) -> None:
    stranger = person("simon", Role.SUPERVISOR, force=type(MIDSHIRE)("otherton"))
    with pytest.raises(NotYourCall):
        await room.desk.own(doing(stranger), CALL, P1)
