"""What of a past call must not reach an exercise: names, numbers and places, as people say them.

The machine suggests, and errs on the side of hiding; who makes the exercise adds what it did not see,
and a second person looks at the whole before anybody hears it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from server.domain.speech import BYTES_PER_MS, Party, Utterance


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ONES = ("nought", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = tuple(
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()  # noqa: SIM905
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ZEROES = frozenset({"nought", "zero", "oh"})
NUMBERS = ZEROES | {*ONES, *TEENS, *TENS} | _words("hundred double treble triple thousand")
WRITTEN = dict(zip(map(str, (*range(20), *range(20, 100, 10))), (*ONES, *TEENS, *TENS), strict=True))
"""As a number is said that somebody names in figures."""
RUN = 2
"""A number alone is how old somebody is or how many there are; two together are an address or a line."""
RUN_DIGITS = 4
"""In figures so many stand for as much."""
STREETS = _words(
    "street road lane avenue close drive way court crescent gardens grove terrace place square hill park "
    "house flats flat mews row walk green rise view estate"
)
BEFORE_STREET = 3
INTRODUCE = (
    ("my", "name", "is"),
    ("my", "names"),
    ("name", "is"),
    ("he", "is", "called"),
    ("hes", "called"),
    ("shes", "called"),
    ("is", "called"),
    ("called",),
    ("mr",),
    ("mrs",),
    ("miss",),
    ("ms",),
    ("doctor",),
    ("this", "is"),
)
LIVES = (("live", "in"), ("lives", "in"), ("live", "at"), ("lives", "at"), ("near",), ("outside",))
SMALL = _words(
    "its hes shes im "
    "a an the my his her their our your it he she they we you i me him them and or but so no yes not just "
    "here there in on at to of with from for been being is are was were has have had going gonna now "
    "please police that this what who when where how why very really still someone somebody home work"
)
"""Words that are nobody's name and no place's, so that a cue before them hides nothing."""
PAD_MS = 120
"""Recognisers time a word to within a tenth of a second."""
SHORTEST_OWNED = 3
"""Letters of a name of which an `s` at its end may be no part of it."""
_LETTERS = re.compile(r"[^a-z]")
_SIGNS = re.compile(r"[^a-z0-9]")


class What(StrEnum):
    """What a word was taken to be, by which it is replaced."""

    NAME = "name"
    NUMBER = "number"
    PLACE = "place"


@dataclass(frozen=True, slots=True, kw_only=True)
class Masked:
    """A word that is taken out, of the text and of the sound."""

    party: Party
    utterance: int
    word: int
    text: str = field(repr=False)
    what: What = What.NAME
    from_ms: int
    to_ms: int


def suggested(utterances: Sequence[Utterance], also: Iterable[str] = ()) -> tuple[Masked, ...]:
    """What to take out: what cues give away or somebody named, and the same words wherever they come."""
    given = {key: _kind_of(phrase) for phrase in also for word in phrase.split() if (key := keyed(word))}
    given |= {WRITTEN[key]: kind for key, kind in given.items() if key in WRITTEN}
    places: dict[tuple[Party, int, int], What] = {}
    for said in utterances:
        words = [keyed(word.text) for word in said.words]
        for found, kind in ((_numbers(words), What.NUMBER), (_streets(words), What.PLACE)):
            places |= {(said.party, said.number, at): kind for at in found}
        for cues, kind in ((LIVES, What.PLACE), (INTRODUCE, What.NAME)):
            given |= {words[at]: kind for at in _named(words, cues)}
    return tuple(
        Masked(
            party=said.party,
            utterance=said.number,
            word=at,
            text=word.text,
            what=what,
            from_ms=max(0, word.start_ms - PAD_MS),
            to_ms=word.end_ms + PAD_MS,
        )
        for said in utterances
        for at, word in enumerate(said.words)
        if (what := places.get((said.party, said.number, at)) or _given(keyed(word.text), given)) is not None
    )


def silenced(sound: bytes, masked: Iterable[Masked]) -> bytes:
    """One side's sound, silent wherever a word of it is taken out."""
    out = bytearray(sound)
    for one in masked:
        begin, end = one.from_ms * BYTES_PER_MS, min(one.to_ms * BYTES_PER_MS, len(out))
        out[begin:end] = bytes(max(0, end - begin))
    return bytes(out)


def plain(word: str) -> str:
    """As words are compared."""
    return _LETTERS.sub("", word.lower())


def keyed(word: str) -> str:
    """The same, with the figures of a number that is written in them."""
    return _SIGNS.sub("", word.lower()) if any(map(str.isdecimal, word)) else plain(word)


def _given(word: str, given: Mapping[str, What]) -> What | None:
    """Also where it is somebody's: the `s` of `priya's` is no part of the name."""
    own = word[:-1] if word.endswith("s") and len(word) > SHORTEST_OWNED else word
    return given.get(word) or given.get(own)


def _kind_of(phrase: str) -> What:
    """Of what somebody named by hand."""
    words = {plain(word) for word in phrase.split()}
    if words & STREETS:
        return What.PLACE
    return What.NUMBER if any(map(str.isdigit, phrase)) or words <= NUMBERS else What.NAME


def _numbers(words: Sequence[str]) -> Iterator[int]:
    """Numbers that stand together, and single letters among them, as in a postcode."""
    run: list[int] = []
    for at, word in enumerate([*words, ""]):
        if word in NUMBERS or (len(word) == 1 and word not in "ai") or _figures(word):
            run.append(at)
            continue
        if len(run) >= RUN or sum(_figures(words[one]) for one in run) >= RUN_DIGITS:
            yield from run
        run = []


def _figures(word: str) -> int:
    return sum(map(str.isdecimal, word))


def _streets(words: Sequence[str]) -> Iterator[int]:
    """The words that name a street, and the numbers before them."""
    for at, word in enumerate(words):
        if word not in STREETS:
            continue
        for before in range(at - 1, max(-1, at - 1 - BEFORE_STREET), -1):
            if words[before] in SMALL:
                break
            yield before
            yield at


def _named(words: Sequence[str], cues: Iterable[tuple[str, ...]]) -> Iterator[int]:
    """Up to two words after what introduces a name or a place."""
    for cue in cues:
        for at in range(len(words) - len(cue)):
            if tuple(words[at : at + len(cue)]) != cue:
                continue
            for after in range(at + len(cue), min(len(words), at + len(cue) + 2)):
                if words[after] in SMALL or words[after] in NUMBERS:
                    break
                yield after
