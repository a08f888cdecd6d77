"""The judge reads a turn whole: what words mean, in their order, whatever form they come in."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from server.adapters.language.encoder import CLOSING, MOST_ASKED, MOST_PIECES, OPENING, UNKNOWN, Pieces
from server.adapters.language.opinion import Array, Lately, Opinion, load

TRAINED = Path(__file__).parents[3] / "config" / "markers" / "judge.npz"
KNOWN = {
    piece: row
    for row, piece in enumerate([UNKNOWN, OPENING, CLOSING, "'", "s", "stran", "##gled", "he", "me"])
}


@pytest.fixture(scope="module")
def judge() -> Opinion:
    return load(TRAINED)


def odds(judge: Opinion, text: str, marker: str) -> float:
    return judge.hear(text.split()).markers[marker]


def test_words_are_cut_into_the_longest_pieces_known() -> None:
    assert Pieces(KNOWN).of(["he", "strangled", "me"]) == [1, 7, 5, 6, 8, 2]


def test_a_word_without_pieces_is_one_unknown() -> None:
    assert Pieces(KNOWN).of(["zzyzx"]) == [1, 0, 2]


def test_what_is_left_of_a_contraction_stands_behind_its_apostrophe() -> None:
    assert Pieces(KNOWN).of(["he", "s"]) == [1, 7, 3, 4, 2]


def test_an_answer_stands_behind_what_was_asked() -> None:
    assert Pieces(KNOWN).of(["me"], asked=["he"]) == [1, 7, 2, 8, 2]


def test_a_question_of_any_length_leaves_room_for_its_answer() -> None:
    pieces = Pieces(KNOWN).of(["me"] * 500, asked=["he"] * 500)
    assert len(pieces) == MOST_PIECES
    assert pieces[1 : MOST_ASKED + 2] == [7] * MOST_ASKED + [2]


def test_a_turn_of_any_length_fits(judge: Opinion) -> None:
    pieces = Pieces(KNOWN).of(["he"] * 500)
    assert len(pieces) == MOST_PIECES
    assert np.isfinite(list(judge.hear(["he"] * 500).markers.values())).all()
    assert np.isfinite(list(judge.hear([]).markers.values())).all()


@pytest.mark.parametrize(
    ("marker", "said", "innocent"),
    [
        ("strangulation", "he had his hands round my throat", "he had a scarf round his throat for the cold"),
        ("animal_abuse", "he kicked the dog down the stairs", "he walked the dog down the stairs"),
        ("fire_or_corrosive", "he s poured petrol all over the hall", "he s put petrol in the car"),
    ],
)
def test_what_is_done_sounds_graver_than_its_look_alike(
    judge: Opinion, marker: str, said: str, innocent: str
) -> None:
    assert odds(judge, said, marker) > max(0, odds(judge, innocent, marker))


def test_the_order_of_the_words_counts(judge: Opinion) -> None:
    assert odds(judge, "he locked me in", "confinement") != odds(judge, "i locked him in", "confinement")


def test_what_is_asked_again_is_not_worked_out_again() -> None:
    counting = Counting()
    lately = Lately(counting, most=2)
    for words in ("a", "a", "b", "c", "c", "a"):
        lately.odds([words])
    assert counting.asked == ["a", "b", "c", "a"]


def test_an_answer_to_something_else_is_worked_out_anew() -> None:
    counting = Counting()
    lately = Lately(counting)
    lately.odds(["yes"], ["where"])
    lately.odds(["yes"], ["when"])
    assert counting.asked == ["yes", "yes"]


class Counting:
    def __init__(self) -> None:
        self.asked: list[str] = []

    def odds(self, words: Sequence[str], asked: Sequence[str] = ()) -> Array:
        self.asked += words
        return np.zeros(1, dtype=np.float32)
