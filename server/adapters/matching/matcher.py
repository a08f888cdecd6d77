"""What calls are compared by, read and compared with the libraries that know numbers and likeness."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from server.adapters.matching.addresses import (
    Address,
    address_bits,
    address_from,
    address_keys,
    address_keys_of_day,
    read_address,
)
from server.adapters.matching.names import (
    Name,
    differ,
    name_bits,
    name_from,
    name_keys,
    name_keys_of_day,
    read_name,
)
from server.adapters.matching.numbers import is_mobile, national, number_of
from server.adapters.matching.orders import order_from, order_keys, read_order
from server.adapters.matching.vehicles import registration_of, vehicle_bits, vehicle_keys
from server.domain.entities import EntityKind, Known
from server.domain.linking import Agreement
from server.ports.history import Comparing, Reading

NAMES_AT_MOST = 26.0
"""Bits: several people of one family say less than each of them alone would."""
NUMBER_SAME, LANDLINE_SAME, NUMBER_SHARED, NUMBER_OTHER = 20.5, 13.0, 4.0, -0.5
OTHER_VICTIM = -4.0
ORDER_SAME = 21.0
DAY = timedelta(days=1)


class _Person(NamedTuple):
    value: str
    name: Name
    about: str


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
                order = read_order(text)
                return Reading(value=order.value, text=_tidy(text)) if order else None

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

    def comparing(self, mine: Sequence[Known], *, shared: frozenset[str]) -> Comparing:
        """What agrees between this call and another, and what speaks against the same people being meant."""
        ours = _Said.of(mine)

        def agreements(theirs: Sequence[Known]) -> list[Agreement]:
            others = _Said.of(theirs)
            found = [
                *_numbers(ours.numbers, others.numbers, shared),
                *_best_address(ours.addresses, others.addresses),
                *_people(ours.people, others.people),
                *_vehicles(ours.vehicles, others.vehicles),
                *_orders(ours.orders, others.orders),
            ]
            return [one for one in found if one.bits]

        return agreements


def _tidy(text: str) -> str:
    return " ".join(text.split())


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
            return order_keys(known.value)


def _daily(known: Known) -> frozenset[str]:
    if known.kind is EntityKind.ADDRESS:
        return address_keys_of_day(address_from(known.value))
    return name_keys_of_day(name_from(known.value)) if known.kind is EntityKind.PERSON else frozenset()


@dataclass(slots=True)
class _Said:
    """What a call knows, by kind, each as it is compared: hundreds of calls at once."""

    numbers: set[str] = field(default_factory=set)
    addresses: list[Address] = field(default_factory=list)
    people: list[_Person] = field(default_factory=list)
    vehicles: list[str] = field(default_factory=list)
    orders: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, known: Iterable[Known]) -> "_Said":
        said = cls()
        for one in known:
            match one.kind:
                case EntityKind.PERSON:
                    said.people.append(_Person(one.value, name_from(one.value), one.about))
                case EntityKind.ADDRESS:
                    said.addresses.append(address_from(one.value))
                case EntityKind.NUMBER:
                    said.numbers.add(one.value)
                case EntityKind.VEHICLE:
                    said.vehicles.append(one.value)
                case EntityKind.ORDER:
                    said.orders.add(order_from(one.value).reference)
        return said


def _numbers(mine: set[str], theirs: set[str], shared: frozenset[str]) -> list[Agreement]:
    kind = EntityKind.NUMBER
    same = mine & theirs
    if not same:
        return [Agreement(kind=kind, words="", bits=NUMBER_OTHER)] if mine and theirs else []
    own = sorted(same - shared)
    if not own:
        return [Agreement(kind=kind, words="same shared telephone", bits=NUMBER_SHARED)]
    if any(is_mobile(number) for number in own):
        return [Agreement(kind=kind, words="same mobile", bits=NUMBER_SAME)]
    return [Agreement(kind=kind, words="same number", bits=LANDLINE_SAME)]


def _best_address(mine: list[Address], theirs: list[Address]) -> list[Agreement]:
    if not (mine and theirs):
        return []
    bits, words = max(address_bits(one, other) for one in mine for other in theirs)
    return [Agreement(kind=EntityKind.ADDRESS, words=words, bits=bits)]


def _people(mine: list[_Person], theirs: list[_Person]) -> list[Agreement]:
    """Each name with its best match, whoever bears it: the caller of one call is the mother of another."""
    pairs = [
        (*agreed, one.value, other.value)
        for one in mine
        for other in theirs
        if (agreed := name_bits(one.name, other.name))[0] > 0
    ]
    if not pairs:
        return _other_victim(mine, theirs)
    pairs.sort(reverse=True)
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


def _other_victim(mine: list[_Person], theirs: list[_Person]) -> list[Agreement]:
    ours = [one.name for one in mine if one.about == "victim"]
    others = [one.name for one in theirs if one.about == "victim"]
    if ours and others and all(differ(one, other) for one in ours for other in others):
        return [Agreement(kind=EntityKind.PERSON, words="", bits=OTHER_VICTIM)]
    return []


def _vehicles(mine: list[str], theirs: list[str]) -> list[Agreement]:
    if not (mine and theirs):
        return []
    bits, words = max(vehicle_bits(one, other) for one in mine for other in theirs)
    return [Agreement(kind=EntityKind.VEHICLE, words=words, bits=bits)]


def _orders(mine: set[str], theirs: set[str]) -> list[Agreement]:
    """By their references alone: that two calls speak of an injunction says nothing."""
    same = (mine & theirs) - {""}
    return [Agreement(kind=EntityKind.ORDER, words="same order", bits=ORDER_SAME)] if same else []
