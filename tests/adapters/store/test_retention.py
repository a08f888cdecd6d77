"""Keys end when their time is over and nobody holds the call; the chain says so for good."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from server.adapters.store import Store, open_store
from server.adapters.vault import AesSealer
from server.domain.access import Access, AccessKind
from server.domain.events import CallEnded, Ending, LineOpened, UtteranceHeard, WordsErased
from server.domain.ids import CallId, PersonId
from server.domain.recordings import Part
from server.domain.retention import Marked, RecordClass
from server.domain.speech import Party
from server.ports.journal import UnknownCall
from server.ports.retention import Held, NotOver
from server.ports.vault import KeyGone, KeyName
from tests.fakes import FakeClock
from tests.stories import arrived, said, sighted

CALL, SUE = CallId("CA1"), PersonId("sue")
ALL = frozenset(Part)
WHY = {"why": "its time was over"}
SAID = said(Party.CALLER, 0, "he strangled me", at_ms=100)
SIGHTED = sighted("strangulation", "strangled me", utterance=0, at_ms=200)
ENDED = CallEnded(at_ms=900, why=Ending.HUNG_UP)
OPENED = LineOpened(at_ms=0, epoch=1)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "earshot.db"


@pytest.fixture
async def store(path: Path, clock: FakeClock) -> AsyncIterator[Store]:
    async with open_store(f"sqlite:{path}", clock=clock, sealer=AesSealer([bytes(32)])) as store:
        yield store


def lying(path: Path) -> bytes:
    """Everything that is on disk of the database."""
    return b"".join(file.read_bytes() for file in sorted(path.parent.iterdir()))


def a_class(*, days: int = 30, calls: Marked = Marked.ALL, parts: frozenset[Part] = ALL) -> RecordClass:
    return RecordClass(
        id="any", title="Any", parts=parts, calls=calls, keep=timedelta(days=days), why="a test"
    )


async def test_an_erased_call_says_that_it_was_and_nothing_of_what_was_said(store: Store, path: Path) -> None:
    await store.journal.append(CALL, [arrived(), OPENED, SAID, ENDED])
    line = await store.retention.destroy(CALL, ALL, person="sue", facts=WHY)
    assert (line.kind, line.facts["entries"], line.facts["why"]) == ("erased", 2, WHY["why"])
    events = [entry.event for entry in await store.journal.entries(CALL)]
    assert events[0] == WordsErased(at_ms=0, was="CallArrived")
    assert events[1] == OPENED
    assert events[2] == WordsErased(at_ms=0, was="UtteranceHeard")
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT wrapped FROM keys").fetchall() == [(None,)]


async def test_no_copy_of_a_destroyed_key_stays_in_the_database_or_beside_it(
    store: Store, path: Path
) -> None:
    await store.journal.append(CALL, [arrived(), SAID, ENDED])
    key = await store.shelf.key(KeyName(subject=CALL, part=Part.WORDS))
    assert key.wrapped in lying(path)
    await store.retention.destroy(CALL, ALL, person="sue", facts=WHY)
    assert key.wrapped not in lying(path)
    with pytest.raises(KeyGone):
        await store.shelf.key(KeyName(subject=CALL, part=Part.WORDS), make=True)


async def test_nothing_can_be_added_to_an_erased_call(store: Store) -> None:
    await store.journal.append(CALL, [arrived(), ENDED])
    await store.retention.destroy(CALL, ALL, person="sue", facts=WHY)
    with pytest.raises(UnknownCall):
        await store.journal.append(CALL, [SAID])


async def test_what_lay_in_the_clear_from_before_there_were_keys_is_erased_too(
    path: Path, clock: FakeClock
) -> None:
    async with open_store(f"sqlite:{path}", clock=clock) as old:
        await old.journal.append(CALL, [arrived(), SAID, ENDED])
    async with open_store(f"sqlite:{path}", clock=clock, sealer=AesSealer([bytes(32)])) as store:
        await store.retention.destroy(CALL, ALL, person="sue", facts=WHY)
        assert not any(isinstance(entry.event, UtteranceHeard) for entry in await store.journal.entries(CALL))
    assert b"strangled" not in lying(path)


async def test_old_entries_are_sealed_a_few_at_a_time_and_read_as_before(
    path: Path, clock: FakeClock
) -> None:
    async with open_store(f"sqlite:{path}", clock=clock) as old:
        before = await old.journal.append(CALL, [arrived(), OPENED, SAID, ENDED])
    async with open_store(f"sqlite:{path}", clock=clock, sealer=AesSealer([bytes(32)])) as store:
        assert [await store.retention.seal(limit=1) for _ in range(3)] == [1, 1, 0]
        assert await store.journal.entries(CALL) == before
    assert b"strangled" not in lying(path)


async def test_a_held_call_is_not_erased_until_the_hold_is_lifted(store: Store) -> None:
    await store.journal.append(CALL, [arrived(), ENDED])
    assert await store.retention.hold(CALL, by=SUE)
    assert not await store.retention.hold(CALL, by=SUE)
    with pytest.raises(Held):
        await store.retention.destroy(CALL, ALL, person="sue", facts=WHY)
    assert await store.retention.lift(CALL, by=SUE)
    await store.retention.destroy(CALL, ALL, person="sue", facts=WHY)
    kinds = [line.kind for line in await store.audit.lines(call=CALL)]
    assert kinds == ["hold placed", "hold lifted", "erased"]


async def test_a_call_that_is_still_going_on_is_not_erased(store: Store) -> None:
    await store.journal.append(CALL, [arrived()])
    with pytest.raises(NotOver):
        await store.retention.destroy(CALL, ALL, person="sue", facts=WHY)
    with pytest.raises(UnknownCall):
        await store.retention.destroy(CallId("none"), ALL, person="sue", facts=WHY)


async def test_a_call_is_due_when_its_time_is_over_and_only_once(store: Store, clock: FakeClock) -> None:
    await store.journal.append(CALL, [arrived(), ENDED])
    await store.journal.append(CallId("live"), [arrived()])
    clock.advance(29 * 86_400)
    assert await store.retention.due(a_class(), clock.now(), limit=10) == []
    clock.advance(2 * 86_400)
    assert await store.retention.due(a_class(), clock.now(), limit=10) == [CALL]
    await store.retention.destroy(CALL, ALL, person="sue", facts=WHY)
    assert await store.retention.due(a_class(), clock.now(), limit=10) == []


async def test_calls_with_signs_of_danger_are_a_class_of_their_own(store: Store, clock: FakeClock) -> None:
    marked = CallId("CA2")
    await store.journal.append(CALL, [arrived(), ENDED])
    await store.journal.append(marked, [arrived(), SIGHTED, ENDED])
    clock.advance(40 * 86_400)
    assert await store.retention.due(a_class(calls=Marked.MARKED), clock.now(), limit=10) == [marked]
    assert await store.retention.due(a_class(calls=Marked.UNMARKED), clock.now(), limit=10) == [CALL]


async def test_a_recording_is_due_by_itself_and_leaves_the_words(store: Store, clock: FakeClock) -> None:
    sound = a_class(parts=frozenset({Part.RECORDING}))
    await store.journal.append(CALL, [arrived(), ENDED])
    clock.advance(40 * 86_400)
    assert await store.retention.due(sound, clock.now(), limit=10) == []
    await store.shelf.key(KeyName(subject=CALL, part=Part.RECORDING), make=True)
    assert await store.retention.due(sound, clock.now(), limit=10) == [CALL]
    await store.retention.destroy(CALL, sound.parts, person="sue", facts=WHY)
    assert await store.retention.due(sound, clock.now(), limit=10) == []
    assert (await store.journal.entries(CALL))[0].event == arrived()


async def test_every_look_and_every_erasure_is_in_one_chain(store: Store) -> None:
    await store.accesses.add(Access(person=SUE, kind=AccessKind.VIEWED, call=CALL, by="feed"))
    await store.audit.add("retention run", person="earshot", facts={"erased": 0})
    verdict = await store.audit.verify()
    lines = await store.audit.lines()
    assert [line.kind for line in lines] == ["viewed", "retention run"]
    assert (verdict.lines, verdict.head, verdict.broken_at) == (2, lines[-1].digest, None)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit SET person = 'nobody' WHERE seq = 2",
        "UPDATE audit SET facts = '{}' WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 2",
        "UPDATE audit SET digest = (SELECT digest FROM audit WHERE seq = 3) WHERE seq = 2",
    ],
)
async def test_a_chain_that_somebody_changed_shows_where(store: Store, path: Path, change: str) -> None:
    for number in range(3):
        await store.audit.add("retention run", person="earshot", facts={"erased": number})
    with closing(sqlite3.connect(path)) as raw, raw:
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            raw.execute(change)
        raw.execute("DROP TRIGGER audit_is_not_changed")
        raw.execute("DROP TRIGGER audit_is_not_shortened")
        raw.execute(change)
    assert (await store.audit.verify()).broken_at == 2


async def test_keys_pass_to_a_new_master_key(path: Path, clock: FakeClock) -> None:
    old, new = b"o" * 32, b"n" * 32
    url = f"sqlite:{path}"
    async with open_store(url, clock=clock, sealer=AesSealer([old])) as store:
        before = await store.journal.append(CALL, [arrived(), SAID])
    async with open_store(url, clock=clock, sealer=AesSealer([new, old])) as store:
        assert await store.shelf.rewrap() == 1
        assert await store.shelf.rewrap() == 0
    async with open_store(url, clock=clock, sealer=AesSealer([new])) as store:
        assert await store.journal.entries(CALL) == before
