"""Forms as data: questions that a person answers, beside what calls suggest."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from server.domain.events import Entry, MarkerSighted
from server.domain.evidence import Evidence, ledger_of
from server.domain.ids import CallId, MarkerId
from server.domain.sightings import SPEAKING, Polarity, Source
from server.domain.speech import Party

YES = "yes"
ANSWERS = (YES, "no", "not known", "not asked", "not safe to ask")
"""What a question can be answered with, unless its form says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    id: str
    ask: str
    help: str = ""
    answers: tuple[str, ...] = ANSWERS
    """None: it is answered in words."""
    markers: frozenset[MarkerId] = frozenset()
    """Whose evidence in the case's calls stands beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    title: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    id: str
    version: str
    title: str
    about: str
    licence: str
    """By what right its words stand here."""
    levels: tuple[str, ...]
    """What a person can conclude; nothing here concludes anything."""
    sections: tuple[Section, ...]
    marac_yes: int | None = None
    """From how many times yes its makers take it before a conference; none: they do not say."""

    @property
    def questions(self) -> Iterator[Question]:
        return (question for section in self.sections for question in section.questions)

    def question(self, name: str) -> Question | None:
        return next((one for one in self.questions if one.id == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Words of a call that speak to a question. They suggest; a person answers."""

    call: CallId
    marker: MarkerId
    quote: str = field(repr=False)
    party: Party
    at_ms: int
    said_at: datetime
    says: str
    """`says so`, `says no` or `not sure of the words`."""
    source: Source


Calls = Mapping[CallId, Sequence[Entry]]


def suggestions(form: Form, calls: Calls) -> Mapping[str, tuple[Suggestion, ...]]:
    """By question, in the order in which they were said."""
    found = heard_in(calls)
    return {
        question.id: tuple(one for one in found if one.marker in question.markers)
        for question in form.questions
        if question.markers
    }


def heard_in(calls: Calls) -> list[Suggestion]:
    """Everything that was sighted on the calls and not heard differently since, the oldest first."""
    return sorted((one for call in calls.items() for one in _of(*call)), key=lambda one: one.said_at)


def _of(call: CallId, entries: Sequence[Entry]) -> Iterable[Suggestion]:
    times = {
        _where(entry.event): entry.recorded_at for entry in entries if isinstance(entry.event, MarkerSighted)
    }
    for one in ledger_of(entries).evidence:
        seen = one.sighting
        if seen.held or one.heard or one.corrected or seen.party is Party.HANDLER:
            continue
        yield Suggestion(
            call=call,
            marker=seen.marker,
            quote=seen.quote,
            party=seen.party,
            at_ms=seen.start_ms,
            said_at=times[seen.marker, seen.party, seen.utterance],
            says=_says(one),
            source=seen.source,
        )


def _where(event: MarkerSighted) -> tuple[MarkerId, Party, int]:
    return event.sighting.marker, event.sighting.party, event.sighting.utterance


def _says(one: Evidence) -> str:
    if one.sighting.polarity in SPEAKING:
        return "says so"
    return "says no" if one.sighting.polarity is Polarity.DENIED else "not sure of the words"
