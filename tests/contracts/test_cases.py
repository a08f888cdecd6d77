"""What every case book keeps: order without gaps, one writer at a time, and which calls are in which case."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

import tests.event_samples
from server.adapters.clock import SystemClock
from server.adapters.store import open_store
from server.domain.casework.case_file import folded_case
from server.domain.casework.events import (
    CallAdded,
    CallRemoved,
    CaseClosed,
    CaseFact,
    CaseId,
    CaseOpened,
    CaseReopened,
)
from server.domain.ids import CallId
from server.ports.cases import CaseBook, CaseMoved
from server.services.case_wire import KINDS, case_body, case_event
from tests.stories import MIDSHIRE, SAM

CASE = CaseId("case-1")
OPENED = CaseOpened(person=SAM.id, force=MIDSHIRE)
assert tests.event_samples.EVENTS


def added(call: str) -> CallAdded:
    return CallAdded(person=SAM.id, call=CallId(call))


@pytest_asyncio.fixture
async def book(tmp_path: Path) -> AsyncIterator[CaseBook]:
    async with open_store(f"sqlite:{tmp_path / 'earshot.db'}", clock=SystemClock()) as store:
        yield store.cases


async def test_facts_come_back_in_order_as_they_were_recorded(book: CaseBook) -> None:
    await book.append(CASE, [OPENED, added("CA1")], after=0)
    await book.append(CASE, [added("CA2")], after=2)
    entries = await book.entries(CASE)
    assert [entry.seq for entry in entries] == [1, 2, 3]
    assert [entry.event for entry in entries] == [OPENED, added("CA1"), added("CA2")]
    assert list(folded_case(entries).calls) == ["CA1", "CA2"]


async def test_of_two_writers_the_second_is_told_to_read_again(book: CaseBook) -> None:
    await book.append(CASE, [OPENED], after=0)
    await book.append(CASE, [added("CA1")], after=1)
    with pytest.raises(CaseMoved):
        await book.append(CASE, [added("CA2")], after=1)
    assert len(await book.entries(CASE)) == 2


async def test_a_case_is_opened_once_and_first(book: CaseBook) -> None:
    with pytest.raises(CaseMoved):
        await book.append(CASE, [added("CA1")], after=0)
    await book.append(CASE, [OPENED], after=0)
    with pytest.raises(CaseMoved):
        await book.append(CASE, [OPENED], after=1)


async def test_a_call_finds_its_cases_until_it_is_taken_out(book: CaseBook) -> None:
    await book.append(CASE, [OPENED, added("CA1"), added("CA2")], after=0)
    assert await book.of_call(CallId("CA1")) == [CASE]
    assert await book.calls(MIDSHIRE) == {CASE: ["CA1", "CA2"]}
    await book.append(CASE, [CallRemoved(person=SAM.id, call=CallId("CA1"), why="another couple")], after=3)
    assert await book.of_call(CallId("CA1")) == []


async def test_closing_and_opening_again_show_in_the_list(book: CaseBook) -> None:
    await book.append(CASE, [OPENED], after=0)
    await book.append(CASE, [CaseClosed(person=SAM.id, why="moved away")], after=1)
    (line,) = await book.lines(MIDSHIRE)
    assert line.closed_at is not None
    await book.append(CASE, [CaseReopened(person=SAM.id)], after=2)
    (line,) = await book.lines(MIDSHIRE)
    assert (line.closed_at, line.last_seq) == (None, 3)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_fact_is_written_and_read_as_it_was(kind: str) -> None:
    @settings(max_examples=20, deadline=None)
    @given(st.from_type(KINDS[kind]))
    def as_it_was(event: CaseFact) -> None:
        assert case_event(kind, case_body(event)) == event

    as_it_was()
