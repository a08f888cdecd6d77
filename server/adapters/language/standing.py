"""What a call has shown so far, and what one more turn makes of it: held back, let stand, released."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from server.adapters.language import covert
from server.adapters.language.answering import answered
from server.adapters.language.answers import completes
from server.adapters.language.believing import PLAIN, SURE, added, believed, borne_out, of_call
from server.adapters.language.ellipsis import Question
from server.adapters.language.judging import behind
from server.adapters.language.knowledge import BROAD, Knowledge
from server.adapters.language.questions import Asked
from server.adapters.language.roles import CALL_LONG, Mention
from server.adapters.language.turn_reading import Found, TurnWords
from server.domain.ids import MarkerId
from server.domain.markers import Marker, MarkerClass
from server.domain.sightings import SPEAKING, Polarity, Sighting
from server.domain.speech import Party

CALM_CALL = -2.0
"""The evidence of a call that sounds like any other: two turns of it at least."""
HELD_LIMIT = 64
"""Sightings kept back for the domestic frame; the oldest go first."""
OPENING_TURNS = 6
"""Contextual sightings are shown, held, in a call's opening turns; later they wait unseen for the frame."""
OPENS_BESIDE_RELATION = 0.0
OPENS_ALONE = 1.0
ELSEWHERE = 3.0
"""Log odds of abuse that a call must have shown before a sighting opens the frame."""
ANSWER = 3.0
"""A plain yes to the handler's question needs that much less."""
BACKCHANNEL_TURNS = 1
"""How many turns a caller may put off an answer."""


class Hold(Enum):
    """What becomes of a sighting for now."""

    FREE = auto()
    SHOWN = auto()
    """Shown in the evidence, and raises nothing until the frame opens."""
    SILENT = auto()
    """Kept unseen until the frame opens."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that a later turn may depend on. Bounded, whatever the length of the call."""

    asked: tuple[Asked, ...] = ()
    said: tuple[str, ...] = field(default=(), repr=False)
    """The handler's last turn: what is said after it may answer it."""
    question: Question | None = None
    """The handler's last question, whatever it was about."""
    put_off: int = 0
    relation: bool = False
    """Whether somebody the caller is or was close to has been spoken of."""
    elsewhere: bool = False
    """Whether the words are those of another emergency: burglary, crash, fire, illness."""
    domestic: bool = False
    evidence: float = 0.0
    """How much the call so far sounds like abuse, as log odds, within bounds."""
    turns: int = 0
    """How many turns of the caller's have been read."""
    speakers: frozenset[str] = frozenset()
    """Who the caller has shown themselves to be."""
    he: Mention = Mention.NOBODY
    """Of whom a turn that names nobody says "he"."""
    severity: MarkerClass = MarkerClass.NONE
    held: tuple[Sighting, ...] = ()
    odd: covert.Case = covert.NOTHING_ODD


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn that has been read, and what in it asks something."""

    words: TurnWords
    asked: tuple[Asked, ...]
    at_ms: int
    """Its place among the turns of both legs: what a later turn may answer was asked before it began."""


Step = tuple[Standing, tuple[Sighting, ...]]
"""What stands after a turn, and the sightings that the turn brings."""


def after(standing: Standing, turn: Turn) -> Step:
    """What one more turn makes of a call."""
    if turn.words.turn.party is Party.HANDLER:
        return _handled(standing, turn), ()
    return _told(standing, turn.words)


def quietened(standing: Standing, odd: Sighting, known: Knowledge) -> Step:
    """What stands once odd talk was followed by nothing."""
    standing = replace(standing, odd=replace(standing.odd, raised=True))
    return _weighed(standing, [Found(odd, "")], known)


def _handled(standing: Standing, turn: Turn) -> Standing:
    words = turn.words
    if not turn.asked and words.known.cues["backchannel"].fullmatch(words.line.text):
        return standing
    relation = standing.relation or words.names_relation
    he = words.last_mention
    return replace(
        standing,
        asked=() if covert.is_remark(words) else turn.asked,
        said=words.said,
        question=None if covert.is_remark(words) else words.question,
        put_off=BACKCHANNEL_TURNS,
        relation=relation,
        odd=covert.handled(standing.odd, words),
        he=standing.he if he is Mention.NOBODY else he,
    )


def _told(before: Standing, words: TurnWords) -> Step:
    standing = replace(
        before,
        turns=before.turns + 1,
        evidence=added(before.evidence, words.abuse),
        relation=before.relation or words.names_relation,
        elsewhere=before.elsewhere or words.names_elsewhere,
        speakers=before.speakers | (words.speakers & CALL_LONG),
    )
    told = (*behind(words, before.said), *_completed(before, words))
    spoken = [one for one in told if _spoken_so(standing, one, words)]
    trusted = [one for one in spoken if _trusted(standing, one, words.known)]
    case, trusted = covert.told(standing.odd, words, trusted)
    answers, pending = answered(before.asked, words, trusted, put_off=before.put_off > 0)
    denied = {one.sighting.marker for one in answers if one.sighting.polarity is Polarity.DENIED}
    trusted = [one for one in trusted if not (one.sighting.answers and one.sighting.marker in denied)]
    question = before.question if pending else None
    standing = replace(standing, asked=pending, question=question, put_off=before.put_off - bool(pending))
    standing = replace(standing, odd=case, domestic=standing.domestic or case.meant)
    standing, given = _weighed(standing, [*_best(trusted), *answers], words.known)
    return replace(standing, he=_he_after(standing, words.last_mention)), given


def _completed(before: Standing, words: TurnWords) -> tuple[Found, ...]:
    """What a short answer says together with its question; a no says nothing more."""
    if before.question is None or not completes(words.line, words.known):
        return ()
    return words.answering(before.question)


def _spoken_so(standing: Standing, one: Found, words: TurnWords) -> bool:
    """Whether the words are the ones of whom the rule speaks, and are said of whom the marker is."""
    if one.by not in ("anyone", *(standing.speakers | words.speakers or {"caller"})):
        return False
    he = standing.he if one.he is Mention.NOBODY else one.he
    return he is not Mention.HARMLESS or any(_is_grave(other, words.known) for other in words.found)


def _is_grave(other: Found, known: Knowledge) -> bool:
    """A turn that tells of violence too tells of its suspect, whoever else is named in it."""
    marker = known.markers[other.sighting.marker]
    contextual = marker.marker.severity is MarkerClass.CONTEXTUAL
    return (
        other.sighting.polarity in SPEAKING and not other.needs and not contextual and not marker.of_suspect
    )


def _he_after(standing: Standing, named: Mention) -> Mention:
    """Once somebody close was named, or anything stands, "he" is the suspect unless a turn says otherwise."""
    if standing.relation or standing.severity is not MarkerClass.NONE:
        return Mention.ADULT
    return standing.he if named is Mention.NOBODY else named


def _weighed(standing: Standing, found: Sequence[Found], known: Knowledge) -> Step:
    """Let stand what may stand, hold back the rest, and release it when the frame opens."""
    standing = replace(
        standing, domestic=standing.domestic or any(_opens(standing, one, known) for one in found)
    )
    given: list[Sighting] = []
    held = list(standing.held)
    if standing.domestic:
        given += [replace(sighting, held=False) for sighting in held]
        held = []
    for one in found:
        hold = _hold(standing, one, found, known)
        if hold is not Hold.SILENT:
            given.append(replace(one.sighting, held=hold is Hold.SHOWN))
        if hold is not Hold.FREE:
            held.append(one.sighting)
    severity = standing.severity
    for sighting in given:
        if sighting.stands:
            severity = max(severity, _marker(sighting, known).severity, key=lambda one: one.rank)
    return replace(standing, held=tuple(held[-HELD_LIMIT:]), severity=severity), tuple(given)


def _opens(standing: Standing, one: Found, known: Knowledge) -> bool:
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
    return standing.evidence >= needed + (ELSEWHERE if standing.elsewhere else 0.0)


def _trusted(standing: Standing, one: Found, known: Knowledge) -> bool:
    """Whether the second opinion and the call so far let a rule's word pass."""
    if known.opinion is None or one.sighting.polarity not in SPEAKING:
        return one.needs != BROAD
    if one.by == "suspect":
        return True  # a victim's same words mean another marker: whose they are decides
    call = of_call(standing.evidence if standing.turns > 1 else 0.0, domestic=standing.domestic)
    if one.needs == BROAD:
        return borne_out(one.margin, call)
    return believed(one.margin, call, _marker(one.sighting, known).severity)


def _hold(standing: Standing, one: Found, found: Sequence[Found], known: Knowledge) -> Hold:
    """What keeps a sighting back."""
    if standing.domestic:
        return Hold.FREE
    if one.sighting.polarity not in SPEAKING:
        # Nobody asked, and the call sounds like any other: "no knives" at a barbecue denies nothing.
        return Hold.FREE if one.sighting.answers or standing.evidence > CALM_CALL else Hold.SILENT
    if standing.elsewhere and not standing.relation and one.margin < PLAIN:
        return Hold.SILENT
    lacks = {
        "frame": True,
        "relation": not standing.relation,
        "company": not any(_keeps_company(other, one) for other in found),
    }
    if one.needs == covert.MISMATCH:
        return Hold.SHOWN
    return Hold.SILENT if lacks.get(one.needs, False) else _unframed(standing, one, known)


def _unframed(standing: Standing, one: Found, known: Knowledge) -> Hold:
    """What keeps back a sighting that needs nothing, in a call that has not shown what it is."""
    severity, calm = _marker(one.sighting, known).severity, standing.evidence <= CALM_CALL
    if severity is MarkerClass.IMMEDIATE and _is_sure(one, known):
        return Hold.FREE
    if severity is not MarkerClass.CONTEXTUAL and standing.relation and not calm:
        return Hold.FREE
    late = severity is MarkerClass.CONTEXTUAL and standing.turns > OPENING_TURNS
    return Hold.SILENT if late or calm else Hold.SHOWN


def _is_sure(one: Found, known: Knowledge) -> bool:
    """Whether a sighting raises a prompt in a call that has named nobody close yet."""
    vouched = one.sighting.answers or one.by == "suspect" or one.sighting.rule == covert.RULE
    return known.opinion is None or bool(vouched) or one.margin >= SURE


def _marker(sighting: Sighting, known: Knowledge) -> Marker:
    return known.markers[sighting.marker].marker


def _keeps_company(other: Found, one: Found) -> bool:
    """Whether another marker of the same turn, sighted on its own strength, speaks for this one."""
    return (
        not other.needs
        and other.sighting.marker != one.sighting.marker
        and other.sighting.polarity in SPEAKING
    )


def _best(found: Sequence[Found]) -> list[Found]:
    """One sighting for each marker and polarity in a turn: the one that needs least, then the first."""
    best: dict[tuple[MarkerId, Polarity], Found] = {}
    for one in found:
        key = (one.sighting.marker, one.sighting.polarity)
        if key not in best or (best[key].needs and not one.needs):
            best[key] = one
    return list(best.values())
