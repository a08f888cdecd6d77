"""How a call is read: denials, questions and answers, drafts, and whose words count."""

import pytest

from server.domain.markers import MarkerClass
from server.domain.sightings import Polarity, Sighting
from server.domain.speech import Party, Utterance
from tests.adapters.language.calls import draft, heard, reader, utterance, words


def _of(marker: str, sightings: list[Sighting]) -> list[Polarity]:
    return [one.polarity for one in sightings if one.marker == marker]


@pytest.mark.parametrize(
    "said", ["he's got a knife", "hes got a knife", "He's got a knife!", "HE'S GOT A KNIFE"]
)
def test_typed_and_recognised_spelling_read_the_same(said: str) -> None:
    assert _of("weapon", heard(said)) == [Polarity.AFFIRMED]


def test_a_handlers_words_never_fire_by_themselves() -> None:
    assert heard("handler: has he got a knife / handler: did he strangle you") == []


@pytest.mark.parametrize("answer", ["yeah", "yes he has", "aye", "yep", "uhuh", "he has"])
def test_a_yes_to_a_question_is_a_sighting(answer: str) -> None:
    found = heard(f"handler: has he got a knife / caller: {answer}")
    assert _of("weapon", found) == [Polarity.AFFIRMED]
    assert found[0].answers == "has he got a knife"


@pytest.mark.parametrize("answer", ["no", "no he hasn't", "nah", "not really", "no nothing like that"])
def test_a_no_to_a_question_is_a_denial(answer: str) -> None:
    assert _of("weapon", heard(f"handler: has he got a knife / caller: {answer}")) == [Polarity.DENIED]


def test_an_answer_may_come_one_turn_late() -> None:
    found = heard("handler: has he got any weapons / caller: um hang on / caller: yeah he has")
    assert _of("weapon", found) == [Polarity.AFFIRMED]


def test_right_is_no_answer() -> None:
    assert _of("threat_to_kill", heard("handler: did he threaten to kill you / caller: right")) == [
        Polarity.UNCERTAIN
    ]


def test_an_instruction_with_a_condition_asks_nothing() -> None:
    assert heard("handler: if he comes back with a weapon ring us straight away / caller: okay") == []


def test_a_denial_is_kept_and_does_not_stand() -> None:
    found = heard("no he didn't touch my neck")
    assert _of("strangulation", found) == [Polarity.DENIED]
    assert not found[0].stands


def test_a_call_that_sounds_like_any_other_denies_nothing() -> None:
    party = "caller: we are having the barbecue on saturday / caller: bring the kids and something to drink"
    party += " / caller: and a chair each for the garden"
    assert _of("weapon", heard(f"{party} / caller: no knives i have plenty of knives")) == []
    asked = heard(f"{party} / handler: has he got a knife / caller: no")
    assert _of("weapon", asked) == [Polarity.DENIED]


def test_a_denial_ends_with_its_clause() -> None:
    assert Polarity.AFFIRMED in _of("strangulation", heard("he didn't hit me he strangled me"))


def test_negation_that_belongs_to_a_marker_is_no_denial() -> None:
    assert _of("confinement", heard("he won't let me out")) == [Polarity.AFFIRMED]


def test_a_draft_changes_nothing() -> None:
    reading = reader().begin()
    assert _of("weapon", list(reading.draft(draft("he's got a knife")))) == [Polarity.AFFIRMED]
    assert not reading.domestic
    assert reading.severity.rank == 0
    assert _of("weapon", list(reading.settle(utterance("he's got a knife")))) == [Polarity.AFFIRMED]
    assert reading.severity is MarkerClass.IMMEDIATE


def test_what_rests_on_single_words_waits_until_they_are_settled_and_then_stands() -> None:
    reading, said = reader().begin(), "he is kick me now now i am on floor and he is kick"
    assert not [one for one in reading.draft(draft(said)) if one.rule.endswith("/broad")]
    assert [one for one in reading.settle(utterance(said)) if one.rule.endswith("/broad")]


def test_a_sighting_says_why_where_and_when() -> None:
    found = heard("listen please he had his hands round my throat")[0]
    assert found.marker == "strangulation"
    assert found.rule.startswith("strangulation/")
    assert "throat" in found.quote
    assert found.matched
    assert found.start_ms < found.end_ms <= 9 * 300
    assert "throat" in found.because


def test_the_other_party_is_read_too() -> None:
    reading = reader().begin()
    found = reading.settle(utterance("i'm going to kill you", party=Party.OTHER))
    assert _of("threat_to_kill", list(found)) == [Polarity.AFFIRMED]


@pytest.mark.parametrize(("confidence", "polarity"), [(0.48, Polarity.UNCERTAIN), (0.9, Polarity.AFFIRMED)])
def test_a_doubtful_critical_word_asks_for_a_replay(confidence: float, polarity: Polarity) -> None:
    said = words("he said he's gonna kill me", confidence=confidence)
    turn = Utterance(party=Party.CALLER, number=0, words=said, heard_to_ms=2000)
    found = [one for one in reader().begin().settle(turn) if one.marker == "threat_to_kill"]
    assert [one.polarity for one in found] == [polarity]
    assert ("replay" in found[0].because) is (polarity is Polarity.UNCERTAIN)


def test_an_ordinary_chat_opens_no_frame() -> None:
    reading = reader().begin()
    reading.settle(utterance("hiya it's only me how are you"))
    reading.settle(utterance("the kids are at swimming", number=1))
    assert not reading.domestic
