"""The review queue."""

from dataclasses import replace

import pytest

from server.domain.events import CallEnded, Ending, ReviewAsked, ReviewDone, ReviewWhy
from server.domain.ids import CallId, ForceId
from server.services.refusals import ReadOnly
from server.services.reviewing import Reviewing
from tests.services.room import CALL, Room
from tests.stories import HANNAH, SAM, SUE, arrived

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
