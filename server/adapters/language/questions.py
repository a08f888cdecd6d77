"""What a handler's turn asks about."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from server.adapters.language.inflect import base
from server.adapters.language.knowledge import Knowledge
from server.adapters.language.made import BOUNDARY
from server.adapters.language.turns import Line
from server.domain.ids import MarkerId


@dataclass(frozen=True, slots=True)
class Asked:
    """One marker that the handler has just asked about."""

    marker: MarkerId
    inverse: bool
    """Whether a "no" speaks for the marker: "do you feel safe?"."""
    text: str = field(repr=False)
    presumed: bool = False
    """Whether the question takes the marker as said: "where did he hit you"."""
    named: frozenset[str] = field(default=frozenset(), repr=False)
    """What the question names, by the stems of its words."""
    instead: frozenset[str] = field(default=frozenset(), repr=False)
    """What it names instead, of "inside or outside"."""
    said: tuple[str, ...] = field(default=(), repr=False)
    """The turn that asks it, as the judge hears it."""


def asked_in(
    line: Line, statements: Sequence[tuple[MarkerId, int]], known: Knowledge, text: str
) -> tuple[tuple[Asked, ...], int]:
    """The markers that the last question of a handler's turn is about, and the character it turns on.

    `statements` are the matches of the markers' own rules in the turn, by position: a
    question is a statement with its verb in front, or with a tag behind.
    """
    found = [
        (at, Asked(marker, inverse=False, text=text, presumed=_presumed(line, at, known)))
        for marker, at in statements
        if _open(line, at, known)
    ]
    for marker in known.markers.values():
        for regex, inverse in ((marker.questions, False), (marker.inverse_questions, True)):
            found += [
                (match.end(), Asked(marker.marker.id, inverse=inverse, text=text))
                for match in regex.finditer(line.text)
                if _open(line, match.start(), known)
            ]
    last = max((at for at, _ in found), default=0)
    if not found or known.cues["other_question"].search(line.text, last):
        return (), 0
    choices = _choices(line, last, known)
    kept = {
        asked.marker: _naming(asked, at, choices)
        for at, asked in found
        if _same_question(line, at, last, known)
    }
    return tuple(kept.values()), last


Choice = tuple[int, frozenset[str]]
"""Where one alternative of an either-or question ends, and what it names."""


def _choices(line: Line, last: int, known: Knowledge) -> list[Choice]:
    """The alternatives of a question; one, if it gives no choice."""
    edges = [found.start() for found in known.cues["or"].finditer(line.text)]
    start = line.clause(max(0, edges[0] - 2) if edges else max(0, last - 1))[0]
    end = line.clause(max(last, edges[-1] + 1) if edges else last)[1]
    return [
        (until, named_in(line.text[begin:until], known))
        for begin, until in pairwise((start, *(edge for edge in edges if start < edge < end), end))
    ]


def _naming(asked: Asked, at: int, choices: Sequence[Choice]) -> Asked:
    mine = next((named for until, named in choices if at <= until), choices[-1][1])
    others = frozenset().union(*(named for _, named in choices))
    return replace(asked, named=mine, instead=others - mine)


def named_in(text: str, known: Knowledge) -> frozenset[str]:
    """The stems of the words in it that name something."""
    little = known.cues["little"]
    words = (known.alphabet.word(letter) for letter in text if not little.match(letter))
    return frozenset(base(word) for word in words if word)


def _open(line: Line, at: int, known: Knowledge) -> bool:
    """An instruction or a condition ("if he comes back, ring us") asks nothing."""
    start, end = line.clause(at)
    return not known.cues["instruction"].match(line.text, start, end)


def _presumed(line: Line, at: int, known: Knowledge) -> bool:
    return known.cues["asking"].search(line.text, line.clause(at)[0], at) is not None


def _same_question(line: Line, at: int, last: int, known: Knowledge) -> bool:
    between = line.text[min(at, last) : last]
    return BOUNDARY not in between or bool(known.cues["or"].search(between))
