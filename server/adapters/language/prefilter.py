"""Which rules a turn's words can match at all, so that only those are run.

A pattern that must hold one letter of each of some sets cannot match a turn that lacks one
of the sets. For each letter a bit mask says in which patterns' sets it stands, so that a turn is
sifted with one operation for each of its words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from server.adapters.language.made import Needed

SETS = 3
"""So many of the smallest sets of a pattern are looked at."""


@dataclass(frozen=True, slots=True)
class Prefilter:
    """The masks of a row of patterns."""

    masks: tuple[dict[str, int], ...]
    """For each of the sets: a letter's alternatives."""
    free: tuple[int, ...]
    """For each of the sets: the alternatives that have no such set."""
    owner: tuple[int, ...]
    """For each alternative, the place of its pattern in the row."""

    def possible(self, text: str) -> list[int]:
        """The places of the patterns that may match, in order."""
        letters = set(text)
        left = -1
        for mask, free in zip(self.masks, self.free, strict=True):
            left &= reduce(or_, (mask[letter] for letter in letters if letter in mask), free)
        return sorted({self.owner[bit] for bit in _bits(left)})


def prefilter(row: Sequence[Sequence[Needed]]) -> Prefilter:
    """`row`: what each pattern's alternatives need."""
    needed = [(place, sorted(sets, key=len)[:SETS]) for place, ways in enumerate(row) for sets in ways]
    masks: list[dict[str, int]] = [{} for _ in range(SETS)]
    free = [0] * SETS
    for number, (_, sets) in enumerate(needed):
        for at in range(SETS):
            if at >= len(sets):
                free[at] |= 1 << number
                continue
            for letter in sets[at]:
                masks[at][letter] = masks[at].get(letter, 0) | 1 << number
    return Prefilter(tuple(masks), tuple(free), tuple(place for place, _ in needed))


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
