"""What a caller's turn answers: by a yes, by name, by content, instead, or not at all."""

import pytest

from server.domain.sightings import SPEAKING, Polarity, Sighting, When
from tests.adapters.language.calls import heard

AFFIRMED, DENIED, UNSURE = Polarity.AFFIRMED, Polarity.DENIED, Polarity.UNCERTAIN


def _answered(asked: str, said: str, marker: str) -> set[Polarity]:
    return {
        one.polarity
        for one in heard(f"handler: {asked} / caller: {said}")
        if one.marker == marker and one.answers
    }


def _sighted(sightings: list[Sighting]) -> set[str]:
    return {one.marker for one in sightings if one.polarity in SPEAKING}


@pytest.mark.parametrize(
    ("asked", "said", "marker", "other"),
    [
        ("does he have your passport", "yeah he's hidden it", "immigration_threat", "weapon"),
        ("has he threatened to harm himself", "yes he has", "perpetrator_suicide_threat", "threat_to_kill"),
    ],
)
def test_a_yes_is_one_to_what_was_asked_and_to_nothing_that_only_sounds_like_it(
    asked: str, said: str, marker: str, other: str
) -> None:
    assert _answered(asked, said, marker) == {AFFIRMED}
    assert _answered(asked, said, other) == set()


@pytest.mark.parametrize(
    ("asked", "said", "marker"),
    [
        ("is he your ex", "yeah", "separation"),
        ("did you lose consciousness", "yes I did", "serious_injury"),
        ("have you had thoughts of suicide", "aye every day", "victim_suicidal"),
    ],
)
def test_a_yes_says_what_was_asked(asked: str, said: str, marker: str) -> None:
    assert _answered(asked, said, marker) == {AFFIRMED}


@pytest.mark.parametrize(
    ("asked", "said", "marker"),
    [
        ("has he had anything to drink", "about nine cans", "substance_use"),
        ("is there a firearm in the house", "his uncle's", "firearm"),
        ("where is he now", "in the bathroom", "perpetrator_present"),
        ("has he got a weapon", "a spanner", "weapon"),
        ("are you pregnant", "thirty weeks", "pregnancy"),
        ("are there any children there", "three", "children_present"),
        ("did he strangle you", "hundreds of times", "strangulation"),
        ("did he strangle you", "he tried", "strangulation"),
        ("did he have his hands round your throat", "both hands", "strangulation"),
        ("did he have his hands round your throat", "round my throat yeah", "strangulation"),
        ("did he grab your throat", "my throat", "strangulation"),
        ("has he threatened to kill you", "since christmas", "threat_to_kill"),
    ],
)
def test_content_and_echo_say_yes(asked: str, said: str, marker: str) -> None:
    assert marker in _sighted(heard(f"handler: {asked} / caller: {said}"))


@pytest.mark.parametrize(
    ("asked", "said", "marker", "polarity"),
    [
        ("has he got any weapons", "just his fists", "weapon", DENIED),
        ("any weapons knives guns", "only his hands", "weapon", DENIED),
        ("can you breathe properly", "not very well", "strangulation", AFFIRMED),
        ("has he strangled you", "not tonight", "strangulation", UNSURE),
        ("has he got a knife", "i can't see", "weapon", UNSURE),
        ("has he got a knife", "wouldn't surprise me", "weapon", UNSURE),
        ("has he got a knife", "not really", "weapon", DENIED),
        ("he hasn't got a knife has he", "no", "weapon", DENIED),
        ("has he gone", "no", "perpetrator_present", AFFIRMED),
        ("has he gone", "yes", "perpetrator_present", DENIED),
    ],
)
def test_an_answer_is_taken_as_it_is_meant(asked: str, said: str, marker: str, polarity: Polarity) -> None:
    assert _answered(asked, said, marker) == {polarity}


def test_an_either_or_question_is_answered_by_the_one_that_is_named() -> None:
    asked = "handler: is he inside or outside / caller: "
    assert _sighted(heard(asked + "inside")) == {"perpetrator_present"}
    assert _sighted(heard(asked + "outside")) == {"perpetrator_at_door"}


def test_naming_one_thing_of_a_list_says_nothing_of_the_others() -> None:
    assert _sighted(heard("handler: any weapons knives guns / caller: a knife")) == {"weapon"}


@pytest.mark.parametrize("pause", ["erm", "um uh", "hang on"])
def test_hesitating_is_no_answer_and_ends_no_question(pause: str) -> None:
    found = heard(f"handler: has he got a knife / caller: {pause} / caller: yeah")
    assert [(one.marker, one.polarity) for one in found] == [("weapon", AFFIRMED)]


@pytest.mark.parametrize("then", ["what's your address", "where are you love", "can you give me your name"])
def test_a_yes_after_another_question_answers_that_one(then: str) -> None:
    assert heard(f"handler: has he got a knife {then} / caller: yeah it's ten mill lane") == []


def test_an_answer_tells_when() -> None:
    [found] = heard("handler: did he ever strangle you / caller: he used to")
    assert (found.polarity, found.when) == (AFFIRMED, When.HISTORIC)


@pytest.mark.parametrize("said", ["twelve mill lane", "sarah jones", "hello", "please hurry up"])
def test_what_has_nothing_to_do_with_the_question_answers_nothing(said: str) -> None:
    assert heard(f"handler: has he got a knife / caller: {said}") == []


@pytest.mark.parametrize(
    ("asked", "said", "marker"),
    [
        ("has he got a weapon", "a chopper a meat one", "weapon"),
        ("are you hurt", "he's split my eyebrow", "injury"),
        ("where are the children", "under the stairs with the dog", "children_present"),
    ],
)
def test_an_answer_in_the_callers_own_words_is_a_yes(asked: str, said: str, marker: str) -> None:
    assert AFFIRMED in _answered(asked, said, marker)
