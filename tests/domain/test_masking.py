"""What of a past call does not reach an exercise: not in its words, and not in its sound."""

import pytest

from server.domain.speech import BYTES_PER_MS, Party
from server.domain.training.masking import HIDDEN, PAD_MS, masked_text, silenced, suggested
from tests.stories import said

HIDDEN_IN = [
    ("my name is priya sharma and he hit me", f"my name is {HIDDEN} and he hit me"),
    ("it's fourteen mill lane please come", f"it's {HIDDEN} please come"),
    ("my number is oh seven seven double oh nine", f"my number is {HIDDEN}"),
    ("we live in harborne now", f"we live in {HIDDEN} now"),
    ("he's called darren and he's got a knife", f"he's called {HIDDEN} and he's got a knife"),
    ("the postcode is b one seven q r", f"the postcode is {HIDDEN}"),
]
LEFT = ["he had his hands round my throat", "there are two of us in the house", "he is in the kitchen"]


@pytest.mark.parametrize(("words", "shown"), HIDDEN_IN)
def test_names_numbers_and_places_are_taken_out(words: str, shown: str) -> None:
    utterance = said(Party.CALLER, 0, words, at_ms=0).utterance
    assert masked_text(utterance, suggested([utterance])) == shown


@pytest.mark.parametrize("words", LEFT)
def test_what_was_done_stays(words: str) -> None:
    utterance = said(Party.CALLER, 0, words, at_ms=0).utterance
    assert masked_text(utterance, suggested([utterance])) == words


def test_a_name_that_was_given_is_taken_out_wherever_either_says_it() -> None:
    caller = said(Party.CALLER, 0, "my name is priya", at_ms=0).utterance
    handler = said(Party.HANDLER, 0, "okay priya stay on the line", at_ms=3000).utterance
    masked = suggested([caller, handler])
    assert masked_text(handler, masked) == f"okay {HIDDEN} stay on the line"


def test_what_the_machine_does_not_see_is_named_by_hand() -> None:
    utterance = said(Party.CALLER, 0, "he works at cadbury with dave", at_ms=0).utterance
    shown = masked_text(utterance, suggested([utterance], ["Cadbury", "dave"]))
    assert shown == f"he works at {HIDDEN} with {HIDDEN}"


def test_a_word_that_is_taken_out_is_silent_and_a_little_around_it() -> None:
    utterance = said(Party.CALLER, 0, "my name is priya and he hit me", at_ms=1000).utterance
    name = utterance.words[3]
    sound = b"\x10\x20" * (BYTES_PER_MS // 2) * 5000
    quiet = silenced(sound, suggested([utterance]))
    begin, end = (name.start_ms - PAD_MS) * BYTES_PER_MS, (name.end_ms + PAD_MS) * BYTES_PER_MS
    assert len(quiet) == len(sound)
    assert not any(quiet[begin:end])
    assert (quiet[:begin], quiet[end:]) == (sound[:begin], sound[end:])
