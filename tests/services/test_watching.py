"""What a call in danger is owed in time, to whom it is brought, and that a restart changes nothing."""

from dataclasses import replace

import pytest

from server.domain.events import (
    CallEnded,
    CryDoubted,
    EarLost,
    Ending,
    Escalation,
    Event,
    GradeSet,
    HistoryLinked,
    NoiseLabelled,
    PromptAnswered,
    PromptDismissed,
    PromptRaised,
    ReviewWhy,
    RiskRaised,
    SoundDoubted,
    UnitArrived,
    UnitAssigned,
    UnitStoodDown,
    Watch,
    WatchEnded,
    WatchRaised,
)
from server.domain.ids import ChangeId, ForceId, MarkerId
from server.domain.markers import MarkerClass
from server.domain.prompts import Dismissal, Outcome
from server.domain.quiet_calls import ABANDONED, COVERT, SILENT
from server.domain.rules import Policies, WatchRules
from server.domain.sounds import SoundKind
from server.domain.speech import Party
from server.ports.bus import CallFound, DraftHeard
from server.services.dispatching import Dispatching, UnitStep
from server.services.refusals import NeedsReason, NotYourCall
from tests.services.grade_room import SCALE, by_system
from tests.services.room import CALL, FORCE, P1, THROAT, Room, doing
from tests.stories import HANNAH, HARRY, SAM, SUE, draft, raised, said, sighted

RULES = WatchRules(
    no_unit_s=300, ring_back_s=120, answers_s=60, supervisor_s=60, duty_supervisor_s=180, silent_s=20
)
OURS = Policies(silent="Send a unit to the last known address.")
WATCHED = replace(FORCE, grades=SCALE, watch=RULES, policies=OURS)
DANGER = RiskRaised(at_ms=5180, severity=MarkerClass.IMMEDIATE, because=MarkerId("strangulation"))
LINKED = HistoryLinked(at_ms=0, earlier_calls=2, within_7_days=1)
SPOKEN = said(Party.CALLER, 0, "hello it is me again", at_ms=1000)
CRY = CryDoubted(at_ms=8500, party=Party.CALLER, from_ms=8000, to_ms=8500)
TAPS = SoundDoubted(at_ms=9000, sound=SoundKind.TAPS, party=Party.CALLER, from_ms=8600, to_ms=9000, count=2)
HUNG_UP = CallEnded(at_ms=9000, why=Ending.HUNG_UP)
THREE = [Escalation.SPECIALIST, Escalation.SUPERVISOR, Escalation.DUTY_SUPERVISOR]


async def a_room(rules: WatchRules = RULES) -> Room:
    return await Room(force=replace(WATCHED, watch=rules)).open()


async def in_danger(rules: WatchRules = RULES) -> Room:
    room = await a_room(rules)
    await room.happens(SPOKEN, THROAT, DANGER, raised(1, THROAT))
    await room.minding.look()
    return room


def graded(grade: str, *, unconfirmed: bool = False) -> GradeSet:
    change = ChangeId("g1") if unconfirmed else ChangeId("")
    return GradeSet(at_ms=6000, person=HANNAH.id, grade=grade, change=change, unconfirmed=unconfirmed)


def brought(room: Room, watch: Watch) -> list[Escalation]:
    events = room.of_kind(WatchRaised)
    return [one.to for one in events if isinstance(one, WatchRaised) and one.watch is watch]


def asked(room: Room, marker: MarkerId) -> list[PromptRaised]:
    events = room.of_kind(PromptRaised)
    return [one for one in events if isinstance(one, PromptRaised) and one.prompt.marker == marker]


async def test_a_call_in_danger_without_a_unit_is_brought_to_one_after_the_other() -> None:
    room = await in_danger()
    await room.pass_time(299)
    assert brought(room, Watch.NO_UNIT) == []
    await room.pass_time(1)
    assert brought(room, Watch.NO_UNIT) == THREE[:1]
    await room.pass_time(60)
    assert brought(room, Watch.NO_UNIT) == THREE[:2]
    await room.pass_time(120)
    assert brought(room, Watch.NO_UNIT) == THREE
    last = room.of_kind(WatchRaised)[-1]
    assert isinstance(last, WatchRaised)
    assert (last.person, last.after_s) == (SUE.id, 480)


async def test_a_call_without_a_danger_is_owed_no_unit() -> None:
    room = await a_room()
    await room.happens(SPOKEN)
    await room.pass_time(4000)
    assert room.of_kind(WatchRaised) == []


async def test_a_unit_ends_the_watch_and_standing_it_down_begins_it_anew() -> None:
    room = await in_danger()
    dispatch = Dispatching(room.room)
    await room.pass_time(300)
    await dispatch.unit(doing(HANNAH), CALL, "BX21", UnitStep.ASSIGNED)
    await room.minding.look()
    assert room.of_kind(WatchEnded) == [WatchEnded(at_ms=THROAT.at_ms, watch=Watch.NO_UNIT)]
    await dispatch.unit(by_system("dee"), CALL, "BX21", UnitStep.STOOD_DOWN, "diverted")
    await room.pass_time(299)
    assert len(brought(room, Watch.NO_UNIT)) == 1
    await room.pass_time(1)
    assert len(brought(room, Watch.NO_UNIT)) == 2


async def test_what_became_of_units_is_on_record_once_with_who_and_which_system_said_so() -> None:
    room = await in_danger()
    dispatch = Dispatching(room.room)
    for _ in range(2):
        await dispatch.unit(by_system("dee", "k1"), CALL, "BX21", UnitStep.ASSIGNED)
        await dispatch.unit(by_system("dee", "k2"), CALL, "BX21", UnitStep.ARRIVED)
    (assigned,) = room.of_kind(UnitAssigned)
    assert isinstance(assigned, UnitAssigned)
    assert (assigned.person, assigned.system, assigned.unit) == ("dee", "CAD", "BX21")
    assert len(room.of_kind(UnitArrived)) == 1
    await dispatch.unit(doing(SUE), CALL, "BX99", UnitStep.STOOD_DOWN)
    assert room.of_kind(UnitStoodDown) == []


async def test_sending_nobody_takes_a_reason() -> None:
    room = await in_danger()
    dispatch = Dispatching(room.room)
    with pytest.raises(NeedsReason):
        await dispatch.not_needed(doing(HANNAH), CALL, " ")
    await dispatch.not_needed(doing(HANNAH), CALL, "She is at the front counter")
    await room.pass_time(4000)
    assert brought(room, Watch.NO_UNIT) == []


async def test_a_grade_with_a_longer_attendance_time_gives_a_unit_longer() -> None:
    room = await in_danger()
    await room.happens(graded("priority"))
    await room.pass_time(60 * 30 - 1)
    assert brought(room, Watch.NO_UNIT) == []
    await room.pass_time(1)
    assert brought(room, Watch.NO_UNIT) == THREE[:1]


async def test_what_a_force_does_not_watch_for_is_not_raised() -> None:
    room = await in_danger(replace(RULES, no_unit_s=0))
    await room.pass_time(4000)
    assert brought(room, Watch.NO_UNIT) == []


async def test_a_log_that_reaches_no_dispatch_queue_is_brought_to_somebody() -> None:
    room = await in_danger(replace(RULES, dispatch_queues=("dispatch east",), queue_s=100))
    dispatch = Dispatching(room.room)
    await dispatch.queued(by_system("dee"), CALL, "intake")
    await room.pass_time(100)
    assert brought(room, Watch.WRONG_QUEUE) == THREE[:1]
    await dispatch.queued(by_system("dee"), CALL, "dispatch east")
    await room.minding.look()
    assert Watch.WRONG_QUEUE not in room.state().dispatched.watches


async def test_unanswered_prompts_are_brought_on_after_the_end_until_they_are_answered() -> None:
    room = await in_danger()
    await room.happens(HUNG_UP)
    await room.pass_time(60)
    assert brought(room, Watch.UNANSWERED) == THREE[:1]
    answered = PromptAnswered(at_ms=9000, prompt=P1, person=HANNAH.id, outcome=Outcome.YES)
    await room.happens(answered)
    await room.pass_time(300)
    assert brought(room, Watch.UNANSWERED) == THREE[:1]


async def test_a_lowering_that_nobody_confirms_is_brought_on() -> None:
    room = await in_danger()
    await room.happens(graded("appointment", unconfirmed=True))
    await room.pass_time(120)
    assert brought(room, Watch.DOWNGRADE) == THREE[:1]


async def test_watches_go_on_long_after_the_call_and_over_a_restart() -> None:
    room = await in_danger(replace(RULES, no_unit_s=3600, answers_s=0))
    await room.happens(HUNG_UP)
    await room.pass_time(3000)
    again = Room(journal=room.journal, force=room.room.forces[FORCE.id])
    again.people, again.clock = room.people, room.clock
    await again.minding.look()
    await again.pass_time(599)
    assert brought(again, Watch.NO_UNIT) == []
    await again.pass_time(1)
    assert brought(again, Watch.NO_UNIT) == THREE[:1]
    assert CallFound(call=CALL) in again.heard


@pytest.mark.parametrize(
    ("watch", "events", "first_s"),
    [
        (Watch.NO_UNIT, (SPOKEN, THROAT, DANGER, raised(1, THROAT)), 300),
        (Watch.NOT_RUNG_BACK, (LINKED, CallEnded(at_ms=0, why=Ending.LINE_LOST)), 120),
        (Watch.WRONG_QUEUE, (SPOKEN, THROAT, DANGER, raised(1, THROAT)), 90),
        (Watch.UNANSWERED, (SPOKEN, THROAT, DANGER, raised(1, THROAT), HUNG_UP), 60),
        (Watch.DOWNGRADE, (SPOKEN, THROAT, DANGER, graded("appointment", unconfirmed=True)), 120),
    ],
)
async def test_every_watch_is_brought_to_one_after_the_other_through_restarts_at_each_step(
    watch: Watch, events: tuple[Event, ...], first_s: int
) -> None:
    room = await a_room(replace(RULES, queue_s=90, dispatch_queues=("dispatch east",)))
    await room.happens(*events)
    await room.minding.look()
    for wait_s, told in ((first_s - 1, 0), (1, 1), (60, 2), (120, 3), (3600, 3)):
        room = Room(journal=room.journal, force=room.room.forces[FORCE.id])
        for who in (HANNAH, SAM, SUE):
            await room.people.add(who, password_hash="")
        await room.minding.look()
        await room.pass_time(wait_s)
        assert brought(room, watch) == THREE[:told]


async def test_nothing_is_brought_twice_after_a_restart() -> None:
    room = await in_danger()
    await room.pass_time(300)
    again = Room(journal=room.journal, force=WATCHED)
    await again.minding.look()
    assert brought(again, Watch.NO_UNIT) == THREE[:1]


async def test_a_unit_assigned_hours_after_the_end_still_ends_the_watch() -> None:
    room = await in_danger(replace(RULES, answers_s=0))
    await room.happens(HUNG_UP)
    await room.pass_time(5 * 3600)
    await room.pass_time(6)
    await Dispatching(room.room).unit(by_system("dee"), CALL, "BX21", UnitStep.ASSIGNED)
    await room.minding.look()
    assert room.state().dispatched.watches == {}


async def test_a_silent_call_from_people_known_here_asks_at_once_with_the_forces_policy() -> None:
    room = await a_room()
    await room.happens(LINKED)
    await room.minding.look()
    await room.pass_time(19)
    assert asked(room, SILENT) == []
    await room.pass_time(1)
    (prompt,) = asked(room, SILENT)
    assert (prompt.prompt.severity, prompt.prompt.handler) == (
        MarkerClass.IMMEDIATE,
        "Send a unit to the last known address.",
    )
    assert prompt.prompt.found == "Hardly a word from the caller yet. 2 earlier calls about the same people."
    assert room.state().severity is MarkerClass.IMMEDIATE
    await room.pass_time(60)
    assert len(asked(room, SILENT)) == 1


async def test_a_silent_call_of_strangers_asks_nothing() -> None:
    room = await a_room()
    await room.pass_time(60)
    assert asked(room, SILENT) == []


@pytest.mark.parametrize("heard", ["settled", "draft", "deaf"])
async def test_a_caller_who_speaks_or_to_whom_nobody_listens_is_not_silent(heard: str) -> None:
    room = await a_room()
    await room.happens(LINKED)
    if heard == "settled":
        await room.happens(SPOKEN)
    elif heard == "draft":
        room.bus.publish(DraftHeard(call=CALL, draft=draft(Party.CALLER, 0, "please help me", at_ms=900)))
    else:
        await room.happens(EarLost(at_ms=0, party=Party.CALLER, why="worker died"))
    await room.pass_time(60)
    assert asked(room, SILENT) == []


async def test_a_cry_by_a_silent_caller_known_here_is_not_waited_out() -> None:
    room = await a_room()
    await room.happens(LINKED, CRY)
    await room.minding.look()
    (prompt,) = asked(room, SILENT)
    assert "a loud cry or noise may have been heard" in prompt.prompt.found


async def test_what_else_was_heard_stands_in_the_prompt_about_a_silent_caller() -> None:
    room = await a_room()
    await room.happens(LINKED, CRY, TAPS)
    await room.minding.look()
    (prompt,) = asked(room, SILENT)
    assert "; a loud cry or noise and taps may have been heard" in prompt.prompt.found


async def test_a_call_that_ends_in_a_cry_is_rung_back_though_much_was_said_by_strangers() -> None:
    room = await a_room()
    await room.happens(SPOKEN, CRY, HUNG_UP)
    await room.pass_time(120)
    assert brought(room, Watch.NOT_RUNG_BACK) == THREE[:1]
    await Dispatching(room.room).rung_back(doing(HANNAH), CALL, answered=True)
    await room.minding.look()
    assert room.state().dispatched.watches == {}


async def test_a_cry_long_before_the_end_asks_for_nothing() -> None:
    room = await a_room()
    await room.happens(SPOKEN, CRY, CallEnded(at_ms=90_000, why=Ending.HUNG_UP))
    await room.pass_time(120)
    assert brought(room, Watch.NOT_RUNG_BACK) == []


async def test_a_call_that_breaks_off_asks_to_be_rung_back_until_it_is() -> None:
    room = await a_room()
    await room.happens(LINKED, HUNG_UP)
    await room.minding.look()
    assert len(asked(room, ABANDONED)) == 1
    await room.pass_time(120)
    assert brought(room, Watch.NOT_RUNG_BACK) == THREE[:1]
    await Dispatching(room.room).rung_back(doing(HANNAH), CALL, answered=False)
    await room.minding.look()
    assert Watch.NOT_RUNG_BACK not in room.state().dispatched.watches
    assert ReviewWhy.UNRESOLVED in room.state().reviews


async def test_a_line_that_is_lost_is_rung_back_though_much_was_said() -> None:
    room = await in_danger()
    await room.happens(CallEnded(at_ms=9000, why=Ending.LINE_LOST))
    await room.pass_time(120)
    assert brought(room, Watch.NOT_RUNG_BACK) == THREE[:1]


async def test_a_covert_call_of_people_known_here_shows_the_policy_too() -> None:
    room = await a_room()
    await room.happens(sighted("covert_call", "a large pizza please", utterance=0, at_ms=1000))
    await room.minding.look()
    assert asked(room, COVERT) == []
    await room.happens(LINKED)
    await room.minding.look()
    assert len(asked(room, COVERT)) == 1


async def test_noise_is_a_persons_word_with_a_reason_and_ends_what_was_asked() -> None:
    room = await a_room()
    await room.happens(LINKED)
    await room.pass_time(20)
    (prompt,) = asked(room, SILENT)
    with pytest.raises(NeedsReason):
        await room.desk.dismiss(doing(HANNAH), CALL, prompt.prompt.id, Dismissal.NO_REASON)
    dispatch = Dispatching(room.room)
    with pytest.raises(NeedsReason):
        await dispatch.noise(doing(HANNAH), CALL, "")
    await dispatch.noise(doing(HANNAH), CALL, "Rang back: phone in a bag, spoke to her, safe word given")
    assert len(room.of_kind(NoiseLabelled)) == 1
    assert len(room.of_kind(PromptDismissed)) == 1
    await room.happens(HUNG_UP)
    await room.pass_time(4000)
    assert room.of_kind(WatchRaised) == []


async def test_only_who_may_read_the_call_says_what_became_of_it() -> None:
    room = await in_danger()
    dispatch = Dispatching(room.room)
    with pytest.raises(NotYourCall):
        await dispatch.rung_back(doing(HARRY), CALL, answered=True)
    with pytest.raises(NotYourCall):
        await dispatch.rung_back(by_system("dee", force=ForceId("elsewhere")), CALL, answered=True)
