"""A doubtful word on which much hangs asks for a replay; it is never guessed, and never passed over."""

from dataclasses import replace

import pytest

from server.domain.sightings import Polarity, Sighting
from server.domain.speech import Utterance
from server.services.analysing import said_in
from tests.adapters.language.calls import reader, utterance

SURE, UNSURE = 0.95, 0.4


def _heard(text: str, doubted: str, confidence: float) -> list[Sighting]:
    said = utterance(text)
    words = tuple(
        replace(word, confidence=confidence) if word.text == doubted else word for word in said.words
    )
    return list(reader().begin().settle(replace(said, words=words)))


def _asked(found: list[Sighting]) -> dict[str, str]:
    return {one.marker: one.doubtful for one in found if one.doubtful}


@pytest.mark.parametrize(
    ("text", "doubted", "marker", "choice"),
    [
        ("my husband's got a night in his hand", "night", "weapon", "knife or night"),
        ("he says he's going to hit me", "hit", "threat_to_kill", "kill or hit"),
        ("my partner struggled me last week", "struggled", "strangulation", "strangled or struggled"),
        ("he's got a gone in the car", "gone", "firearm", "gun or gone"),
        ("he's poured patrol all over me", "patrol", "fire_or_corrosive", "petrol or patrol"),
    ],
)
def test_a_plain_word_that_may_have_been_a_grave_one_asks_for_a_replay(
    text: str, doubted: str, marker: str, choice: str
) -> None:
    found = _heard(text, doubted, UNSURE)
    assert _asked(found)[marker] == choice
    asked = next(one for one in found if one.marker == marker and one.doubtful)
    assert asked.polarity is Polarity.UNCERTAIN
    assert doubted in asked.quote
    assert "replay 5 s" in asked.because


def test_the_same_words_heard_surely_ask_for_nothing() -> None:
    assert _asked(_heard("my husband's got a night in his hand", "night", SURE)) == {}


def test_a_doubtful_grave_word_is_asked_about_and_raises_nothing() -> None:
    found = _heard("he's got a knife", "knife", UNSURE)
    assert _asked(found) == {"weapon": "knife or night"}
    assert [one.marker for one in found if one.stands and one.marker == "weapon"] == []


def test_a_doubtful_plain_word_in_a_plain_sentence_asks_for_nothing() -> None:
    assert _asked(_heard("it was late at night when i got home", "night", UNSURE)) == {}
    assert _asked(_heard("the bus had gone when i got there", "gone", UNSURE)) == {}


def test_what_is_sighted_surely_in_the_same_turn_is_not_asked_about() -> None:
    said: Utterance = utterance("he's got a knife he had a night last time")
    words = tuple(replace(word, confidence=UNSURE if word.text == "night" else 1.0) for word in said.words)
    found = reader().begin().settle(replace(said, words=words))
    assert "weapon" not in _asked(list(found))


def test_a_written_call_has_no_doubtful_words() -> None:
    assert "weapon" not in said_in("he had a night out", reader())
