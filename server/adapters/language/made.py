"""Pieces of regular expressions over letters that stand for words, and what each needs to be there."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

BOUNDARY = "\x01"
"""Stands between two clauses."""

_LETTERS = re.compile(r"\[[^\[\]^]+\]")

Needed = tuple[frozenset[str], ...]
"""Sets of letters: whatever matches holds one letter of each."""


@dataclass(frozen=True, slots=True)
class Made:
    """A piece of a regular expression."""

    text: str
    needs: Needed = ()
    choices: tuple[Needed, ...] = ()
    """Where all of it is one choice, what each branch needs."""

    @property
    def ways(self) -> tuple[Needed, ...]:
        return self.choices or (self.needs,)


def one_of(letters: Iterable[str]) -> Made:
    some = frozenset(letters)
    return Made(f"[{''.join(sorted(some))}]", (some,))


def either(branches: Sequence[Made], text: str) -> Made:
    """A choice between these: it needs one set for all, of each its smallest."""
    if len(branches) == 1:
        return Made(text, branches[0].needs, branches[0].choices)
    sets = [min(one.needs, key=len, default=None) for one in branches]
    needs = () if None in sets else (frozenset().union(*(one for one in sets if one is not None)),)
    return Made(text, needs, tuple(way for one in branches for way in one.ways))


def choice(branches: Sequence[Made]) -> Made:
    """One of these; single words become one set of characters, which is much the fastest."""
    letters: set[str] = set()
    longer: list[Made] = []
    for one in branches:
        if _LETTERS.fullmatch(one.text):
            letters.update(one.text[1:-1])
        else:
            longer.append(one)
    longer.sort(key=lambda one: -len(one.text))
    if letters:
        longer.append(one_of(letters))
    if len(longer) == 1 and letters:
        return longer[0]
    return either(longer, f"(?:{'|'.join(one.text for one in longer)})")


def joined(sequence: Sequence[Made]) -> Made:
    """Elements in a row; a clause may end between any two, since where it ends is only a guess."""
    if len(sequence) == 1:
        return sequence[0]
    made = ""
    for element in sequence:
        optional = made and not element.text.startswith(("[^", "(?="))
        made += f"{BOUNDARY}?{element.text}" if optional else element.text
    return Made(made, tuple(need for element in sequence for need in element.needs))
