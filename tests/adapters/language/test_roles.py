"""Who speaks and of whom: whose words a rule takes them for, who "he" is, and the details told."""

import shutil
from pathlib import Path

import pytest

from server.adapters.language.reader import SpacyReader
from server.domain.sightings import SPEAKING, Sighting
from tests.adapters.language.calls import MARKERS, heard, utterance

CHILD_UPSTAIRS = "my little boy is upstairs he's in the house"


@pytest.fixture(scope="module")
def rules_alone(tmp_path_factory: pytest.TempPathFactory) -> SpacyReader:
    """The shipped markers without the second opinion."""
    folder = tmp_path_factory.mktemp("rules") / "markers"
    return SpacyReader(Path(shutil.copytree(MARKERS, folder, ignore=shutil.ignore_patterns("*.npz"))))


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


@pytest.mark.parametrize(
    ("said", "marker"),
    [
        ("i've just punched my wife in the face", "physical_assault"),
        ("i think i've strangled my girlfriend", "strangulation"),
        ("yeah i've stabbed my partner", "weapon"),
        ("i'm going to kill her i swear", "threat_to_kill"),
        ("i've got my hands round her throat", "strangulation"),
        ("i've poured petrol over him", "fire_or_corrosive"),
    ],
)
def test_one_who_rings_about_their_own_violence_is_heard_as_the_suspect(said: str, marker: str) -> None:
    found = heard(said)
    assert marker in _speaking(found)
    assert "third_party_report" not in _speaking(found)


@pytest.mark.parametrize(
    "said",
    [
        "i never strangled my wife",
        "i hit my wife's car with mine in the drive",
        "i've stabbed a tin of beans with my husband's fork",
    ],
)
def test_an_accusation_a_denial_or_a_mishap_is_no_confession(said: str) -> None:
    assert not {"strangulation", "physical_assault"} & _speaking(heard(said))


@pytest.mark.parametrize("who", ["he", "she", "they"])
@pytest.mark.parametrize(
    ("said", "marker"),
    [
        ("{} strangled me", "strangulation"),
        ("{} put a pillow over my face", "strangulation"),
        ("{} said i won't see christmas and i'll be dead", "threat_to_kill"),
        ("{} won't let me out of the bedroom", "confinement"),
        ("{} poured petrol through the letterbox", "fire_or_corrosive"),
        ("{} overdosed when i left", "perpetrator_suicide_threat"),
        ("{} raped me", "sexual_violence"),
        ("{} punched me in the face", "physical_assault"),
    ],
)
def test_an_abuser_is_he_she_or_they(who: str, said: str, marker: str) -> None:
    assert marker in _speaking(heard(said.format(who)))


@pytest.mark.parametrize("partner", ["wife", "girlfriend", "husband", "boyfriend", "partner", "ex"])
def test_a_partner_of_either_sex_may_be_the_one(rules_alone: SpacyReader, partner: str) -> None:
    for said, marker in (("hit me again", "physical_assault"), ("will kill me if i leave", "threat_to_kill")):
        found = rules_alone.begin().settle(utterance(f"my {partner} {said}"))
        assert marker in _speaking([*found])
