"""What speaks for and against video on a call: facts with their grounds, for a person to decide on.

Nothing here decides. A stop sign stands on any immediate marker, a suspect who may be there, a phone
that is not safe, and nowhere private to talk (domain facts, 2E).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from server.domain.call import CallState
from server.domain.events import Entry, SafetyAsked, Verdict
from server.domain.events.inviting import Answer, Others
from server.domain.grades import grade_named
from server.domain.ids import MarkerId
from server.domain.markers import Marker, MarkerClass
from server.domain.people import Grade
from server.domain.sightings import Polarity, Sighting
from server.domain.whispers import Judged

SUSPECT_THERE = frozenset({MarkerId("perpetrator_present"), MarkerId("perpetrator_at_door")})
SUSPECT_GONE = MarkerId("perpetrator_left_scene")
DEVICE_WATCHED = MarkerId("tech_abuse")


class Speaks(StrEnum):
    STOP = "stop"
    AGAINST = "against"
    UNKNOWN = "not known"
    FOR = "for"


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoFact:
    speaks: Speaks
    text: str
    quote: str = field(default="", repr=False)
    """The words that it rests on."""


def safety_of(entries: Iterable[Entry], now: datetime) -> SafetyAsked | None:
    """The latest answers, unless they have expired."""
    asked = [entry.event for entry in entries if isinstance(entry.event, SafetyAsked)]
    return asked[-1] if asked and now < asked[-1].until else None


def facts_of(
    state: CallState,
    safety: SafetyAsked | None,
    markers: Mapping[MarkerId, Marker],
    grades: tuple[Grade, ...] = (),
) -> tuple[VideoFact, ...]:
    """The stop signs first, then what speaks against, what is not known, and what speaks for it."""
    found = [*_of_answers(safety), *_of_markers(state, markers), *_of_grade(state.graded.grade, grades)]
    return tuple(sorted(found, key=lambda fact: list(Speaks).index(fact.speaks)))


def merged(own: Iterable[VideoFact], others: Iterable[VideoFact]) -> tuple[VideoFact, ...]:
    """What other calls show beside this one's facts: each once, and nothing that only they do not know."""
    found = list(own)
    for fact in others:
        known = any((fact.speaks, fact.text) == (one.speaks, one.text) for one in found)
        if fact.speaks in {Speaks.STOP, Speaks.AGAINST} and not known:
            found.append(fact)
    return tuple(sorted(found, key=lambda fact: list(Speaks).index(fact.speaks)))


def stops_of(facts: Iterable[VideoFact]) -> tuple[str, ...]:
    return tuple(fact.text for fact in facts if fact.speaks is Speaks.STOP)


_PHONE = {
    Answer.YES: VideoFact(speaks=Speaks.FOR, text="They say that this phone is safe to text."),
    Answer.NO: VideoFact(speaks=Speaks.STOP, text="They say that this phone is not safe to text."),
    Answer.UNSURE: VideoFact(speaks=Speaks.AGAINST, text="They are not sure that this phone is safe."),
}
_OTHERS = {
    Others.NOBODY: VideoFact(speaks=Speaks.FOR, text="They say that nobody else can see or hear it."),
    Others.SAFE: VideoFact(speaks=Speaks.FOR, text="Only somebody safe can see or hear it."),
    Others.SUSPECT: VideoFact(speaks=Speaks.STOP, text="The suspect can see or hear this phone."),
    Others.UNSURE: VideoFact(speaks=Speaks.AGAINST, text="They are not sure who can see or hear it."),
}
_ALONE = {
    Answer.YES: VideoFact(speaks=Speaks.FOR, text="They say that they are alone."),
    Answer.NO: VideoFact(speaks=Speaks.STOP, text="They are not alone: there is nowhere private to talk."),
    Answer.UNSURE: VideoFact(speaks=Speaks.AGAINST, text="They are not sure that they are alone."),
}


def _of_answers(safety: SafetyAsked | None) -> list[VideoFact]:
    if safety is None:
        return [VideoFact(speaks=Speaks.UNKNOWN, text="The three questions have not been asked today.")]
    return [_PHONE[safety.phone_safe], _OTHERS[safety.others], _ALONE[safety.alone]]


def _of_markers(state: CallState, markers: Mapping[MarkerId, Marker]) -> list[VideoFact]:
    standing = {one.marker: one for one in state.sightings if one.stands and not _judged_wrong(state, one)}
    there = [standing[marker] for marker in sorted(SUSPECT_THERE & standing.keys())]
    gone = standing.get(SUSPECT_GONE)
    immediate = [
        one
        for name, one in sorted(standing.items())
        if name not in SUSPECT_THERE and name in markers and markers[name].severity is MarkerClass.IMMEDIATE
    ]
    return [
        *(_fact(Speaks.STOP, f"Immediate: {markers[one.marker].title}.", one) for one in immediate),
        *_of_suspect(there, gone, _denied(state)),
        *_of_device(standing.get(DEVICE_WATCHED)),
        *_of_manner(state),
    ]


def _of_suspect(there: list[Sighting], gone: Sighting | None, denied: Sighting | None) -> list[VideoFact]:
    """Whoever was there may have left since, and come back: a stop sign stays until a person judges it."""
    if there:
        return [_fact(Speaks.STOP, "The suspect is there or nearby.", one) for one in there]
    if gone is not None:
        return [_fact(Speaks.FOR, "The suspect is said to have left.", gone)]
    if denied is not None:
        return [_fact(Speaks.FOR, "The suspect is said not to be there.", denied)]
    return [VideoFact(speaks=Speaks.UNKNOWN, text="Where the suspect is has not been said.")]


def _of_device(watched: Sighting | None) -> list[VideoFact]:
    if watched is None:
        return []
    return [_fact(Speaks.STOP, "Somebody may be watching their phone or home.", watched)]


def _of_manner(state: CallState) -> list[VideoFact]:
    if state.severity is MarkerClass.IMMEDIATE:
        return []
    return [VideoFact(speaks=Speaks.FOR, text="No immediate danger has been heard so far.")]


def _of_grade(given: str, grades: tuple[Grade, ...]) -> list[VideoFact]:
    """Video is for calls of the middle: neither an emergency nor no matter for police (College, 2E)."""
    grade = grade_named(grades, given)
    if grade is None:
        return []
    if grade.emergency:
        text = f"Graded {grade.name}: an emergency wants officers there."
        return [VideoFact(speaks=Speaks.AGAINST, text=text)]
    return [VideoFact(speaks=Speaks.FOR, text=f"Graded {grade.name}: not an emergency.")]


def _denied(state: CallState) -> Sighting | None:
    said = [one for one in state.sightings if one.marker in SUSPECT_THERE and one.polarity is Polarity.DENIED]
    return said[-1] if said else None


def _judged_wrong(state: CallState, one: Sighting) -> bool:
    judged = state.judgements.get(Judged(one.marker, one.party, one.utterance))
    return judged is not None and judged.verdict is Verdict.NOT


def _fact(speaks: Speaks, text: str, one: Sighting) -> VideoFact:
    return VideoFact(speaks=speaks, text=text, quote=one.quote)
