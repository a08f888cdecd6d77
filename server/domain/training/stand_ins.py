"""What stands in an exercise for a past call's names, numbers and places: invented, and the same throughout.

Given names that say nothing of anybody's gender, places that are nowhere, and of telephone numbers those that
Ofcom keeps free for drama. None of them is a word that was said on the call.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, groupby, islice

from server.domain.speech import Party, Utterance
from server.domain.training.masking import (
    NUMBERS,
    ONES,
    SHORTEST_OWNED,
    STREETS,
    TEENS,
    TENS,
    ZEROES,
    Masked,
    What,
    keyed,
    plain,
)

GIVEN_NAMES = (
    *(
        "Sam",
        "Alex",
        "Jo",
        "Robin",
        "Ashley",
        "Kerry",
        "Lee",
        "Frankie",
        "Jamie",
        "Charlie",
        "Morgan",
        "Taylor",
    ),
    *(
        "Jordan",
        "Casey",
        "Riley",
        "Rowan",
        "Quinn",
        "Billie",
        "Drew",
        "Dale",
        "Kit",
        "Leslie",
        "Reese",
        "Blair",
    ),
)
SURNAMES = (
    *("Carter", "Ellis", "Marsh", "Hayes", "Porter", "Webb", "Lowe", "Barker", "Frost", "Doyle", "Sutton"),
    *("Reeve", "Thorne", "Parry", "Lund", "Adair", "Booth", "Sharpe", "Hale", "Vance", "Moss", "Tully"),
)
STREET_NAMES = (
    *("Willow", "Alder", "Juniper", "Heron", "Plover", "Lantern", "Saddler", "Cooper", "Bramble", "Larch"),
    *("Curlew", "Quarry", "Tanner", "Hazel", "Orchard", "Fuller"),
)
TOWNS = (
    *("Ashbrook", "Millbridge", "Norwell", "Easterham", "Fallowfold", "Thornby Vale", "Wexcombe"),
    *("Oldmarsh", "Harrowick", "Little Denning", "Castlebeck", "Stonehithe"),
)
TITLES = frozenset({"mr", "mrs", "miss", "ms", "doctor"})
OWNED = ("'s", "\N{RIGHT SINGLE QUOTATION MARK}s")
TIMES = {"double": 2, "triple": 3}
LETTERS = ("q", "x", "v")
"""No postcode of this country begins with one of them."""
MOST_TURNS = 200
"""Of one house number there are not many; then one stands for two."""
TELEPHONE = 9
"""From so many digits on a number is a telephone's."""
DRAMA = {
    True: "oh seven seven double oh nine double oh",
    False: "oh one six three two nine six oh",
}
"""Mobiles 07700 900000 to 900999, and 01632 960000 to 960999."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """Words that stand together and are replaced together."""

    party: Party
    utterance: int
    first: int
    last: int
    """Before which word it ends."""
    from_ms: int
    to_ms: int
    text: str = field(repr=False)


def stand_ins(utterances: Sequence[Utterance], masked: Iterable[Masked]) -> tuple[StandIn, ...]:
    """For each stretch of what is taken out, in the order in which it was said."""
    said = {(one.party, one.utterance, one.word): one for one in masked}
    chosen = _Chosen({plain(word.text) for one in utterances for word in one.words})
    found: list[StandIn] = []
    for one in sorted(utterances, key=lambda one: one.start_ms):
        gone = [said.get((one.party, one.number, at)) for at in range(len(one.words))]
        for stretch in _stretches(gone):
            before = plain(one.words[stretch[0].word - 1].text) if stretch[0].word else ""
            found.append(_stand_in(stretch, chosen.of(stretch, before)))
    return tuple(found)


def replaced_text(utterance: Utterance, standing: Iterable[StandIn]) -> str:
    """The utterance's words with what stands in for some of them."""
    words = [word.text for word in utterance.words]
    mine = [one for one in standing if (one.party, one.utterance) == (utterance.party, utterance.number)]
    for one in sorted(mine, key=lambda one: one.first, reverse=True):
        words[one.first : one.last] = [one.text]
    return " ".join(words)


def holes(standing: Iterable[StandIn], party: Party) -> list[StandIn]:
    """The stretches of one side's sound, those that touch as one."""
    apart: list[StandIn] = []
    for one in sorted((one for one in standing if one.party is party), key=lambda one: one.from_ms):
        if apart and one.from_ms <= apart[-1].to_ms:
            last = apart[-1]
            text = f"{last.text} {one.text}"
            apart[-1] = replace(last, to_ms=max(last.to_ms, one.to_ms), last=one.last, text=text)
        else:
            apart.append(one)
    return apart


class _Chosen:
    """What was chosen so far: the same words are given the same stand-in, and different ones different."""

    def __init__(self, heard: frozenset[str] | set[str]) -> None:
        self._heard = heard
        self._by: dict[tuple[str, ...], str] = {}
        pools: Mapping[str, Sequence[str]] = {
            "given": GIVEN_NAMES,
            "surname": SURNAMES,
            "street": STREET_NAMES,
            "town": TOWNS,
        }
        self._pools = {name: self._free(name, pool) for name, pool in pools.items()}
        self._numbers = count(1)

    def of(self, stretch: Sequence[Masked], before: str) -> str:
        words = [keyed(one.text) or one.text for one in stretch]
        match stretch[0].what:
            case What.NUMBER:
                return self._number(words)
            case What.PLACE:
                return self._place(words)
            case What.NAME:
                return " ".join(self._names(stretch, before))

    def _free(self, name: str, pool: Sequence[str]) -> Iterator[str]:
        """Those of a pool that nobody said, and then numbered ones without an end."""
        for one in pool:
            if not {plain(word) for word in one.split()} & self._heard:
                yield one
        for number in count(2):
            yield f"{pool[0]} {_spelled(number)} {name}"

    def _kept(self, key: tuple[str, ...], make: Callable[[], str]) -> str:
        if key not in self._by:
            self._by[key] = make()
        return self._by[key]

    def _names(self, stretch: Sequence[Masked], before: str) -> Iterator[str]:
        """Word by word, so that a name is the same with its surname and without."""
        for at, one in enumerate(stretch):
            pool = "surname" if at or before in TITLES else "given"
            owned = "'s" if one.text.endswith(OWNED) else ""
            yield self._one_name(plain(one.text) or one.text, pool) + owned

    def _one_name(self, word: str, pool: str) -> str:
        own = word.removesuffix("s") if len(word) > SHORTEST_OWNED else word
        return self._kept(("name", own), lambda: next(self._pools[pool]))

    def _place(self, words: Sequence[str]) -> str:
        """House number and kind of street stay what they are: a number, and a road."""
        parts: list[str] = []
        for numbers, group in groupby(words, key=_is_number):
            part = list(group)
            if numbers:
                parts.append(self._number(part))
            else:
                parts += self._street(part)
        return " ".join(parts)

    def _street(self, words: Sequence[str]) -> Iterator[str]:
        name = tuple(word for word in words if word not in STREETS)
        kinds = [word.title() for word in words if word in STREETS]
        if name or not kinds:
            pool = "street" if kinds else "town"
            yield self._kept(("place", *name), lambda: next(self._pools[pool]))
        yield from kinds[-1:]

    def _number(self, words: Sequence[str]) -> str:
        return self._kept(("number", *words), lambda: self._new_number(words))

    def _new_number(self, words: Sequence[str]) -> str:
        digits, taken = _digits(words), set(self._by.values())
        made = ""
        for turn in islice(self._numbers, MOST_TURNS):
            made = _drama(digits, turn) if len(digits) >= TELEPHONE else _turned(words, turn)
            same = made.split() == list(words) or (digits and _digits(made.split()) == digits)
            if made not in taken and not same:
                break
        return made


def _stretches(gone: Sequence[Masked | None]) -> Iterator[list[Masked]]:
    """Neighbours of one kind."""
    for what, group in groupby(gone, key=lambda one: one.what if one else None):
        if what is not None:
            yield [one for one in group if one is not None]


def _stand_in(stretch: Sequence[Masked], text: str) -> StandIn:
    first, last = stretch[0], stretch[-1]
    return StandIn(
        party=first.party,
        utterance=first.utterance,
        first=first.word,
        last=last.word + 1,
        from_ms=first.from_ms,
        to_ms=last.to_ms,
        text=text,
    )


def _is_number(word: str) -> bool:
    return word in NUMBERS or len(word) == 1 or word.isdecimal()


def _digits(words: Sequence[str]) -> str:
    """Those that the words say one by one, as telephone numbers are said."""
    said, times = "", 1
    for word in words:
        if word in TIMES:
            times = TIMES[word]
            continue
        digit = "0" if word in ZEROES else str(ONES.index(word)) if word in ONES else ""
        said += (digit or "".join(filter(str.isdigit, word))) * times
        times = 1
    return said


def _drama(digits: str, turn: int) -> str:
    """One of the numbers that are nobody's, of the same kind."""
    last = f"{(turn * 137) % 1000:03}"
    return " ".join((DRAMA[digits.startswith("07")], *(_one(int(digit)) for digit in last)))


def _one(digit: int) -> str:
    return ONES[digit] if digit else "oh"


def _turned(words: Sequence[str], turn: int) -> str:
    """As many of the same kind, each another one."""
    return " ".join(_other(word, turn) for word in words)


def _other(word: str, turn: int) -> str:
    if word in ZEROES:
        return ONES[1 + turn % 9]
    for kind in (ONES[1:], TEENS, TENS):
        if word in kind:
            return kind[(kind.index(word) + 1 + turn % (len(kind) - 1)) % len(kind)]
    if len(word) == 1:
        return next(one for one in LETTERS[turn % 3 :] + LETTERS if one != word)
    if not any(map(str.isdecimal, word)):
        return word
    return "".join(
        str((int(sign) + 1 + turn % 9) % 10) if sign.isdecimal() else _other(sign, turn) for sign in word
    )


def _spelled(number: int) -> str:
    return ONES[number] if number < len(ONES) else " ".join(ONES[int(digit)] for digit in str(number))
