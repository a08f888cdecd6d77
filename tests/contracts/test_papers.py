"""What is on record beside the calls, and how far each follower has come, in the real store."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from server.adapters.store import Store, open_store
from server.domain.events import ReviewAsked, ReviewWhy
from server.domain.feedback import FeedbackAnswered, FeedbackRead, FeedbackSent
from server.domain.ids import CallId
from server.domain.papers import PaperId
from server.ports.following import News
from server.ports.papers import PaperMoved
from tests.fakes import FakeClock
from tests.stories import HANNAH, SAM, arrived

CALL = CallId("CA1")
PAPER = PaperId("feedback-1")
SENT = FeedbackSent(person=SAM.id, call=CALL, to=HANNAH.id, well="you kept her talking")
READ = FeedbackRead(person=HANNAH.id)


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(f"sqlite:{tmp_path / 'earshot.db'}", clock=FakeClock()) as store:
        yield store


async def test_a_paper_comes_back_line_by_line_as_it_was_written(store: Store) -> None:
    await store.papers.append(PAPER, [SENT], after=0)
    written = await store.papers.append(
        PAPER, [READ, FeedbackAnswered(person=HANNAH.id, text="thank you")], after=1
    )
    assert [line.seq for line in written] == [2, 3]
    lines = await store.papers.lines(PAPER)
    assert [line.event for line in lines] == [SENT, READ, written[1].event]
    assert await store.papers.lines(PaperId("feedback-2")) == []
    assert [line.paper for line in await store.papers.beginning_with(FeedbackSent)] == [PAPER]
    assert await store.papers.beginning_with(FeedbackRead) == []


async def test_of_two_who_write_on_the_same_line_the_second_is_told(store: Store) -> None:
    await store.papers.append(PAPER, [SENT], after=0)
    await store.papers.append(PAPER, [READ], after=1)
    with pytest.raises(PaperMoved):
        await store.papers.append(PAPER, [READ], after=1)
    assert len(await store.papers.lines(PAPER)) == 2


async def test_a_follower_begins_now_and_goes_on_where_it_was(store: Store) -> None:
    await store.journal.append(CALL, [arrived()])
    assert await store.following.news("ears", []) == ([], 1)
    asked = ReviewAsked(at_ms=1, why=ReviewWhy.MARKER)
    await store.journal.append(CALL, [asked, asked])
    news, place = await store.following.news("ears", ["ReviewAsked"], limit=1)
    assert (news, place) == ([News(call=CALL, kind="ReviewAsked")], 2)
    await store.following.reach("ears", place)
    assert await store.following.news("ears", ["CallEnded"]) == ([], 3)
