"""How the shipped prompts are worded: for somebody who reads them between two breaths (facts, section 8)."""

import re
from pathlib import Path

import pytest

from server.adapters.language.reader import SpacyReader
from server.domain.markers import PROMPT_LIMIT, Marker

MARKERS = SpacyReader(Path(__file__).parents[3] / "config/markers").markers
GENDERED = re.compile(
    r"\b(he|she|him|her|his|hers|himself|herself|husband|wife|boyfriend|girlfriend)\b", re.IGNORECASE
)
BLAMING = re.compile(
    r"\bwhy (didn't|did not|don't|haven't|did you)|should have|your fault|calm down", re.IGNORECASE
)
PROSECUTING = re.compile(r"prosecut|press charges|statement against", re.IGNORECASE)
VERBS = frozenset(
    [
        "Advise",
        "Agree",
        "Ask",
        "Check",
        "Get",
        "Keep",
        "Link",
        "Note",
        "Put",
        "Record",
        "Request",
        "Say",
        "Send",
        "Stay",
        "Switch",
        "Tell",
        "Type",
        "Use",
        "Write",
    ]
)


def texts(marker: Marker) -> tuple[str, ...]:
    return marker.prompts.ask, marker.prompts.yes_no, marker.prompts.handler, marker.prompts.specialist


@pytest.mark.parametrize("marker", MARKERS.values(), ids=lambda marker: marker.id)
def test_a_prompt_is_short_blames_nobody_and_takes_nobodys_gender_for_granted(marker: Marker) -> None:
    for text in texts(marker):
        assert 0 < len(text) <= PROMPT_LIMIT
        for wrong in (GENDERED, BLAMING, PROSECUTING):
            assert not wrong.search(text), text


@pytest.mark.parametrize("marker", MARKERS.values(), ids=lambda marker: marker.id)
def test_what_a_handler_is_told_to_do_begins_with_the_doing(marker: Marker) -> None:
    assert marker.prompts.handler.split()[0].strip(":,") in VERBS
