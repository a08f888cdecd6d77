"""Who speaks and of whom: whose words a rule takes them for, who "he" is, and the details told."""

import pytest

from server.domain.sightings import SPEAKING, Sighting
from tests.adapters.language.calls import heard

CHILD_UPSTAIRS = "my little boy is upstairs he's in the house"


def _speaking(sightings: list[Sighting]) -> set[str]:
    return {one.marker for one in sightings if one.polarity in SPEAKING}


@pytest.mark.parametrize(
    "said", ["other: i will kill myself", "put that phone down i am going to kill myself"]
)
def test_a_rule_for_the_suspects_own_words_hears_the_suspect(said: str) -> None:
    assert "perpetrator_suicide_threat" in _speaking(heard(said))


def test_a_rule_for_the_suspects_own_words_does_not_hear_the_caller() -> None:
    said = _speaking(heard("i am going to kill myself"))
    assert "victim_suicidal" in said
    assert "perpetrator_suicide_threat" not in said


def test_a_child_upstairs_is_no_suspect_in_the_house() -> None:
    assert "perpetrator_present" not in _speaking(heard(CHILD_UPSTAIRS))
    assert "perpetrator_present" in _speaking(heard("he's in the house"))


def test_a_handlers_question_about_a_child_says_who_he_is() -> None:
    assert "perpetrator_present" not in _speaking(
        heard("handler: where is your little boy / caller: he's in the house")
    )
    assert "perpetrator_present" in _speaking(
        heard("handler: where is your husband / caller: he's in the house")
    )


def test_a_grown_son_may_be_the_suspect() -> None:
    assert "perpetrator_present" in _speaking(heard("my son is here he's in the house"))


def test_once_the_partner_was_named_he_is_the_partner() -> None:
    before = "caller: my husband hit me / caller: " + CHILD_UPSTAIRS
    assert "perpetrator_present" not in _speaking(heard(before))
    assert "perpetrator_present" in _speaking(heard(before + " / caller: he's in the house"))


def test_a_turn_that_tells_of_violence_too_tells_of_the_suspect() -> None:
    said = "my little boy is upstairs and he's got a knife he's in the house"
    assert "perpetrator_present" in _speaking(heard(said))


def test_the_details_of_a_marker_are_told_with_it() -> None:
    found = next(
        one for one in heard("he's locked me in he has taken my phone") if one.marker == "confinement"
    )
    assert "phone_taken" in found.flags
    assert "in_vehicle" not in found.flags


def test_an_answer_carries_the_details_it_tells() -> None:
    found = heard("handler: has he locked you in / caller: yes and he's taken my phone")
    assert "phone_taken" in next(one.flags for one in found if one.marker == "confinement")
