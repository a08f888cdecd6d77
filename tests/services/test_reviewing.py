"""The review queue."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.domain.events import (
    ActionDone,
    CallEnded,
    Ending,
    FindingJudged,
    FindingVerdict,
    HandlerAssigned,
    ReviewAsked,
    ReviewDone,
    ReviewWhy,
)
from server.domain.ids import CallId, FindingId, ForceId, PersonId
from server.domain.markers import MarkerClass
from server.services.duty_refusals import NoSuchFinding
from server.services.refusals import BadText, NotYourCall, ReadOnly
from server.services.reviewing import Judging, Reviewing
from tests.services.room import ANN, CALL, THROAT, Room, doing
from tests.stories import HANNAH, SAM, SUE, arrived, raised

ENDED = CallEnded(at_ms=9000, why=Ending.HUNG_UP)
UNRESOLVED = ReviewAsked(at_ms=9000, why=ReviewWhy.UNRESOLVED)
NOBODY = ReviewAsked(at_ms=100, why=ReviewWhy.NOBODY_ON_DUTY)


async def test_a_call_is_in_the_queue_with_every_reason_until_it_is_reviewed() -> None:
    room = await Room().open()
    reviewing = Reviewing(journal=room.journal, bars=room.need_to_know.bars)
    await room.happens(NOBODY)
    since = room.clock.now()
    room.clock.advance(60)
    await room.happens(ENDED, UNRESOLVED)
    await room.happens(arrived(), UNRESOLVED, call=CallId("CA2"))
    queue = await reviewing.queue(SUE)
    assert [(one.call, one.whys) for one in queue] == [
        (CALL, (ReviewWhy.NOBODY_ON_DUTY, ReviewWhy.UNRESOLVED)),
        ("CA2", (ReviewWhy.UNRESOLVED,)),
    ]
    assert queue[0].since == since
    await room.happens(ReviewDone(at_ms=9000, person=SUE.id))
    assert [one.call for one in await reviewing.queue(SAM)] == ["CA2"]


async def test_the_queue_is_for_specialists_and_supervisors_of_the_force() -> None:
    room = await Room().open()
    await room.happens(UNRESOLVED)
    reviewing = Reviewing(journal=room.journal, bars=room.need_to_know.bars)
    with pytest.raises(ReadOnly):
        await reviewing.queue(HANNAH)
    assert await reviewing.queue(replace(SUE, force=ForceId("otherton"))) == []


async def test_the_most_pressing_comes_first_and_says_why() -> None:
    room = await Room().open()
    calm, lowered, grave = CallId("CA2"), CallId("CA3"), CallId("CA4")
    await room.happens(ENDED, asked(ReviewWhy.MARKER, MarkerClass.HIGH))
    await room.happens(arrived(), ENDED, asked(ReviewWhy.HEARD_MORE), call=calm)
    await room.happens(arrived(), ENDED, asked(ReviewWhy.DOWNGRADED, MarkerClass.HIGH), call=lowered)
    await room.happens(arrived(), ENDED, asked(ReviewWhy.MARKER, MarkerClass.IMMEDIATE), call=grave)
    queue = await Reviewing(journal=room.journal, bars=room.need_to_know.bars).queue(SAM)
    assert [one.call for one in queue] == [grave, lowered, CALL, calm]
    assert queue[1].whys == (ReviewWhy.DOWNGRADED,)


async def test_a_reviewer_judges_each_line_and_the_latest_judgement_stands() -> None:
    room, judging = await taken_for_review()
    (line,) = (await judging.open(SAM, CALL)).review.findings
    await judging.judge(doing(SAM, "1"), CALL, line.id, FindingVerdict.NO_MATTER)
    await judging.judge(doing(SAM, "2"), CALL, line.id, FindingVerdict.AGREED, "nobody was free")
    await judging.judge(doing(SAM, "2"), CALL, line.id, FindingVerdict.AGREED, "nobody was free")
    (judged,) = (await judging.open(SAM, CALL)).review.findings
    assert judged.judged is not None
    assert (judged.judged.verdict, judged.judged.note) == (FindingVerdict.AGREED, "nobody was free")
    assert len(room.of_kind(FindingJudged)) == 2
    with pytest.raises(NoSuchFinding):
        await judging.judge(doing(SAM, "3"), CALL, FindingId("missed.tea"), FindingVerdict.AGREED)


async def test_only_who_took_the_call_for_review_opens_it_and_looking_is_on_record() -> None:
    room, judging = await taken_for_review()
    await judging.open(SAM, CALL)
    viewed = await room.need_to_know.accesses.find(since=room.clock.now() - timedelta(days=1))
    assert [(one.person, one.call, one.by) for one in viewed] == [(SAM.id, CALL, "review")]
    with pytest.raises(NotYourCall):
        await judging.open(ANN, CALL)
    with pytest.raises(ReadOnly):
        await judging.open(HANNAH, CALL)


async def test_an_action_has_an_owner_and_a_day_and_stays_until_it_is_done() -> None:
    room, judging = await taken_for_review()
    today = room.clock.now().date()
    later = await judging.act(
        doing(SAM, "1"), CALL, "Ring the safe number", SUE.id, today + timedelta(days=7)
    )
    soon = await judging.act(doing(SAM, "2"), CALL, "Tell dispatch", HANNAH.id, today)
    again = await judging.act(doing(SAM, "2"), CALL, "Tell dispatch", HANNAH.id, today)
    assert soon == again != later
    assert [line.action.opened.action for line in await judging.actions(SUE)] == [soon, later]
    assert [line.action.opened.action for line in await judging.actions(HANNAH)] == [soon]
    with pytest.raises(NotYourCall):
        await judging.done(doing(HANNAH), CALL, later)
    await judging.done(doing(HANNAH, "3"), CALL, soon)
    await judging.done(doing(SAM, "4"), CALL, soon)
    assert [line.action.opened.action for line in await judging.actions(SUE)] == [later]
    assert len(room.of_kind(ActionDone)) == 1


async def test_an_action_is_for_somebody_of_the_force_and_a_day_to_come() -> None:
    room, judging = await taken_for_review()
    today = room.clock.now().date()
    with pytest.raises(BadText):
        await judging.act(doing(SAM), CALL, "Ring", SUE.id, today - timedelta(days=1))
    with pytest.raises(BadText):
        await judging.act(doing(SAM), CALL, "Ring", PersonId("nobody"), today)


def asked(why: ReviewWhy, severity: MarkerClass = MarkerClass.NONE) -> ReviewAsked:
    return ReviewAsked(at_ms=9000, why=why, severity=severity)


async def taken_for_review() -> tuple[Room, Judging]:
    """A call whose one prompt nobody answered; Sam has it for review."""
    room = await Room().open()
    assigned = HandlerAssigned(at_ms=0, person=HANNAH.id)
    await room.happens(assigned, THROAT, raised(1, THROAT), ENDED, UNRESOLVED)
    await room.calls.review(doing(SAM), CALL)
    return room, Judging(room.room)
