"""Who has a call, what it wants, and who is here."""

import asyncio
from dataclasses import replace

import pytest

from server.domain.events import (
    CallEnded,
    Ending,
    NeedNoted,
    PromptDropped,
    PromptOwned,
    Quiet,
    QuietBegan,
    QuietEnded,
    ReviewAsked,
    ReviewDone,
    ReviewTaken,
    ReviewWhy,
    SpecialistAssigned,
    SpecialistReleased,
)
from server.domain.ids import ForceId, PersonId
from server.domain.people import Person, Role
from server.ports.bus import DutyChanged
from server.services.refusals import (
    ActUsed,
    AlreadyTaken,
    BadText,
    CallEndedAlready,
    HoldsCalls,
    NobodyHasIt,
    NotHolder,
    NotInReview,
    NotRead,
    NotThere,
    NotYourCall,
    OffDuty,
    OwnsPrompts,
    ReadOnly,
    Refused,
)
from tests.services.room import ANN, CALL, KNIFE, P1, P2, THROAT, Room, doing
from tests.stories import HANNAH, HARRY, SAM, SUE, person, raised

MYSELF = PersonId("")
STELLA = person("stella", Role.SPECIALIST, force=ForceId("otherton"))
ENDED = CallEnded(at_ms=9000, why=Ending.HUNG_UP)


@pytest.fixture
async def room() -> Room:
    """Sam has the call and owns its prompt; Ann is here too."""
    room = await Room().open(on_duty=(SAM, ANN, SUE))
    await room.happens(raised(1, THROAT))
    await room.calls.take(doing(SAM), CALL)
    await room.desk.own(doing(SAM), CALL, P1)
    return room


async def test_a_released_call_has_nobody_and_its_prompts_press_again(room: Room) -> None:
    await room.calls.release(doing(SAM), CALL, MYSELF, note="end of shift")
    assert room.of_kind(SpecialistReleased, PromptDropped) == [
        SpecialistReleased(at_ms=5180, person=SAM.id, holder=SAM.id, note="end of shift"),
        PromptDropped(at_ms=5180, person=SAM.id, prompt=P1),
    ]
    assert (room.state().specialist, room.state().prompts[P1].owner) == (None, None)


async def test_a_call_handed_over_is_never_without_somebody(room: Room) -> None:
    before = room.last_seq()
    await room.calls.hand_over(doing(SAM), CALL, MYSELF, ANN.id, note="watch the door")
    entries = room.journal.kept[CALL][before:]
    assert len({entry.recorded_at for entry in entries}) == 1
    assert [entry.event for entry in entries] == [
        SpecialistReleased(at_ms=5180, person=SAM.id, holder=SAM.id, to=ANN.id, note="watch the door"),
        SpecialistAssigned(at_ms=5180, person=ANN.id, because=("handed over by sam",), by=SAM.id),
        PromptOwned(at_ms=5180, person=ANN.id, prompt=P1),
    ]
    assert await room.grants.granted(CALL, ANN.id)


async def test_a_call_goes_only_to_a_specialist_of_the_force_who_is_here(room: Room) -> None:
    await room.people.add(STELLA, password_hash="")
    await room.people.set_break(ANN.id, on_break=True)
    for nobody in (ANN.id, STELLA.id, SUE.id, HANNAH.id, PersonId("nobody")):
        with pytest.raises(NotThere):
            await room.calls.hand_over(doing(SAM), CALL, MYSELF, nobody)
    assert room.state().specialist == SAM.id


async def test_a_supervisor_gives_a_call_to_another_and_one_that_nobody_has(room: Room) -> None:
    await room.calls.hand_over(doing(SUE), CALL, SAM.id, ANN.id)
    assert room.state().specialist == ANN.id
    await room.calls.release(doing(SUE), CALL, MYSELF)
    await room.calls.hand_over(doing(SUE), CALL, MYSELF, SAM.id)
    assert room.state().specialist == SAM.id


async def test_of_two_who_hand_over_at_once_the_second_is_told_who_has_it(room: Room) -> None:
    refused: list[Refused] = []

    async def give(who: Person, to: PersonId) -> None:
        try:
            await room.calls.hand_over(doing(who), CALL, SAM.id, to)
        except NotHolder as refusal:
            refused.append(refusal)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(give(SAM, ANN.id))
        tasks.create_task(give(SUE, ANN.id))
    assert [(one.code, getattr(one, "who", None)) for one in refused] == [("not-holder", ANN.id)]
    assert len(room.of_kind(SpecialistReleased)) == 1


async def test_nobody_gives_away_the_call_of_a_colleague(room: Room) -> None:
    with pytest.raises(NotHolder) as refused:
        await room.calls.release(doing(ANN), CALL, MYSELF)
    assert refused.value.who == SAM.id
    with pytest.raises(NotHolder):
        await room.calls.release(doing(ANN), CALL, SAM.id)
    with pytest.raises(ReadOnly):
        await room.calls.release(doing(HANNAH), CALL, SAM.id)
    with pytest.raises(NotYourCall):
        await room.calls.release(doing(STELLA), CALL, SAM.id)


async def test_what_nobody_has_cannot_be_released(room: Room) -> None:
    await room.calls.release(doing(SAM), CALL, MYSELF)
    for who in (SAM, SUE):
        with pytest.raises(NobodyHasIt):
            await room.calls.release(doing(who), CALL, MYSELF)


async def test_an_act_sent_again_is_done_once_even_after_a_restart(room: Room) -> None:
    await room.calls.hand_over(doing(SAM, "a1"), CALL, MYSELF, ANN.id)
    await room.calls.hand_over(doing(ANN, "a2"), CALL, MYSELF, SAM.id)
    again = Room(journal=room.journal)
    again.people.kept, again.people.duty = room.people.kept, room.people.duty
    await again.calls.hand_over(doing(SAM, "a1"), CALL, MYSELF, ANN.id)
    assert again.state().specialist == SAM.id
    assert len(again.of_kind(SpecialistReleased)) == 2


async def test_a_take_that_comes_again_after_a_release_takes_nothing_back(room: Room) -> None:
    await room.calls.release(doing(SAM), CALL, MYSELF)
    await room.calls.take(doing(ANN, "t1"), CALL)
    await room.calls.release(doing(ANN), CALL, MYSELF)
    await room.calls.take(doing(ANN, "t1"), CALL)
    assert room.state().specialist is None


async def test_an_id_stands_for_one_act(room: Room) -> None:
    await room.calls.release(doing(SAM, "a1"), CALL, MYSELF)
    with pytest.raises(ActUsed):
        await room.calls.take(doing(ANN, "a1"), CALL)


async def test_the_id_of_an_earlier_act_lets_nobody_else_in(room: Room) -> None:
    await room.people.add(STELLA, password_hash="")
    await room.calls.hand_over(doing(SAM, "a1"), CALL, MYSELF, ANN.id)
    with pytest.raises(ActUsed):
        await room.calls.hand_over(doing(SAM, "a1"), CALL, MYSELF, STELLA.id)
    assert not await room.grants.granted(CALL, STELLA.id)
    await room.calls.release(doing(ANN), CALL, MYSELF)
    terry = person("terry", Role.SPECIALIST)
    with pytest.raises(ActUsed):
        await room.calls.take(doing(terry, "a1"), CALL)
    assert not await room.grants.granted(CALL, terry.id)


async def test_an_ended_call_is_neither_released_nor_handed_over(room: Room) -> None:
    await room.happens(ENDED)
    with pytest.raises(CallEndedAlready):
        await room.calls.release(doing(SAM), CALL, MYSELF)
    with pytest.raises(CallEndedAlready):
        await room.calls.hand_over(doing(SAM), CALL, MYSELF, ANN.id)


async def test_a_supervisor_takes_no_call(room: Room) -> None:
    with pytest.raises(ReadOnly):
        await room.calls.take(doing(SUE), CALL)
    with pytest.raises(AlreadyTaken):
        await room.calls.take(doing(ANN), CALL)


async def test_nobody_takes_a_call_at_home(room: Room) -> None:
    await room.calls.release(doing(SAM), CALL, MYSELF)
    with pytest.raises(ReadOnly):
        await room.calls.take(doing(replace(ANN, on_duty=False)), CALL)
    assert room.state().specialist is None
    assert not await room.grants.granted(CALL, ANN.id)


async def test_a_note_is_one_line_and_not_too_long(room: Room) -> None:
    for note in ("x" * 201, "bell\a"):
        with pytest.raises(BadText):
            await room.calls.release(doing(SAM), CALL, MYSELF, note=note)


async def test_needs_are_noted_once_by_those_on_the_call(room: Room) -> None:
    await room.calls.need(doing(HANNAH), CALL, "language:pl")
    await room.calls.need(doing(SAM), CALL, "language:pl")
    assert room.of_kind(NeedNoted) == [NeedNoted(at_ms=5180, person=HANNAH.id, need="language:pl")]
    with pytest.raises(BadText):
        await room.calls.need(doing(HANNAH), CALL, "She speaks Polish!")
    with pytest.raises(NotYourCall):
        await room.calls.need(doing(HARRY), CALL, "child")


async def test_quiet_is_asked_for_and_ended_once_each(room: Room) -> None:
    for on in (True, True, False, False):
        await room.calls.quiet(doing(HANNAH), CALL, Quiet.ADDRESS, on=on)
    assert room.of_kind(QuietBegan, QuietEnded) == [
        QuietBegan(at_ms=5180, why=Quiet.ADDRESS, person=HANNAH.id),
        QuietEnded(at_ms=5180, why=Quiet.ADDRESS, person=HANNAH.id),
    ]


async def test_a_review_is_done_by_specialists_and_supervisors(room: Room) -> None:
    await room.happens(ENDED, ReviewAsked(at_ms=9000, why=ReviewWhy.UNRESOLVED))
    with pytest.raises(ReadOnly):
        await room.calls.reviewed(doing(HANNAH), CALL)
    await room.need_to_know.viewed(SUE.id, CALL, by="feed")
    await room.calls.reviewed(doing(SUE), CALL, note="rang back")
    await room.calls.reviewed(doing(SUE), CALL)
    assert room.of_kind(ReviewDone) == [ReviewDone(at_ms=9000, person=SUE.id, note="rang back")]
    assert room.state().reviews == frozenset()


async def test_nobody_reviews_a_call_that_they_have_not_read_or_off_duty(room: Room) -> None:
    await room.happens(ENDED, ReviewAsked(at_ms=9000, why=ReviewWhy.UNRESOLVED))
    await room.need_to_know.viewed(SAM.id, CALL, by="feed")
    with pytest.raises(NotRead):
        await room.calls.reviewed(doing(SUE), CALL)
    await room.need_to_know.viewed(SUE.id, CALL, by="feed")
    with pytest.raises(OffDuty):
        await room.calls.reviewed(doing(replace(SUE, on_duty=False)), CALL)
    assert room.of_kind(ReviewDone) == []


async def test_a_specialist_who_was_not_there_may_read_a_call_for_review(room: Room) -> None:
    ann = replace(ANN, on_duty=True)
    with pytest.raises(NotInReview):
        await room.calls.review(doing(ann), CALL)
    await room.happens(ENDED, ReviewAsked(at_ms=9000, why=ReviewWhy.NOBODY_ON_DUTY))
    for _ in range(2):
        await room.calls.review(doing(ann), CALL)
    assert room.of_kind(ReviewTaken) == [ReviewTaken(at_ms=9000, person=ANN.id)]
    assert await room.grants.granted(CALL, ANN.id)
    for who in (HANNAH, SUE, replace(ANN, on_duty=False)):
        with pytest.raises(ReadOnly):
            await room.calls.review(doing(who), CALL)
    with pytest.raises(NotYourCall):
        await room.calls.review(doing(STELLA), CALL)


async def test_nobody_goes_home_with_live_calls(room: Room) -> None:
    with pytest.raises(HoldsCalls):
        await room.calls.set_duty(SAM, on_duty=False)
    await room.happens(ENDED)
    await room.calls.set_duty(SAM, on_duty=False)
    assert not (await room.people.person(SAM.id)).on_duty


async def test_nobody_goes_home_with_prompts_that_wait_for_them(room: Room) -> None:
    await room.happens(raised(2, KNIFE), PromptOwned(at_ms=6000, person=SUE.id, prompt=P2))
    with pytest.raises(OwnsPrompts):
        await room.calls.set_duty(SUE, on_duty=False)
    await room.desk.drop(doing(SUE), CALL, P2)
    await room.calls.set_duty(SUE, on_duty=False)
    assert not (await room.people.person(SUE.id)).on_duty


async def test_supervisors_come_on_duty_and_handlers_have_none(room: Room) -> None:
    await room.calls.set_duty(SUE, on_duty=False)
    assert room.heard[-1] == DutyChanged(person=SUE.id, on_duty=False)
    with pytest.raises(ReadOnly):
        await room.calls.set_duty(HANNAH, on_duty=True)
    with pytest.raises(ReadOnly):
        await room.calls.set_break(replace(SUE, on_duty=False), on_break=True)
