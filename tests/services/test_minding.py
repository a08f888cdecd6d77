"""What time and duty bring about on live calls."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import time, timedelta

import pytest

from server.domain.events import (
    CallEnded,
    Ending,
    Entry,
    Escalation,
    Event,
    GradeSet,
    HistoryLinked,
    NeedNoted,
    NobodyOnDuty,
    PromptConfirmed,
    PromptDropped,
    PromptEscalated,
    PromptShared,
    PromptShown,
    PromptsUnresolved,
    PromptUpgraded,
    PromptWithdrawn,
    ReviewAsked,
    ReviewWhy,
    RiskRaised,
    SpecialistAssigned,
    SpecialistAwaited,
    SpecialistReleased,
)
from server.domain.ids import CallId, MarkerId, PersonId
from server.domain.markers import MarkerClass
from server.domain.people import Person, Role
from server.domain.prompts import Dismissal
from server.domain.rota import Rota, Shift
from server.domain.rules import DeskRules
from server.domain.speech import Party
from server.ports.bus import DraftHeard, DutyChanged, GrantGiven
from server.ports.journal import JournalLost
from server.ports.people import PeopleLost
from server.services import duty, recording
from tests.services.room import ANN, CALL, FORCE, KNIFE, P1, THROAT, Room, doing
from tests.stories import HANNAH, SAM, SUE, arrived, draft, opened, person, raised

DANGER = RiskRaised(at_ms=5180, severity=MarkerClass.IMMEDIATE, because=MarkerId("strangulation"))
ENDED = CallEnded(at_ms=9000, why=Ending.HUNG_UP)
WITHDRAWN = PromptWithdrawn(at_ms=6000, prompt=P1, heard="round my house")
CONFIRMED = PromptConfirmed(at_ms=7000, prompt=P1, quote="hands round my throat")
SOPHIE = person("sophie", Role.SUPERVISOR)
CALM = RiskRaised(at_ms=5180, severity=MarkerClass.CONTEXTUAL, because=MarkerId("children"))


async def endangered(room: Room) -> Room:
    """The first immediate marker, ten seconds into the call."""
    room.clock.advance(10)
    await room.happens(THROAT, DANGER, raised(1, THROAT))
    await room.minding.look()
    return room


def escalated(room: Room) -> list[Escalation]:
    events = room.of_kind(PromptEscalated)
    return [event.to for event in events if isinstance(event, PromptEscalated)]


def told(room: Room) -> list[PersonId | None]:
    """To whom it was brought as duty supervisor."""
    events = [one for one in room.of_kind(PromptEscalated) if isinstance(one, PromptEscalated)]
    return [event.person for event in events if event.to is Escalation.DUTY_SUPERVISOR]


async def test_a_call_is_assigned_when_it_first_shows_a_danger_and_not_before() -> None:
    room = await Room().open()
    await room.minding.look()
    await room.happens(CALM)
    await room.minding.look()
    assert room.state().specialist is None
    await endangered(room)
    assigned = SpecialistAssigned(
        at_ms=5180,
        person=SAM.id,
        because=("the only one free", "0 live calls", "on duty beyond the rota"),
    )
    assert room.of_kind(SpecialistAssigned) == [assigned]
    assert await room.grants.granted(CALL, SAM.id)
    assert GrantGiven(call=CALL, person=SAM.id) in room.heard


async def test_a_linked_history_brings_a_specialist_too() -> None:
    room = await Room().open()
    await room.happens(HistoryLinked(at_ms=0, earlier_calls=3, within_7_days=1))
    await room.minding.look()
    assert room.state().specialist == SAM.id


async def test_calls_go_to_whoever_has_the_skill_and_then_the_fewest() -> None:
    room = await Room().open(on_duty=(SAM, ANN))
    await room.people.set_skills(ANN.id, frozenset({"language:pl"}))
    await room.happens(NeedNoted(at_ms=0, person=HANNAH.id, need="language:pl"))
    await endangered(room)
    assert room.state().specialist == ANN.id
    await room.happens(arrived(), DANGER, call=CallId("CA2"))
    await room.minding.look()
    assert room.state(CallId("CA2")).specialist == SAM.id


async def test_nobody_on_duty_is_said_with_the_next_shift_and_the_call_joins_the_review_queue() -> None:
    evening = Shift(name="evening", days=frozenset({3}), starts=time(16), ends=time(0))
    room = await Room(force=replace(FORCE, rota=Rota(shifts=(evening,)))).open(on_duty=(SUE,))
    await endangered(room)
    await room.pass_time(6)
    assert room.of_kind(NobodyOnDuty) == [NobodyOnDuty(at_ms=5180, next_shift="Thu 16:00")]
    assert room.of_kind(ReviewAsked) == [ReviewAsked(at_ms=5180, why=ReviewWhy.NOBODY_ON_DUTY)]
    assert room.state().nobody_on_duty


async def test_whoever_comes_on_duty_gets_the_call_that_has_nobody() -> None:
    room = await Room().open(on_duty=())
    await endangered(room)
    await room.calls.set_duty(SAM, on_duty=True)
    await room.minding.look()
    assert (room.state().specialist, room.state().nobody_on_duty) == (SAM.id, False)


async def test_a_change_of_duty_by_the_command_line_is_found_without_a_notice() -> None:
    room = await Room().open(on_duty=())
    await endangered(room)
    await room.people.set_duty(SAM.id, on_duty=True)
    await room.pass_time(5)
    assert room.state().specialist == SAM.id


async def test_when_all_are_busy_the_call_waits_and_the_gravest_goes_first() -> None:
    room = await Room(force=replace(FORCE, rules=DeskRules(calls_each=1))).open()
    await endangered(room)
    second, third = CallId("CA2"), CallId("CA3")
    await room.happens(arrived(), replace(DANGER, severity=MarkerClass.HIGH), call=second)
    room.clock.advance(1)
    await room.happens(arrived(), DANGER, raised(1, THROAT), call=third)
    await room.minding.look()
    assert room.of_kind(SpecialistAwaited, call=second) == [
        SpecialistAwaited(at_ms=5180, because=("1 on duty, each with as many calls as they can hold",))
    ]
    await room.happens(ENDED)
    await room.minding.look()
    assert room.state(third).specialist == SAM.id
    assert room.state(second).specialist is None
    await room.happens(ENDED, call=second)
    await room.minding.look()
    never = ReviewAsked(at_ms=9000, why=ReviewWhy.NEVER_ASSIGNED, severity=MarkerClass.HIGH)
    assert never in room.of_kind(ReviewAsked, call=second)


async def test_nobody_is_given_a_call_in_their_break() -> None:
    room = await Room().open()
    await room.calls.set_break(replace(SAM, on_duty=True), on_break=True)
    await endangered(room)
    assert room.of_kind(SpecialistAwaited) == [SpecialistAwaited(at_ms=5180, because=("1 on a break",))]
    await room.calls.set_break(replace(SAM, on_duty=True), on_break=False)
    await room.minding.look()
    assert room.state().specialist == SAM.id


async def test_the_calls_of_somebody_who_went_home_go_to_a_colleague_with_their_prompts() -> None:
    room = await endangered(await Room().open())
    await room.desk.own(doing(SAM), CALL, P1)
    await room.people.set_duty(SAM.id, on_duty=False)
    await room.people.set_duty(ANN.id, on_duty=True)
    await room.pass_time(5)
    released = room.of_kind(SpecialistReleased, PromptDropped)
    assert released == [
        SpecialistReleased(at_ms=5180, person=SAM.id, holder=SAM.id, note="went off duty"),
        PromptDropped(at_ms=5180, person=SAM.id, prompt=P1),
    ]
    assert room.state().specialist == ANN.id
    await room.pass_time(10)
    assert escalated(room) == [Escalation.SUPERVISOR]


async def test_a_prompt_that_nobody_owns_is_escalated_and_the_duty_supervisor_is_named() -> None:
    room = await endangered(await Room().open())
    await room.pass_time(9.9)
    assert escalated(room) == []
    await room.pass_time(0.1)
    assert escalated(room) == [Escalation.SUPERVISOR]
    await room.pass_time(20)
    assert escalated(room) == [Escalation.SUPERVISOR, Escalation.DUTY_SUPERVISOR]
    last = room.of_kind(PromptEscalated)[-1]
    assert isinstance(last, PromptEscalated)
    assert (last.person, last.after_ms) == (SUE.id, 30_000)


async def test_what_nobody_was_there_for_is_told_to_the_supervisor_who_comes_on_duty() -> None:
    room = await endangered(await Room().open(on_duty=(SAM,)))
    await room.pass_time(10)
    await room.pass_time(20)
    assert told(room) == [None]
    await room.calls.set_duty(SUE, on_duty=True)
    await room.minding.look()
    await room.minding.look()
    assert told(room) == [None, SUE.id]


async def test_what_a_supervisor_left_untouched_is_told_to_the_next_one_and_an_owned_prompt_to_nobody() -> (
    None
):
    room = await endangered(await Room().open())
    await room.people.add(SOPHIE, password_hash="")
    await room.pass_time(10)
    await room.pass_time(20)
    await room.people.set_duty(SUE.id, on_duty=False)
    await room.people.set_duty(SOPHIE.id, on_duty=True)
    await room.pass_time(6)  # from the command line, so no notice tells of it
    assert told(room) == [SUE.id, SOPHIE.id]
    await room.desk.own(doing(SAM), CALL, P1)
    await room.people.set_duty(SOPHIE.id, on_duty=False)
    await room.people.set_duty(SUE.id, on_duty=True)
    await room.pass_time(6)
    assert told(room) == [SUE.id, SOPHIE.id]


async def test_what_somebody_owns_on_anothers_call_presses_again_when_they_are_sent_home() -> None:
    room = await endangered(await Room().open(on_duty=(SAM, SUE)))
    await room.grants.give(CALL, ANN.id)
    await room.people.set_duty(ANN.id, on_duty=True)
    await room.desk.own(doing(replace(ANN, on_duty=True)), CALL, P1)
    await room.pass_time(6)
    assert room.of_kind(PromptDropped) == []
    await room.people.set_duty(ANN.id, on_duty=False)
    await room.pass_time(6)
    assert room.of_kind(PromptDropped) == [PromptDropped(at_ms=5180, person=ANN.id, prompt=P1)]
    await room.pass_time(10)
    assert escalated(room) == [Escalation.SUPERVISOR]


async def test_handlers_keep_what_they_own_since_they_have_no_duty_to_go_off() -> None:
    room = await endangered(await Room().open())
    await room.desk.own(doing(HANNAH), CALL, P1)
    await room.pass_time(6)
    assert room.of_kind(PromptDropped) == []


async def test_what_was_withdrawn_and_is_heard_again_presses_from_then_on() -> None:
    room = await endangered(await Room().open())
    await room.happens(WITHDRAWN)
    await room.pass_time(60)
    assert escalated(room) == []
    await room.happens(CONFIRMED)
    await room.pass_time(9.9)
    assert escalated(room) == []
    await room.pass_time(0.1)
    assert escalated(room) == [Escalation.SUPERVISOR]


@pytest.mark.parametrize("looks", range(1, 6))
async def test_a_step_that_comes_due_while_its_call_is_looked_at_is_not_passed_over(
    monkeypatch: pytest.MonkeyPatch, looks: int
) -> None:
    room = await endangered(await Room().open())
    await room.pass_time(9)
    await room.happens(NeedNoted(at_ms=5180, person=SAM.id, need="child"))
    at_hand, left = room.clock.at + timedelta(seconds=0.999), iter(range(looks))
    due = room.clock.at + timedelta(seconds=1)
    with monkeypatch.context() as patch:
        patch.setattr(room.clock, "now", lambda: at_hand if next(left, None) is not None else due)
        await room.minding.look()
    room.clock.advance(1.5)
    await room.minding.look()
    assert escalated(room) == [Escalation.SUPERVISOR]


async def test_an_owned_prompt_is_left_alone() -> None:
    room = await endangered(await Room().open())
    await room.desk.own(doing(SAM), CALL, P1)
    await room.pass_time(60)
    assert escalated(room) == []


async def test_timers_outlive_the_server() -> None:
    """They are derived from the journal: what was due while nobody ran is done at once, and nothing twice."""
    before = await endangered(await Room().open())
    await before.pass_time(10)
    room = Room(journal=before.journal)
    room.people.kept, room.people.duty = before.people.kept, before.people.duty
    await room.pass_time(5)
    assert escalated(room) == [Escalation.SUPERVISOR]
    assert len(room.of_kind(SpecialistAssigned)) == 1
    await room.pass_time(15)
    assert escalated(room) == [Escalation.SUPERVISOR, Escalation.DUTY_SUPERVISOR]


async def test_an_end_that_a_crash_cut_short_is_finished_after_the_restart() -> None:
    before = await endangered(await Room().open())
    await before.happens(ENDED)
    room = Room(journal=before.journal)
    await room.minding.look()
    assert room.of_kind(PromptsUnresolved) == [PromptsUnresolved(at_ms=9000, prompts=(P1,))]


async def test_the_handler_is_shown_one_prompt_and_the_next_when_it_is_answered() -> None:
    room = await endangered(await Room().open())
    await room.happens(KNIFE, raised(2, KNIFE))
    await room.minding.look()
    assert [event.prompt for event in room.of_kind(PromptShown) if isinstance(event, PromptShown)] == ["p1"]
    await room.desk.dismiss(doing(HANNAH), CALL, P1, Dismissal.NO_REASON)
    await room.minding.look()
    assert [event.prompt for event in room.of_kind(PromptShown) if isinstance(event, PromptShown)] == [
        "p1",
        "p2",
    ]


async def test_what_waits_for_a_gap_waits_until_nobody_has_spoken() -> None:
    room = await Room().open()
    room.clock.advance(20)
    seen = raised(1, THROAT, severity=MarkerClass.HIGH)
    separation = replace(seen, prompt=replace(seen.prompt, marker=MarkerId("separation")))
    room.bus.publish(DraftHeard(call=CALL, draft=draft(Party.CALLER, 0, "and then", at_ms=19_000)))
    await room.happens(separation, PromptShared(at_ms=5180, prompt=P1, because="heard in a second turn"))
    await room.minding.look()
    assert room.of_kind(PromptShown) == []
    await room.pass_time(1.5)
    assert len(room.of_kind(PromptShown)) == 1


async def test_two_high_markers_are_upgraded_and_pressed_as_immediate() -> None:
    room = await Room().open()
    room.clock.advance(10)
    await room.happens(
        raised(1, THROAT, severity=MarkerClass.HIGH), raised(2, KNIFE, severity=MarkerClass.HIGH)
    )
    await room.minding.look()
    assert len(room.of_kind(PromptUpgraded)) == 2
    await room.pass_time(10)
    assert escalated(room) == [Escalation.SUPERVISOR, Escalation.SUPERVISOR]


async def test_what_is_open_at_the_end_is_listed_and_asked_for_review() -> None:
    room = await endangered(await Room().open())
    await room.happens(ENDED)
    await room.minding.look()
    assert room.state().unresolved == {P1}
    assert room.state().reviews == {ReviewWhy.UNRESOLVED, ReviewWhy.UNOWNED, ReviewWhy.MARKER}
    await room.pass_time(60)
    assert escalated(room) == []


async def test_one_call_that_cannot_be_read_does_not_stop_the_others_clocks(
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = await endangered(await Room().open())
    broken = CallId("CA2")
    await before.happens(arrived(), *opened(), call=broken)
    before.journal.unreadable.add(broken)
    room = Room(journal=before.journal)
    await room.pass_time(10)
    assert escalated(room) == [Escalation.SUPERVISOR]
    assert "call not minded" in caplog.messages


async def test_one_call_that_cannot_be_written_does_not_keep_the_others_waiting(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    room = await Room().open(on_duty=())
    await room.happens(DANGER)
    room.clock.advance(1)
    other = CallId("CA2")
    await room.happens(arrived(), DANGER, call=other)
    await room.minding.look()
    good = room.journal.append

    async def damaged(call: CallId, events: Sequence[Event]) -> list[Entry]:
        if call == CALL:
            raise JournalLost
        return await good(call, events)

    monkeypatch.setattr(recording, "PAUSES_S", ())
    monkeypatch.setattr(room.journal, "append", damaged)
    await room.calls.set_duty(SAM, on_duty=True)
    await room.minding.look()
    assert room.state(other).specialist == SAM.id
    assert "call not staffed" in caplog.messages
    monkeypatch.undo()
    await room.pass_time(5)
    assert room.state().specialist == SAM.id


async def test_a_damaged_call_of_somebody_who_went_home_does_not_keep_the_others_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room = await endangered(await Room().open(on_duty=(SAM,)))
    other = CallId("CA2")
    await room.happens(arrived(), *opened(), call=other)
    good = room.journal.append

    async def damaged(call: CallId, events: Sequence[Event]) -> list[Entry]:
        if call == CALL:
            raise JournalLost
        return await good(call, events)

    monkeypatch.setattr(recording, "PAUSES_S", ())
    monkeypatch.setattr(room.journal, "append", damaged)
    await room.people.set_duty(SAM.id, on_duty=False)
    await room.people.set_duty(ANN.id, on_duty=True)
    await room.happens(DANGER, call=other)
    await room.minding.look()
    assert room.state(other).specialist == ANN.id


async def test_whoever_is_given_a_call_can_see_it_though_the_database_was_busy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room = await Room().open(on_duty=(SAM,))
    good, tries = room.grants.give, iter((1, 2))

    async def busy(call: CallId, who: PersonId) -> None:
        if next(tries, None) is not None:
            raise PeopleLost
        await good(call, who)

    monkeypatch.setattr(duty, "PAUSES_S", (0, 0))
    monkeypatch.setattr(room.grants, "give", busy)
    await endangered(room)
    assert room.state().specialist == SAM.id
    assert await room.grants.granted(CALL, SAM.id)


async def test_a_call_whose_specialist_cannot_be_let_in_waits_again_and_is_given_once_they_can(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room = await Room().open(on_duty=(SAM,))
    good = room.grants.give

    async def lost(_call: CallId, _person: PersonId) -> None:
        raise PeopleLost("people could not be written")

    monkeypatch.setattr(duty, "PAUSES_S", ())
    monkeypatch.setattr(room.grants, "give", lost)
    await endangered(room)
    assert room.state().specialist is None
    monkeypatch.setattr(room.grants, "give", good)
    await room.minding.look()
    assert room.state().specialist == SAM.id
    assert await room.grants.granted(CALL, SAM.id)


async def test_a_duty_book_that_cannot_be_read_does_not_stop_the_clocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def lost(*_: object) -> list[Person]:
        raise PeopleLost

    room = await Room().open()
    monkeypatch.setattr(room.people, "people", lost)
    room.clock.advance(10)
    await room.happens(DANGER, raised(1, THROAT))
    with pytest.raises(PeopleLost):
        await room.minding.look()
    monkeypatch.undo()
    await room.pass_time(10)
    assert room.state().specialist == SAM.id
    assert escalated(room) == [Escalation.SUPERVISOR]


async def test_minding_runs_by_itself_and_hears_of_news() -> None:
    room = await Room().open()
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(room.minding.run())
        room.clock.advance(10)
        await room.happens(DANGER, raised(1, THROAT))
        async with asyncio.timeout(10):
            while room.state().specialist is None or not room.of_kind(PromptShown):
                await asyncio.sleep(0)
        running.cancel()


async def test_a_fault_in_a_round_does_not_end_the_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    room = await Room().open()
    good, failed = room.people.people, asyncio.Event()

    async def lost(*_: object) -> list[Person]:
        failed.set()
        raise PeopleLost

    monkeypatch.setattr(room.people, "people", lost)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(room.minding.run())
        await room.happens(DANGER)
        async with asyncio.timeout(10):
            await failed.wait()
            monkeypatch.setattr(room.people, "people", good)
            room.bus.publish(DutyChanged(person=SAM.id, on_duty=True))
            while room.state().specialist is None:
                await asyncio.sleep(0)
        running.cancel()


async def test_a_call_that_was_graded_down_is_asked_for_review() -> None:
    room = await Room().open()
    await room.happens(GradeSet(at_ms=900, person=HANNAH.id, grade="1"))
    lowered = GradeSet(at_ms=1000, person=HANNAH.id, grade="3", was="1", lowered=True)
    await room.happens(lowered, GradeSet(at_ms=1500, person=HANNAH.id, grade="1", was="3"), ENDED)
    await room.minding.look()
    assert room.state().reviews == {ReviewWhy.DOWNGRADED}
