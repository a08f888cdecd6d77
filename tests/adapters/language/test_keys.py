"""Keys pressed: 55 is the silent caller's word; everything else is nothing."""

import pytest

from server.domain.markers import MarkerClass
from server.domain.sightings import Polarity, Sighting, Source
from server.domain.speech import Party
from tests.adapters.language.calls import reader, utterance


def _pressed(*keys: tuple[str, int], party: Party = Party.CALLER) -> list[Sighting]:
    reading = reader().begin()
    return [one for digit, at_ms in keys for one in reading.press(digit, party=party, at_ms=at_ms)]


def test_five_pressed_twice_is_a_covert_call() -> None:
    [found] = _pressed(("5", 4000), ("5", 12_000))
    assert (found.marker, found.rule) == ("covert_call", "covert_call/dtmf-55")
    assert (found.polarity, found.source, found.party) == (Polarity.AFFIRMED, Source.KEYS, Party.CALLER)
    assert (found.start_ms, found.end_ms) == (4000, 12_000)
    assert found.stands


@pytest.mark.parametrize(
    "keys",
    [
        [("5", 0)],
        [("1", 0), ("1", 500)],
        [("5", 0), ("5", 10_001)],
        [("5", 0), ("3", 300), ("5", 600)],
    ],
)
def test_other_keys_are_nothing(keys: list[tuple[str, int]]) -> None:
    assert _pressed(*keys) == []


def test_the_handlers_own_keys_are_nothing() -> None:
    assert _pressed(("5", 0), ("5", 500), party=Party.HANDLER) == []


def test_words_between_the_two_keys_change_nothing_and_the_call_takes_the_class() -> None:
    reading = reader().begin()
    reading.press("5", party=Party.CALLER, at_ms=0)
    reading.settle(utterance("hello can you hear me at all", number=0))
    [found] = reading.press("5", party=Party.CALLER, at_ms=3000)
    assert found.utterance == 0
    assert reading.severity is reader().markers[found.marker].severity is not MarkerClass.NONE
