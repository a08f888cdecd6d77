"""Feedback: between two people, and nobody else."""

from dataclasses import replace

import pytest

from server.domain.events import CallEnded, Ending, HandlerAssigned, ReviewAsked, ReviewWhy
from server.domain.ids import FeedbackId
from server.services.duty_refusals import NoSuchFeedback, NotHandler
from server.services.feeding_back import FeedingBack
from server.services.refusals import ActUsed, BadText, NotYourCall, ReadOnly
from tests.fakes import FakePapers
from tests.services.room import ANN, CALL, Room, doing
from tests.stories import HANNAH, HARRY, SAM, SUE

WELL = "you kept her talking"


async def reviewed() -> tuple[Room, FeedingBack]:
    room = await Room().open()
    await room.happens(
        HandlerAssigned(at_ms=0, person=HANNAH.id),
        CallEnded(at_ms=9000, why=Ending.HUNG_UP),
        ReviewAsked(at_ms=9000, why=ReviewWhy.MARKER),
    )
    await room.calls.review(doing(SAM), CALL)
    return room, FeedingBack(room.room, FakePapers(room.clock))


async def test_the_handler_reads_and_answers_and_the_reviewer_sees_both() -> None:
    _, feeding = await reviewed()
    name = await feeding.send(doing(SAM, "1"), CALL, HANNAH.id, WELL, "ask about the neck")
    assert name == await feeding.send(doing(SAM, "1"), CALL, HANNAH.id, WELL, "ask about the neck")
    (mine,) = await feeding.mine(HANNAH)
    assert (mine.sent.well, mine.sent.next_time, mine.read) == (WELL, "ask about the neck", False)
    await feeding.read(HANNAH, name)
    await feeding.answer(doing(HANNAH, "2"), name, "she could not speak")
    await feeding.answer(doing(HANNAH, "2"), name, "she could not speak")
    await feeding.answer(doing(SAM, "3"), name, "then you did right")
    (seen,) = await feeding.mine(SAM, CALL)
    assert seen.read
    assert [(one.person, one.text) for one in seen.answers] == [
        (HANNAH.id, "she could not speak"),
        (SAM.id, "then you did right"),
    ]


async def test_nobody_else_learns_of_it_not_even_who_supervises() -> None:
    _, feeding = await reviewed()
    name = await feeding.send(doing(SAM), CALL, HANNAH.id, WELL, "")
    for other in (SUE, ANN, HARRY):
        assert await feeding.mine(other) == []
        with pytest.raises(NoSuchFeedback):
            await feeding.read(other, name)
        with pytest.raises(NoSuchFeedback):
            await feeding.answer(doing(other), name, "what is this")
    with pytest.raises(NoSuchFeedback):
        await feeding.read(HANNAH, FeedbackId("feedback-none"))


async def test_it_is_no_part_of_the_call_s_journal() -> None:
    room, feeding = await reviewed()
    before = room.last_seq()
    await feeding.send(doing(SAM), CALL, HANNAH.id, WELL, "")
    assert room.last_seq() == before


async def test_what_went_well_has_to_be_said() -> None:
    _, feeding = await reviewed()
    with pytest.raises(BadText):
        await feeding.send(doing(SAM), CALL, HANNAH.id, " ", "ask about the neck")


async def test_it_goes_to_who_handled_the_call_from_who_reviews_it() -> None:
    _, feeding = await reviewed()
    for to in (HARRY, SAM):
        with pytest.raises(NotHandler):
            await feeding.send(doing(SAM), CALL, to.id, WELL, "")
    with pytest.raises(NotYourCall):
        await feeding.send(doing(replace(ANN)), CALL, HANNAH.id, WELL, "")
    with pytest.raises(ReadOnly):
        await feeding.send(doing(HANNAH), CALL, HANNAH.id, WELL, "")


async def test_an_act_sent_again_with_other_words_is_refused() -> None:
    _, feeding = await reviewed()
    await feeding.send(doing(SAM, "1"), CALL, HANNAH.id, WELL, "")
    with pytest.raises(ActUsed):
        await feeding.send(doing(SAM, "1"), CALL, HANNAH.id, "something else", "")
