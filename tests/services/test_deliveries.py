"""The record of who was shown which prompt, and that nobody waits for it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from server.adapters.bus.local import LocalBus
from server.domain.events import Entry, Event, PromptPainted
from server.domain.ids import CallId, PromptId
from server.services import recording
from server.services.deliveries import Deliveries
from server.services.followed import FollowedCall
from server.services.recording import Recorder
from tests.fakes import FakeClock, FakeJournal
from tests.stories import HANNAH, SAM, SUE, arrived, raised, sighted

CALL = CallId("CA1")
P1 = PromptId("p1")
THROAT = sighted("strangulation", "hands round my throat", utterance=0, at_ms=4000)


class Unremembered:
    def after_ms(self, call: CallId, prompt: PromptId) -> int | None:
        return None


@dataclass
class SlowJournal(FakeJournal):
    """Writes when it is let, and remembers what it was given at a time."""

    open: asyncio.Event = field(default_factory=asyncio.Event)
    taken: list[list[Event]] = field(default_factory=list)

    async def append(self, call: CallId, events: Sequence[Event]) -> list[Entry]:
        self.taken.append([*events])
        await self.open.wait()
        return await super().append(call, events)


@asynccontextmanager
async def deliveries(journal: SlowJournal) -> AsyncIterator[tuple[Deliveries, FollowedCall]]:
    entries = await FakeJournal.append(journal, CALL, [arrived(), THROAT, raised(1, THROAT)])
    followed = FollowedCall(CALL)
    followed.add(entries)
    recorder = Recorder(journal=journal, bus=LocalBus())
    keeping = Deliveries(recorder=recorder, clock=FakeClock(), prompt_clock=Unremembered())
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(keeping.run())
        yield keeping, followed
        running.cancel()


async def reached(journal: SlowJournal, appends: int) -> None:
    async with asyncio.timeout(30):
        while len(journal.taken) < appends:
            await asyncio.sleep(0)


async def test_what_is_shown_while_the_journal_writes_is_recorded_together() -> None:
    journal = SlowJournal()
    async with deliveries(journal) as (keeping, followed):
        keeping.painted(followed, P1, HANNAH)
        await reached(journal, 1)
        for who in (SAM, SUE):
            keeping.painted(followed, P1, who)
            keeping.painted(followed, P1, who)
        keeping.seen(followed, P1, SAM)
        journal.open.set()
        await reached(journal, 2)
    assert [[type(event).__name__ for event in events] for events in journal.taken] == [
        ["PromptPainted"],
        ["PromptPainted", "PromptPainted", "PromptSeen"],
    ]


async def test_what_the_journal_lost_is_recorded_when_it_is_shown_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recording, "PAUSES_S", ())
    journal = SlowJournal()
    journal.open.set()
    async with deliveries(journal) as (keeping, followed):
        journal.lost = True
        keeping.painted(followed, P1, HANNAH)
        await reached(journal, 1)
        while followed.told:
            await asyncio.sleep(0)
        journal.lost = False
        keeping.painted(followed, P1, HANNAH)
        await reached(journal, 2)
    assert [type(event) for event in journal.events(CALL)].count(PromptPainted) == 1
