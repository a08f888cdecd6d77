"""How sure two calls make one: by what agrees, by the time between them, and by how many calls there are."""

from datetime import timedelta

from server.domain.entities import EntityKind
from server.domain.linking import BUSY_NIGHT, DAY, Agreement, Strength, confidence, strength

HOUSE = [Agreement(kind=EntityKind.ADDRESS, words="same address", bits=12.0)]
HOUR = timedelta(hours=1)


def test_a_house_alone_links_where_few_ring_and_is_only_possible_where_many_do() -> None:
    quiet, busy = (confidence(HOUSE, HOUR, calls=calls) for calls in (80, BUSY_NIGHT))
    assert strength(quiet) is Strength.LINKED
    assert strength(busy) is Strength.POSSIBLE
    assert confidence(HOUSE, HOUR, calls=40 * BUSY_NIGHT) == busy == confidence(HOUSE, HOUR)


def test_an_index_without_calls_makes_nobody_surer_than_a_quiet_night() -> None:
    assert confidence(HOUSE, HOUR, calls=0) == confidence(HOUSE, HOUR, calls=BUSY_NIGHT // 8)


def test_a_quiet_night_says_nothing_of_the_day_before() -> None:
    assert confidence(HOUSE, DAY, calls=0) == confidence(HOUSE, DAY)


def test_nothing_in_common_links_no_calls_however_few_there_are() -> None:
    assert strength(confidence([], timedelta(minutes=1), calls=0)) is None
