"""Court orders, notices and bail: their kinds as people say them, and the reference that one is known by."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from server.adapters.matching.folding import plain
from server.adapters.matching.spoken import POSTCODE

_SAID = (
    ("non-molestation order", r"(?:non|none|known|nun) ?molestation(?: orders?)?|non ?mol(?: orders?)?"),
    ("restraining order", r"restrain(?:ing|t) orders?"),
    ("occupation order", r"occupation orders?"),
    (
        "domestic violence protection order",
        r"d ?v ?p ?o|domestic violence (?:protection|protective|prevention) orders?",
    ),
    (
        "domestic violence protection notice",
        r"d ?v ?p ?n|domestic violence (?:protection|protective|prevention) notices?",
    ),
    (
        "domestic abuse protection order",
        r"d ?a ?p ?o|domestic abuse (?:protection|protective|prevention) orders?",
    ),
    (
        "domestic abuse protection notice",
        r"d ?a ?p ?n|domestic abuse (?:protection|protective|prevention) notices?",
    ),
    ("stalking protection order", r"(?:interim )?stalking (?:protection|protective|prevention) orders?"),
    ("non-harassment order", r"non ?harassment orders?"),
    ("injunction", r"injunctions?"),
    ("interdict", r"interdicts?"),
    (
        "bail conditions",
        r"bail conditions?|conditions of (?:\w+ )?bail|(?:breach\w*|broke\w*|breaking) (?:\w+ )?bail",
    ),
)
KIND = re.compile(rf"\b(?:{'|'.join(f'(?P<k{place}>{said})' for place, (_, said) in enumerate(_SAID))})\b")
DATE = re.compile(
    r"\b\d{1,2} ?[/.-] ?\d{1,2} ?[/.-] ?\d{2,4}\b|\b\d{4}-\d{2}-\d{2}\b"
    r"|\b\d{1,2}(?:st|nd|rd|th)? (?:of )?[a-z]{3,9},? \d{4}\b",
    re.IGNORECASE,
)
REFERENCE_LEAST, DIGITS_LEAST = 5, 3
"""Letters and digits: fewer are the number of a house or a year."""
NO_PART = frozenset(
    {"at", "by", "he", "in", "is", "it", "me", "my", "no", "of", "on", "or", "to", "up", "we"}
)
"""Words too short to be told from a reference's letters by their length."""


@dataclass(frozen=True, slots=True)
class Order:
    kind: str = ""
    reference: str = ""

    @property
    def value(self) -> str:
        return f"{self.kind}|{self.reference}"


@lru_cache(maxsize=65_536)
def order_from(value: str) -> Order:
    """Back from `value`; what was kept before kinds were told apart is a reference alone."""
    kind, parted, reference = value.partition("|")
    return Order(kind, reference) if parted else Order(reference=value)


def read_order(text: str) -> Order | None:
    """An order as it is typed or was heard: of what kind, and its reference, as far as either is there."""
    words = plain(DATE.sub(" ; ", text))
    found = KIND.search(words)
    order = Order(kind_of(found) if found else "", _reference(KIND.sub(" ; ", words)))
    return order if order.kind or order.reference else None


def kind_of(found: re.Match[str]) -> str:
    return _SAID[int((found.lastgroup or "k0")[1:])][0]


def may_be_reference(text: str) -> bool:
    """Whether these letters and digits are enough to tell one order from every other."""
    return (
        len(text) >= REFERENCE_LEAST
        and sum(one.isdigit() for one in text) >= DIGITS_LEAST
        and not POSTCODE.fullmatch(text)
    )


def _reference(words: str) -> str:
    return max((run for run in _runs(words) if may_be_reference(run)), key=len, default="")


def _runs(words: str) -> Iterator[str]:
    """What stands together and looks like letters and digits rather than words: `zw 23 p 00412`."""
    run = ""
    for word in words.split():
        if any(one.isdigit() for one in word) or (len(word) <= 2 and word.isalpha() and word not in NO_PART):
            run += word
            continue
        yield run
        run = ""
    yield run


def order_keys(value: str) -> frozenset[str]:
    """A kind alone is no key: half of all calls would share it."""
    reference = order_from(value).reference
    return frozenset({f"o:{reference}"}) if reference else frozenset()
