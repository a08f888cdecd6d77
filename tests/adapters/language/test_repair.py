"""Rare words are told from what they sound like; everyday words are left alone."""

import pytest

from server.adapters.language.turns import spoken
from server.adapters.language.words import split_text, tokens_of
from tests.adapters.language.calls import known


def _read(text: str) -> str:
    tokens = known().repair.mended(spoken(tokens_of(split_text(text), (), known().spelling)))
    return " ".join(token.text for token in tokens)


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("he keeps storking me", "stalking"),
        ("he's by polar", "bipolar"),
        ("we are separate id", "separated"),
        ("there's an in junction", "injunction"),
        ("he surfocated me", "suffocated"),
        ("he's took an over dose", "overdose"),
    ],
)
def test_a_rare_word_is_told_from_its_sound(heard: str, meant: str) -> None:
    assert meant in _read(heard).split()


@pytest.mark.parametrize(
    "said",
    [
        "police patrol",
        "we struggled with the shopping",
        "the train departed",
        "strongly",
        "he was talking to me",
        "his mother",
        "throttle me",
        "butter and jam",
        "separate it",
        "match it",
        "he raised his hand",
    ],
)
def test_words_of_their_own_are_left_alone(said: str) -> None:
    assert _read(said) == said


def test_two_words_run_together_keep_the_place_of_both() -> None:
    tokens = known().repair.mended(spoken(tokens_of(["a", "by", "polar", "man"], (), known().spelling)))
    assert [(token.text, token.first, token.last) for token in tokens][1] == ("bipolar", 1, 2)
