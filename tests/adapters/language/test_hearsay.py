"""What the caller was told by others is third-hand; what they met with themselves is heard."""

import pytest

from server.domain.sightings import Source
from tests.adapters.language.calls import heard


def _source(line: str, marker: str) -> set[Source]:
    return {one.source for one in heard(line) if one.marker == marker}


@pytest.mark.parametrize(
    ("line", "marker"),
    [
        ("my mum said he told my brother he's going to kill me", "threat_to_kill"),
        ("my neighbour told me he's got a knife", "weapon"),
        ("my daughter just rang me and said he's strangled her", "strangulation"),
        ("apparently he's got hold of her by the throat", "strangulation"),
        ("i was told he's got a gun", "firearm"),
        ("my husband told my mum he's going to kill me", "threat_to_kill"),
    ],
)
def test_what_others_told_the_caller_is_third_hand(line: str, marker: str) -> None:
    assert _source(line, marker) == {Source.THIRD_HAND}


@pytest.mark.parametrize(
    ("line", "marker"),
    [
        ("he said he's going to kill me", "threat_to_kill"),
        ("my dad said he's going to kill me", "threat_to_kill"),
        ("my husband said he'll kill me", "threat_to_kill"),
        ("he's got a knife my mum said to ring you", "weapon"),
        ("my mum said to ring you he's going to kill me", "threat_to_kill"),
        ("i told my mum he strangled me", "strangulation"),
    ],
)
def test_what_the_caller_met_with_is_heard(line: str, marker: str) -> None:
    assert _source(line, marker) == {Source.HEARD}


def test_what_the_caller_saw_besides_is_heard_again() -> None:
    said = "my friend says he hits her but i saw him strangle her"
    assert _source(said, "strangulation") == {Source.HEARD}
