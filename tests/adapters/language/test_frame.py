"""What may stand before a call has shown that it is a domestic one."""

import pytest

from server.domain.sightings import Sighting
from tests.adapters.language.calls import heard


def _of(marker: str, line: str) -> list[Sighting]:
    return [one for one in heard(line) if one.marker == marker]


@pytest.mark.parametrize(
    "line",
    [
        "it's happened again it's every weekend i've rung you three times this month",
        "handler: has this happened before / caller: yes",
    ],
)
def test_a_high_marker_waits_until_somebody_close_is_named(line: str) -> None:
    found = _of("repeat_incident", line)
    assert found
    assert not any(one.stands for one in found)


def test_an_immediate_marker_waits_for_nobody() -> None:
    assert any(one.stands for one in _of("strangulation", "he's got his hands round my throat"))


def test_what_waited_is_told_when_the_call_shows_what_it_is() -> None:
    line = "caller: it's every weekend i've rung you three times this month / caller: my husband strangled me"
    assert [one.stands for one in _of("repeat_incident", line)] == [False, True]
