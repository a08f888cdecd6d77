"""UK addresses: read from how people write and say them, found again, and compared down to the flat."""

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein

from server.adapters.matching.folding import bones, plain

POSTCODE = re.compile(r"\b(gir ?0aa|[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2})\b")
OUTWARD = re.compile(r"\b[a-z]{1,2}\d[a-z\d]?\b$")
FLAT = re.compile(r"\b(?:flat|apartment|apt|unit|room|maisonette|studio)(?: number| no)? (\d+[a-z]?|[a-z])\b")
SCOTTISH = re.compile(r"\b(\d{1,2})\s*[/f-]\s*(\d{1,2})[ ,]+(?=\d)")
"""A flat on a stair: `2/1, 14 Great Western Road` is the second floor's first."""
STAIR = re.compile(r"\b(?:flat\s+(\d{1,2})\s*/|(\d{1,2})f)\s*(\d{1,2})\b")
"""The same said behind the house, or as `3F2`."""
EDINBURGH = re.compile(r"\b(\d{1,4})\s*/\s*(\d{1,2})[ ,]+(?=[a-z])")
"""The house first: `14/3 Leith Walk` is 14, flat 3."""
FLOOR = re.compile(
    r"\b(basement|garden|ground floor|first floor|second floor|third floor|top floor|top|attic|upstairs"
    r"|downstairs|upper|lower) (?:flat|maisonette)\b"
)
ABOVE = re.compile(
    r"\b(?:the |a )?(?:flats?|maisonette|rooms?)? ?(?:above|over|on top of) (?:the |a )?(?:\w+ )?"
    r"(?:chippy|shops?|pub|takeaway|bakery|bakers|butchers|bookies|salon|hairdressers|barbers|launderette|cafe"
    r"|restaurant|garage|off licence|newsagents|post office|bank|vets|pharmacy|chemist|chemists)\b"
)
"""Somewhere to be found by whoever is sent, and no part of the street's name."""
NUMBER = re.compile(r"\b(\d{1,4})(?:[ -]?([a-e]))?(?=\b)")
_WRITTEN = """
rd road|st street|str street|ave avenue|av avenue|cl close|ln lane|dr drive|drv drive
cres crescent|cresc crescent|ct court|crt court|gdns gardens|gdn gardens|garden gardens|gr grove|grv grove
pl place|sq square|ter terrace|terr terrace|tce terrace|pk park|hse house|wy way|clo close
clothes close|rode road|rowed road|wrote road
"""
KINDS = dict(pair.split() for line in _WRITTEN.split("\n") if line for pair in line.split("|"))
"""What streets are called, as it is written short and as it is misheard."""
_STREETS = """
road street avenue close lane drive crescent court gardens grove place square terrace way park
walk hill view mews row green rise croft parade end gate wharf quay vale mount common heath fields
meadow bank brae wynd loan circus broadway mead path yard
"""
STREETS = frozenset(_STREETS.split())
_OFTEN = """
high station church main park victoria green manor mill school london queen king new york north
south grange albert springfield the
"""
OFTEN = frozenset(_OFTEN.split())
"""A street of such a name stands in every town."""
_IGNORED = """
number no at on the in address is its house
"""
OTHER_PLACE = -2.5
SAME_FLAT = 3.0
FEW_DOORS = 6
"""Bits: people who call twice in a night are mostly where they were."""
IGNORED = frozenset(_IGNORED.split())


@dataclass(frozen=True, slots=True)
class Address:
    flat: str = ""
    number: str = ""
    street: str = ""
    town: str = ""
    postcode: str = ""

    @property
    def value(self) -> str:
        return "|".join((self.flat, self.number, self.street, self.town, self.postcode))

    @property
    def found(self) -> bool:
        return bool(self.postcode or self.street)


@lru_cache(maxsize=65_536)
def address_from(value: str) -> Address:
    return Address(*(value.split("|") + [""] * 5)[:5])


def read_address(text: str) -> Address | None:
    """None for what names neither a street nor a postcode."""
    folded = text.casefold()
    flat, rest = _scottish(folded)
    rest = plain(rest)
    if not flat:
        flat, rest = _floor(rest)
    postcode, rest = _taken(POSTCODE, rest)
    if not flat:
        flat, rest = _taken(FLAT, rest)
    words = _written_out(rest.split())
    number, flat, words = _numbered(words, flat)
    street, town = _street(words)
    found = Address(flat=flat, number=number, street=street, town=town, postcode=postcode.replace(" ", ""))
    return found if found.found else None


def _written_out(words: list[str]) -> list[str]:
    """Short forms in full; `st` before a street's name is a saint."""
    saints = {
        place
        for place, word in enumerate(words)
        if word == "st" and any(KINDS.get(one, one) in STREETS for one in words[place + 1 : place + 4])
    }
    return [word if place in saints else KINDS.get(word, word) for place, word in enumerate(words)]


def _scottish(text: str) -> tuple[str, str]:
    """The flat, where it is said as it is there, and the rest."""
    if found := SCOTTISH.search(text):
        return f"{found[1]}f{found[2]}", text[: found.start()] + text[found.end() :]
    if found := STAIR.search(text):
        return f"{found[1] or found[2]}f{found[3]}", f"{text[: found.start()]} {text[found.end() :]}"
    if found := EDINBURGH.search(text):
        return found[2], f"{text[: found.start()]}{found[1]} {text[found.end() :]}"
    return "", text


def _floor(text: str) -> tuple[str, str]:
    """`basement flat`, `the flat above the chippy`: a flat without a number."""
    if found := FLOOR.search(text):
        return found[1].replace(" ", "-"), f"{text[: found.start()]} {text[found.end() :]}"
    if found := ABOVE.search(text):
        return "above", f"{text[: found.start()]} {text[found.end() :]}"
    return "", text


def _taken(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    found = pattern.search(text)
    if found is None:
        return "", text
    return found[1], f"{text[: found.start()]} {text[found.end() :]}"


def _numbered(words: list[str], flat: str) -> tuple[str, str, list[str]]:
    """The house's number, and the letter behind it as a flat: `12a` is 12, flat a."""
    for place, word in enumerate(words):
        found = NUMBER.fullmatch(word)
        if found and place < len(words) - 1:
            return found[1], flat or (found[2] or ""), [*words[:place], "", *words[place + 1 :]]
    return "", flat, words


def _street(words: list[str]) -> tuple[str, str]:
    """What stands before the first word for a street, and what follows it. A named house is left out."""
    kept = [word for word in words if word not in IGNORED]
    start = kept.index("") + 1 if "" in kept else 0
    for place, word in enumerate(kept):
        if place > start and word in STREETS and kept[place - 1]:
            first = max(start, place - 3)
            return " ".join(kept[first : place + 1]), " ".join(one for one in kept[place + 1 :] if one)
    rest = [word for word in kept[start:] if word]
    return (" ".join(rest[:2]), " ".join(rest[2:])) if start and rest else ("", " ".join(rest))


def core(street: str) -> str:
    """The street's own name: `maple` of `maple road`; what it is called is misheard more than its name."""
    words = street.split()
    return " ".join(words[:-1]) if len(words) > 1 and words[-1] in STREETS else street


def address_keys(address: Address) -> frozenset[str]:
    keys: set[str] = set()
    if address.postcode:
        keys.add(f"c:{address.postcode}")
        if address.number:
            keys.add(f"a:{address.postcode}|{address.number}")
    if address.street and address.number:
        keys.add(f"s:{bones(core(address.street).replace(' ', ''))}|{address.number}")
    return frozenset(keys)


def address_keys_of_day(address: Address) -> frozenset[str]:
    if not address.street:
        return frozenset()
    return frozenset({f"t:{bones(core(address.street).replace(' ', ''))}"})


def address_bits(one: Address, other: Address) -> tuple[float, str]:
    """How much it says that two calls name these places; negative where they name two."""
    code = _codes(one.postcode, other.postcode)
    street = _streets(one, other)
    if not (code or street):
        return OTHER_PLACE, ""
    if one.number and other.number:
        if one.number == other.number:
            return _same_house(one, other, code, street)
        return _nearby(one, other, code, street)
    if code >= 1:
        return 11.0, "same postcode"
    return 7.5 - _vague(one, other, code, street), "same street"


def _codes(one: str, other: str) -> float:
    """1: the same postcode; a half: one letter or digit apart."""
    if not (one and other):
        return 0.0
    if one == other:
        return 1.0
    return 0.5 if DamerauLevenshtein.distance(one, other, score_cutoff=1) <= 1 else 0.0


def _streets(one: Address, other: Address) -> float:
    """Whether the streets are one; a street of that name in another town is another."""
    if not (one.street and other.street):
        return 0.0
    if one.town and other.town and fuzz.token_set_ratio(one.town, other.town) < 75:
        return 0.0
    if one.postcode and other.postcode and _area(one.postcode) != _area(other.postcode):
        return 0.0
    if one.street == other.street:
        return 1.0
    mine, theirs = core(one.street), core(other.street)
    if mine == theirs:
        # Maple Road and Maple Close may be one that was misheard, and are two on many an estate.
        return 0.9 if mine == one.street or theirs == other.street else 0.8
    alike = fuzz.ratio(mine, theirs) / 100
    same_bones = bones(mine.replace(" ", "")) == bones(theirs.replace(" ", ""))
    return alike if alike >= 0.86 or (same_bones and alike >= 0.6) else 0.0


def _area(postcode: str) -> str:
    return postcode[:-3]


def _vague(one: Address, other: Address, code: float, street: float) -> float:
    """What a street loses that was misheard, or that stands in every town and may be in another."""
    misheard = 0.0 if street >= 0.9 or code else 3.0 if street > 0.8 else 5.0
    if code or (one.town and other.town):
        return misheard
    return misheard + (4.5 if set(core(one.street).split()) <= OFTEN else 0.0)


def _same_house(one: Address, other: Address, code: float, street: float) -> tuple[float, str]:
    if code >= 1:
        sure = 16.0 if one.street and other.street and not street else 19.0
    elif street:
        known = 17.5 if code or (one.town and other.town) else 14.5
        sure = known - _vague(one, other, code, street)
    else:
        sure = 6.0
    if one.flat == other.flat:
        return min(19.0, sure + (SAME_FLAT if one.flat else 0.0)), "same address"
    if one.flat and other.flat:
        return min(sure, 4.0), "another flat in the same building"
    return sure - 4.5, "same building"


def _nearby(one: Address, other: Address, code: float, street: float) -> tuple[float, str]:
    doors = abs(int(one.number) - int(other.number))
    if code >= 1:
        return 6.0, "a few doors away"
    if street and doors <= FEW_DOORS:
        return 3.5 - _vague(one, other, code, street) / 2, "a few doors away"
    return -1.0, ""
