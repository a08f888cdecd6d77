"""Striking out: what a case or a note repeats of a call, once that call has to be erased."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from server.domain.entities import Origin
from server.domain.events import (
    CallArrived,
    EntityConfirmed,
    EntityHeard,
    EntityTyped,
    Entry,
    HeardAgain,
    MarkerSighted,
    UtteranceHeard,
)

STRUCK = "[erased with its call]"
RUN = 4
"""So many of a call's words in a row are its words, wherever they stand."""
EDGES = ".,;:!?\"'()[]-\u201c\u201d\u2018\u2019\u2026"
LONG_ENOUGH = 4
"""A number or a name of fewer signs is too common to be looked for."""

E = TypeVar("E")

Run = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """What is looked for elsewhere: runs of words, each as they compare."""

    runs: frozenset[Run] = field(repr=False)

    @property
    def lengths(self) -> Sequence[int]:
        return sorted({len(run) for run in self.runs}, reverse=True)

    def without(self, kept: Iterable[str]) -> "Words":
        return Words(self.runs - {_plain(text) for text in kept})


def said_in(entries: Iterable[Entry]) -> Words:
    """Everything that was said on a call."""
    return Words(frozenset(run for entry in entries for text in _said(entry) for run in _runs(text)))


def named_in(entries: Iterable[Entry]) -> Words:
    """The names, numbers and places that were heard on it or typed."""
    texts = {
        text for entry in entries for text in (*_named(entry), *_numbers(entry)) if len(text) >= LONG_ENOUGH
    }
    return Words(frozenset(run for text in texts if (run := _plain(text))))


def struck(event: E, words: Words) -> E:
    """The event without the call's words in any of its texts: those fields that are kept out of logs."""
    if not words.runs:
        return event
    changed: dict[str, Any] = {}
    for one in fields(event):  # type: ignore[arg-type]  # every event is a dataclass
        value = getattr(event, one.name)
        if one.repr:
            continue
        if isinstance(value, str):
            changed[one.name] = struck_text(value, words)
        elif isinstance(value, tuple) and all(isinstance(part, str) for part in value):
            changed[one.name] = tuple(struck_text(part, words) for part in value)
    return replace(event, **changed)  # type: ignore[type-var]


def emptied(event: E) -> E:
    """The event without any of its texts."""
    changed: dict[str, Any] = {}
    for one in fields(event):  # type: ignore[arg-type]  # every event is a dataclass
        value = getattr(event, one.name)
        if not one.repr and isinstance(value, str | tuple):
            changed[one.name] = type(value)()
    return replace(event, **changed)  # type: ignore[type-var]


def struck_text(text: str, words: Words) -> str:
    parts = _split(text)
    plain = [_compared(part) for part in parts]
    at = [number for number, part in enumerate(plain) if part]
    gone: set[int] = set()
    for length in words.lengths:
        for start in range(len(at) - length + 1):
            here = at[start : start + length]
            if tuple(plain[number] for number in here) in words.runs:
                gone.update(range(here[0], here[-1] + 1))
    return "".join(_written(parts, gone)) if gone else text


def _written(parts: Sequence[str], gone: set[int]) -> Iterator[str]:
    for number, part in enumerate(parts):
        if number not in gone:
            yield part
        elif number - 1 not in gone:
            yield STRUCK


def _said(entry: Entry) -> Iterator[str]:
    match entry.event:
        case UtteranceHeard():
            yield entry.event.utterance.text
        case HeardAgain():
            yield from (one.text for one in entry.event.utterances)
        case MarkerSighted():
            yield entry.event.sighting.quote
        case _:
            pass


def _named(entry: Entry) -> Iterator[str]:
    match entry.event:
        case CallArrived():
            yield entry.event.caller
        case EntityHeard() | EntityTyped() if entry.event.entity.origin is not Origin.RECORD:
            yield from (entry.event.entity.text, entry.event.entity.value)
        case EntityConfirmed():
            yield from (entry.event.text, entry.event.value)
        case _:
            pass


def _numbers(entry: Entry) -> Iterator[str]:
    for text in _said(entry):
        yield from (word for word in text.split() if sum(map(str.isdigit, word)) > LONG_ENOUGH)


def _runs(text: str) -> Iterator[Run]:
    """Of one word, nothing: it is everybody's."""
    said = _plain(text)
    if len(said) >= RUN:
        yield from (said[start : start + RUN] for start in range(len(said) - RUN + 1))
    elif len(said) > 1:
        yield said


def _plain(text: str) -> Run:
    return tuple(word for part in _split(text) if (word := _compared(part)))


def _split(text: str) -> list[str]:
    """Words and what stands between them, so that they come together again as they were."""
    parts: list[str] = []
    for sign in text:
        if parts and parts[-1][-1].isspace() == sign.isspace():
            parts[-1] += sign
        else:
            parts.append(sign)
    return parts


def _compared(part: str) -> str:
    return part.strip().strip(EDGES).casefold()
