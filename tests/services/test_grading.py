"""Grades: every change on record, and a lowering against standing markers only with a second person."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.domain.events import (
    DowngradeConfirmed,
    DowngradeLapsed,
    DowngradeTurnedDown,
    GradeSet,
    PromptAnswered,
    PromptDismissed,
)
from server.domain.ids import CallId, ChangeId, ForceId, MarkerId, PersonId
from server.domain.prompts import Dismissal, Outcome
from server.services.dispatching import Dispatching, UnitStep
from server.services.refusals import (
    ActUsed,
    NeedsReason,
    NeedsSecondPerson,
    NoSuchChange,
    NoSuchGrade,
    NotYourCall,
    OffDuty,
)
from tests.services.grade_room import GradeRoom, by_system
from tests.services.room import CALL, KNIFE, P1, THROAT, doing
from tests.stories import HANNAH, HARRY, SAM, SUE, arrived, raised

KNOWN_MS = THROAT.at_ms
G1, G2 = ChangeId("g1"), ChangeId("g2")
STRANGLED = MarkerId("strangulation")
NOBODY_HURT = "Officer at the scene, nobody hurt"


async def in_danger() -> GradeRoom:
    """Graded as an emergency, with an immediate marker that nobody resolved."""
    room = GradeRoom()
    await room.open()
    await room.graded("emergency")
    await room.happens(THROAT, raised(1, THROAT))
    return room


async def test_the_first_grade_and_every_change_are_on_record_with_who_and_from_what() -> None:
    room = GradeRoom()
    await room.open()
    await room.graded("appointment")
    await room.told("emergency", "Neighbour rang", act="k1")
    assert room.of_kind(GradeSet) == [
        GradeSet(at_ms=0, person=HANNAH.id, grade="appointment"),
        GradeSet(
            at_ms=0,
            person=PersonId("dee"),
            act=doing(HANNAH, "k1").act,
            system="CAD",
            grade="emergency",
            was="appointment",
            reason="Neighbour rang",
        ),
    ]
    assert room.state().graded.grade == "emergency"


async def test_the_same_grade_again_changes_nothing() -> None:
    room = await in_danger()
    await room.graded("emergency")
    assert len(room.of_kind(GradeSet)) == 1


async def test_raising_a_grade_is_never_delayed() -> None:
    room = GradeRoom()
    await room.open()
    await room.graded("priority")
    await room.happens(THROAT, raised(1, THROAT))
    await room.graded("emergency")
    assert room.state().graded.grade == "emergency"


async def test_a_lowering_against_a_standing_marker_needs_a_reason() -> None:
    room = await in_danger()
    with pytest.raises(NeedsReason):
        await room.graded("appointment")
    assert room.state().graded.grade == "emergency"


async def test_with_a_reason_it_waits_for_a_second_person_and_the_grade_stays() -> None:
    room = await in_danger()
    await room.graded("appointment", reason=NOBODY_HURT)
    (asked,) = room.asked()
    assert (asked.person, asked.reason, asked.was, asked.against) == (
        HANNAH.id,
        NOBODY_HURT,
        "emergency",
        (STRANGLED,),
    )
    assert room.state().graded.grade == "emergency"


async def test_nobody_is_their_own_second_person() -> None:
    room = await in_danger()
    await room.graded("appointment", reason=NOBODY_HURT)
    with pytest.raises(NeedsSecondPerson):
        await room.grades.confirm(doing(HANNAH), CALL, G1)


async def test_a_second_person_confirms_and_both_are_on_record() -> None:
    room = await in_danger()
    await room.graded("appointment", reason=NOBODY_HURT)
    await room.grades.confirm(doing(SUE), CALL, G1)
    assert room.of_kind(DowngradeConfirmed) == [DowngradeConfirmed(at_ms=KNOWN_MS, person=SUE.id, change=G1)]
    lowered = room.of_kind(GradeSet)[-1]
    assert isinstance(lowered, GradeSet)
    assert (lowered.grade, lowered.person, lowered.second, lowered.against) == (
        "appointment",
        HANNAH.id,
        SUE.id,
        (STRANGLED,),
    )
    assert room.state().graded.waiting == {}


async def test_where_the_force_wants_a_supervisor_one_of_the_two_is_one() -> None:
    room = await in_danger()
    await room.grants.give(CALL, SAM.id)
    await room.graded("priority", reason=NOBODY_HURT)
    with pytest.raises(NeedsSecondPerson, match="supervisor"):
        await room.grades.confirm(doing(SAM), CALL, G1)
    await room.grades.confirm(doing(SUE), CALL, G1)
    assert room.state().graded.grade == "priority"


async def test_a_grade_that_a_supervisor_has_to_lower_to_is_asked_for_even_without_markers() -> None:
    room = GradeRoom()
    await room.open()
    await room.graded("emergency")
    await room.graded("priority", reason=NOBODY_HURT)
    assert room.state().graded.grade == "emergency"
    await room.graded("priority", SUE)
    assert room.state().graded.grade == "priority"


async def test_without_a_marker_a_lowering_is_set_at_once() -> None:
    room = GradeRoom()
    await room.open()
    await room.graded("emergency")
    await room.graded("appointment")
    assert room.state().graded.grade == "appointment"
    assert len(room.lowerings()) == 1


@pytest.mark.parametrize("outcome", [Outcome.YES, Outcome.ACTED, Outcome.NOT_SAFE, Outcome.NOT_HEARD])
async def test_no_answer_but_a_no_takes_the_marker_away(outcome: Outcome) -> None:
    room = await in_danger()
    await room.happens(PromptAnswered(at_ms=5000, prompt=P1, person=HANNAH.id, outcome=outcome))
    await room.graded("appointment", reason=NOBODY_HURT)
    assert len(room.asked()) == 1


async def test_an_answered_no_resolves_a_marker() -> None:
    room = await in_danger()
    await room.happens(PromptAnswered(at_ms=5000, prompt=P1, person=HANNAH.id, outcome=Outcome.NO))
    await room.graded("appointment")
    assert room.state().graded.grade == "appointment"


async def test_putting_a_prompt_aside_resolves_nothing_unless_it_was_misheard() -> None:
    room = await in_danger()
    await room.happens(
        PromptDismissed(at_ms=5000, prompt=P1, person=HANNAH.id, reason=Dismissal.NOT_RELEVANT)
    )
    with pytest.raises(NeedsReason):
        await room.graded("appointment")
    await room.happens(PromptDismissed(at_ms=5000, prompt=P1, person=HANNAH.id, reason=Dismissal.MISHEARD))
    await room.graded("appointment")
    assert room.state().graded.grade == "appointment"


async def test_a_marker_of_a_linked_call_stands_against_it_too() -> None:
    room = GradeRoom()
    await room.open()
    earlier = CallId("CA0")
    await room.happens(arrived(), KNIFE, raised(1, KNIFE), call=earlier)
    await room.linked(earlier, before=timedelta(minutes=41))
    await room.graded("emergency")
    with pytest.raises(NeedsReason):
        await room.graded("appointment")
    looked = await room.grades.look(HANNAH, CALL)
    assert [(one.what.call, one.what.quote) for one in looked.against] == [(earlier, "a knife")]


async def test_a_linked_call_that_is_kept_from_somebody_is_not_shown_to_them() -> None:
    room = GradeRoom()
    await room.open()
    earlier = CallId("CA0")
    await room.happens(arrived(), KNIFE, raised(1, KNIFE), call=earlier)
    await room.linked(earlier, before=timedelta(minutes=41))
    await room.need_to_know.bars.bar(HANNAH.id, [earlier], by="boss")
    assert (await room.grades.look(HANNAH, CALL)).against == ()


async def test_a_call_of_long_ago_stands_against_nothing() -> None:
    room = GradeRoom()
    await room.open()
    earlier = CallId("CA0")
    await room.happens(arrived(), KNIFE, raised(1, KNIFE), call=earlier)
    await room.linked(earlier, before=timedelta(days=8))
    assert (await room.grades.look(HANNAH, CALL)).against == ()


async def test_what_stands_against_it_is_shown_with_its_words_and_when_somebody_saw_to_it() -> None:
    room = await in_danger()
    await room.desk.ask(doing(HANNAH), CALL, P1)
    (stands,) = (await room.grades.look(HANNAH, CALL)).against
    assert (stands.what.title, stands.what.quote, stands.what.asked) == (
        "Strangulation or suffocation",
        "hands round my throat",
        True,
    )
    assert stands.checked_at == room.clock.now()


async def test_the_control_systems_lowering_is_recorded_and_flagged_where_it_lacks_a_second_person() -> None:
    room = await in_danger()
    await room.told("appointment", NOBODY_HURT)
    lowered = room.of_kind(GradeSet)[-1]
    assert isinstance(lowered, GradeSet)
    assert lowered.unconfirmed
    assert (room.state().graded.grade, room.state().graded.unconfirmed) == ("appointment", True)
    await room.grades.confirm(doing(SUE), CALL, G1)
    assert not room.state().graded.unconfirmed
    assert len(room.lowerings()) == 1


@pytest.mark.parametrize(("reason", "second"), [("", "kim"), (NOBODY_HURT, " DEE")])
async def test_a_second_person_who_is_the_first_or_no_reason_leaves_it_flagged(
    reason: str, second: str
) -> None:
    room = await in_danger()
    await room.told("appointment", reason, second)
    assert room.state().graded.unconfirmed


async def test_the_control_system_may_name_the_second_person() -> None:
    room = await in_danger()
    await room.told("appointment", NOBODY_HURT, "kim")
    lowered = room.of_kind(GradeSet)[-1]
    assert isinstance(lowered, GradeSet)
    assert (lowered.second, lowered.unconfirmed) == (PersonId("kim"), False)


async def test_the_control_system_may_confirm_what_was_asked_for_at_the_panel() -> None:
    room = await in_danger()
    await room.graded("appointment", reason=NOBODY_HURT)
    with pytest.raises(NeedsSecondPerson):
        await room.grades.told_confirmed(by_system("Hannah"), CALL, G1)
    await room.grades.told_confirmed(by_system("kim"), CALL, G1)
    assert room.state().graded.grade == "appointment"


async def test_a_grade_that_the_force_does_not_know_is_refused_here_and_recorded_from_elsewhere() -> None:
    room = await in_danger()
    with pytest.raises(NoSuchGrade):
        await room.graded("purple")
    await room.told("purple")
    assert room.state().graded.grade == "purple"
    assert room.state().graded.unconfirmed


async def test_it_can_be_turned_down_and_then_waits_no_more() -> None:
    room = await in_danger()
    await room.graded("appointment", reason=NOBODY_HURT)
    await room.grades.turn_down(doing(SUE), CALL, G1, "She said he is coming back")
    assert room.of_kind(DowngradeTurnedDown) != []
    with pytest.raises(NoSuchChange):
        await room.grades.confirm(doing(SUE), CALL, G1)
    assert room.state().graded.grade == "emergency"


async def test_what_was_done_already_stays_flagged_though_turned_down_until_the_grade_is_back() -> None:
    room = await in_danger()
    await room.told("appointment")
    with pytest.raises(NeedsReason):
        await room.grades.turn_down(doing(SUE), CALL, G1, "")
    await room.grades.turn_down(doing(SUE), CALL, G1, "She said he is coming back")
    assert room.state().graded.waiting[G1].turned_down
    await room.told("emergency")
    assert room.state().graded.waiting == {}


async def test_a_rise_that_does_not_reach_the_earlier_grade_leaves_the_flag() -> None:
    room = await in_danger()
    await room.told("appointment")
    await room.told("priority")
    assert room.state().graded.unconfirmed


async def test_raising_the_grade_ends_what_was_asked_for() -> None:
    room = GradeRoom()
    await room.open()
    await room.graded("priority")
    await room.happens(THROAT, raised(1, THROAT))
    await room.graded("appointment", reason=NOBODY_HURT)
    await room.graded("emergency")
    assert room.of_kind(DowngradeLapsed) != []
    with pytest.raises(NoSuchChange):
        await room.grades.confirm(doing(SUE), CALL, G1)


async def test_another_request_takes_the_place_of_the_first() -> None:
    room = await in_danger()
    await room.graded("appointment", reason=NOBODY_HURT)
    await room.graded("priority", reason=NOBODY_HURT)
    assert list(room.state().graded.waiting) == [G2]


async def test_an_act_sent_twice_is_done_once_and_its_id_stands_for_nothing_else() -> None:
    room = await in_danger()
    await room.graded("appointment", reason=NOBODY_HURT, act="a1")
    await room.graded("appointment", reason=NOBODY_HURT, act="a1")
    assert len(room.asked()) == 1
    with pytest.raises(ActUsed):
        await room.grades.confirm(doing(SUE, "a1"), CALL, G1)


async def test_somebody_off_duty_is_no_second_person_and_may_still_turn_it_down() -> None:
    room = await in_danger()
    await room.graded("appointment", reason=NOBODY_HURT)
    away = replace(SUE, on_duty=False)
    with pytest.raises(OffDuty):
        await room.grades.confirm(doing(away), CALL, G1)
    await room.grades.turn_down(doing(away), CALL, G1, "")
    assert room.lowerings() == []


async def test_nobody_of_another_force_is_a_second_person() -> None:
    room = await in_danger()
    await room.graded("appointment", reason=NOBODY_HURT)
    stranger = replace(SUE, id=PersonId("sal"), force=ForceId("elsewhere"))
    with pytest.raises(NotYourCall):
        await room.grades.confirm(doing(stranger), CALL, G1)
    assert room.lowerings() == []


@pytest.mark.parametrize("name", ["hannah", " Hannah ", "HANNAH"])
async def test_who_asked_is_no_second_person_through_the_control_system_either(name: str) -> None:
    room = await in_danger()
    await room.graded("appointment", reason=NOBODY_HURT)
    with pytest.raises(NeedsSecondPerson):
        await room.grades.told_confirmed(by_system(name), CALL, G1)
    assert room.lowerings() == []


async def test_a_confirmation_sent_again_confirms_nothing_that_was_asked_for_since() -> None:
    room = await in_danger()
    await room.graded("appointment", reason=NOBODY_HURT)
    await room.grades.confirm(doing(SUE, "s1"), CALL, G1)
    await room.graded("emergency")
    await room.graded("appointment", reason="Again")
    await room.grades.confirm(doing(SUE, "s1"), CALL, G2)
    assert room.state().graded.grade == "emergency"
    with pytest.raises(NoSuchChange):
        await room.grades.confirm(doing(SUE, "s2"), CALL, G1)
    assert len(room.lowerings()) == 1


async def test_a_restart_between_asking_and_confirming_changes_nothing() -> None:
    room = await in_danger()
    await room.graded("appointment", reason=NOBODY_HURT)
    again = GradeRoom(journal=room.journal)
    for who in (HANNAH, SUE):
        await again.people.add(who, password_hash="")
    await again.grants.give(CALL, HANNAH.id)
    with pytest.raises(NeedsSecondPerson):
        await again.grades.confirm(doing(HANNAH), CALL, G1)
    await again.grades.confirm(doing(SUE), CALL, G1)
    assert (again.state().graded.grade, len(again.lowerings())) == ("appointment", 1)


async def test_nothing_that_waits_holds_up_a_rise_or_a_unit() -> None:
    room = await in_danger()
    await room.told("priority", act="k1")
    await room.graded("appointment", reason=NOBODY_HURT)
    await Dispatching(room.room).unit(doing(HANNAH), CALL, "BX21", UnitStep.ASSIGNED)
    await room.graded("emergency", replace(SUE, on_duty=False))
    assert room.state().graded.grade == "emergency"
    assert room.state().dispatched.units == {"BX21": False}


async def test_only_who_may_read_the_call_grades_it() -> None:
    room = await in_danger()
    with pytest.raises(NotYourCall):
        await room.graded("appointment", HARRY)
    elsewhere = by_system("dee", force=ForceId("elsewhere"))
    with pytest.raises(NotYourCall):
        await room.grades.told_confirmed(elsewhere, CALL, G1)
