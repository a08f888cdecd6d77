# ruff: noqa: INP001 (a recipe, not a package)
"""How far rules and heads are believed: a logistic regression over what rules found in held-out sentences."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from material import Sample

ROUNDS = 3000
STEP = 0.3
SHRINK_MARKER, SHRINK_RULE = 0.4, 4.0
"""How hard a marker's and a rule's own leaning is held to nought: as much as so many sentences against it."""
RECALL_WEIGHT = {True: 1.1, False: 0.7}
"""For immediate markers one missed is worse than one too many; for others one too many is worse."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Weighing:
    trust: Array
    """How the odds weigh: of abuse and of the marker, then the same for a broad rule."""
    lean: Array
    """One row for each marker: its own rules, its broad ones."""
    rules: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Facts:
    odds: Array
    group: npt.NDArray[np.int_]
    rule: npt.NDArray[np.int_]
    right: Array
    place: npt.NDArray[np.int_]
    """One number for each marker in each sentence, which its own rules and its broad ones share."""
    rules: tuple[str, ...]


def weighing(
    samples: Sequence[Sample],
    odds: Array,
    heads: Sequence[str],
    immediate: frozenset[str],
    recall_weight: Mapping[bool, float] = RECALL_WEIGHT,
) -> Weighing:
    facts = _facts(samples, odds, heads)
    trust, lean, rules = _fitted(facts, 2 * (len(heads) - 1))
    now = facts.odds @ trust + lean[facts.group] + rules[facts.rule]
    urgent = np.repeat([head in immediate for head in heads[1:]], 2)
    for grave in (True, False):
        mine = urgent[facts.group] == grave
        labels = sum(len(one.labels & immediate if grave else one.labels - immediate) for one in samples)
        best, right = _loudest(now[mine], facts.right[mine], facts.place[mine])
        lean[urgent == grave] -= _best_cut(best, right, labels, recall_weight[grave])
    return Weighing(trust, lean.reshape(-1, 2), dict(zip(facts.rules, rules.tolist(), strict=True)))


def _facts(samples: Sequence[Sample], odds: Array, heads: Sequence[str]) -> _Facts:
    column = {head: at for at, head in enumerate(heads)}
    rules = sorted({found.rule for one in samples for found in one.candidates})
    place = {rule: at for at, rule in enumerate(rules)}
    rows, groups, which, right, places = [], [], [], [], []
    for at, one in enumerate(samples):
        for found in one.candidates:
            heard = [odds[at][0], odds[at][column[found.marker]]]
            rows.append([0.0, 0.0, *heard] if found.broad else [*heard, 0.0, 0.0])
            groups.append(2 * (column[found.marker] - 1) + found.broad)
            which.append(place[found.rule])
            right.append(found.marker in one.labels)
            places.append(at * len(heads) + column[found.marker])
    return _Facts(
        odds=np.array(rows),
        group=np.array(groups),
        rule=np.array(which),
        right=np.array(right, dtype=float),
        place=np.array(places),
        rules=tuple(rules),
    )


def _loudest(odds: Array, right: Array, place: npt.NDArray[np.int_]) -> tuple[Array, Array]:
    """For each marker in each sentence the odds of the rule that is believed most."""
    order = np.lexsort((-odds, place))
    _, first = np.unique(place[order], return_index=True)
    return odds[order][first], right[order][first]


def _fitted(facts: _Facts, groups: int) -> tuple[Array, Array, Array]:
    trust, lean, rules = np.zeros(4), np.zeros(groups), np.zeros(len(facts.rules))
    in_group = np.bincount(facts.group, minlength=groups) / 4 + SHRINK_MARKER
    of_rule = np.bincount(facts.rule, minlength=len(rules)) / 4 + SHRINK_RULE
    for _ in range(ROUNDS):
        now = facts.odds @ trust + lean[facts.group] + rules[facts.rule]
        slip = 1 / (1 + np.exp(-now)) - facts.right
        trust -= STEP * (facts.odds.T @ slip) / len(slip) / 4
        lean -= STEP * (np.bincount(facts.group, slip, groups) + SHRINK_MARKER * lean) / in_group
        rules -= STEP * (np.bincount(facts.rule, slip, len(rules)) + SHRINK_RULE * rules) / of_rule
    return trust, lean, rules


def _best_cut(odds: Array, right: Array, labels: int, weight: float) -> float:
    """The threshold at which F is best, recall weighing `weight` times as much as precision."""
    cuts = np.arange(-3.0, 2.0, 0.05)
    square = weight * weight
    scores = [(1 + square) * right[odds > cut].sum() / (square * labels + (odds > cut).sum()) for cut in cuts]
    best = int(np.argmax(scores))
    kept = odds > cuts[best]
    precision, recall = right[kept].mean(), right[kept].sum() / labels
    sys.stdout.write(f"cut {cuts[best]:.2f}: precision {precision:.3f} recall {recall:.3f} held out\n")
    return float(cuts[best])
