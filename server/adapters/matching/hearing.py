"""Names, numbers, places, vehicles and orders in what is said: few, each with the words it was heard in."""

from collections.abc import Iterator, Sequence

from server.adapters.matching.addresses import KINDS, STREETS
from server.adapters.matching.folding import plain
from server.adapters.matching.heard_names import names_in
from server.adapters.matching.heard_orders import orders_in
from server.adapters.matching.spoken import (
    PLATE,
    POSTCODE,
    TELEPHONE,
    Sign,
    house_number,
    runs,
    sign_at,
)
from server.domain.entities import EntityKind
from server.domain.speech import Utterance
from server.ports.history import Found

_AREAS = """
ab al b ba bb bd bh bl bn br bs bt ca cb cf ch cm co cr ct cv cw da dd de dg dh dl dn dt dy e ec eh
en ex fk fy g gl gu gy ha hd hg hp hr hs hu hx ig im ip iv je ka kt kw ky l la ld le ll ln ls lu m
me mk ml n ne ng nn np nr nw ol ox pa pe ph pl po pr rg rh rm s sa se sg sk sl sm sn so sp sr ss st
sw sy ta td tf tn tq tr ts tw ub w wa wc wd wf wn wr ws wv yo ze
"""
AREAS = frozenset(_AREAS.split())
OF_VEHICLES = frozenset(
    {"reg", "registration", "plate", "car", "van", "driving", "vehicle", "bmw", "audi", "ford"}
)
STREET_WORDS = 3
FLATS = ("flat", "apartment")
TOWNS_AFTER = frozenset({"in", "near"})
NO_STREET = frozenset({"the", "a", "my", "this", "that", "our", "down", "off", "of", "and", "main"})


class HeardEntities:
    """Reads one turn at a time; the turns before it say what it answers."""

    def find(self, said: Sequence[Utterance]) -> list[Found]:
        if not said:
            return []
        turn = said[-1]
        words = [plain(word.text) or "-" for word in turn.words]
        places, orders = _addresses(words, said[:-1]), orders_in(words, said)
        found = [*_spelt(words), *places, *names_in(words, said), *orders]
        return [_found(turn, kind, text, about, place) for kind, text, about, place in found]


Heard = tuple[EntityKind, str, str, int]
"""Its kind, its text, whose it is, and the word that it begins with."""


def _found(turn: Utterance, kind: EntityKind, text: str, about: str, place: int) -> Found:
    return Found(
        kind=kind,
        text=text,
        about=about,
        party=turn.party,
        utterance=turn.number,
        start_ms=turn.words[min(place, len(turn.words) - 1)].start_ms,
        quote=turn.text,
    )


def _spelt(words: Sequence[str]) -> Iterator[Heard]:
    """Telephone numbers and registrations; postcodes are found with their address."""
    for run in runs(words):
        digits = _only_digits(run)
        if TELEPHONE.fullmatch(digits):
            yield EntityKind.NUMBER, f"+{digits}" if digits.startswith("44") else digits, "", run[0].place
            continue
        letters = "".join(sign.text for sign in run)
        plate = PLATE.search(letters)
        if plate and _of_a_vehicle(words, run):
            yield EntityKind.VEHICLE, plate[0], "", run[0].place


def _only_digits(run: Sequence[Sign]) -> str:
    return "".join(sign.text for sign in run) if all(sign.text.isdigit() for sign in run) else ""


def _of_a_vehicle(words: Sequence[str], run: Sequence[Sign]) -> bool:
    return bool(OF_VEHICLES & set(words)) or sum(sign.sure and sign.text.isalpha() for sign in run) >= 3


def postcode_in(words: Sequence[str]) -> tuple[str, int] | None:
    """Said letter by letter, in the alphabet of the telephone or without it; and where it begins."""
    for run in runs(words):
        text = "".join(sign.text for sign in run)
        found = POSTCODE.search(text)
        if PLATE.search(text) and _of_a_vehicle(words, run):
            continue
        if found and found[1] in AREAS and any(sign.sure for sign in run):
            return found[0], run[0].place
    return None


def _addresses(words: Sequence[str], before: Sequence[Utterance]) -> Iterator[Heard]:
    streets = list(_streets(words))
    code = postcode_in(words)
    for street, place in streets:
        yield EntityKind.ADDRESS, f"{street}, {code[0]}" if code else street, "", place
    if code and not streets:
        yield EntityKind.ADDRESS, _joined(code[0], before), "", code[1]


def _joined(code: str, before: Sequence[Utterance]) -> str:
    """A postcode that is given after its street belongs to it."""
    for turn in reversed(before):
        streets = list(_streets([plain(word.text) or "-" for word in turn.words]))
        if streets:
            return f"{streets[-1][0]}, {code}"
    return code


def _streets(words: Sequence[str]) -> Iterator[tuple[str, int]]:
    """A number, up to three words and the word for a street: `flat two, 24 maple road in leeds`."""
    place = 0
    while place < len(words):
        if words[place] in FLATS:
            place += 2  # what follows is the flat's number, and not the house's
        number = house_number(words, place) if place < len(words) else None
        street = _street_after(words, number[1]) if number else None
        if number is None or street is None:
            place += 1
            continue
        name, end = street
        town = _town_after(words, end)
        flat = _flat_before(words, place)
        yield ", ".join(part for part in (flat, f"{number[0]} {name}", town) if part), place
        place = end


def _street_after(words: Sequence[str], start: int) -> tuple[str, int] | None:
    for end in range(start + 1, min(len(words), start + STREET_WORDS + 1)):
        if words[end - 1] in NO_STREET:
            return None
        kind = KINDS.get(words[end], words[end])
        if kind in STREETS:
            return " ".join((*words[start:end], kind)), end + 1
    return None


def _town_after(words: Sequence[str], end: int) -> str:
    named = end + 1 < len(words) and words[end] in TOWNS_AFTER and words[end + 1] not in NO_STREET
    return words[end + 1] if named else ""


def _flat_before(words: Sequence[str], place: int) -> str:
    for start in range(max(0, place - 4), place):
        if words[start] in FLATS:
            sign = sign_at(words, start + 1)
            if sign is not None and sign.end == place:
                return f"flat {sign.text}"
    return ""
