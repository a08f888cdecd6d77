"""How good a count is: precision, recall and F1, with the interval in which the truth may lie."""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

Z = 1.96
"""For 95 % intervals."""
RESAMPLES = 400
SEED = 999


@dataclass(frozen=True, slots=True)
class Interval:
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        return self.hits / self.of if self.of else 1.0

    @property
    def interval(self) -> Interval:
        """Wilson's, which holds for small counts and near 0 and 1."""
        if not self.of:
            return Interval(0.0, 1.0)
        p, n = self.value, self.of
        centre = p + Z * Z / (2 * n)
        spread = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
        return Interval((centre - spread) / (1 + Z * Z / n), (centre + spread) / (1 + Z * Z / n))


@dataclass(frozen=True, slots=True)
class Tally:
    """What was found rightly, found wrongly, and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    @property
    def precision(self) -> Share:
        return Share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> Share:
        return Share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float:
        of = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / of if of else 1.0


def bootstrap(items: Sequence[T], measure: Callable[[Sequence[T]], float]) -> Interval:
    """The measure's 95 % interval over resampled items; the same items always give the same interval."""
    if not items:
        return Interval(0.0, 1.0)
    chance = random.Random(SEED)  # noqa: S311 (resampling, not a secret)
    values = sorted(measure(chance.choices(items, k=len(items))) for _ in range(RESAMPLES))
    return Interval(values[round(RESAMPLES * 0.025)], values[round(RESAMPLES * 0.975) - 1])
