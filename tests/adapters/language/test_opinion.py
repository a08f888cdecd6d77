"""The second opinion bears out or questions what the rules found, by what words mean and how they stand."""

from pathlib import Path

import pytest

from server.adapters.language.opinion import UNHEARD, Opinion, load
from server.domain.ids import MarkerId

TRAINED = Path(__file__).parents[3] / "config" / "markers" / "opinion.npz"
STRANGULATION = MarkerId("strangulation")


@pytest.fixture(scope="module")
def opinion() -> Opinion:
    return load(TRAINED)


def odds(opinion: Opinion, text: str, marker: str) -> float:
    return opinion.hear(text.split()).markers[marker]


@pytest.mark.parametrize(
    ("marker", "said", "innocent"),
    [
        (
            "strangulation",
            "he put his hands round my throat and squeezed",
            "i squeezed the oranges round the back",
        ),
        ("animal_abuse", "he kicked my dog across the room", "i kicked the ball across the room"),
    ],
)
def test_what_a_sentence_means_is_told_from_its_look_alike(
    opinion: Opinion, marker: str, said: str, innocent: str
) -> None:
    assert odds(opinion, said, marker) > 0 > odds(opinion, innocent, marker)


def test_the_order_of_the_words_counts(opinion: Opinion) -> None:
    assert odds(opinion, "he hit me with the car", "physical_assault") != odds(
        opinion, "me with hit the he car", "physical_assault"
    )


@pytest.mark.parametrize("words", [[], ["zzyzx"], ["zzyzx"] * 500])
def test_words_that_it_has_never_seen_are_no_evidence_of_anything(opinion: Opinion, words: list[str]) -> None:
    assert max(opinion.hear(words).markers.values()) < 0


def test_a_marker_without_a_head_stands_on_its_own_rules_and_on_no_broad_one(opinion: Opinion) -> None:
    heard = opinion.hear(["hello"])
    new = MarkerId("a_force_s_own_marker")
    assert opinion.margin(heard, new, broad=False) == UNHEARD
    assert opinion.margin(heard, new, broad=True) == -UNHEARD


def test_a_broad_rule_needs_more_than_a_rule_of_its_own(opinion: Opinion) -> None:
    heard = opinion.hear(["she", "was", "in", "the", "kitchen"])
    assert opinion.margin(heard, STRANGULATION, broad=True) < opinion.margin(
        heard, STRANGULATION, broad=False
    )
