"""Deliberate mishearing: words as a recogniser might get them wrong, by the confusions measured."""

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from server.domain.sounding import apart, sound

Words = tuple[str, ...]
T = TypeVar("T")
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z0-9]+)*")

KINDS = ("spoken", "rare", "added", "said")
MISSED = "-"
"""In the file: nothing was heard."""
NEAREST = 5
NEAR_POWER = 6
"""How strongly the nearest sounding of the near words is preferred."""
SHORTLIST = 60
"""So many of the words that share most sounds are compared sound by sound."""
CERTAIN = 0.95
"""No word is always misheard, however high the rate."""
STEEPEST = 64.0
HALVINGS = 40


class BadConfusions(Exception):
    """The table of confusions cannot be read."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What came of a word, or of two words said together, each time that it went wrong."""

    said: Words
    seen: int
    """How often it was said, heard rightly or not."""
    forms: Mapping[Words, int]
    """What was heard instead; empty where nothing was."""

    @property
    def wrong(self) -> int:
        return sum(self.forms.values())

    @property
    def errors(self) -> int:
        """Word errors in all: two words heard as one are one wrong and one missed."""
        return sum(max(len(self.said), len(form)) * count for form, count in self.forms.items())


@dataclass(frozen=True, slots=True)
class Rare:
    """How words went that only one utterance of the sample held: so will words that it never held."""

    seen: int
    wrong: int
    """Missed ones too."""
    missed: int

    @property
    def share(self) -> float:
        return self.wrong / self.seen if self.seen else 0.0


@dataclass(frozen=True, kw_only=True)
class Confusions:
    spoken: int
    """Words spoken in the sample."""
    outcomes: Mapping[Words, Outcomes]
    added: Mapping[str, int]
    rare: Rare
    _near: dict[str, Mapping[Words, float]] = field(default_factory=dict, repr=False, compare=False)
    _scales: dict[float, float] = field(default_factory=dict, repr=False, compare=False)
    _sounds: dict[str, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._sounds.update((word, frozenset(sound(word))) for word in self._writable())

    def of(self, said: Words) -> Outcomes:
        return self.outcomes.get(said) or Outcomes(said, 0, {})

    def chance(self, one: Outcomes) -> float:
        """How often it went wrong; a single word counts as heard once more, as rare words are."""
        if len(one.said) > 1:
            return one.wrong / one.seen if one.seen else 0.0
        return (one.wrong + self.rare.share) / (one.seen + 1)

    def near(self, word: str) -> Mapping[Words, float]:
        """Words that the recogniser is known to write and that sound most like this one."""
        if word not in self._near:
            mine = frozenset(sound(word))
            others = sorted(self._sounds.keys() - {word})
            others.sort(key=lambda other: len(mine ^ self._sounds[other]))
            nearest = sorted(others[:SHORTLIST], key=lambda other: apart(word, other))[:NEAREST]
            self._near[word] = {(other,): (1.01 - apart(word, other)) ** NEAR_POWER for other in nearest}
        return self._near[word]

    def scale(self, rate: float) -> float:
        """By how much to multiply every chance so that speech like the sample has this error rate."""
        if rate not in self._scales:
            low, high = 0.0, STEEPEST
            for _ in range(HALVINGS if rate > 0 else 0):
                middle = (low + high) / 2
                low, high = (low, middle) if self._expected(middle) >= rate else (middle, high)
            self._scales[rate] = low
        return self._scales[rate]

    def _expected(self, scale: float) -> float:
        singly = sum(one.seen for one in self.outcomes.values() if len(one.said) == 1)
        errors = (self.spoken - singly) * min(CERTAIN, scale * self.rare.share)
        errors += scale * sum(self.added.values())
        for one in self.outcomes.values():
            cost = one.errors / one.wrong if one.wrong else 1.0
            errors += one.seen * min(CERTAIN, scale * self.chance(one)) * cost
        return errors / self.spoken

    def _writable(self) -> Iterator[str]:
        for one in self.outcomes.values():
            yield from (word for form in one.forms for word in form)
            if len(one.said) == 1 and one.wrong < one.seen:
                yield one.said[0]


def misheard(words: Sequence[str], table: Confusions, *, rate: float, rng: random.Random) -> list[str]:
    """Mishear about this share of the words, most often those that really were, as what they really were.

    Over speech like the sample the word error rate comes to `rate`; a sentence of hard words suffers
    more, one of easy words less. A rate of 0 changes nothing.
    """
    scale = table.scale(rate)
    heard: list[str] = []
    at = 0
    while at < len(words):
        took, instead = _heard(tuple(words[at : at + 2]), table, scale, rng)
        heard += instead
        at += took
        if rng.random() < scale * sum(table.added.values()) / table.spoken:
            heard.append(_drawn(table.added, rng))
    return heard


def misheard_text(text: str, table: Confusions, *, rate: float, rng: random.Random) -> str:
    """The text as a recogniser would write it, misheard: small letters, no stops.

    What mishearing alone costs is the difference from a rate of 0, for the stops are gone there too.
    """
    said = _WORD.findall(text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    return " ".join(misheard(said, table, rate=rate, rng=rng))


def _heard(ahead: Words, table: Confusions, scale: float, rng: random.Random) -> tuple[int, Words]:
    """How many of the words ahead are dealt with, and what is heard for them."""
    pair = table.of(ahead)
    if len(ahead) > 1 and pair.wrong and rng.random() < scale * table.chance(pair):
        return 2, _drawn(pair.forms, rng)
    one = table.of(ahead[:1])
    if rng.random() >= min(CERTAIN, scale * table.chance(one)):
        return 1, ahead[:1]
    if rng.random() * (one.wrong + table.rare.share) < one.wrong:
        return 1, _drawn(one.forms, rng)
    return 1, _guessed(ahead[0], table, rng)


def _guessed(word: str, table: Confusions, rng: random.Random) -> Words:
    """For a word that was never measured: missed as often as rare words are, or else something near."""
    near = table.near(word)
    if not near or rng.random() * table.rare.wrong < table.rare.missed:
        return ()
    return _drawn(near, rng)


def _drawn(counts: Mapping[T, float], rng: random.Random) -> T:
    return rng.choices(tuple(counts), tuple(counts.values()))[0]


def read_confusions(lines: Iterable[str]) -> Confusions:
    """Read the table: tab-separated, `#` before a comment. Raises `BadConfusions`."""
    rows: dict[str, list[list[str]]] = {kind: [] for kind in KINDS}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        kind, *cells = line.rstrip("\n").split("\t")
        if kind not in rows:
            raise BadConfusions(f"line {number}: expected one of {', '.join(KINDS)}")
        rows[kind].append(cells)
    try:
        return _table(rows)
    except (ValueError, IndexError, TypeError) as error:
        raise BadConfusions("a line is missing, or has too few numbers or too many") from error


def _table(rows: Mapping[str, Sequence[Sequence[str]]]) -> Confusions:
    told = [_outcomes(*cells) for cells in rows["said"]]
    (spoken,) = rows["spoken"][0]
    return Confusions(
        spoken=int(spoken),
        outcomes={one.said: one for one in told},
        added={word: count for (word,), count in _forms(rows["added"][0])},
        rare=Rare(*map(int, rows["rare"][0])),
    )


def _outcomes(said: str, seen: str, *forms: str) -> Outcomes:
    return Outcomes(tuple(said.split()), int(seen), dict(_forms(forms)))


def _forms(cells: Iterable[str]) -> Iterator[tuple[Words, int]]:
    for cell in cells:
        form, _, count = cell.rpartition("=")
        yield (() if form == MISSED else tuple(form.split())), int(count)
