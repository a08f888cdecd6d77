"""What of a past call does not reach an exercise: not in its words, and not in its sound."""

from collections.abc import Sequence

import pytest

from server.domain.speech import BYTES_PER_MS, Party, Utterance
from server.domain.training.masking import PAD_MS, plain, silenced, suggested
from server.domain.training.stand_ins import GIVEN_NAMES, holes, replaced_text, stand_ins
from tests.stories import said

REPLACED_IN = [
    ("my name is priya sharma and he hit me", "my name is Sam Carter and he hit me"),
    ("it's fourteen mill lane please come", "it's sixteen Willow Lane please come"),
    (
        "my number is oh seven nine one one double three four five six eight",
        "my number is oh seven seven double oh nine double oh one three seven",
    ),
    (
        "ring oh one two one four nine six oh five five",
        "ring oh one six three two nine six oh one three seven",
    ),
    ("we live in harborne now", "we live in Ashbrook now"),
    ("he's called darren and he's got a knife", "he's called Sam and he's got a knife"),
    ("the postcode is b one seven q r", "the postcode is x three nine x x"),
    ("is mr sharma there", "is mr Carter there"),
    ("that is priya's phone my name is priya", "that is Sam's phone my name is Sam"),
]


IN_FIGURES = [
    ("ring me on 07700 900123 please", (), "07700 900123"),
    ("ring me on 07700900123 please", (), "07700900123"),
    ("the postcode is LS1 4AB", (), "LS1 4AB"),
    ("it's 14 mill lane", (), "14"),
    ("the code is 417 for the gate", ("417",), "417"),
    ("come to number fourteen quickly", ("14",), "fourteen"),
    ("come to 14b quickly", ("14b",), "14b"),
]


@pytest.mark.parametrize(("words", "named", "gone"), IN_FIGURES)
def test_a_number_is_replaced_in_figures_too_as_it_was_heard_or_as_somebody_named_it(
    words: str, named: tuple[str, ...], gone: str
) -> None:
    utterance = said(Party.CALLER, 0, words, at_ms=0).utterance
    (shown,) = replaced([utterance], *named)
    assert not set(gone.split()) & set(shown.split())


def replaced(utterances: Sequence[Utterance], *also: str) -> list[str]:
    standing = stand_ins(utterances, suggested(utterances, also))
    return [replaced_text(one, standing) for one in utterances]


LEFT = [
    "he had his hands round my throat",
    "there are two of us in the house",
    "he is in the kitchen",
    "she is 14 now",
]


@pytest.mark.parametrize(("words", "shown"), REPLACED_IN)
def test_names_numbers_and_places_are_replaced(words: str, shown: str) -> None:
    utterance = said(Party.CALLER, 0, words, at_ms=0).utterance
    assert replaced([utterance]) == [shown]


@pytest.mark.parametrize("words", LEFT)
def test_what_was_done_stays(words: str) -> None:
    utterance = said(Party.CALLER, 0, words, at_ms=0).utterance
    assert replaced([utterance]) == [words]


def test_a_name_is_replaced_by_the_same_one_wherever_either_says_it_and_another_by_another() -> None:
    caller = said(Party.CALLER, 0, "my name is priya", at_ms=0).utterance
    handler = said(Party.HANDLER, 0, "okay priya stay on the line", at_ms=3000).utterance
    other = said(Party.CALLER, 1, "he's called darren and priya is me", at_ms=6000).utterance
    assert replaced([caller, handler, other]) == [
        "my name is Sam",
        "okay Sam stay on the line",
        "he's called Alex and Sam is me",
    ]


def test_what_stands_in_is_no_word_that_was_said_on_the_call() -> None:
    said_there = " ".join(GIVEN_NAMES[:-1]).lower()
    caller = said(Party.CALLER, 0, f"with {said_there} and my name is priya", at_ms=0).utterance
    assert replaced([caller])[0].endswith(f"my name is {GIVEN_NAMES[-1]}")


def test_there_is_a_stand_in_for_however_many_names_each_its_own() -> None:
    letters = "abcdefghij"
    names = [f"zz{first}{second}" for first in letters for second in letters[:5]]
    caller = said(Party.CALLER, 0, " and he ".join(f"is called {name}" for name in names), at_ms=0).utterance
    standing = [one.text for one in stand_ins([caller], suggested([caller]))]
    assert len(standing) == len(set(standing)) == len(names)
    assert not {plain(one) for one in standing} & set(names)


@pytest.mark.parametrize("words", ["double hundred", "b q", "ten ten", "oh oh"])
def test_numbers_that_are_hardly_any_are_replaced_too(words: str) -> None:
    caller = said(Party.CALLER, 0, f"it was {words}", at_ms=0).utterance
    assert len(stand_ins([caller], suggested([caller]))) == 1


def test_stretches_of_sound_that_touch_are_one_hole() -> None:
    caller = said(Party.CALLER, 0, "priya darren came", at_ms=1000).utterance
    standing = stand_ins([caller], suggested([caller], ["priya", "darren"]))
    (hole,) = holes(standing, Party.CALLER)
    assert (hole.from_ms, hole.to_ms) == (1000 - PAD_MS, caller.words[1].end_ms + PAD_MS)
    assert holes(standing, Party.HANDLER) == []


def test_what_the_machine_does_not_see_is_named_by_hand() -> None:
    utterance = said(Party.CALLER, 0, "he works at cadbury with dave", at_ms=0).utterance
    assert replaced([utterance], "Cadbury", "dave") == ["he works at Sam with Alex"]


def test_a_word_that_is_taken_out_is_silent_and_a_little_around_it() -> None:
    utterance = said(Party.CALLER, 0, "my name is priya and he hit me", at_ms=1000).utterance
    name = utterance.words[3]
    sound = b"\x10\x20" * (BYTES_PER_MS // 2) * 5000
    quiet = silenced(sound, suggested([utterance]))
    begin, end = (name.start_ms - PAD_MS) * BYTES_PER_MS, (name.end_ms + PAD_MS) * BYTES_PER_MS
    assert len(quiet) == len(sound)
    assert not any(quiet[begin:end])
    assert (quiet[:begin], quiet[end:]) == (sound[:begin], sound[end:])
