"""A call is erased when its time is over, in words, sound and every index; and it is said what was done."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from server.adapters.store import Store, open_store
from server.adapters.vault import AesSealer, FileVault
from server.domain.events import CallEnded, Ending
from server.domain.ids import CallId, PersonId
from server.domain.recordings import Part, Stream, StreamId, StreamKind
from server.domain.retention import Marked, RecordClass
from server.domain.speech import Party
from server.ports.journal import UnknownCall
from server.ports.vault import KeyGone
from server.services.erasing import Erasing, Shelves, StillLive, UnderHold, until_next
from tests.fakes import FakeClock
from tests.stories import arrived, said

CALL = CallId("CA1")
CALLER = Stream(id=StreamId("caller"), kind=StreamKind.ULAW)
ENDED = CallEnded(at_ms=900, why=Ending.HUNG_UP)
ALL = frozenset(Part)
MONTH = RecordClass(id="month", title="All", parts=ALL, calls=Marked.ALL, keep=timedelta(days=30), why="test")


@dataclass
class Place:
    store: Store
    vault: FileVault
    clock: FakeClock
    forgotten: list[CallId] = field(default_factory=list)

    async def forget(self, call: CallId) -> None:
        self.forgotten.append(call)

    @property
    def erasing(self) -> Erasing:
        shelves = Shelves(
            journal=self.store.journal,
            vault=self.vault,
            retention=self.store.retention,
            audit=self.store.audit,
            forgets=(self.forget,),
        )
        return Erasing(shelves=shelves, clock=self.clock)

    async def call(self, call: CallId = CALL) -> None:
        heard = said(Party.CALLER, 0, "he strangled me", at_ms=100)
        await self.store.journal.append(call, [arrived(), heard, ENDED])
        writing = await self.vault.write(call, CALLER)
        await writing.keep(b"sound", from_ms=0, to_ms=100)
        await writing.close()


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    sealer, clock = AesSealer([bytes(32)]), FakeClock()
    async with open_store(f"sqlite:{tmp_path}/earshot.db", clock=clock, sealer=sealer) as store:
        vault = FileVault(tmp_path / "vault", sealer=sealer, keys=store.shelf)
        yield Place(store, vault, clock)
        await vault.close()


async def test_erasing_a_call_takes_its_words_its_sound_and_its_place_in_every_index(place: Place) -> None:
    await place.call()
    certificate = await place.erasing.erase(CALL, ALL, by="sue", why="asked for")
    assert (certificate.person, certificate.facts["why"], certificate.facts["entries"]) == (
        "sue",
        "asked for",
        2,
    )
    assert place.forgotten == [CALL]
    assert await place.vault.streams(CALL) == []
    with pytest.raises(KeyGone):
        await place.vault.read(CALL, CALLER, [1])
    (checked,) = await place.store.audit.lines(call=CALL, kind="erasure checked")
    assert checked.facts == {
        "streams": 1,
        "pieces": 1,
        "bytes": checked.facts["bytes"],
        "entries_erased": 2,
        "entries_readable": 0,
        "streams_left": 0,
    }


async def test_a_recording_is_erased_by_itself(place: Place) -> None:
    await place.call()
    await place.erasing.erase(CALL, {Part.RECORDING}, by="sue", why="asked for")
    assert await place.vault.streams(CALL) == []
    assert place.forgotten == []
    assert (await place.store.journal.entries(CALL))[0].event == arrived()


async def test_a_call_under_hold_or_still_live_or_unknown_is_left_whole(place: Place) -> None:
    await place.call()
    await place.store.retention.hold(CALL, by=PersonId("sue"))
    with pytest.raises(UnderHold):
        await place.erasing.erase(CALL, ALL, by="sue", why="asked for")
    await place.store.journal.append(CallId("live"), [arrived()])
    with pytest.raises(StillLive):
        await place.erasing.erase(CallId("live"), ALL, by="sue", why="asked for")
    with pytest.raises(UnknownCall):
        await place.erasing.erase(CallId("none"), ALL, by="sue", why="asked for")
    assert place.forgotten == []
    assert await place.vault.read(CALL, CALLER, [1]) == [b"sound"]


async def test_a_run_erases_what_is_due_leaves_what_is_held_and_says_both(place: Place) -> None:
    held = CallId("CA2")
    await place.call()
    await place.call(held)
    await place.store.retention.hold(held, by=PersonId("sue"))
    assert (await place.erasing.run([MONTH])).erased == ()
    place.clock.advance(31 * 86_400)
    report = await place.erasing.run([MONTH])
    assert (report.erased, report.held, report.failed) == (((CALL, "month"),), (held,), ())
    (_, run) = await place.store.audit.lines(kind="retention run")
    assert run.facts == {"erased": 1, "held": 1, "failed": 0, "sealed": 0}
    assert (await place.store.audit.verify()).broken_at is None


def test_the_next_run_is_tonight_or_tomorrow_night() -> None:
    at, noon = time(3, 30), datetime(2026, 1, 2, 12, tzinfo=UTC)
    assert until_next(at, noon) == timedelta(hours=15, minutes=30)
    assert until_next(at, noon.replace(hour=3)) == timedelta(minutes=30)
    assert until_next(at, noon.replace(hour=3, minute=30)) == timedelta(days=1)
