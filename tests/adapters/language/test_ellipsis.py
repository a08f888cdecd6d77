"""A short answer is read together with the question that it leans on."""

import pytest

from server.adapters.language.reader import SpacyReader
from server.domain.sightings import Sighting
from tests.adapters.language.calls import turns
from tests.adapters.language.markers import marker_folder

RULES = """
  - id: zorbing
    patterns:
      - <agent> ~2 ZORB <victim>
      - he ~1 put ~3 elbow
      - he ~1 zorbed my elbow
"""


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> SpacyReader:
    return SpacyReader(marker_folder(tmp_path_factory.mktemp("markers"), rules=RULES))


def _heard(reader: SpacyReader, asked: str, said: str) -> list[Sighting]:
    reading = reader.begin()
    return [
        one
        for turn in turns(f"handler: {asked} / caller: {said}")
        for one in reading.settle(turn)
        if one.answers
    ]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("where did he put it", "on the elbow"),
        ("where did he put it", "yeah er my elbow"),
        ("what has he zorbed", "my elbow"),
        ("where did he zorb you", "on the elbow"),
        ("who zorbed you", "my dad"),
        ("who was it that zorbed you", "it's my daughter"),
    ],
)
def test_an_answer_that_leans_on_its_question_is_read_with_it(
    reader: SpacyReader, asked: str, said: str
) -> None:
    [found] = _heard(reader, asked, said)
    assert found.marker == "snark"
    assert found.answers == asked
    assert 0 <= found.matched[0][0] < found.matched[0][1] <= len(said.split())
    assert found.quote in said


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("where did he put it", "no not my elbow"),
        ("where did he put it", "i don't know"),
        ("where did he put it", "he is my elbow"),
        ("what is your name", "my elbow"),
        ("if he zorbs you ring us", "my elbow"),
    ],
)
def test_what_does_not_lean_on_the_question_is_read_alone(reader: SpacyReader, asked: str, said: str) -> None:
    assert _heard(reader, asked, said) == []


def test_a_question_is_completed_once(reader: SpacyReader) -> None:
    line = "handler: where did he put it / caller: my elbow / caller: my elbow"
    reading = reader.begin()
    assert [one.utterance for turn in turns(line) for one in reading.settle(turn)] == [0]
