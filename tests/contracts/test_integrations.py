"""What the store keeps of other systems: their keys, and what these are still to be told."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from server.adapters.store import Store, open_store
from server.domain.events import CallArrived, CallEnded, Ending, LegJoined
from server.domain.ids import CallId, ForceId
from server.domain.integrations import ApiKey, Posting, Scope, Topic
from server.domain.speech import Party
from server.ports.integrations import KeyExists, UnknownKey
from tests.fakes import START, FakeClock

CALL = CallId("CA1")
NORTH = ForceId("northshire")
ARRIVED = CallArrived(at_ms=0, force=NORTH, doorway="replay", caller="+441", called="+442")
JOINED = LegJoined(at_ms=10, party=Party.CALLER)
ENDED = CallEnded(at_ms=30, why=Ending.HUNG_UP)
KEY = ApiKey(id="k1", system="cad", force=NORTH, scopes=frozenset({Scope.CALLS, Scope.ACT}), made_at=START)


def posting(name: str = "msg_1", endpoint: str = "cad") -> Posting:
    return Posting(
        id=name,
        endpoint=endpoint,
        call=CALL,
        seq=1,
        topic=Topic.ENDED,
        body="{}",
        made_at=START,
        next_at=START,
    )


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(f"sqlite:{tmp_path}/earshot.db", clock=FakeClock()) as store:
        yield store


async def test_a_key_is_kept_with_the_hash_of_its_secret_only(store: Store) -> None:
    await store.keys.add(KEY, secret_hash="hash")
    assert await store.keys.find("k1") == (KEY, "hash")
    assert await store.keys.find("k2") is None
    assert await store.keys.keys() == [KEY]
    with pytest.raises(KeyExists):
        await store.keys.add(KEY, secret_hash="another")


async def test_a_revoked_key_keeps_the_first_moment_of_it(store: Store) -> None:
    await store.keys.add(KEY, secret_hash="hash")
    await store.keys.revoke("k1", START + timedelta(hours=1))
    await store.keys.revoke("k1", START + timedelta(hours=2))
    (key,) = await store.keys.keys()
    assert key.revoked_at == START + timedelta(hours=1)
    assert not key.good_at(START + timedelta(hours=3))
    with pytest.raises(UnknownKey):
        await store.keys.revoke("k2", START)


async def test_an_endpoint_is_told_from_its_beginning_on_and_of_its_own_force(store: Store) -> None:
    await store.journal.append(CALL, [ARRIVED])
    assert (await store.outbox.facts("cad", NORTH, [CallEnded])).entries == ()
    await store.journal.append(CALL, [JOINED, ENDED])
    elsewhere = replace(ARRIVED, force=ForceId("southshire"))
    await store.journal.append(CallId("CA2"), [elsewhere, ENDED])
    facts = await store.outbox.facts("cad", NORTH, [CallEnded])
    assert [(entry.call, entry.seq) for entry in facts.entries] == [(CALL, 3)]


async def test_what_was_queued_is_not_found_again_and_what_was_not_is(store: Store) -> None:
    await store.outbox.facts("cad", NORTH, [CallEnded])
    for name in ("CA1", "CA2", "CA3"):
        await store.journal.append(CallId(name), [ARRIVED, ENDED])
    first = await store.outbox.facts("cad", NORTH, [CallEnded], limit=2)
    assert [entry.call for entry in first.entries] == ["CA1", "CA2"]
    await store.outbox.queue("cad", [posting()], place=first.place)
    rest = await store.outbox.facts("cad", NORTH, [CallEnded], limit=2)
    assert [entry.call for entry in rest.entries] == ["CA3"]
    assert await store.outbox.due("cad", now=START) == [posting()]


async def test_what_is_not_taken_comes_again_when_its_time_has_come(store: Store) -> None:
    await store.outbox.facts("cad", NORTH, [CallEnded])
    await store.outbox.queue("cad", [posting("m1"), posting("m2")], place=0)
    later = replace(posting("m1"), tries=1, next_at=START + timedelta(seconds=5), why="refused (500)")
    await store.outbox.put_off(later)
    await store.outbox.taken("m2")
    assert await store.outbox.due("cad", now=START) == []
    assert await store.outbox.due("cad", now=START + timedelta(seconds=5)) == [later]
    assert await store.outbox.due("other", now=START + timedelta(seconds=5)) == []


async def test_what_was_given_up_is_counted_tried_again_or_forgotten(store: Store) -> None:
    await store.outbox.facts("cad", NORTH, [CallEnded])
    await store.outbox.queue("cad", [posting("m1"), posting("m2")], place=0)
    await store.outbox.put_off(replace(posting("m1"), tries=9, dead_at=START, why="gone"))
    assert await store.outbox.counts() == {"cad": (1, 1)}
    assert await store.outbox.again("cad", now=START) == 1
    assert await store.outbox.counts() == {"cad": (2, 0)}
    await store.outbox.put_off(replace(posting("m1"), tries=9, dead_at=START, why="gone"))
    assert await store.outbox.forget("cad") == 1
    assert [waiting.id for waiting in await store.outbox.waiting("cad")] == ["m2"]


async def test_of_an_endpoint_that_was_removed_nothing_is_kept(store: Store) -> None:
    for name in ("cad", "old"):
        await store.outbox.facts(name, NORTH, [CallEnded])
        await store.outbox.queue(name, [replace(posting(f"m-{name}"), endpoint=name)], place=1)
    assert await store.outbox.keep_only(["cad"]) == 1
    assert [waiting.id for waiting in await store.outbox.waiting()] == ["m-cad"]
    assert (await store.outbox.facts("old", NORTH, [CallEnded])).place == 0
    assert (await store.outbox.facts("cad", NORTH, [CallEnded])).place == 1


async def test_what_was_given_up_long_ago_makes_room(store: Store) -> None:
    await store.outbox.facts("cad", NORTH, [CallEnded])
    await store.outbox.queue("cad", [posting("m1"), posting("m2")], place=0)
    await store.outbox.put_off(replace(posting("m1"), dead_at=START))
    await store.outbox.put_off(replace(posting("m2"), dead_at=START + timedelta(days=31)))
    assert [dead.id for dead in await store.outbox.waiting()] == ["m2"]
