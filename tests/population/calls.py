"""What calls are known by: nights of incidents among all other calls, said and written as calls are."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from server.domain.entities import EntityKind
from tests.population import names
from tests.population.people import Home, Pair, Resident, Town

START = datetime(2026, 3, 6, 18, 0, tzinfo=UTC)
Said = tuple[EntityKind, str, str, str]
"""Its kind, its text, whose it is; and what it truly says, where that is enough to know somebody by."""


@dataclass(frozen=True, slots=True)
class Told:
    """A call, what it gave to know, and the incident that it truly belongs to."""

    id: str
    at: datetime
    incident: str
    said: tuple[Said, ...]
    caller: str
    """Who rings: for the anatomy of failures."""
    hard: str = field(default="")
    """What makes it easy to take for another's call."""


def night(rng: random.Random, town: Town, *, day: int, incidents: int, others: int) -> list[Told]:
    """One night in order of time."""
    begins = START + timedelta(days=day)
    pairs = rng.sample(town.pairs, incidents)
    told = [
        call
        for number, pair in enumerate(pairs)
        for call in _incident(rng, town, pair, begins, f"{day}-{number}")
    ]
    taken = {id(one.home) for pair in pairs for one in pair.everybody}
    told += [
        _other(rng, town, begins, f"{day}-o{number}", who)
        for number, who in enumerate(_others(rng, town, others))
        if id(who.home) not in taken
    ]
    return sorted(told, key=lambda call: call.at)


def past(rng: random.Random, town: Town, *, calls: int) -> list[Told]:
    """What the control room remembers of the year before."""
    return [
        _other(rng, town, START - timedelta(days=rng.uniform(1, 360)), f"past-{number}", who)
        for number, who in enumerate(_others(rng, town, calls))
    ]


def _incident(rng: random.Random, town: Town, pair: Pair, begins: datetime, name: str) -> Iterator[Told]:
    at = begins + timedelta(minutes=rng.uniform(0, 300))
    place = rng.choices((pair.victim.home, pair.mother.home, pair.suspect.home), (70, 15, 15))[0]
    for number in range(rng.choices((2, 3, 4, 5), (45, 30, 17, 8))[0]):
        if number and rng.random() < 0.12:
            place = rng.choice((pair.victim.home, pair.mother.home, pair.friend.home))
        yield _about(rng, town, pair, place, Told(f"{name}-{number}", at, name, (), ""))
        at += timedelta(minutes=rng.uniform(4, 55))


def _about(rng: random.Random, town: Town, pair: Pair, place: Home, call: Told) -> Told:
    at_home = place is pair.victim.home
    who = rng.choices(
        ("victim", "mother", "sister", "neighbour", "suspect", "passer-by"),
        (56, 11, 8, 16 if at_home else 0, 5, 4),
    )[0]
    caller = _caller(rng, town, pair, who)
    said: list[Said] = [
        *_number(rng, town, pair, who, caller),
        *_place(rng, town, place, exact=who != "passer-by" or rng.random() < 0.9),
    ]
    knows = {
        "victim": 0.92,
        "mother": 0.95,
        "sister": 0.95,
        "neighbour": 0.45,
        "suspect": 0.8,
        "passer-by": 0.12,
    }[who]
    if rng.random() < knows:
        said += _name(rng, pair.victim, "victim", first_only=0.4 if who == "neighbour" else 0.1)
    if rng.random() < knows * 0.8:
        said += _name(rng, pair.suspect, "suspect", first_only=0.3)
    if who not in ("victim", "passer-by") and rng.random() < 0.8:
        said += _name(rng, caller, who, first_only=0.15)
    if pair.suspect.vehicle and rng.random() < 0.1:
        said.append(
            (EntityKind.VEHICLE, _plate(rng, pair.suspect.vehicle), "suspect", f"v:{pair.suspect.vehicle}")
        )
    return Told(call.id, call.at, call.incident, tuple(said), who)


def _caller(rng: random.Random, town: Town, pair: Pair, who: str) -> Resident:
    relatives = {"victim": pair.victim, "mother": pair.mother, "sister": pair.sister, "suspect": pair.suspect}
    if who in relatives:
        return relatives[who]
    return rng.choice(pair.neighbours or town.people) if who == "neighbour" else rng.choice(town.people)


def _number(rng: random.Random, town: Town, pair: Pair, who: str, caller: Resident) -> Iterator[Said]:
    chance = rng.random()
    if chance < 0.08:
        return  # withheld
    number = caller.mobile
    if who == "victim" and chance < 0.2:
        number = rng.choice((pair.mother.mobile, pair.friend.mobile, pair.sister.mobile))
    elif chance < 0.205:
        number = rng.choice(town.hostels)
    yield EntityKind.NUMBER, number, "caller", "" if number in town.hostels else f"n:{number}"


def _place(rng: random.Random, town: Town, home: Home, *, exact: bool) -> Iterator[Said]:
    if town.typed and rng.random() < town.typed:
        flat = f"Flat {home.flat}, " if home.flat else ""
        whole = f"{flat}{home.number} {home.street}, {home.town} {home.postcode}"
        yield EntityKind.ADDRESS, whole, "", _known(home)
        return
    if rng.random() < 0.03:
        return
    street = home.street
    if rng.random() < 0.05:
        first, _, kind = street.rpartition(" ")
        street = rng.choice(
            (
                f"{names.written(rng, first.casefold())} {kind}",
                f"{first} {rng.choice(('Road', 'Close', 'Lane'))}",
            )
        )
    number = home.number
    if rng.random() < 0.015:
        number = {13: 30, 15: 50, 17: 70, 19: 90}.get(number, number + 2)
    house = f"{number} " if exact and rng.random() < 0.97 else ""
    flat = f"Flat {home.flat}, " if home.flat and house and rng.random() < 0.75 else ""
    place = f", {home.town}" if rng.random() < 0.65 else ""
    code = f" {_code(rng, home.postcode)}" if house and rng.random() < 0.5 else ""
    yield EntityKind.ADDRESS, f"{flat}{house}{street}{place}{code}", "", _known(home) if house else ""


def _known(home: Home) -> str:
    """The building: whoever names the house and not the flat is understood."""
    return f"h:{home.street}|{home.number}|{home.town}|{home.postcode}"


def _code(rng: random.Random, code: str) -> str:
    if rng.random() < 0.04:
        swapped = {"B": "D", "D": "T", "P": "B", "T": "D", "S": "F", "F": "S", "N": "M"}
        return code[:-1] + swapped.get(code[-1], "E")
    return code


def _name(rng: random.Random, who: Resident, about: str, *, first_only: float) -> Iterator[Said]:
    given = names.written(rng, who.given)
    family = "" if rng.random() < first_only else f" {names.written(rng, who.family)}"
    yield EntityKind.PERSON, f"{given}{family}".title(), about, f"p:{who.mobile}" if family else ""


def _plate(rng: random.Random, plate: str) -> str:
    if rng.random() > 0.12:
        return plate
    place = rng.randrange(len(plate))
    return (
        plate[:place]
        + {"M": "N", "N": "M", "B": "D", "D": "B", "S": "F"}.get(plate[place], plate[place])
        + plate[place + 1 :]
    )


def _others(rng: random.Random, town: Town, calls: int) -> list[Resident]:
    """Who rings about something else, each once; one in twenty lives next door to a pair."""
    near = [one for pair in town.pairs for one in pair.neighbours]
    return [*rng.sample(near, min(len(near), calls // 20)), *rng.sample(town.people, calls - calls // 20)][
        :calls
    ]


def _other(rng: random.Random, town: Town, begins: datetime, name: str, who: Resident) -> Told:
    at = begins + timedelta(minutes=rng.uniform(0, 480))
    home, hard = who.home, ""
    if who.before is not None and rng.random() < 0.07:
        home, hard = who.before, "moved"
    number = rng.choice(town.hostels) if rng.random() < 0.01 else who.mobile
    hard = "shared telephone" if number in town.hostels else hard
    said: list[Said] = [] if rng.random() < 0.08 else [(EntityKind.NUMBER, number, "caller", f"n:{number}")]
    said += _place(rng, town, home, exact=rng.random() < 0.9)
    if rng.random() < 0.75:
        said += _name(rng, who, rng.choice(("victim", "caller")), first_only=0.25)
    if rng.random() < 0.3:
        said += _name(rng, rng.choice(town.people), "suspect", first_only=0.4)
    # Two calls from one home in one night are about the same people, whatever they say that it is.
    return Told(name, at, f"{begins:%j} {_known(who.home)} {who.home.flat}", tuple(said), "other", hard)
