"""What is left out of a redacted copy: numbers as they are spoken, postcodes, listed names.

It errs towards leaving out. It looks at words as a recogniser gives them ("oh seven seven double four")
and as people write them. It is for copies that leave, and never for the live view.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


ONES = _set(
    """
    zero oh o nought naught nil one two three four five six seven eight nine niner
    """
)
TEENS = _set(
    """
    ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
    """
)
TENS = _set(
    """
    twenty thirty forty fourty fifty sixty seventy eighty ninety hundred
    """
)
TIMES = {"double": 2, "triple": 3, "treble": 3}
LIKE_ONES = _set(
    """
    to too for fore ate won tree free owe
    """
)
"""What digits are misheard as; they count as one only between others."""
FILLERS = _set(
    """
    um uh er erm and then it's its is so like sorry plus dash hyphen point slash
    """
)
SPOKEN_LETTERS = _set(
    """
    alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike
    november oscar papa quebec romeo sierra tango uniform victor whiskey whisky xray x-ray yankee
    zulu
    """
)
POSTCODE = re.compile(r"[a-z]{1,2}\d[a-z\d]?\s*\d[a-z]{2}", re.IGNORECASE)
SPOKEN_POSTCODE = re.compile(r"L{1,2}(?:D{1,2}|T|SD?)L?DLL")
LEAST_DIGITS = 4
FILLED = 2
"""So many words may stand between digits of one number."""
EDGES = ".,;:!?\"'()[]"


class Hidden(StrEnum):
    NUMBER = "number"
    POSTCODE = "postcode"
    EMAIL = "e-mail"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words from `first` to before `last`."""

    first: int
    last: int
    what: Hidden


def hidden_in(words: Sequence[str], names: Sequence[str] = ()) -> list[Stretch]:
    """The stretches to leave out, in order and apart."""
    bare = [word.casefold().strip(EDGES) for word in words]
    found = [*_numbers(bare), *_postcodes(bare), *_emails(bare), *_names(bare, names)]
    return _apart(sorted(found, key=lambda one: (one.first, -one.last)))


def redacted(text: str, names: Sequence[str] = ()) -> tuple[str, int]:
    """The text with a word in brackets for each stretch, and how many there were."""
    words = text.split()
    stretches = hidden_in(words, names)
    for one in reversed(stretches):
        words[one.first : one.last] = [f"[{one.what}]"]
    return (" ".join(words), len(stretches)) if stretches else (text, 0)


def _digits(word: str) -> int:
    """How many digits a word says."""
    if word in ONES:
        return 1
    if word in TEENS or word in TENS:
        return 2
    return sum(character.isdigit() for character in word)


def _numbers(bare: Sequence[str]) -> Iterator[Stretch]:
    place = 0
    while place < len(bare):
        first, last, digits = _number_at(bare, place)
        if digits >= LEAST_DIGITS:
            yield Stretch(first, last, Hidden.NUMBER)
        place = max(last, place + 1)


def _number_at(bare: Sequence[str], place: int) -> tuple[int, int, int]:
    """From here on: where it begins, where it ends, and how many digits it says."""
    digits, last, times, between = 0, place, 1, 0
    for at in range(place, len(bare)):
        word = bare[at]
        if word in TIMES:
            times, between = TIMES[word], 0
            continue
        says = _digits(word) or (1 if digits and word in LIKE_ONES else 0)
        if says:
            real = word not in LIKE_ONES
            digits, times = digits + says * times, 1
            last = at + 1 if real else last
            between = 0
        elif digits and word in FILLERS and between < FILLED:
            between += 1
        else:
            break
    return place, last, digits


def _postcodes(bare: Sequence[str]) -> Iterator[Stretch]:
    kinds = "".join(_kind(word) for word in bare)
    for found in SPOKEN_POSTCODE.finditer(kinds):
        yield Stretch(found.start(), found.end(), Hidden.POSTCODE)
    for first in range(len(bare)):
        for last in (first + 1, first + 2):
            if last <= len(bare) and POSTCODE.fullmatch(" ".join(bare[first:last])):
                yield Stretch(first, last, Hidden.POSTCODE)


def _kind(word: str) -> str:
    """One letter for what a word could be of a postcode that is spelled."""
    if (len(word) == 1 and word.isalpha() and word != "o") or word in SPOKEN_LETTERS:
        return "L"
    if word in ONES or (len(word) == 1 and word.isdigit()):
        return "D"
    if word in TEENS or (len(word) == 2 and word.isdigit()):
        return "T"
    return "S" if word in TENS else "."


def _emails(bare: Sequence[str]) -> Iterator[Stretch]:
    for place, word in enumerate(bare):
        if "@" in word:
            yield Stretch(place, place + 1, Hidden.EMAIL)
        elif word == "dot" and "at" in bare[max(0, place - 3) : place] and place + 1 < len(bare):
            at = place - 1 - bare[max(0, place - 3) : place][::-1].index("at")
            yield Stretch(max(0, at - 1), min(len(bare), place + 2), Hidden.EMAIL)


def _names(bare: Sequence[str], names: Sequence[str]) -> Iterator[Stretch]:
    """A listed name, and each part of it by itself; short parts only within the whole."""
    phrases = {tuple(part.strip(EDGES) for part in name.casefold().split()) for name in names}
    phrases |= {(part,) for phrase in phrases for part in phrase if len(part) > 2}
    plain = [word.removesuffix("'s").removesuffix("\N{RIGHT SINGLE QUOTATION MARK}s") for word in bare]
    for phrase in filter(None, phrases):
        for first in range(len(plain) - len(phrase) + 1):
            if tuple(plain[first : first + len(phrase)]) == phrase:
                yield Stretch(first, first + len(phrase), Hidden.NAME)


def _apart(found: Sequence[Stretch]) -> list[Stretch]:
    """Stretches that overlap become one."""
    apart: list[Stretch] = []
    for one in found:
        if apart and one.first < apart[-1].last:
            before = apart[-1]
            apart[-1] = Stretch(before.first, max(before.last, one.last), before.what)
        else:
            apart.append(one)
    return apart
