"""What is said over the feed, in both directions: one JSON object to a message."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import msgspec

from server.domain.assigning import Waiting
from server.domain.ids import CallId, ForceId, PersonId, PromptId
from server.domain.people import Person, Role, Skill
from server.domain.speech import Draft, Party, Word
from server.domain.withholding import told
from server.services.followed import Encoded, Line
from server.services.wire import entry_json, utc_text


class Face(msgspec.Struct, frozen=True):
    """A colleague, as screens name them."""

    id: PersonId
    name: str
    role: Role
    on_duty: bool
    on_break: bool
    skills: list[Skill]


class _ToBrowser(msgspec.Struct, tag_field="type", frozen=True):
    pass


class Hello(_ToBrowser, tag="hello", frozen=True):
    now: datetime
    person: Face
    force: ForceId


class People(_ToBrowser, tag="people", frozen=True):
    people: list[Face]


class Lines(_ToBrowser, tag="lines", frozen=True):
    """Every call that the person may see in the list; replaces what was there."""

    lines: list[Line]


class OneLine(_ToBrowser, tag="line", frozen=True):
    line: Line


class WaitingList(_ToBrowser, tag="waiting", frozen=True):
    """The calls that wait for a specialist, in their rank; replaces what was there."""

    calls: list[Waiting]


class Events(_ToBrowser, tag="events", frozen=True):
    call: CallId
    events: list[msgspec.Raw]


class Reset(_ToBrowser, tag="reset", frozen=True):
    """The browser knows entries that the journal does not: it must begin the call again."""

    call: CallId


class Unreadable(_ToBrowser, tag="unreadable", frozen=True):
    """The call's record cannot be read now: what the browser has of it is not up to date."""

    call: CallId


class DraftNow(_ToBrowser, tag="draft", frozen=True):
    call: CallId
    party: Party
    number: int
    words: tuple[Word, ...]
    heard_to_ms: int


class Backlog(_ToBrowser, tag="backlog", frozen=True):
    call: CallId
    party: Party
    backlog_ms: int


class CaughtUp(_ToBrowser, tag="live", frozen=True):
    """Everything known has been sent; what follows is news."""


class Tick(_ToBrowser, tag="tick", frozen=True):
    """A sign of life: a browser that misses a few knows that it is cut off."""

    now: datetime


class Hidden(_ToBrowser, tag="hidden", frozen=True):
    """Whatever the browser holds of this call has to go: the person may not know of it."""

    call: CallId


class NotOpened(_ToBrowser, tag="refused", frozen=True):
    call: CallId
    code: str
    message: str


class Painted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    call: CallId
    prompt: PromptId


class Open(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    call: CallId
    after: int = 0


class FromBrowser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A browser opens with `resume`: the calls it holds, each with the last number it has."""

    resume: dict[CallId, int] | None = None
    painted: Painted | None = None
    seen: Painted | None = None
    """The prompt stood in front of the person for a second, on a page that they had before them."""
    open: Open | None = None


class BadFeedMessage(Exception):
    """The browser sent something that is not a feed message."""


_encode = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(FromBrowser)

ToBrowser = (
    Hello
    | People
    | Lines
    | OneLine
    | WaitingList
    | Events
    | Reset
    | Unreadable
    | DraftNow
    | Backlog
    | CaughtUp
    | Tick
    | NotOpened
    | Hidden
)


def encoded(message: ToBrowser) -> str:
    return _encode(message).decode()


def decoded(text: str | bytes) -> FromBrowser:
    try:
        return _decoder.decode(text)
    except msgspec.DecodeError:
        raise BadFeedMessage from None


def events_of(call: CallId, entries: Iterable[Encoded], barred: frozenset[CallId] = frozenset()) -> Events:
    """What names a call that the person may not know of is told without it, or keeps its number alone."""
    return Events(call=call, events=[_event_of(entry, barred) for entry in entries])


def _event_of(encoded: Encoded, barred: frozenset[CallId]) -> msgspec.Raw:
    entry = encoded.entry
    event = told(entry.event, barred)
    if event is entry.event:
        return msgspec.Raw(encoded.json)
    if event is not None:
        return msgspec.Raw(entry_json(replace(entry, event=event)))
    nothing = {
        "seq": entry.seq,
        "recorded_at": utc_text(entry.recorded_at),
        "kind": "Withheld",
        "at_ms": entry.event.at_ms,
    }
    return msgspec.Raw(_encode(nothing))


def draft_of(call: CallId, draft: Draft) -> DraftNow:
    return DraftNow(
        call=call,
        party=draft.party,
        number=draft.number,
        words=draft.words,
        heard_to_ms=draft.heard_to_ms,
    )


def face(person: Person) -> Face:
    return Face(
        id=person.id,
        name=person.name,
        role=person.role,
        on_duty=person.on_duty,
        on_break=person.on_break,
        skills=sorted(person.skills),
    )
