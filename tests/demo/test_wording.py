"""Words heard against words spoken."""

import pytest

from server.demo.wording import Score, score, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He's got a knife!", ["he's", "got", "a", "knife"]),
        ("it\N{RIGHT SINGLE QUOTATION MARK}s 'quoted', twenty-two", ["it's", "quoted", "twenty", "two"]),
        ("", []),
    ],
)
def test_words_are_compared_as_a_recogniser_writes_them(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("spoken", "heard", "expected"),
    [
        ("he has a knife", "he has a knife", Score(spoken=4)),
        ("he has a knife", "he has a night", Score(spoken=4, wrong=1)),
        ("he has a knife", "he has knife", Score(spoken=4, missed=1)),
        ("he has a knife", "well he has a knife", Score(spoken=4, added=1)),
        ("yes please help me", "yeah help", Score(spoken=4, wrong=1, missed=2)),
        ("yes", "", Score(spoken=1, missed=1)),
        ("", "the", Score(spoken=0, added=1)),
    ],
)
def test_mistakes_are_counted_by_kind(spoken: str, heard: str, expected: Score) -> None:
    assert score(spoken.split(), heard.split()) == expected


def test_the_error_rate_counts_every_kind_of_mistake_against_the_words_spoken() -> None:
    assert Score(spoken=10, wrong=1, missed=2, added=1).error_rate == pytest.approx(0.4)


def test_words_heard_where_nothing_was_spoken_are_an_error() -> None:
    assert Score(added=1).error_rate == 1.0
    assert Score().error_rate == 0.0


def test_legs_add_up_to_the_call() -> None:
    assert Score(spoken=3, wrong=1) + Score(spoken=2, added=1) == Score(spoken=5, wrong=1, added=1)
