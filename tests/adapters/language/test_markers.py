"""Every marker file says for itself what must fire and what must not; here each line is held to it."""

import pytest
from _pytest.mark import ParameterSet

from server.domain.sightings import Polarity, Sighting
from tests.adapters.language.calls import MARKERS, heard, known


def _lines(which: str) -> list[ParameterSet]:
    return [
        pytest.param(marker, line, id=f"{marker}: {line}")
        for marker, rules in known().markers.items()
        for line in getattr(rules, which)
    ]


def _affirmed(sightings: list[Sighting]) -> set[str]:
    return {one.marker for one in sightings if one.polarity in (Polarity.AFFIRMED, Polarity.CONDITIONAL)}


@pytest.mark.parametrize(("marker", "line"), _lines("examples"))
def test_an_example_of_a_marker_is_sighted(marker: str, line: str) -> None:
    assert marker in _affirmed(heard(line))


@pytest.mark.parametrize(("marker", "line"), _lines("near_misses"))
def test_a_near_miss_of_a_marker_is_left_alone(marker: str, line: str) -> None:
    assert marker not in _affirmed(heard(line))


def test_the_markers_are_in_files_of_their_own() -> None:
    assert {file.stem for file in MARKERS.glob("*.yaml")} == set(known().markers)
