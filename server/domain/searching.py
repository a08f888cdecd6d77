"""What can be searched for, what is searched, and how words are made comparable."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from server.domain.ids import ForceId, MarkerId, PersonId
from server.domain.markers import MarkerClass
from server.domain.speech import Party

_QUOTED = re.compile(r'"([^"]*)"|(\S+)')
_APOSTROPHES = re.compile(r"['\u2019]")
_WORDS = re.compile(r"[^\W_]+")
_ENDINGS = ("ingly", "edly", "ing", "ed", "es", "s", "e")
SHORTEST_STEM = 3
MOST_TERMS = 12


class Subject(StrEnum):
    CALL = "call"
    CASE = "case"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Words that can be found, and where they stand."""

    seq: int
    """The number of the entry that holds them."""
    at_ms: int
    party: Party | None = None
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One call or case as it can be found."""

    subject: Subject
    id: str
    force: ForceId
    began_at: datetime
    severity: MarkerClass = MarkerClass.NONE
    people: frozenset[PersonId] = frozenset()
    """Staff who had to do with it."""
    markers: frozenset[MarkerId] = frozenset()
    outcomes: frozenset[str] = frozenset()
    calls: frozenset[str] = frozenset()
    """Of a case: every call that was ever in it. Who is barred from one is barred from the case."""
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What somebody looks for; everything named has to hold."""

    text: str = field(default="", repr=False)
    marker: MarkerId | None = None
    person: PersonId | None = None
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None
    subject: Subject | None = None

    @property
    def terms(self) -> tuple[tuple[str, ...], ...]:
        """Words, and phrases between quotation marks, each as its comparable words."""
        parts = [quoted or plain for quoted, plain in _QUOTED.findall(self.text)]
        return tuple(found for part in parts if (found := tokens(part)))[:MOST_TERMS]

    @property
    def empty(self) -> bool:
        named = (self.terms, self.marker, self.person, self.outcome, self.since, self.until)
        return not any(named)


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """What of all that is kept this person may find."""

    force: ForceId
    only: frozenset[str] | None = None
    """These calls and no others; none: every call of the force."""
    cases: bool = False
    """Whether the force's cases may be found too."""
    never: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    subject: Subject
    id: str
    began_at: datetime
    severity: MarkerClass
    entries: tuple[int, ...]
    """The numbers of the entries whose words were found."""


def tokens(text: str) -> tuple[str, ...]:
    """The words of a text without case, apostrophes and endings, so that `kicking` finds `kicked`."""
    plain = _APOSTROPHES.sub("", text.lower())
    return tuple(_stem(word) for word in _WORDS.findall(plain))


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word.removesuffix(ending)
    return word
