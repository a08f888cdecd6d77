"""People's names: read, found again though they were misheard or written otherwise, and compared."""

import math
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import JaroWinkler

from server.adapters.matching.folding import bones, plain, sound
from server.adapters.matching.known_names import FAMILY_SHARE, GIVEN_SHARE, SAME_FAMILY, SAME_GIVEN, SHARES

_TITLES = """
mr mrs ms miss mx dr sir madam pc sgt master
"""
TITLES = frozenset(_TITLES.split())
_PARTICLES = """
al el de del van der den von di da bin ibn bint abu la le st o mac mc
"""
PARTICLES = frozenset(_PARTICLES.split())
DIFFERENT = 0.84
"""Two names less alike than that are two names."""
VARIANT = 0.98
NAME_AT_MOST, RARE_AT_MOST = 13.5, 17.5
SOUNDS_AT_MOST = 14.0
"""Bits: names that only sound alike link nothing by themselves."""
LONGEST = 4


class Name(NamedTuple):
    """A tuple, since thousands of pairs are looked up by it at once."""

    given: str
    family: str

    @property
    def value(self) -> str:
        return f"{self.given}|{self.family}"


def read_name(text: str) -> Name | None:
    """`Mrs Khaola al-Saleem` is khaola, alsaleem. One word alone is a given name."""
    words = [word for word in plain(text).split() if word not in TITLES and not word.isdigit()]
    if not words or len(words) > LONGEST + 2:
        return None
    family: list[str] = words[-1:] if len(words) > 1 else []
    place = len(words) - 2
    while family and place >= 1 and words[place] in PARTICLES:
        family.insert(0, words[place])
        place -= 1
    return Name(given=words[0], family="".join(family))


@lru_cache(maxsize=65_536)
def name_from(value: str) -> Name:
    given, _, family = value.partition("|")
    return Name(given=given, family=family)


def name_keys(name: Name) -> frozenset[str]:
    """Order does not count: family names are given first as often as not."""
    keys: set[str] = set()
    if name.given and name.family:
        for given in _heads(name.given):
            keys.add("p:" + "|".join(sorted((bones(given), bones(name.family)))))
        keys.add("q:" + "|".join(sorted((sound(name.given), sound(name.family)))))
    return frozenset(keys)


def name_keys_of_day(name: Name) -> frozenset[str]:
    """By one part alone: too common for a year, rare enough for a night."""
    parts = {bones(part) for given in _heads(name.given) for part in (given, name.family) if part}
    return frozenset(f"g:{part}" for part in parts)


def _heads(given: str) -> frozenset[str]:
    """The name, and the fullest form of what it may be short for."""
    same = SAME_GIVEN.get(given, frozenset())
    return frozenset({given, *(other for other in same if len(other) == max(map(len, same)))})


@lru_cache(maxsize=65_536)
def _alike(one: str, other: str, *, family: bool) -> float:
    if one == other:
        return 1.0
    if other in (SAME_FAMILY if family else SAME_GIVEN).get(one, ()):
        return VARIANT
    close = JaroWinkler.similarity(one, other)
    if bones(one) == bones(other):
        return max(close, 0.93 if sound(one) == sound(other) else 0.88)
    return close


def _bits(name: str, alike: float, *, family: bool) -> float:
    """How much the agreement of one part says: less where it is common, and where it only sounds alike."""
    share = SHARES.get(name, FAMILY_SHARE if family else GIVEN_SHARE)
    off = (
        0.0
        if alike >= 0.99
        else 1.5
        if alike >= VARIANT
        else 2.5
        if alike >= 0.95
        else 3.5
        if alike >= 0.92
        else 5.5
    )
    return max(0.0, -math.log2(share) - off)


@lru_cache(maxsize=65_536)
def name_bits(one: Name, other: Name) -> tuple[float, str]:
    """How much it says that these two are named alike, and in which words; nothing below nought bits."""
    best = _one_way(one, other)
    if one.family and other.family:
        turned, words = _one_way(one, Name(given=other.family, family=other.given))
        best = max(best, (turned - 2.0, words))
    return best


def _one_way(one: Name, other: Name) -> tuple[float, str]:
    if not (one.family and other.family):
        return _single(one, other)
    family = _alike(one.family, other.family, family=True)
    if family < DIFFERENT:
        return 0.0, ""
    given = _alike(one.given, other.given, family=False)
    family_bits = _bits(one.family, family, family=True)
    if given < DIFFERENT:
        # A family: husband and wife, mother and child.
        return (max(0.0, family_bits - 7.0), "same family name") if family >= 0.99 else (0.0, "")
    total = family_bits + _bits(one.given, given, family=False)
    if min(given, family) >= VARIANT:
        rare = one.family not in SHARES and one.family not in SAME_FAMILY
        return min(RARE_AT_MOST if rare else NAME_AT_MOST, total), "same name"
    return min(SOUNDS_AT_MOST, total), "name sounds alike"


def _single(one: Name, other: Name) -> tuple[float, str]:
    alike = _alike(one.given, other.given, family=False)
    if alike < 0.92:
        return 0.0, ""
    return _bits(one.given, alike, family=False) - 1.0, "same first name"


def differ(one: Name, other: Name) -> bool:
    """Whether these are surely two people."""
    if not (one.family and other.family):
        return False
    straight = max(
        _alike(one.given, other.given, family=False), _alike(one.family, other.family, family=True)
    )
    turned = max(_alike(one.given, other.family, family=False), _alike(one.family, other.given, family=True))
    return max(straight, turned) < 0.75
