"""A redacted copy gives away no number, postcode or listed name, however it was said."""

from itertools import pairwise

import pytest

from server.domain.redaction import Hidden, hidden_in, redacted


@pytest.mark.parametrize(
    ("said", "left"),
    [
        (
            "ring me on oh seven seven double four nine one two three four five please",
            "ring me on [number] please",
        ),
        (
            "it's zero seven nine hundred or oh seven triple eight one two",
            "it's [number] or [number]",
        ),
        ("my number is 07700 900123", "my number is [number]"),
        ("+447700900123", "[number]"),
        ("oh seven seven um oh oh nine er one two", "[number]"),
        ("oh seven seven to four for one two", "[number]"),
        ("born nineteen eighty four in leeds", "born [number] in leeds"),
        ("the card is four five double six", "the card is [number]"),
        ("we live at n e one four a b", "we live at [postcode]"),
        ("postcode november echo fourteen six alpha bravo now", "postcode [postcode] now"),
        ("l s twenty one three p q", "[postcode]"),
        ("send them to NE1 4AB.", "send them to [postcode]"),
        ("SW1A1AA", "[postcode]"),
        ("write to anna at example dot com today", "write to [e-mail] today"),
        ("anna@example.com", "[e-mail]"),
    ],
)
def test_what_identifies_somebody_is_left_out(said: str, left: str) -> None:
    assert redacted(said)[0] == left


@pytest.mark.parametrize(
    "said",
    [
        "he hit me two or three times",
        "there are four of us and one baby",
        "at ten past nine he came back for me",
        "i have got to go now",
        "a b and c",
        "",
    ],
)
def test_what_identifies_nobody_stays(said: str) -> None:
    assert redacted(said) == (said, 0)


def test_listed_names_are_left_out_whole_and_in_parts_and_with_their_s() -> None:
    names = ("Karen Smith", "Jo Lee")
    assert redacted("tell karen smith that Karen's mum and jo lee rang Smith, jo", names)[0] == (
        "tell [name] that [name] mum and [name] rang [name] jo"
    )


def test_stretches_that_overlap_are_one() -> None:
    words = ["oh", "one", "two", "three", "four", "five", "n", "e", "one", "four", "a", "b"]
    stretches = hidden_in(words)
    assert all(one.last <= two.first for one, two in pairwise(stretches))
    covered = {place for one in stretches for place in range(one.first, one.last)}
    assert covered == set(range(len(words)))
    assert stretches[0].what is Hidden.NUMBER
