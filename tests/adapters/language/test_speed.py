"""What keeps reading fast changes nothing of what is read."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.adapters.language.prefilter import prefilter
from server.adapters.language.turn_reading import TurnReader
from server.adapters.language.turns import clause_starts, encode, spoken
from server.adapters.language.words import split_text, tokens_of
from server.domain.speech import Utterance
from tests.adapters.language.calls import draft, known, reader, utterance

CALLS = Path("models/risk/corpus/dev/calls.jsonl")


def _said() -> Iterator[str]:
    for line in CALLS.read_text(encoding="utf-8").splitlines():
        yield from (turn["text"] for turn in json.loads(line)["turns"])


def test_no_rule_that_matches_is_left_out() -> None:
    rules = [way for marker in known().markers.values() for rule in marker.rules for way in rule.ways]
    sift = prefilter([rule.alternatives for rule in rules])
    kept = 0
    for text in [*_said()][:120]:
        tokens = spoken(tokens_of(split_text(text), (), known().spelling))
        line = encode(tokens, clause_starts(tokens), known())
        possible = sift.possible(line.text)
        matching = {place for place, rule in enumerate(rules) if rule.regex.search(line.text)}
        assert matching <= set(possible)
        kept += len(possible)
    assert kept < 120 * len(rules) / 3


def test_a_draft_whose_words_stay_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    once = TurnReader.read

    def counted(self: TurnReader, turn: Utterance) -> object:
        read.append(len(turn.words))
        return once(self, turn)

    monkeypatch.setattr(TurnReader, "read", counted)
    reading = reader().begin()
    told = [reading.draft(draft("he's got a knife")) for _ in range(3)]
    told += [reading.settle(utterance("he's got a knife"))]
    assert read == [4]
    assert {one.marker for sightings in told for one in sightings} == {"weapon"}
    reading.settle(utterance("he's got a knife", number=1, from_ms=5000))
    assert read == [4, 4]
