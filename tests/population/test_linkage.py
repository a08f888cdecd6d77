"""Calls of one night are linked in a made-up town; a small one here, the whole in tests/load/linkage."""

from tests.population.calls import night, past
from tests.population.people import made
from tests.population.trial import trial

PRECISION, RECALL = 0.97, 0.92
"""Below what the large town gives: chance weighs more on the few calls here."""


async def test_calls_about_the_same_people_in_one_night_are_linked_and_hardly_any_others() -> None:
    rng, town = made(8, 30_000)
    heard = trial()
    await heard.remember(past(rng, town, calls=800))
    await heard.hear(night(rng, town, day=0, incidents=80, others=150))
    found = heard.outcome
    assert found.right + found.missed > 100
    assert found.precision >= PRECISION, found.why_wrong
    assert found.recall >= RECALL, found.why_missed


def test_the_same_seed_is_the_same_town() -> None:
    (one_rng, one), (other_rng, other) = made(3, 2000), made(3, 2000)
    assert one.people[100].mobile == other.people[100].mobile
    assert (
        night(one_rng, one, day=0, incidents=5, others=20)[3].said
        == night(other_rng, other, day=0, incidents=5, others=20)[3].said
    )
