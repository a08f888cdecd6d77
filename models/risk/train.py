# ruff: noqa: INP001 (a recipe, not a package)
"""Train the second opinion from the development sentences: `python models/risk/train.py`.

Seeded; a quarter of an hour on two cores. Needs torch (`pip install torch`); the server does not. Reads
`models/risk/corpus/dev`, `models/risk/vectors.npz` and the markers' own examples, writes
`config/markers/opinion.npz`. The check half is never read here.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import telling
import torch
from material import Material, Sample, heads_of
from network import Array, Vectors, odds_of, trained
from weighing import weighing

from server.adapters.language.components import pipeline
from server.adapters.language.knowledge import knowledge
from server.adapters.language.opinion import ABUSE, UNKNOWN
from server.adapters.language.turn_reading import TurnReader
from server.domain.markers import MarkerClass

SEED = 999
EPOCHS = 10
FOLDS = 3
EXAMPLE_WEIGHT = 10
"""How often the markers' own examples and near-misses are seen for each time that a sentence is."""


def held_out(
    samples: Sequence[Sample], vectors: Vectors, heads: Sequence[str], folds: int
) -> tuple[list[Sample], Array]:
    """Sentences with the odds of a network that has not seen them."""
    fold = np.random.default_rng(SEED).integers(0, FOLDS, len(samples))
    wanted = np.array(heads_of(samples, heads, ABUSE), dtype=float)
    parts: list[Sample] = []
    odds: list[Array] = []
    for number in range(folds):
        seen = np.flatnonzero(fold != number)
        network = trained(vectors, [samples[at].words for at in seen], wanted[seen], epochs=EPOCHS, seed=SEED)
        rest = [samples[at] for at in np.flatnonzero(fold == number)]
        parts += rest
        odds.append(odds_of(network, vectors, [one.words for one in rest]))
        sys.stdout.write(f"fold {number + 1} of {folds}\n")
    return parts, np.concatenate(odds)


def _is_turn(one: Sample) -> bool:
    """A turn by itself, and none that only the judge's weighing may see."""
    return not one.asked and one.domestic is None and not one.source.startswith("weigh")


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument(
        "--folds", type=int, default=FOLDS, choices=range(1, FOLDS + 1), help="fewer is sooner"
    )
    options.add_argument(
        "--telling", action="store_true", help="write the markers' telling words, and train nothing"
    )
    chosen = options.parse_args()
    torch.set_num_threads(1)  # more would change the sums, and with them the result
    root = Path(__file__).resolve().parents[2]
    markers = root / "config" / "markers"
    known = replace(knowledge(markers), opinion=None, judge=None)
    vectors = Vectors(root / "models" / "risk" / "vectors.npz")
    material = Material(TurnReader(known, pipeline(markers)), known)
    samples = [one for one in material.samples(root / "models" / "risk" / "corpus" / "dev") if _is_turn(one)]
    sys.stdout.write(f"{len(samples)} sentences\n")
    if chosen.telling:
        telling.write(samples, list(known.markers), markers / "lexicon")
        return
    heads = (ABUSE, *known.markers)
    immediate = frozenset(
        id_ for id_, one in known.markers.items() if one.marker.severity is MarkerClass.IMMEDIATE
    )
    weighed = weighing(*held_out(samples, vectors, heads, chosen.folds), heads, immediate)
    often = [one for one in samples for _ in range(EXAMPLE_WEIGHT if one.example else 1)]
    wanted = np.array(heads_of(often, heads, ABUSE), dtype=float)
    network = trained(vectors, [one.words for one in often], wanted, epochs=EPOCHS, seed=SEED)
    values, steps = network.words()
    said = {word for one in samples for word in one.words}
    held = [row for row, word in enumerate(vectors.words) if word in said]
    rows = [UNKNOWN, *(row + 1 for row in held)]
    np.savez_compressed(
        markers / "opinion.npz",
        words=np.array([vectors.words[row] for row in held]),
        vectors=values[rows],
        steps=steps[rows],
        heads=np.array(heads),
        trust=weighed.trust,
        leaning=np.array(heads[1:]),
        lean=weighed.lean,
        rules=np.array(list(weighed.rules)),
        rule_lean=np.array(list(weighed.rules.values())),
        **network.layers(),
    )


if __name__ == "__main__":
    main()
