# ruff: noqa: INP001 (a recipe, not a package)
"""What there is to learn from: the development sentences, their labels, and what the rules made of them."""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from server.adapters.language.ellipsis import leaning, question_of, whole
from server.adapters.language.kind import DOMESTIC, NOTHING_TOLD
from server.adapters.language.knowledge import BROAD, Knowledge
from server.adapters.language.turn_reading import TELLING_WORDS, TurnReader, TurnWords
from server.adapters.language.turns import clause_starts
from server.domain.sightings import SPEAKING
from server.domain.speech import Party, Utterance, Word

LOOKED_AT = frozenset({1, 2, 3, 5, 8, 12, 18, 25, 34})
"""After so many of the caller's turns it is asked what kind of call it is. Covert calls, which say what they
are not, are left out; plain talk is no domestic call, however much of it is about husbands and children."""
ALONE_WORDS = 8
"""A shorter answer tells what it tells by its question."""
HEARD = "heard"
"""Files of this name hold other files' sentences as a recogniser heard them: no new wording."""

Labels = frozenset[str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A marker that the rules found in a sentence."""

    marker: str
    broad: bool
    rule: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A sentence, its labels, and what the rules made of it."""

    words: tuple[str, ...]
    labels: Labels
    candidates: tuple[Candidate, ...]
    example: bool = False
    """Whether it stands in a marker's own file."""
    asked: tuple[str, ...] = ()
    """What it answers, where it is learnt as an answer."""
    source: str = ""
    """The file of the corpus, without its ending."""
    domestic: bool | None = None
    """Whether the call is a domestic one of which these words are all that the caller has said so far."""


class Material:
    def __init__(self, reader: TurnReader, known: Knowledge) -> None:
        self._reader = reader
        self._known = known

    def samples(self, corpus: Path, *, heard: bool = False) -> Iterator[Sample]:
        for file in sorted(corpus.glob("*.jsonl")):
            if heard or not file.name.startswith(HEARD):
                for line in file.read_text(encoding="utf-8").splitlines():
                    for one in self._of(json.loads(line)):
                        yield replace(one, source=file.stem)
        for rules in self._known.markers.values():
            marker = frozenset({str(rules.marker.id)})
            for lines, labels in ((rules.examples, marker), (rules.near_misses, frozenset())):
                yield from (self._sample(line, labels, example=True) for line in lines if " / " not in line)

    def _of(self, found: dict[str, Any]) -> Iterator[Sample]:
        if found["kind"] != "utterance":
            yield from self._turns(found)
            if found["kind"] == "talk" or (found.get("domestic") is not None and "form" not in found):
                yield from self._so_far(found)
        elif found["speaker"] != "handler":
            yield self._sample(found["text"], frozenset(found["markers"]))

    def _so_far(self, call: dict[str, Any]) -> Iterator[Sample]:
        """What a caller has said after some turns, and whether the call turns out to be a domestic one."""
        told = NOTHING_TOLD
        spoken = [turn for turn in call["turns"] if turn["speaker"] != "handler"]
        for at, turn in enumerate(spoken, start=1):
            told = told.and_then(tuple(token.text for token in self._read(turn["text"]).tokens))
            if at in LOOKED_AT or at == len(spoken):
                yield Sample(told.words, frozenset(), (), domestic=bool(call.get("domestic")))

    def _turns(self, call: dict[str, Any]) -> Iterator[Sample]:
        """Turns of which the labels say something.

        In a call that is labelled turn by turn, all; else those expected to show a marker, and other calls'.
        """
        expected: dict[int, set[str]] = {}
        for one in call.get("expect", ()):
            expected.setdefault(one["turn"], set()).add(one["marker"])
        asked = ""
        for at, turn in enumerate(call["turns"]):
            if turn["speaker"] == "handler":
                asked = turn["text"]
            elif "markers" in turn:
                yield from self._answer(asked, turn["text"], frozenset(turn["markers"]))
            elif at in expected or not call.get("domestic"):
                yield from self._answer(asked, turn["text"], frozenset(expected.get(at, ())))

    def _answer(self, asked: str, text: str, labels: Labels) -> Iterator[Sample]:
        """A turn of some words by itself; a shorter one with its question; a question that got its yes."""
        said, question = self._read(text), self._read(asked)
        words = tuple(token.text for token in said.tokens)
        if before := tuple(token.text for token in question.tokens):
            yield Sample(words, labels, (), asked=before)
        if len(text.split()) >= (ALONE_WORDS if labels else TELLING_WORDS):
            yield self._made(said, labels)
        told = question_of(question.tokens, clause_starts(question.tokens), asked)
        if told is None:
            return
        if answer := leaning(told, said.tokens):
            row, _ = whole(told, answer)
            yield Sample(tuple(token.text for token in row), labels, ())
        elif labels and len(text.split()) < TELLING_WORDS:
            yield Sample(tuple(token.text for token in question.tokens), labels, ())

    def _sample(self, text: str, labels: Labels, *, example: bool = False) -> Sample:
        return self._made(self._read(text), labels, example=example)

    def _made(self, read: TurnWords, labels: Labels, *, example: bool = False) -> Sample:
        found = [one for one in read.found if one.sighting.polarity in SPEAKING]
        strict = {one.sighting.marker: one.sighting.rule for one in reversed(found) if one.needs != BROAD}
        broad = {one.sighting.marker: one.sighting.rule for one in reversed(found) if one.needs == BROAD}
        both = [Candidate(marker, broad=False, rule=rule) for marker, rule in strict.items()]
        both += [Candidate(marker, broad=True, rule=rule) for marker, rule in broad.items()]
        return Sample(tuple(token.text for token in read.tokens), labels, tuple(both), example)

    def _read(self, text: str) -> TurnWords:
        words = tuple(Word(text=word, start_ms=0, end_ms=0, confidence=1.0) for word in text.split())
        turn = Utterance(party=Party.CALLER, number=0, words=words, heard_to_ms=0)
        with self._reader.read(turn) as read:
            return read


def heads_of(samples: Sequence[Sample], heads: Sequence[str], whole: str) -> list[list[float]]:
    """What each head should say of each sentence, NaN where not asked; the whole is said of any label."""
    return [[_head_of(one, head, whole) for head in heads] for one in samples]


def _head_of(one: Sample, head: str, whole: str) -> float:
    if (head == DOMESTIC) != (one.domestic is not None):
        return math.nan
    if head == DOMESTIC:
        return float(bool(one.domestic))
    return float(bool(one.labels) if head == whole else head in one.labels)
