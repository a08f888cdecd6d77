"""What calls are compared by, read and compared with the libraries that know numbers and likeness."""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from server.adapters.matching.addresses import (
    address_bits,
    address_from,
    address_keys,
    address_keys_of_day,
    read_address,
)
from server.adapters.matching.names import (
    differ,
    name_bits,
    name_from,
    name_keys,
    name_keys_of_day,
    read_name,
)
from server.adapters.matching.numbers import is_mobile, national, number_of
from server.adapters.matching.vehicles import registration_of, vehicle_bits, vehicle_keys
from server.domain.entities import EntityKind, Known
from server.domain.linking import Agreement
from server.ports.history import Reading

NAMES_AT_MOST = 26.0
"""Bits: several people of one family say less than each of them alone would."""
NUMBER_SAME, LANDLINE_SAME, NUMBER_SHARED, NUMBER_OTHER = 20.5, 13.0, 4.0, -0.5
OTHER_VICTIM = -4.0
ORDER_SAME = 18.0
DAY = timedelta(days=1)


class LibraryMatcher:
    def __init__(self, *, region: str = "GB") -> None:
        self._region = region

    def read(self, kind: EntityKind, text: str) -> Reading | None:
        match kind:
            case EntityKind.NUMBER:
                number = number_of(text, region=self._region)
                return Reading(value=number, text=national(number)) if number else None
            case EntityKind.ADDRESS:
                address = read_address(text)
                return Reading(value=address.value, text=_tidy(text)) if address else None
            case EntityKind.PERSON:
                name = read_name(text)
                return Reading(value=name.value, text=_tidy(text)) if name else None
            case EntityKind.VEHICLE:
                plate = registration_of(text)
                return Reading(value=plate, text=plate.upper()) if plate else None
            case EntityKind.ORDER:
                order = "".join(one for one in text.casefold() if one.isalnum())
                return Reading(value=order, text=_tidy(text)) if len(order) >= 4 else None

    def keys(self, known: Iterable[Known], at: datetime) -> frozenset[str]:
        """What a call that knows this is kept under."""
        day = at.date().isoformat()
        return frozenset(
            key for one in known for key in (*_keys(one), *(f"{key}@{day}" for key in _daily(one)))
        )

    def sought(self, known: Iterable[Known], at: datetime) -> frozenset[str]:
        """What to look under: loose keys only in the night and the day before."""
        known = tuple(known)
        days = [(at - DAY * back).date().isoformat() for back in (0, 1)]
        loose = {f"{key}@{day}" for one in known for key in _daily(one) for day in days}
        return frozenset({key for one in known for key in _keys(one)} | loose)

    def agreements(
        self, mine: Sequence[Known], theirs: Sequence[Known], *, shared: frozenset[str]
    ) -> list[Agreement]:
        """What agrees between two calls, and what speaks against their being about the same people."""
        found = [
            *_numbers(_of(mine, EntityKind.NUMBER), _of(theirs, EntityKind.NUMBER), shared),
            *_best_address(_of(mine, EntityKind.ADDRESS), _of(theirs, EntityKind.ADDRESS)),
            *_people(_of(mine, EntityKind.PERSON), _of(theirs, EntityKind.PERSON)),
            *_vehicles(_of(mine, EntityKind.VEHICLE), _of(theirs, EntityKind.VEHICLE)),
            *_orders(_of(mine, EntityKind.ORDER), _of(theirs, EntityKind.ORDER)),
        ]
        return [one for one in found if one.bits]


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _of(known: Sequence[Known], kind: EntityKind) -> list[Known]:
    return [one for one in known if one.kind is kind]


def _keys(known: Known) -> frozenset[str]:
    match known.kind:
        case EntityKind.NUMBER:
            return frozenset({f"n:{known.value}"})
        case EntityKind.ADDRESS:
            return address_keys(address_from(known.value))
        case EntityKind.PERSON:
            return name_keys(name_from(known.value))
        case EntityKind.VEHICLE:
            return vehicle_keys(known.value)
        case EntityKind.ORDER:
            return frozenset({f"o:{known.value}"})


def _daily(known: Known) -> frozenset[str]:
    if known.kind is EntityKind.ADDRESS:
        return address_keys_of_day(address_from(known.value))
    return name_keys_of_day(name_from(known.value)) if known.kind is EntityKind.PERSON else frozenset()


def _numbers(mine: list[Known], theirs: list[Known], shared: frozenset[str]) -> list[Agreement]:
    kind = EntityKind.NUMBER
    same = {one.value for one in mine} & {one.value for one in theirs}
    if not same:
        return [Agreement(kind=kind, words="", bits=NUMBER_OTHER)] if mine and theirs else []
    own = sorted(same - shared)
    if not own:
        return [Agreement(kind=kind, words="same shared telephone", bits=NUMBER_SHARED)]
    if any(is_mobile(number) for number in own):
        return [Agreement(kind=kind, words="same mobile", bits=NUMBER_SAME)]
    return [Agreement(kind=kind, words="same number", bits=LANDLINE_SAME)]


def _best_address(mine: list[Known], theirs: list[Known]) -> list[Agreement]:
    compared = [
        address_bits(address_from(one.value), address_from(other.value)) for one in mine for other in theirs
    ]
    if not compared:
        return []
    bits, words = max(compared)
    return [Agreement(kind=EntityKind.ADDRESS, words=words, bits=bits)]


def _people(mine: list[Known], theirs: list[Known]) -> list[Agreement]:
    """Each name with its best match, whoever bears it: the caller of one call is the mother of another."""
    pairs = sorted(
        (
            (*name_bits(name_from(one.value), name_from(other.value)), one.value, other.value)
            for one in mine
            for other in theirs
        ),
        reverse=True,
    )
    found: list[Agreement] = []
    ours, others = {one.value for one in mine}, {one.value for one in theirs}
    left = NAMES_AT_MOST
    for bits, words, one, other in pairs:
        if one not in ours or other not in others:
            continue
        chances = math.log2(len(ours) * len(others))  # the more names are compared, the more agree by chance
        counted = min(bits - chances, left)
        if counted > 0:
            ours.discard(one)
            others.discard(other)
            found.append(Agreement(kind=EntityKind.PERSON, words=words, bits=counted))
            left -= counted
    return found or _other_victim(mine, theirs)


def _other_victim(mine: list[Known], theirs: list[Known]) -> list[Agreement]:
    ours = [name_from(one.value) for one in mine if one.about == "victim"]
    others = [name_from(one.value) for one in theirs if one.about == "victim"]
    if ours and others and all(differ(one, other) for one in ours for other in others):
        return [Agreement(kind=EntityKind.PERSON, words="", bits=OTHER_VICTIM)]
    return []


def _vehicles(mine: list[Known], theirs: list[Known]) -> list[Agreement]:
    best = max((vehicle_bits(one.value, other.value) for one in mine for other in theirs), default=(0.0, ""))
    return [Agreement(kind=EntityKind.VEHICLE, words=best[1], bits=best[0])]


def _orders(mine: list[Known], theirs: list[Known]) -> list[Agreement]:
    same = {one.value for one in mine} & {one.value for one in theirs}
    return [Agreement(kind=EntityKind.ORDER, words="same order", bits=ORDER_SAME)] if same else []
