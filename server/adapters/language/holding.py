"""Whether a sighting opens a call's domestic frame, and what is kept back until something does."""

from collections.abc import Sequence
from enum import Enum, auto

from server.adapters.language import covert
from server.adapters.language.believing import PLAIN, SURE
from server.adapters.language.knowledge import BROAD, Knowledge
from server.adapters.language.shown import Standing
from server.adapters.language.turn_reading import Found
from server.domain.markers import Marker, MarkerClass
from server.domain.sightings import SPEAKING, Sighting

CALM_CALL = -2.0
"""What a call has shown that sounds like any other: two turns of it at least."""
OPENING_TURNS = 6
"""Contextual sightings are shown, held, in a call's opening turns; later they wait unseen for the frame."""
OTHER_WEIGHT = 0.5
"""How much surer danger must be, for each unit of odds that the call is of another kind."""
OPENS_BESIDE_RELATION = 0.0
OPENS_ALONE = 1.0
ELSEWHERE = 3.0
"""Log odds of abuse that a call must have shown before a sighting opens the frame."""
ANSWER = 3.0
"""A plain yes to the handler's question needs that much less."""


class Hold(Enum):
    """What becomes of a sighting for now."""

    FREE = auto()
    SHOWN = auto()
    """Shown in the evidence, and raises nothing until the frame opens."""
    SILENT = auto()
    """Kept unseen until the frame opens."""


def opens(standing: Standing, one: Found, known: Knowledge) -> bool:
    """Whether this sighting shows that the call is a domestic one."""
    if one.sighting.rule == covert.RULE:
        return False  # an order alone may be anybody's: the case says when it is meant
    if one.sighting.polarity not in SPEAKING or one.needs not in ("", BROAD):
        return False
    frame = known.markers[one.sighting.marker].frame
    if frame == "never" or (frame == "relation" and not standing.relation):
        return False
    if known.opinion is None:
        return standing.relation or not standing.elsewhere
    needed = OPENS_BESIDE_RELATION if standing.relation else OPENS_ALONE
    if one.sighting.answers:
        needed -= ANSWER
    return standing.shown >= needed + (ELSEWHERE if standing.elsewhere else 0.0)


def hold_of(standing: Standing, one: Found, found: Sequence[Found], known: Knowledge) -> Hold:
    """What keeps a sighting back."""
    if standing.domestic:
        return Hold.FREE
    if one.sighting.polarity not in SPEAKING:
        # Nobody asked, and the call sounds like any other: "no knives" at a barbecue denies nothing.
        heard = standing.shown if standing.turns > 1 else standing.evidence
        return Hold.FREE if one.sighting.answers or heard > CALM_CALL else Hold.SILENT
    if standing.elsewhere and not standing.relation and one.margin < PLAIN:
        return Hold.SILENT
    lacks = {
        "frame": True,
        "relation": not standing.relation,
        "company": not any(_keeps_company(other, one) for other in found),
    }
    if one.needs == covert.MISMATCH:
        # Two who talk and no handler among them are not on a police line.
        return Hold.SHOWN if standing.odd.handler_heard or standing.turns == 1 else Hold.SILENT
    return Hold.SILENT if lacks.get(one.needs, False) else _unframed(standing, one, known)


def _unframed(standing: Standing, one: Found, known: Knowledge) -> Hold:
    """What keeps back a sighting that needs nothing, in a call that has not shown what it is."""
    severity = marker_of(one.sighting, known).severity
    calm = standing.shown <= CALM_CALL and one.by != "suspect"
    if severity is MarkerClass.IMMEDIATE and _is_sure(standing, one, known):
        return Hold.FREE
    if severity is not MarkerClass.CONTEXTUAL and standing.relation and not calm:
        return Hold.FREE
    late = severity is MarkerClass.CONTEXTUAL and standing.turns > OPENING_TURNS
    return Hold.SILENT if late or calm else Hold.SHOWN


def _is_sure(standing: Standing, one: Found, known: Knowledge) -> bool:
    """Whether a sighting raises a prompt in a call that has named nobody close yet."""
    vouched = one.sighting.answers or one.by == "suspect" or one.sighting.rule == covert.RULE
    return (
        known.opinion is None or bool(vouched) or one.margin + OTHER_WEIGHT * min(0.0, standing.kind) >= SURE
    )


def marker_of(sighting: Sighting, known: Knowledge) -> Marker:
    return known.markers[sighting.marker].marker


def _keeps_company(other: Found, one: Found) -> bool:
    """Whether another marker of the same turn, sighted on its own strength, speaks for this one."""
    return (
        not other.needs
        and other.sighting.marker != one.sighting.marker
        and other.sighting.polarity in SPEAKING
    )
