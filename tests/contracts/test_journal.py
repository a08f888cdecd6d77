"""What every journal does, whoever keeps it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from server.adapters.store import open_store
from server.domain.events import (
    CallArrived,
    CallEnded,
    Ending,
    LegJoined,
    LegLeft,
    ReviewAsked,
    ReviewDone,
    ReviewWhy,
)
from server.domain.ids import CallId, ForceId, PersonId
from server.domain.speech import Party
from server.ports.journal import Journal, UnknownCall
from tests.fakes import FakeClock, FakeJournal

CALL = CallId("CA1")
ARRIVED = CallArrived(at_ms=0, force=ForceId("northshire"), doorway="replay", caller="+441", called="+442")
JOINED = LegJoined(at_ms=10, party=Party.CALLER)
LEFT = LegLeft(at_ms=20, party=Party.CALLER)
ENDED = CallEnded(at_ms=30, why=Ending.HUNG_UP)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["memory", "sqlite"])
async def journal(request: pytest.FixtureRequest, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Journal]:
    if request.param == "memory":
        yield FakeJournal(clock)
        return
    async with open_store(f"{request.param}:{tmp_path}/earshot.db", clock=clock) as store:
        yield store.journal


async def test_entries_are_numbered_from_one_without_gaps(journal: Journal, clock: FakeClock) -> None:
    first = await journal.append(CALL, [ARRIVED, JOINED])
    clock.advance(1)
    second = await journal.append(CALL, [LEFT])
    assert [entry.seq for entry in (*first, *second)] == [1, 2, 3]
    assert second[0].recorded_at == clock.now()
    assert await journal.entries(CALL) == [*first, *second]


async def test_a_reader_catches_up_from_the_last_entry_that_it_saw(journal: Journal) -> None:
    await journal.append(CALL, [ARRIVED, JOINED, LEFT])
    assert [entry.event for entry in await journal.entries(CALL, after=1)] == [JOINED, LEFT]
    assert await journal.entries(CALL, after=3) == []


async def test_a_call_that_has_not_arrived_has_no_journal(journal: Journal) -> None:
    with pytest.raises(UnknownCall):
        await journal.append(CALL, [JOINED, ARRIVED])
    assert await journal.entries(CALL) == []
    assert await journal.calls() == []


async def test_appending_nothing_records_nothing(journal: Journal) -> None:
    assert await journal.append(CALL, []) == []
    assert await journal.calls() == []


async def test_calls_are_numbered_apart(journal: Journal) -> None:
    other = CallId("CA2")
    await journal.append(CALL, [ARRIVED, JOINED])
    assert [entry.seq for entry in await journal.append(other, [ARRIVED])] == [1]
    assert [entry.call for entry in await journal.entries(other)] == [other]


async def test_appends_at_the_same_time_are_all_kept_in_order(journal: Journal) -> None:
    calls = [CallId(f"CA{number}") for number in range(20)]

    async def live(call: CallId) -> None:
        await journal.append(call, [ARRIVED])
        for at_ms in range(5):
            await journal.append(call, [LegJoined(at_ms=at_ms, party=Party.CALLER), LEFT])

    await _together([partial(live, call) for call in calls])
    for call in calls:
        entries = await journal.entries(call)
        assert [entry.seq for entry in entries] == list(range(1, 12))
        assert [entry.event.at_ms for entry in entries[1::2]] == [0, 1, 2, 3, 4]


async def test_several_writers_to_one_call_leave_no_gap(journal: Journal) -> None:
    await journal.append(CALL, [ARRIVED])
    await _together([lambda: journal.append(CALL, [JOINED, LEFT])] * 20)
    entries = await journal.entries(CALL)
    assert [entry.seq for entry in entries] == list(range(1, 42))
    assert [entry.event for entry in entries[1:]] == [JOINED, LEFT] * 20


async def test_an_append_to_an_unknown_call_spoils_nobody_elses(journal: Journal) -> None:
    async def refused() -> None:
        with pytest.raises(UnknownCall):
            await journal.append(CallId("never arrived"), [JOINED])

    arrivals = [partial(journal.append, CallId(f"CB{number}"), [ARRIVED]) for number in range(5)]
    await _together([*arrivals, refused, lambda: journal.append(CALL, [ARRIVED, ENDED])])
    assert len(await journal.calls()) == 6


async def test_the_newest_call_is_listed_first(journal: Journal, clock: FakeClock) -> None:
    await journal.append(CALL, [ARRIVED])
    await journal.append(CallId("CA2"), [ARRIVED])
    clock.advance(60)
    await journal.append(CallId("CA3"), [ARRIVED])
    assert [line.call for line in await journal.calls()] == ["CA3", "CA2", "CA1"]
    assert [line.call for line in await journal.calls(limit=1)] == ["CA3"]


async def test_a_line_says_how_far_the_call_has_come(journal: Journal, clock: FakeClock) -> None:
    arrived_at = clock.now()
    await journal.append(CALL, [ARRIVED, JOINED])
    (line,) = await journal.calls()
    assert (line.force, line.doorway, line.arrived_at) == ("northshire", "replay", arrived_at)
    assert (line.last_seq, line.ended_at) == (2, None)
    clock.advance(9)
    ended_at = clock.now()
    await journal.append(CALL, [ENDED])
    clock.advance(9)
    await journal.append(CALL, [ENDED])
    (line,) = await journal.calls()
    assert (line.last_seq, line.ended_at) == (4, ended_at)


async def test_live_calls_can_be_told_from_those_over(journal: Journal) -> None:
    await journal.append(CALL, [ARRIVED])
    await journal.append(CallId("CA2"), [ARRIVED, ENDED])
    assert [line.call for line in await journal.calls(live=True)] == ["CA1"]
    assert [line.call for line in await journal.calls(live=False)] == ["CA2"]


async def _together(works: Sequence[Callable[[], Awaitable[object]]]) -> None:
    async def run(work: Callable[[], Awaitable[object]]) -> None:
        await work()

    async with asyncio.TaskGroup() as tasks:
        for work in works:
            tasks.create_task(run(work))


async def test_reviews_are_found_over_all_calls_of_a_force_the_oldest_first(
    journal: Journal, clock: FakeClock
) -> None:
    asked = ReviewAsked(at_ms=40, why=ReviewWhy.UNRESOLVED)
    done = ReviewDone(at_ms=50, person=PersonId("sue"))
    southern = replace(ARRIVED, force=ForceId("southshire"))
    await journal.append(CALL, [ARRIVED, JOINED, ENDED, asked])
    await journal.append(CallId("CA2"), [southern, asked])
    clock.advance(1)
    await journal.append(CALL, [done])
    found = await journal.of_kinds([ReviewAsked, ReviewDone], force=ForceId("northshire"))
    assert [(entry.call, entry.seq, entry.event) for entry in found] == [(CALL, 4, asked), (CALL, 5, done)]


async def test_calls_that_came_lately_are_found_by_what_happened_on_them(
    journal: Journal, clock: FakeClock
) -> None:
    asked = ReviewAsked(at_ms=40, why=ReviewWhy.UNRESOLVED)
    await journal.append(CallId("CA0"), [ARRIVED, asked])
    clock.advance(60)
    since = clock.now()
    await journal.append(CALL, [ARRIVED, asked, asked])
    await journal.append(CallId("CA2"), [ARRIVED])
    assert await journal.lately(ReviewAsked, since=since) == [CALL]


async def test_every_review_that_is_not_done_is_found_however_old_it_is(
    journal: Journal, clock: FakeClock
) -> None:
    north, since = ForceId("northshire"), clock.now()
    asked = ReviewAsked(at_ms=40, why=ReviewWhy.UNRESOLVED)
    nobody = ReviewAsked(at_ms=40, why=ReviewWhy.NOBODY_ON_DUTY)
    done = ReviewDone(at_ms=50, person=PersonId("sue"))
    await journal.append(CALL, [ARRIVED, asked])
    await journal.append(CallId("CA2"), [ARRIVED, asked, done])
    await journal.append(CallId("CA3"), [replace(ARRIVED, force=ForceId("southshire")), asked])
    clock.advance(60)
    await journal.append(CallId("CA4"), [ARRIVED, asked, done, nobody])
    await journal.append(CALL, [nobody])
    found = [(one.call, one.why) for one in await journal.to_review(north)]
    assert found[0] == (CALL, ReviewWhy.UNRESOLVED)
    assert sorted(found[1:]) == [(CALL, ReviewWhy.NOBODY_ON_DUTY), ("CA4", ReviewWhy.NOBODY_ON_DUTY)]
    assert (await journal.to_review(north))[0].since == since


async def test_a_reader_takes_a_journal_in_parts(journal: Journal) -> None:
    await journal.append(CALL, [ARRIVED, JOINED, LEFT, ENDED])
    assert [entry.seq for entry in await journal.entries(CALL, after=1, limit=2)] == [2, 3]


async def test_one_call_is_looked_up_by_its_id(journal: Journal) -> None:
    await journal.append(CALL, [ARRIVED, JOINED])
    line = await journal.line(CALL)
    assert line is not None
    assert (line.call, line.force, line.last_seq) == (CALL, "northshire", 2)
    assert await journal.line(CallId("CA2")) is None


async def test_the_calls_of_a_force_are_paged_from_the_newest_on(journal: Journal) -> None:
    south = replace(ARRIVED, force=ForceId("southshire"))
    for name, arrived in (("CA1", ARRIVED), ("CA2", south), ("CA3", ARRIVED), ("CA4", ARRIVED)):
        await journal.append(CallId(name), [arrived])
    await journal.append(CallId("CA3"), [ENDED])
    north = ForceId("northshire")
    first = await journal.page(north, limit=2)
    assert [line.call for line in first] == ["CA4", "CA3"]
    assert [line.call for line in await journal.page(north, before=CallId("CA3"))] == ["CA1"]
    assert [line.call for line in await journal.page(north, live=True)] == ["CA4", "CA1"]
    assert [line.call for line in await journal.page(north, live=False)] == ["CA3"]
    assert len(await journal.page(north, before=CallId("CA9"))) == 3
