"""Denials, conditions and hedges reach as far as their own statement, in standard speech and in dialect."""

import pytest

from server.adapters.language.reader import SpacyReader
from server.domain.sightings import Polarity
from tests.adapters.language.calls import utterance
from tests.adapters.language.markers import marker_folder

RULES = """
  - id: zorbing
    patterns:
      - <agent> ~3 ZORB <victim>
      - ZORB <victim>
  - id: snarking
    patterns:
      - (will not | has not) ~1 LET me snark
  - id: snark
    patterns:
      - snark
"""


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> SpacyReader:
    return SpacyReader(marker_folder(tmp_path_factory.mktemp("markers"), rules=RULES))


def _polarities(reader: SpacyReader, said: str) -> set[Polarity]:
    return {one.polarity for one in reader.begin().settle(utterance(said))}


@pytest.mark.parametrize(
    "said",
    [
        "he'll zorb me if i ring you",
        "he told me if i walk out he'll zorb the children",
        "she says she is going to zorb me unless i come home",
    ],
)
def test_a_condition_does_not_void_a_threat(reader: SpacyReader, said: str) -> None:
    assert _polarities(reader, said) == {Polarity.CONDITIONAL}


@pytest.mark.parametrize("said", ["if i scream he zorbs me harder", "when i go out he zorbs me"])
def test_what_follows_on_a_condition_is_told_as_it_is(reader: SpacyReader, said: str) -> None:
    assert _polarities(reader, said) == {Polarity.AFFIRMED}


@pytest.mark.parametrize(
    "said",
    [
        "if he ever zorbed me i'd leave him",
        "what if he zorbs me",
        "suppose he zorbs me",
        "whether he zorbed me",
    ],
)
def test_what_is_only_supposed_is_no_sighting(reader: SpacyReader, said: str) -> None:
    assert Polarity.AFFIRMED not in _polarities(reader, said)
    assert Polarity.CONDITIONAL not in _polarities(reader, said)


@pytest.mark.parametrize(
    "said",
    [
        "he never zorbed me",
        "he didnae zorb me",
        "he never done nothing like zorb me",
        "he's not never zorbed me",
        "he wasnae zorbin me",
        "she ain't zorbed me",
        "nobody zorbed me",
    ],
)
def test_a_denial_is_a_denial_in_every_dialect(reader: SpacyReader, said: str) -> None:
    assert _polarities(reader, said) == {Polarity.DENIED}


@pytest.mark.parametrize("said", ["i wouldn't say he's not zorbed me", "i'm not saying he never zorbed me"])
def test_two_denials_leave_it_open(reader: SpacyReader, said: str) -> None:
    assert _polarities(reader, said) == {Polarity.UNCERTAIN}


@pytest.mark.parametrize(
    "said",
    [
        "not only did he shout he zorbed me",
        "it's not that he shouts it's that he zorbs me",
        "he's never shouted he just zorbs me",
        "it wasn't shouting it was him zorbing me",
        "he hasn't got a knife he zorbed me",
        "i've never been so scared he zorbed me",
        "he does not shout at me no he zorbs me",
        "not a knife a snark",
    ],
)
def test_a_denial_of_one_thing_does_not_deny_the_next(reader: SpacyReader, said: str) -> None:
    assert Polarity.AFFIRMED in _polarities(reader, said)


@pytest.mark.parametrize("said", ["he won't let me snark", "she hasnae let me snark since monday"])
def test_a_negation_that_a_rule_names_is_no_denial(reader: SpacyReader, said: str) -> None:
    assert Polarity.AFFIRMED in _polarities(reader, said)


@pytest.mark.parametrize(
    "said",
    [
        "he kind of zorbed me",
        "he sort of like zorbed me",
        "he was like zorbing me",
        "he's you know zorbing me",
        "his zorbing me",
        "hes zorbin me",
        "there zorbing me",
    ],
)
def test_hedges_and_slips_of_the_ear_hide_nothing(reader: SpacyReader, said: str) -> None:
    assert _polarities(reader, said) == {Polarity.AFFIRMED}


def test_what_somebody_would_rather_is_not_passed_over(reader: SpacyReader) -> None:
    assert reader._turns.known.spelling.normal("rather") == ("rather",)
    assert "rather" not in reader._turns.known.spelling.fillers
