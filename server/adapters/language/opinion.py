"""The second opinion: a small trained model that may question a rule, and never speaks by itself.

One linear head says how much a turn sounds like abuse at all, one for each marker how much it
sounds like that marker. Features are words and the lexicon's classes, alone and in pairs.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from server.adapters.language.inflect import IRREGULAR
from server.domain.ids import MarkerId

ABUSE = "abuse"
SHORTEST_STEM = 3
BASES = {form: base for base, row in IRREGULAR.items() for form in row if len(form) > SHORTEST_STEM}
UNHEARD = 5.0
"""The margin of a marker that no head was trained for: its own rules stand, a broad one does not."""
TAGGED = (
    "choke",
    "kill",
    "violence",
    "neck",
    "body",
    "blade",
    "blunt",
    "gun",
    "fuel",
    "partner",
    "parent",
    "young",
    "family",
    "man",
    "pet",
    "room",
    "cover",
    "ligature",
)
"""The lexicon's classes that stand in for their words, the more telling first."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the heads make of one turn, as log odds."""

    abuse: float
    markers: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Opinion:
    """The trained heads, and how their odds weigh against a rule's word."""

    rows: Mapping[str, int]
    weights: npt.NDArray[np.float32]
    """One row for each feature, one column for each head."""
    heads: tuple[str, ...]
    bias: npt.NDArray[np.float32]
    trust: npt.NDArray[np.float32]
    """How the heads' odds weigh against a rule's word: abuse and marker, then the same for a broad rule."""
    lean: Mapping[str, tuple[float, float]]
    """For each marker, how far its own rules and its broad one are believed before any head is heard."""

    def hear(self, features: Iterable[str]) -> Heard:
        rows = [self.rows[one] for one in features if one in self.rows]
        odds = self.bias + self.weights[rows].sum(axis=0, dtype=np.float32) / math.sqrt(len(rows) + 1)
        named = dict(zip(self.heads, odds.tolist(), strict=True))
        return Heard(named.pop(ABUSE), named)

    def margin(self, heard: Heard, marker: MarkerId, *, broad: bool) -> float:
        """How far a rule's sighting is to be believed, as log odds over what it needs."""
        if marker not in self.lean:
            return -UNHEARD if broad else UNHEARD
        weights = self.trust[2:] if broad else self.trust[:2]
        heads = heard.abuse * float(weights[0]) + heard.markers[marker] * float(weights[1])
        return self.lean[marker][broad] + heads


def features(words: Sequence[str], tags: Mapping[str, str]) -> set[str]:
    """Words and their stems or classes, alone, in pairs, and in pairs with one or two words between."""
    tagged = [tags.get(word) or stem(word) for word in words]
    made = set(words) | set(tagged)
    row = ["^", *tagged, "$"]
    made.update(f"{a} {b}" for a, b in pairwise(row))
    made.update(f"{a} _ {b}" for a, b in zip(row, row[2:], strict=False))
    made.update(f"{a} __ {b}" for a, b in zip(row, row[3:], strict=False))
    return made


def stem(word: str) -> str:
    """A word without its ending; rough, and the same for all its regular forms."""
    if word in BASES:
        return BASES[word]
    for ending in ("ing", "ed", "es", "in", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word[: -len(ending)].rstrip("e")
    return word.rstrip("e") if len(word) > SHORTEST_STEM else word


def load(file: Path) -> Opinion:
    with np.load(file, allow_pickle=False) as stored:
        return Opinion(
            rows={str(name): row for row, name in enumerate(stored["features"])},
            weights=stored["weights"].astype(np.float32),
            heads=tuple(str(head) for head in stored["heads"]),
            bias=stored["bias"].astype(np.float32),
            trust=stored["trust"],
            lean={
                str(name): (float(strict), float(broad))
                for name, (strict, broad) in zip(stored["leaning"], stored["lean"], strict=True)
            },
        )
