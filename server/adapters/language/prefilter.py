"""Which rules a turn's words can match at all, so that only those are run.

A pattern that must hold one letter of each of some sets cannot match a turn that lacks one
of the sets. For each letter a bit mask says in which patterns' sets it stands, so that a turn is
sifted with one operation for each of its words.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from re import _constants as op  # type: ignore[attr-defined]  # there is no public parse tree
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

Needed = list[frozenset[str]]
Nodes = Iterable[tuple[Any, Any]]
"""A stretch of the parse tree: kinds and their values."""
SETS = 3
"""So many of the smallest sets of a pattern are looked at."""


@dataclass(frozen=True, slots=True)
class Prefilter:
    """The masks of a row of regular expressions."""

    masks: tuple[dict[str, int], ...]
    """For each of the sets: a letter's patterns."""
    free: tuple[int, ...]
    """For each of the sets: the patterns that have no such set."""
    owner: tuple[int, ...]
    """For each pattern, the place of its expression in the row."""

    def possible(self, text: str) -> list[int]:
        """The places of the expressions that may match, in order."""
        letters = set(text)
        left = -1
        for mask, free in zip(self.masks, self.free, strict=True):
            left &= reduce(or_, (mask[letter] for letter in letters if letter in mask), free)
        return sorted({self.owner[bit] for bit in _bits(left)})


def prefilter(row: Sequence[re.Pattern[str]]) -> Prefilter:
    needed: list[tuple[int, Needed]] = [
        (place, sorted(sets, key=len)[:SETS]) for place, regex in enumerate(row) for sets in _patterns(regex)
    ]
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


def _patterns(regex: re.Pattern[str]) -> list[Needed]:
    """The sets that each of an expression's alternatives needs."""
    tree = list(parser.parse(regex.pattern))
    if len(tree) == 1 and tree[0][0] is op.BRANCH:
        return [_needed(branch) for branch in tree[0][1][1]]
    return [_needed(tree)]


def _needed(sequence: Nodes) -> Needed:
    """A set for every element of which a match must hold one letter."""
    found: Needed = []
    for kind, value in sequence:
        if kind is op.LITERAL:
            found.append(frozenset(chr(value)))
        elif kind is op.IN:
            found += _in(value)
        elif kind is op.SUBPATTERN:
            found += _needed(value[3])
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT) and value[0] > 0:
            found += _needed(value[2])
        elif kind is op.BRANCH:
            found += _either(value[1])
    return found


def _in(items: Nodes) -> Needed:
    letters: set[str] = set()
    for kind, value in items:
        if kind is op.LITERAL:
            letters.add(chr(value))
        elif kind is op.RANGE:
            letters.update(map(chr, range(value[0], value[1] + 1)))
        else:
            return []
    return [frozenset(letters)]


def _either(branches: Iterable[Nodes]) -> Needed:
    """One set for all branches: of each its smallest."""
    sets = [min(_needed(branch), key=len, default=None) for branch in branches]
    if any(one is None for one in sets):
        return []
    return [frozenset().union(*(one for one in sets if one is not None))]
