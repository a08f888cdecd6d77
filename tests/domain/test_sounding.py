import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.sounding import apart, sound

WORDS = st.text("abcdefghijklmnopqrstuvwxyz'", min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("one", "other"),
    [("knight", "night"), ("write", "right"), ("phone", "fone"), ("we're", "were"), ("back", "bak")],
)
def test_words_spelt_otherwise_but_said_alike_sound_the_same(one: str, other: str) -> None:
    assert sound(one) == sound(other)


@pytest.mark.parametrize(
    ("word", "nearer", "farther"),
    [
        ("strangled", "struggled", "kettle"),
        ("knife", "night", "petrol"),
        ("petrol", "patrol", "people"),
        ("gun", "gone", "hit"),
        ("bat", "pat", "mat"),
    ],
)
def test_words_often_confused_are_nearer_than_others(word: str, nearer: str, farther: str) -> None:
    assert apart(word, nearer) < apart(word, farther)


@given(WORDS, WORDS)
def test_how_far_apart_is_the_same_both_ways_and_within_bounds(one: str, other: str) -> None:
    assert apart(one, other) == pytest.approx(apart(other, one))
    assert 0.0 <= apart(one, other) <= 1.0
    assert apart(one, one) == 0.0
