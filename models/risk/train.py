# ruff: noqa: INP001 (a recipe, not a package)
"""Train the second opinion from the development sentences: `python models/risk/train.py`.

Seeded; under a minute on one core. Reads `models/risk/corpus/dev` and the markers' own examples,
writes `config/markers/opinion.npz`. The check half is never read here.
"""

import json
import math
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from server.adapters.language.components import pipeline
from server.adapters.language.knowledge import BROAD, Knowledge, knowledge
from server.adapters.language.opinion import ABUSE
from server.adapters.language.turn_reading import TELLING_WORDS, TurnReader
from server.domain.markers import MarkerClass
from server.domain.sightings import SPEAKING
from server.domain.speech import Party, Utterance, Word

SEED = 999
EPOCHS = 14
RATE = 0.25
DECAY = 1e-2
PRIOR = 0.5
SMOOTH = 3.0
FOLDS = 5
SEEN_TWICE = 2
SHRINK = 8
OTHER_WEIGHT = 0.5
RECALL_WEIGHT = 1.2
"""For immediate markers: one missed is worse than one too many."""
ROUNDS = 3000
HEARD = "heard"
"""Files of this name hold other files' sentences as a recogniser heard them: no new wording."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """A sentence, its labels, and what the rules made of it."""

    features: tuple[str, ...]
    labels: frozenset[str]
    candidates: tuple[tuple[str, bool], ...]
    """Marker, and whether only a broad rule found it."""


def sentences(corpus: Path, known: Knowledge) -> Iterator[tuple[str, frozenset[str]]]:
    for file in sorted(corpus.glob("*.jsonl")):
        if file.name.startswith(HEARD):
            continue
        for line in file.read_text(encoding="utf-8").splitlines():
            found = json.loads(line)
            if found["kind"] == "utterance" and found["speaker"] != "handler":
                yield found["text"], frozenset(found["markers"])
            elif found["kind"] != "utterance":
                yield from turns(found)
    for rules in known.markers.values():
        yield from ((line, frozenset({str(rules.marker.id)})) for line in rules.examples if " / " not in line)
        yield from ((line, frozenset()) for line in rules.near_misses if " / " not in line)


def turns(call: dict[str, Any]) -> Iterator[tuple[str, frozenset[str]]]:
    """Turns of which the labels say something: those expected to show a marker, and other calls'."""
    expected: dict[int, set[str]] = {}
    for one in call["expect"]:
        expected.setdefault(one["turn"], set()).add(one["marker"])
    for at, turn in enumerate(call["turns"]):
        said = turn["speaker"] != "handler" and len(turn["text"].split()) >= TELLING_WORDS
        if said and (at in expected or call["domestic"] is False):
            yield turn["text"], frozenset(expected.get(at, ()))


def sample(reader: TurnReader, text: str, labels: frozenset[str]) -> Sample:
    words = tuple(Word(text=word, start_ms=0, end_ms=0, confidence=1.0) for word in text.split())
    turn = Utterance(party=Party.CALLER, number=0, words=words, heard_to_ms=0)
    with reader.read(turn) as read:
        found = [one for one in read.found if one.sighting.polarity in SPEAKING]
        strict = {one.sighting.marker for one in found if one.needs != BROAD}
        broad = {one.sighting.marker for one in found} - strict
        both = [(marker, False) for marker in strict] + [(marker, True) for marker in broad]
        return Sample(tuple(sorted(read.features)), labels, tuple(sorted(both)))


def targets(samples: Sequence[Sample], heads: Sequence[str]) -> Array:
    made = np.zeros((len(samples), len(heads)))
    for row, one in enumerate(samples):
        made[row] = [head in one.labels or (head == ABUSE and bool(one.labels)) for head in heads]
    return made


def trained(samples: Sequence[Sample], heads: Sequence[str], rows: dict[str, int]) -> tuple[Array, Array]:
    """For each head a logistic regression that begins at naive Bayes and is held near it, all at once.

    After Wang and Manning, "Baselines and Bigrams" (2012): with few examples, the counts know best.
    """
    chance = np.random.default_rng(SEED)
    wanted = targets(samples, heads)
    where = [np.array([rows[name] for name in one.features if name in rows], dtype=int) for one in samples]
    ratios, bias = counted(where, wanted, len(rows))
    weights, steps = np.full(ratios.shape, PRIOR), np.full(ratios.shape, 1e-6)
    for _ in range(EPOCHS):
        for at in chance.permutation(len(samples)):
            used = where[at]
            scale = 1 / math.sqrt(len(used) + 1)
            ratio = ratios[used]
            odds = bias + (weights[used] * ratio).sum(axis=0) * scale
            slip = 1 / (1 + np.exp(-odds)) - wanted[at]
            bias -= 0.02 * slip
            slope = slip * scale * ratio + DECAY * (weights[used] - PRIOR)
            steps[used] += slope * slope
            weights[used] -= RATE * slope / np.sqrt(steps[used])
    return weights * ratios, bias


def counted(where: Sequence[npt.NDArray[np.int_]], wanted: Array, size: int) -> tuple[Array, Array]:
    """The log ratio at which each feature speaks for each head, and each head's share, smoothed."""
    having, total = np.zeros((size, wanted.shape[1])), np.zeros(size)
    for used, labels in zip(where, wanted, strict=True):
        having[used] += labels
        total[used] += 1
    labelled, others = wanted.sum(axis=0) + 1e-6, len(wanted) - wanted.sum(axis=0) + 1e-6
    inside = (having + SMOOTH * labelled / len(wanted)) / (labelled + SMOOTH)
    outside = (total[:, None] - having + SMOOTH * others / len(wanted)) / (others + SMOOTH)
    return np.clip(np.log((inside + 1e-9) / (outside + 1e-9)), -4, 4), np.log(labelled / others)


def odds_of(one: Sample, weights: Array, bias: Array, rows: dict[str, int]) -> Array:
    used = [rows[name] for name in one.features if name in rows]
    total: Array = bias + weights[used].sum(axis=0) / math.sqrt(len(used) + 1)
    return total


def held_out_odds(samples: Sequence[Sample], heads: Sequence[str], rows: dict[str, int]) -> Array:
    """Each sample's odds from a model that has not seen it."""
    fold = np.random.default_rng(SEED).integers(0, FOLDS, len(samples))
    odds = np.zeros((len(samples), len(heads)))
    for number in range(FOLDS):
        seen = [one for at, one in enumerate(samples) if fold[at] != number]
        weights, bias = trained(seen, heads, rows)
        for at in np.flatnonzero(fold == number):
            odds[at] = odds_of(samples[int(at)], weights, bias, rows)
    return odds


@dataclass(frozen=True, slots=True)
class Weighing:
    """How far rules and heads are believed."""

    trust: Array
    lean: Array
    """One row for each marker: its own rules, its broad one."""


def weighing(
    samples: Sequence[Sample], odds: Array, heads: Sequence[str], immediate: frozenset[str]
) -> Weighing:
    """A logistic regression over the rules' findings, with a leaning of its own for each marker and kind."""
    column = {head: at for at, head in enumerate(heads)}
    facts, groups, right = [], [], []
    for at, one in enumerate(samples):
        for marker, broad in one.candidates:
            heard = [odds[at][0], odds[at][column[marker]]]
            facts.append([0.0, 0.0, *heard] if broad else [*heard, 0.0, 0.0])
            groups.append(2 * (column[marker] - 1) + broad)
            right.append(marker in one.labels)
    x, y, group = np.array(facts), np.array(right, dtype=float), np.array(groups)
    made, lean = np.zeros(4), np.zeros(2 * (len(heads) - 1))
    size = np.bincount(group, minlength=len(lean)) + SHRINK
    for _ in range(ROUNDS):
        slip = 1 / (1 + np.exp(-(x @ made + lean[group]))) - y
        made -= 0.3 * (x.T @ slip) / len(y)
        lean -= (np.bincount(group, weights=slip, minlength=len(lean)) + SHRINK * 0.05 * lean) / size
    odds_now = x @ made + lean[group]
    urgent = np.array([head in immediate for head in heads[1:]])
    cuts = np.zeros(len(lean))
    for grave in (True, False):
        mine = urgent[group // 2] == grave
        labels = sum(len(one.labels & immediate if grave else one.labels - immediate) for one in samples)
        cut = best_cut(odds_now[mine], y[mine], labels, RECALL_WEIGHT if grave else OTHER_WEIGHT)
        cuts[np.repeat(urgent, 2) == grave] = cut
    return Weighing(made, (lean - cuts).reshape(-1, 2))


def best_cut(odds: Array, right: Array, labels: int, weight: float) -> float:
    """The threshold at which F is best, recall weighing `weight` times as much as precision."""
    cuts = np.arange(-3.0, 2.0, 0.05)
    square = weight * weight
    scores = [(1 + square) * right[odds > cut].sum() / (square * labels + (odds > cut).sum()) for cut in cuts]
    best = int(np.argmax(scores))
    kept = odds > cuts[best]
    precision, recall = right[kept].mean(), right[kept].sum() / labels
    sys.stdout.write(f"cut {cuts[best]:.2f}: precision {precision:.3f} recall {recall:.3f} by folds\n")
    return float(cuts[best])


def main() -> None:
    root = Path(__file__).resolve().parents[2]
    markers = Path(sys.argv[1]) if len(sys.argv) > 1 else root / "config" / "markers"
    known = replace(knowledge(markers), opinion=None)
    reader = TurnReader(known, pipeline(markers))
    found = sentences(root / "models" / "risk" / "corpus" / "dev", known)
    samples = [sample(reader, text, labels) for text, labels in found]
    heads = (ABUSE, *known.markers)
    seen = Counter(name for one in samples for name in one.features)
    rows = {name: at for at, name in enumerate(sorted(name for name in seen if seen[name] >= SEEN_TWICE))}
    immediate = frozenset(
        id_ for id_, one in known.markers.items() if one.marker.severity is MarkerClass.IMMEDIATE
    )
    weighed = weighing(samples, held_out_odds(samples, heads, rows), heads, immediate)
    weights, bias = trained(samples, heads, rows)
    np.savez_compressed(
        markers / "opinion.npz",
        features=np.array(list(rows)),
        weights=weights.astype(np.float16),
        heads=np.array(heads),
        bias=bias,
        trust=weighed.trust,
        leaning=np.array(heads[1:]),
        lean=weighed.lean,
    )
    sys.stdout.write(f"{len(samples)} sentences, {len(rows)} features\n")


if __name__ == "__main__":
    main()
