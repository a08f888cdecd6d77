"""An innocent word rules a marker out where it stands, and does not silence a danger told elsewhere."""

from pathlib import Path

import pytest

from server.adapters.language.reader import SpacyReader
from server.domain.sightings import SPEAKING
from tests.adapters.language.calls import utterance
from tests.adapters.language.markers import marker_folder


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> SpacyReader:
    folder: Path = marker_folder(
        tmp_path_factory.mktemp("markers"),
        unless=["snark hunt"],
        unless_nearby=["lullaby"],
        rules="  - {id: zorbing, patterns: [ZORB], unless: [(gently | like a feather)]}",
    )
    return SpacyReader(folder)


def _sighted(reader: SpacyReader, said: str) -> bool:
    return any(one.polarity in SPEAKING for one in reader.begin().settle(utterance(said)))


@pytest.mark.parametrize(
    "said",
    [
        "he zorbed me on the snark hunt",
        "he zorbed me gently and then he left",
        "he zorbed me like a feather",
        "he sang a lullaby and then he zorbed me",
        "he zorbed me and then he sang a lullaby",
    ],
)
def test_an_innocent_word_rules_the_marker_out_in_its_clause(reader: SpacyReader, said: str) -> None:
    assert not _sighted(reader, said)


@pytest.mark.parametrize(
    "said",
    [
        "we were on a snark hunt and then he zorbed me",
        "he zorbed me because i went on a snark hunt",
        "he closed the door gently and then he zorbed me",
        "he sang a lullaby then he went upstairs and then he zorbed me",
        "he zorbed me gently. Then he zorbed me and i fell",
    ],
)
def test_an_innocent_word_elsewhere_in_the_turn_silences_nothing(reader: SpacyReader, said: str) -> None:
    assert _sighted(reader, said)
