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
SHORTEST_BEGINNING, LONGEST_BEGINNING = 3, 10
"""Letters: fewer begin half of all words, and what is alike so far is hardly ever two words."""
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
        parts = [quoted or plain for quoted, plain in _QUOTED.findall(self.text) if not _begins(plain)]
        return tuple(found for part in parts if (found := tokens(part)))[:MOST_TERMS]

    @property
    def beginnings(self) -> tuple[str, ...]:
        """What words begin with: `strang*`."""
        asked = (_begins(plain) for _, plain in _QUOTED.findall(self.text))
        return tuple(one for one in asked if one)[:MOST_TERMS]

    def said_in(self, text: str) -> bool:
        """Whether the text holds anything of what is looked for."""
        words = tokens(text)
        places = range(len(words))
        if any(words[at : at + len(term)] == term for term in self.terms for at in places):
            return True
        return any(word.startswith(one) for one in self.beginnings for word in _words(text))

    @property
    def empty(self) -> bool:
        named = (self.terms, self.beginnings, self.marker, self.person, self.outcome, self.since, self.until)
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
    return tuple(_stem(word) for word in _words(text))


def beginnings(text: str) -> frozenset[str]:
    """What the words of a text begin with, as far as that can be asked for."""
    return frozenset(
        word[:length]
        for word in _words(text)
        for length in range(SHORTEST_BEGINNING, min(len(word), LONGEST_BEGINNING) + 1)
    )


def _words(text: str) -> list[str]:
    return _WORDS.findall(_APOSTROPHES.sub("", text.lower()))


def _begins(asked: str) -> str:
    """`strang` of `strang*`; empty for what is asked for whole, or is too short to tell anything."""
    words = _words(asked)
    if not asked.endswith("*") or len(words) != 1 or len(words[0]) < SHORTEST_BEGINNING:
        return ""
    return words[0][:LONGEST_BEGINNING]


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word.removesuffix(ending)
    return word
