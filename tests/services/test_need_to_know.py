"""Calls do not go to who is barred from them, by any rule."""

from server.domain.events import PromptEscalated, RiskRaised, SpecialistAssigned, SpecialistReleased
from server.domain.ids import MarkerId
from server.domain.markers import MarkerClass
from tests.services.room import ANN, CALL, KNIFE, Room
from tests.stories import SAM, SUE, raised

RISK = RiskRaised(at_ms=6000, severity=MarkerClass.IMMEDIATE, because=MarkerId("weapon"))


async def test_a_call_is_given_to_nobody_who_is_barred_from_it() -> None:
    room = await Room().open(on_duty=(SAM, ANN))
    await room.need_to_know.bars.bar(SAM.id, [CALL], by="ana")
    await room.happens(KNIFE, RISK, raised(1, KNIFE, severity=MarkerClass.IMMEDIATE))
    await room.minding.look()
    await room.pass_time(60)
    assert room.state().specialist == ANN.id


async def test_who_is_barred_later_loses_the_call_to_a_colleague() -> None:
    room = await Room().open(on_duty=(SAM, ANN))
    await room.happens(SpecialistAssigned(at_ms=0, person=SAM.id), KNIFE, RISK, raised(1, KNIFE))
    await room.minding.look()
    assert room.state().specialist == SAM.id
    await room.need_to_know.bars.bar(SAM.id, [CALL], by="ana")
    await room.pass_time(60)
    (gone,) = room.of_kind(SpecialistReleased)
    assert isinstance(gone, SpecialistReleased)
    assert (gone.holder, gone.note) == (SAM.id, "no longer theirs")
    await room.pass_time(60)
    assert room.state().specialist == ANN.id


async def test_a_prompt_is_not_escalated_to_a_supervisor_who_is_barred() -> None:
    room = await Room().open(on_duty=(SUE,))
    await room.need_to_know.bars.bar(SUE.id, [CALL], by="ana")
    await room.happens(KNIFE, RISK, raised(1, KNIFE, severity=MarkerClass.IMMEDIATE))
    await room.minding.look()
    for _ in range(3):
        await room.pass_time(30)
    escalated = room.of_kind(PromptEscalated)
    assert escalated
    assert all(isinstance(one, PromptEscalated) and one.person != SUE.id for one in escalated)
