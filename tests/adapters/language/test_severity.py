"""When it happened, and the details that tell how grave it is."""

import pytest

from server.domain.sightings import Sighting, When
from tests.adapters.language.calls import heard


def _one(said: str, marker: str) -> Sighting:
    return next(one for one in heard(said) if one.marker == marker)


@pytest.mark.parametrize(
    ("said", "when"),
    [
        ("he's strangling me right now", When.NOW),
        ("he strangled me ten minutes ago", When.TODAY),
        ("he strangled me this morning", When.TODAY),
        ("he strangled me last night", When.RECENT),
        ("he strangled me on saturday", When.RECENT),
        ("he strangled me in march", When.HISTORIC),
        ("he used to strangle me", When.HISTORIC),
        ("he strangled me three years ago", When.HISTORIC),
        ("he strangled me in march tonight he's only shouting", When.HISTORIC),
        ("he strangled me", When.UNSAID),
    ],
)
def test_a_sighting_says_when_it_was(said: str, when: When) -> None:
    assert _one(said, "strangulation").when is when


@pytest.mark.parametrize(
    ("said", "marker", "flag", "there"),
    [
        ("he strangled me and i passed out", "strangulation", "loss_of_consciousness", True),
        ("he strangled me till everything went black", "strangulation", "loss_of_consciousness", True),
        ("he strangled me and i shouted", "strangulation", "loss_of_consciousness", False),
        ("he's got a knife in his hand", "weapon", "in_hand", True),
        ("he keeps a machete in the shed", "weapon", "nearby", True),
        ("he keeps a machete in the shed", "weapon", "in_hand", False),
        ("he punched me ten minutes ago", "physical_assault", "today", True),
        ("he punched me years ago", "physical_assault", "today", False),
        ("he punched me weeks ago", "physical_assault", "today", False),
        ("he's stabbed her and she's not responding", "serious_injury", "unconscious", True),
    ],
)
def test_a_detail_is_flagged_where_it_is_told(said: str, marker: str, flag: str, *, there: bool) -> None:
    assert (flag in _one(said, marker).flags) is there
