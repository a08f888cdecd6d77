"""How alike two English words sound, judged from their spelling."""

import re
from collections.abc import Sequence
from functools import lru_cache

# Spelling to rough sounds, in this order. Capitals stand for one sound written with two letters.
_RULES = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"[^a-z]", ""),
        (r"^(?:kn|gn|pn)", "n"),
        (r"^wr", "r"),
        (r"^wh(?=o)", "h"),
        (r"^wh", "w"),
        (r"ough|augh", "o"),
        (r"igh", "i"),
        (r"tion|ssion|cian", "San"),
        (r"tch|ch", "C"),
        (r"dg", "j"),
        (r"sh", "S"),
        (r"th", "T"),
        (r"ph", "f"),
        (r"ng(?=$|s|i)", "N"),
        (r"ck|q", "k"),
        (r"c(?=[eiy])", "s"),
        (r"c", "k"),
        (r"gh", "g"),
        (r"x", "ks"),
        (r"mb$", "m"),
        (r"(?<=[ao])l(?=k)", ""),
        (r"(?<=[^aeiou])e$", ""),
        (r"e(?=d$|s$)", ""),
        (r"(?<=[aeio])[rhw](?=$|[^aeiouy])", ""),
        (r"(?<=[aeiou])y|y(?=[^aeiou]|$)", "i"),
        (r"[aeiou]+", lambda found: found[0][0]),
        (r"(.)\1+", r"\1"),
    )
)
_VOWELS = frozenset("aeiou")
_KIN = tuple(map(frozenset, ("pb", "tdT", "kg", "fvT", "szSCj", "mnN", "lrw", "fp", "bv", "wu", "yi")))
_VOWEL_COST = 0.5
_WEAK_COST = 0.5
_KIN_COST = 0.4
_OTHER_VOWEL_COST = 0.3


@lru_cache(maxsize=16_384)
def sound(word: str) -> str:
    """The word's rough sounds, one character each."""
    made = word.lower()
    for pattern, heard in _RULES:
        made = pattern.sub(heard, made)
    return made or word.lower()


@lru_cache(maxsize=65_536)
def apart(one: str, other: str) -> float:
    """How far apart two words, or two runs of words, sound: 0 alike, 1 nothing in common."""
    here, there = sound(one), sound(other)
    return min(1.0, _distance(here, there) / max(len(here), len(there)))


def _distance(here: str, there: str) -> float:
    line = _running(there)
    for mine in here:
        before, line = line, [line[0] + _alone(mine)]
        for column, yours in enumerate(there, start=1):
            together = before[column - 1] + _swapped(mine, yours)
            line.append(min(together, before[column] + _alone(mine), line[-1] + _alone(yours)))
    return line[-1]


def _running(sounds: Sequence[str]) -> list[float]:
    totals = [0.0]
    for one in sounds:
        totals.append(totals[-1] + _alone(one))
    return totals


def _alone(one: str) -> float:
    """What it costs to lose or gain this sound."""
    if one in _VOWELS:
        return _VOWEL_COST
    return _WEAK_COST if one in "hy" else 1.0


def _swapped(mine: str, yours: str) -> float:
    if mine == yours:
        return 0.0
    if mine in _VOWELS and yours in _VOWELS:
        return _OTHER_VOWEL_COST
    return _KIN_COST if any(mine in kin and yours in kin for kin in _KIN) else 1.0
