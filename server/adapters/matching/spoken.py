"""Digits and letters as they are said: `double seven`, `bravo`, `b for bravo`, `seven hundred`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

ONES = {
    "zero": 0, "oh": 0, "o": 0, "nought": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9,
}  # fmt: skip
TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
LONGEST_GROUP = 4
"""Letters and digits that a recogniser writes as one word: `wv6`."""
TELEPHONE = re.compile(r"(?:0|44)\d{9,11}")
POSTCODE = re.compile(r"([a-z]{1,2})\d[a-z\d]?\d[a-z]{2}")
PLATE = re.compile(r"[a-z]{2}\d{2}[a-z]{3}")
"""What a stretch of letters and digits may be."""
TIMES = {"double": 2, "triple": 3, "treble": 3}

_SPELLING = """
alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa
quebec romeo sierra tango uniform victor whiskey yankee zulu alfa juliett whisky zebra
"""
SPELLING = {word: word[0] for word in _SPELLING.split()} | {"x-ray": "x", "xray": "x"}
_SAID = """
ay:a bee:b be:b sea:c see:c cee:c dee:d ef:f eff:f gee:g aitch:h haitch:h eye:i jay:j kay:k el:l
ell:l em:m en:n pee:p pea:p queue:q cue:q are:r ar:r ess:s tea:t tee:t you:u vee:v ex:x why:y wye:y
zed:z zee:z
"""
SAID = dict(pair.split(":") for pair in _SAID.split())
"""Letters by the words that a recogniser takes their names for."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One letter, or some digits, that one or more words stand for."""

    text: str
    sure: bool
    """Not the name of a letter that is also a word of its own."""
    place: int
    """The word that it begins with."""
    end: int


def runs(words: Sequence[str]) -> Iterator[list[Sign]]:
    """Stretches in which every word stands for a letter or digits."""
    run: list[Sign] = []
    place = 0
    while place < len(words):
        sign = sign_at(words, place)
        if sign is None:
            if run:
                yield run
            run, place = [], place + 1
            continue
        run.append(sign)
        place = sign.end
    if run:
        yield run


def sign_at(words: Sequence[str], place: int) -> Sign | None:
    return _digits_at(words, place) or _letter_at(words, place)


def _letter_at(words: Sequence[str], place: int) -> Sign | None:
    word = words[place]
    if len(word) <= LONGEST_GROUP and word.isalnum() and not word.isalpha() and not word.isdigit():
        return Sign(word, sure=True, place=place, end=place + 1)
    letter = word if len(word) == 1 and word.isalpha() else SPELLING.get(word, SAID.get(word, ""))
    if not letter:
        return None
    sure = word in SPELLING or (len(word) == 1 and word not in "aio")
    end = place + 1
    if words[end : end + 1] == ["for"] and len(words) > end + 1 and words[end + 1].startswith(letter):
        return Sign(letter, sure=True, place=place, end=end + 2)  # b for bravo, or for any word at all
    return Sign(letter, sure=sure, place=place, end=end)


def _digits_at(words: Sequence[str], place: int) -> Sign | None:
    word = words[place]
    if word.isdigit():
        return Sign(word, sure=True, place=place, end=place + 1)
    after = words[place + 1] if place + 1 < len(words) else ""
    if word in TIMES and after in ONES:
        return Sign(str(ONES[after]) * TIMES[word], sure=True, place=place, end=place + 2)
    if word in ONES and after in ("hundred", "thousand"):
        noughts = "00" if after == "hundred" else "000"
        return Sign(f"{ONES[word]}{noughts}", sure=True, place=place, end=place + 2)
    if word in TENS:
        one = ONES.get(after, 0)
        return Sign(str(TENS[word] + one), sure=True, place=place, end=place + (2 if one else 1))
    number = ONES.get(word, TEENS.get(word))
    return Sign(str(number), sure=word != "o", place=place, end=place + 1) if number is not None else None


def house_number(words: Sequence[str], place: int) -> tuple[str, int] | None:
    """A number as people say a house's, and its end: `twenty four`, `a hundred and twelve`, `one one two`."""
    sign = _digits_at(words, place)
    if sign is None or sign.text == "0":
        return None
    text, end = sign.text, sign.end
    if text.endswith("00") and words[end : end + 1] == ["and"]:
        below = _digits_at(words, end + 1) if end + 1 < len(words) else None
        if below is not None:
            return str(int(text) + int(below.text)), below.end
    while len(text) < 4 and end < len(words):
        more = _digits_at(words, end)
        if more is None or len(text) + len(more.text) > 4:
            break
        text, end = text + more.text, more.end
    if end < len(words) and words[end] in ("a", "b", "c", "d") and len(words) > end + 2:
        return text + words[end], end + 1
    return text, end
