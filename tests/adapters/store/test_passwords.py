import asyncio

import argon2
import pytest

from server.adapters.store.passwords import Argon2Hasher

PASSWORD = "correct horse battery"


@pytest.fixture
def hasher() -> Argon2Hasher:
    """Light enough for a test."""
    return Argon2Hasher(memory_kib=64, passes=1)


async def test_a_hash_is_of_its_password_and_no_other(hasher: Argon2Hasher) -> None:
    kept = await hasher.hash(PASSWORD)
    assert PASSWORD not in kept
    assert await hasher.verify(kept, PASSWORD)
    assert not await hasher.verify(kept, PASSWORD + " ")


async def test_the_same_password_never_hashes_alike(hasher: Argon2Hasher) -> None:
    assert await hasher.hash(PASSWORD) != await hasher.hash(PASSWORD)


@pytest.mark.parametrize("damaged", ["", "plain text", "$argon2id$v=19$m=64,t=1,p=1$AAAA"])
async def test_a_damaged_hash_matches_nothing_and_wants_making_again(
    hasher: Argon2Hasher, damaged: str
) -> None:
    assert not await hasher.verify(damaged, PASSWORD)
    assert hasher.needs_rehash(damaged)


async def test_a_hash_made_more_weakly_wants_making_again(hasher: Argon2Hasher) -> None:
    kept = await hasher.hash(PASSWORD)
    assert not hasher.needs_rehash(kept)
    assert Argon2Hasher().needs_rehash(kept)
    assert await Argon2Hasher().verify(kept, PASSWORD)


async def test_hashes_are_made_as_strongly_as_owasp_asks() -> None:
    kept = argon2.extract_parameters(await Argon2Hasher().hash(PASSWORD))
    assert kept.type is argon2.Type.ID
    assert (kept.memory_cost, kept.time_cost, kept.parallelism) == (47_104, 1, 1)


async def test_the_same_characters_match_however_they_were_typed(hasher: Argon2Hasher) -> None:
    assert await hasher.verify(await hasher.hash("caf\u00e9 au lait"), "cafe\u0301 au lait")
    assert not await hasher.verify(await hasher.hash(PASSWORD), "\ud800")


async def test_the_loop_goes_on_while_a_password_is_hashed() -> None:
    hashing = asyncio.TaskGroup()
    turns = 0
    async with hashing:
        task = hashing.create_task(Argon2Hasher().hash(PASSWORD))
        while not task.done():
            turns += 1
            await asyncio.sleep(0)
    assert turns > 10
