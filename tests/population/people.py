"""A hundred thousand people: households, relatives, homes they moved from, telephones that some share."""

import random
from dataclasses import dataclass, field

from tests.population import names

TOWNS = [
    "ashby",
    "brookfield",
    "caldmore",
    "dunwich",
    "easton",
    "fairholme",
    "grantley",
    "harwood",
    "ilkeston",
    "kelsby",
    "langford",
    "marston",
    "newby",
    "oakham",
    "penrose",
    "ripley",
    "stanton",
    "thornbury",
    "upton",
    "wexford",
    "aldwick",
    "bramley",
    "coleford",
    "dalton",
]
INWARD = "ABDEFGHJLNPQRSTUWXYZ"
AREAS = ("B", "WV", "WS", "DY", "CV", "LE", "DE", "NG", "ST", "TF")
STREETS_OFTEN = [
    "High Street",
    "Station Road",
    "Church Lane",
    "Victoria Road",
    "Park Road",
    "London Road",
    "Queen Street",
    "Mill Lane",
    "Manor Road",
    "School Lane",
    "The Green",
    "Albert Road",
    "New Road",
    "King Street",
    "York Road",
    "Grange Road",
    "North Road",
    "South Street",
]
_FIRSTS = [
    "maple",
    "orchard",
    "elm",
    "willow",
    "beech",
    "cedar",
    "hazel",
    "holly",
    "laurel",
    "rowan",
    "poplar",
    "chestnut",
    "sycamore",
    "hawthorn",
    "primrose",
    "bluebell",
    "kingfisher",
    "heron",
    "falcon",
    "swallow",
    "robin",
    "lark",
    "dove",
    "finch",
    "partridge",
    "badger",
    "fox",
    "otter",
    "meadow",
    "brook",
    "river",
    "spring",
    "well",
    "abbey",
    "priory",
    "chapel",
    "minster",
    "castle",
    "tower",
    "bishop",
    "canon",
    "deacon",
    "friar",
    "wellington",
    "nelson",
    "churchill",
    "gladstone",
    "disraeli",
    "balfour",
    "stanley",
    "derby",
    "lancaster",
    "windsor",
    "stuart",
    "tudor",
    "arundel",
    "camden",
    "dalby",
    "elgin",
    "forbes",
    "gordon",
    "hamilton",
    "irving",
]
_KINDS = [
    "Road",
    "Street",
    "Avenue",
    "Close",
    "Lane",
    "Drive",
    "Crescent",
    "Gardens",
    "Grove",
    "Place",
    "Terrace",
    "Way",
    "Court",
    "Rise",
    "Walk",
]


@dataclass(frozen=True, slots=True)
class Home:
    street: str
    number: int
    town: str
    postcode: str
    flat: int = 0


@dataclass(slots=True)
class Resident:
    given: str
    family: str
    home: Home
    mobile: str
    vehicle: str = ""
    before: Home | None = None
    """Where they lived until some months ago; somebody else does now."""


@dataclass(slots=True)
class Pair:
    """Whom the calls are about, and who may call about them."""

    victim: Resident
    suspect: Resident
    mother: Resident
    sister: Resident
    friend: Resident
    neighbours: list[Resident] = field(default_factory=list)

    @property
    def everybody(self) -> list[Resident]:
        return [self.victim, self.suspect, self.mother, self.sister, self.friend, *self.neighbours]


@dataclass(slots=True)
class Town:
    people: list[Resident]
    pairs: list[Pair]
    hostels: list[str]
    """Telephones that many people ring from."""
    typed: float = 0.0
    """The share of addresses that came whole out of a gazetteer, as the control system types them."""


def made(seed: int, people: int) -> tuple[random.Random, Town]:
    rng = random.Random(seed)  # noqa: S311 - the same seed has to make the same town
    homes = _homes(rng, people // 2 + 50)
    hostels = [f"+44163296{number:04d}" for number in range(max(2, people // 10_000))]
    residents: list[Resident] = []
    by_home: dict[int, list[Resident]] = {}
    for number, home in enumerate(homes):
        name = names.family(rng)
        size = rng.choice((1, 2, 2, 2, 3, 4))
        lot = [_resident(rng, name, home, len(residents) + one) for one in range(size)]
        if rng.random() < 0.15:
            moved = homes[rng.randrange(len(homes))]
            for one in lot:
                one.before = moved
        by_home[number] = lot
        residents += lot
        if len(residents) >= people:
            break
    return rng, Town(people=residents, pairs=_pairs(rng, residents, by_home), hostels=hostels)


def _homes(rng: random.Random, wanted: int) -> list[Home]:
    homes: list[Home] = []
    while len(homes) < wanted:
        town = rng.choice(TOWNS)
        often = rng.random() < 0.25
        street = rng.choice(STREETS_OFTEN) if often else f"{rng.choice(_FIRSTS).title()} {rng.choice(_KINDS)}"
        outward = f"{rng.choice(AREAS)}{rng.randrange(1, 30)}"
        for block in range(rng.randrange(1, 5)):
            code = f"{outward} {rng.randrange(1, 10)}{rng.choice(INWARD)}{rng.choice(INWARD)}"
            for door in range(12):
                number = block * 24 + door * 2 + 1
                flats = rng.randrange(2, 9) if rng.random() < 0.12 else 0
                homes += [
                    Home(street, number, town, code, flat)
                    for flat in (range(1, flats + 1) if flats else (0,))
                ]
    return homes


def _resident(rng: random.Random, family: str, home: Home, number: int) -> Resident:
    own = family if rng.random() < 0.85 else names.family(rng)
    plate = ""
    if rng.random() < 0.5:
        letters = "ABCDEFGHJKLMNOPRSTUVWXY"
        plate = "".join(
            (*rng.choices(letters, k=2), f"{rng.randrange(2, 74):02d}", *rng.choices(letters, k=3))
        )
    return Resident(
        given=names.given(rng), family=own, home=home, mobile=f"+447{700000000 + number:09d}", vehicle=plate
    )


def _pairs(rng: random.Random, residents: list[Resident], by_home: dict[int, list[Resident]]) -> list[Pair]:
    pairs: list[Pair] = []
    numbers = [number for number, lot in by_home.items() if len(lot) >= 2]
    rng.shuffle(numbers)
    for number in numbers[: len(numbers) // 12]:
        victim, suspect = by_home[number][:2]
        mother, sister, friend = (rng.choice(residents) for _ in range(3))
        if rng.random() < 0.5:
            mother.family = sister.family = victim.family
        near = [one for away in (-2, -1, 1, 2) for one in by_home.get(number + away, [])]
        pairs.append(
            Pair(victim=victim, suspect=suspect, mother=mother, sister=sister, friend=friend, neighbours=near)
        )
    return pairs
