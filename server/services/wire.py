"""A journal entry as JSON: one shape for the store, the web feed and the command line."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from functools import cache
from types import MappingProxyType
from typing import Any, get_args

import msgspec

from server.domain.events import Entry, Event

KINDS: Mapping[str, type[Event]] = MappingProxyType({kind.__name__: kind for kind in get_args(Event)})
"""Every event by the name under which it is recorded. A kind once recorded keeps its name."""


class UnknownKind(Exception):
    """The journal holds a kind of event that this version does not know; a newer one wrote it."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"this version does not know the event kind {kind!r}; a newer version wrote it")
        self.kind = kind


class BadBody(Exception):
    """What was kept of an event is damaged or lacks a field; the words themselves are not repeated."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"the body of a {kind} event cannot be read")
        self.kind = kind


def kind_of(event: Event) -> str:
    return type(event).__name__


def event_body(event: Event) -> bytes:
    """The event's fields as a JSON object."""
    return msgspec.json.encode(event)


def event_from(kind: str, body: bytes | str) -> Event:
    """The event of this kind. Fields that a newer version added are passed over.

    Raises `UnknownKind` or `BadBody`.
    """
    if kind not in KINDS:
        raise UnknownKind(kind)
    try:
        return _decoder(kind).decode(body)
    except msgspec.DecodeError:
        raise BadBody(kind) from None


def entry_fields(entry: Entry) -> dict[str, Any]:
    """The entry as JSON values: `seq`, `recorded_at` and `kind`, then the event's own fields."""
    event = entry.event
    own = {field.name: msgspec.to_builtins(getattr(event, field.name)) for field in fields(event)}
    return {"seq": entry.seq, "recorded_at": utc_text(entry.recorded_at), "kind": kind_of(event), **own}


def entry_json(entry: Entry) -> bytes:
    """`entry_fields` as one line of JSON."""
    return msgspec.json.encode(entry_fields(entry))


def utc_text(at: datetime) -> str:
    """RFC 3339 in UTC with microseconds, so that the texts sort as the times do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


@cache
def _decoder(kind: str) -> msgspec.json.Decoder[Event]:
    return msgspec.json.Decoder(KINDS[kind])
