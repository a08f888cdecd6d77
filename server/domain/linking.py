"""When two calls are about the same people: what agrees, how much that says, and how sure it makes one.

The weights are those of Fellegi and Sunter: each agreement counts the bits by which it is likelier between
two calls about the same people than between any two; what is known beforehand depends on how far the calls
lie apart in time. Nothing here merges two calls: a link is a claim with its reasons, which a person may undo.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from server.domain.entities import EntityKind
from server.domain.ids import CallId, ForceId, MarkerId, PersonId

TONIGHT = timedelta(hours=12)
DAY, WEEK, YEAR = timedelta(days=1), timedelta(days=7), timedelta(days=365)

PRIOR_BITS = (
    (timedelta(minutes=30), -9.5),
    (timedelta(hours=2), -10.5),
    (TONIGHT, -12.5),
    (WEEK, -15.0),
    (YEAR, -17.0),
)
"""How unlikely it is, before anything is compared, that a call of so long ago is about the same people."""
BUSY_NIGHT = 1200
"""Calls in twelve hours: two large forces, 51 an hour each."""
QUIET_BITS = 3.0
"""The fewer calls there are, the fewer can agree by chance."""
LINKED_FROM = 0.9
POSSIBLE_FROM = 0.3


class Strength(StrEnum):
    LINKED = "linked"
    """Counted as one of the calls about these people."""
    POSSIBLE = "possible"
    """Shown beneath, and counted only once a person confirms it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One thing that agrees between two calls, or speaks against them."""

    kind: EntityKind
    words: str
    """Such as `same mobile` or `name sounds alike`; empty for what speaks against."""
    bits: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An earlier call, and why it is taken to be about the same people."""

    earlier: CallId
    force: ForceId
    before_s: int
    """How long before this call it arrived; negative: after it, while this one went on."""
    reasons: tuple[str, ...] = field(repr=False)
    confidence: float
    strength: Strength
    through: CallId | None = None
    """The linked call that it is linked to; none: it agrees with this call itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkState:
    link: Link
    confirmed_by: PersonId | None = None
    undone_by: PersonId | None = None

    @property
    def counts(self) -> bool:
        if self.undone_by is not None:
            return False
        return self.confirmed_by is not None or self.link.strength is Strength.LINKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Combination:
    """What stands together over linked calls and did not in any one of them."""

    name: str
    because: str = field(repr=False)
    markers: tuple[MarkerId, ...]
    calls: tuple[CallId, ...]


def confidence(agreements: Iterable[Agreement], before: timedelta, *, calls: int = BUSY_NIGHT) -> float:
    """How likely the two calls are about the same people, never quite nothing and never quite sure.

    `calls`: of all the forces that are looked among, in the twelve hours before.
    """
    apart = abs(before)
    prior = next((bits for within, bits in PRIOR_BITS if apart <= within), -18.0)
    if apart <= TONIGHT:
        prior += max(0.0, min(QUIET_BITS, math.log2(BUSY_NIGHT / max(1, calls))))
    bits = prior + sum(one.bits for one in agreements)
    odds = math.exp2(max(-60.0, min(60.0, bits)))
    return round(max(0.01, min(0.99, odds / (1 + odds))), 2)


def strength(sure: float) -> Strength | None:
    if sure >= LINKED_FROM:
        return Strength.LINKED
    return Strength.POSSIBLE if sure >= POSSIBLE_FROM else None


def reasons(agreements: Sequence[Agreement], before: timedelta) -> tuple[str, ...]:
    """The weightiest first, the first of them with the time."""
    said = [one.words for one in sorted(agreements, key=lambda one: -one.bits) if one.words and one.bits > 0]
    if not said:
        return ()
    return (f"{said[0]}, {ago(before)}", *dict.fromkeys(said[1:]))


def ago(before: timedelta) -> str:
    """As one says it: `41 min ago`."""
    later = before < timedelta(0)
    minutes = int(abs(before).total_seconds() // 60)
    if minutes < 1:
        return "at the same time"
    if minutes < 120:
        text = f"{minutes} min"
    elif minutes < 48 * 60:
        text = f"{minutes // 60} h"
    elif minutes < 60 * 24 * 60:
        text = f"{minutes // (24 * 60)} days"
    else:
        text = f"{minutes // (30 * 24 * 60)} months"
    return f"{text} later" if later else f"{text} ago"
