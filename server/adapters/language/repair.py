"""Rare words told from what they sound like: "in junction" is an injunction, "storking" is stalking."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from server.adapters.language.clauses import SUBJECTS
from server.adapters.language.words import Token
from server.domain.sounding import apart, sound

SHORTEST = 6
"""A shorter word sounds like too many others."""
SHORTEST_OF_TWO = 7
NEAREST = 0.13
NEAREST_OF_TWO = 0.06
FARTHEST_LENGTHS = 3
SHORTEST_PART = 2
WHOLE = frozenset(
    {"me", "the", "it", "him", "her", "us", "at", "like", "had", "is", "on", "my", "them", "in"}
)
"""Words that are seldom the end of another: "throttle me"."""
Keys = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Repair:
    """Mends words that no pattern speaks of, and pairs that no key word is made of."""

    keys: Keys
    """The key words, by their first sound's letter."""
    settled: Collection[str]
    """Words that are what they seem: those of the patterns, and everyday words that sound like a key."""

    def mended(self, tokens: Sequence[Token]) -> list[Token]:
        made: list[Token] = []
        at = 0
        while at < len(tokens):
            both = self._of_two(tokens, at)
            if both:
                made.append(replace(tokens[at], text=both, last=tokens[at + 1].last))
                at += 2
                continue
            made.append(self._of_one(tokens[at]))
            at += 1
        return made

    def _of_one(self, token: Token) -> Token:
        if len(token.text) < SHORTEST or token.text in self.settled:
            return token
        meant = self._nearest(token.text, NEAREST)
        return replace(token, text=meant) if meant else token

    def _of_two(self, tokens: Sequence[Token], at: int) -> str:
        if at + 1 >= len(tokens) or tokens[at + 1].stop:
            return ""
        first, second = tokens[at].text, tokens[at + 1].text
        if min(len(first), len(second)) < SHORTEST_PART or first in SUBJECTS or second in WHOLE:
            return ""
        run = first + second
        return self._nearest(run, NEAREST_OF_TWO) if len(run) >= SHORTEST_OF_TWO else ""

    def _nearest(self, heard: str, most: float) -> str:
        found = [
            (apart(heard, key), key)
            for key in self.keys.get(heard[0], ())
            if abs(len(key) - len(heard)) <= FARTHEST_LENGTHS and _second(key) in heard[1:4]
        ]
        distance, key = min(found, default=(1.0, ""))
        return key if distance <= most else ""


@lru_cache(maxsize=1024)
def _second(key: str) -> str:
    """A key's second consonant, which any slip of the ear keeps near its place."""
    return next((letter for letter in key[1:] if letter not in "aeiouhwy"), key[1])


def repair(keys: Sequence[str], settled: Collection[str]) -> Repair:
    """A repair to these words, each told by how it begins."""
    by_letter: Keys = defaultdict(list)
    for key in keys:
        if len(sound(key)) >= SHORTEST - 1 and not key.endswith("in"):
            by_letter[key[0]].append(key)
    return Repair(dict(by_letter), settled)
