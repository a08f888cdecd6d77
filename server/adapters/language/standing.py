"""What one more turn makes of a call: what it lets stand, keeps back and releases."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from server.adapters.language import covert
from server.adapters.language.answering import answered
from server.adapters.language.answers import completes
from server.adapters.language.believing import added, believed, borne_out, of_call
from server.adapters.language.holding import Hold, hold_of, marker_of, opens
from server.adapters.language.judging import behind
from server.adapters.language.kind import kind_of
from server.adapters.language.knowledge import BROAD, Knowledge
from server.adapters.language.questions import Asked
from server.adapters.language.roles import CALL_LONG, Mention
from server.adapters.language.shown import Standing
from server.adapters.language.turn_reading import Found, TurnWords
from server.domain.ids import MarkerId
from server.domain.markers import MarkerClass
from server.domain.sightings import SPEAKING, Polarity, Sighting
from server.domain.speech import Draft, Party

HELD_LIMIT = 64
"""Sightings kept back for the domestic frame; the oldest go first."""
AT_ONCE = 1.0
"""What the kind of the call counts for its first turn, by itself."""
LEAST_AT_ONCE = -0.9
"""One turn alone does not tell that a call is of another kind."""
LEAST_ODD = -2.0
"""Talk that does not belong is believed sooner: it waits for a sign, and sounds like what it hides behind."""
BACKCHANNEL_TURNS = 1
"""How many turns a caller may put off an answer."""


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
        told=before.told.and_then(words.said),
        relation=before.relation or words.names_relation,
        elsewhere=before.elsewhere or words.names_elsewhere,
        speakers=before.speakers | (words.speakers & CALL_LONG),
    )
    found = _steady(words.found, words)
    if found or before.asked:
        kind = kind_of(standing.told, words.known.judge)
        standing = replace(standing, kind=kind if before.turns else max(LEAST_AT_ONCE, kind))
    told = (*behind(words, found, before.said), *_steady(_completed(before, words), words))
    spoken = [one for one in told if _spoken_so(standing, one, words)]
    trusted = [one for one in spoken if _trusted(standing, one, words.known)]
    case, trusted = covert.told(standing.odd, words, trusted)
    answers, pending = answered(before.asked, words, trusted, put_off=before.put_off > 0)
    denied = {one.sighting.marker for one in answers if one.sighting.polarity is Polarity.DENIED}
    trusted = [one for one in trusted if not (one.sighting.answers and one.sighting.marker in denied)]
    question, said = (before.question, before.said) if pending else (None, ())
    standing = replace(standing, asked=pending, question=question, said=said)
    standing = replace(standing, put_off=before.put_off - bool(pending))
    standing = replace(standing, odd=case, domestic=standing.domestic or case.meant)
    standing, given = _weighed(standing, [*_best(trusted), *answers], words.known)
    return replace(standing, he=_he_after(standing, words.last_mention)), given


def _steady(found: tuple[Found, ...], words: TurnWords) -> tuple[Found, ...]:
    """Single words of a draft come and go: what rests on them waits until they are settled."""
    if not isinstance(words.turn, Draft):
        return found
    return tuple(one for one in found if one.needs != BROAD)


def _completed(before: Standing, words: TurnWords) -> tuple[Found, ...]:
    """What a short answer says together with its question; a no says nothing more."""
    if before.question is None or not completes(words.line, words.known):
        return ()
    told = words.answering(before.question)
    return tuple(one for one in told if one.margin > 0 or words.known.opinion is None)


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
        standing, domestic=standing.domestic or any(opens(standing, one, known) for one in found)
    )
    given: list[Sighting] = []
    held = list(standing.held)
    if standing.domestic:
        given += [replace(sighting, held=False) for sighting in held]
        held = []
    for one in found:
        hold = hold_of(standing, one, found, known)
        if hold is not Hold.SILENT:
            given.append(replace(one.sighting, held=hold is Hold.SHOWN))
        if hold is not Hold.FREE:
            held.append(one.sighting)
    severity = standing.severity
    for sighting in given:
        if sighting.stands:
            severity = max(severity, marker_of(sighting, known).severity, key=lambda one: one.rank)
    return replace(standing, held=tuple(held[-HELD_LIMIT:]), severity=severity), tuple(given)


def _trusted(standing: Standing, one: Found, known: Knowledge) -> bool:
    """Whether the second opinion and the call so far let a rule's word pass."""
    if known.opinion is None or one.sighting.polarity not in SPEAKING:
        return one.needs != BROAD
    if one.by == "suspect":
        return True  # a victim's same words mean another marker: whose they are decides
    if one.needs == covert.MISMATCH:
        return one.margin > LEAST_ODD
    shown = standing.shown if standing.turns > 1 else AT_ONCE * standing.kind
    call = of_call(shown, domestic=standing.domestic)
    if one.needs == BROAD:
        return borne_out(one.margin, call)
    return believed(one.margin, call, marker_of(one.sighting, known).severity)


def _best(found: Sequence[Found]) -> list[Found]:
    """One sighting for each marker and polarity in a turn: the one that needs least, then the first."""
    best: dict[tuple[MarkerId, Polarity], Found] = {}
    for one in found:
        key = (one.sighting.marker, one.sighting.polarity)
        if key not in best or (best[key].needs and not one.needs):
            best[key] = one
    return list(best.values())
