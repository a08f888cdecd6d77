"""What one call is about, as it comes: read on in its journal, each name, number and place told once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from server.domain.entities import Entity, EntityKind, Known, Origin
from server.domain.events import CallArrived, EntityHeard, Entry, UtteranceHeard, VideoInvited, VideoOpened
from server.domain.events.transferring import TransferReceived
from server.domain.ids import CallId, EntityId
from server.domain.memory import Memory
from server.domain.room import VIDEO
from server.domain.speech import Utterance
from server.domain.transfers import TransferKnown
from server.domain.video_links import LinkKind
from server.ports.history import EntityReader, Found, Matcher

CONTEXT = 6
"""Turns before one that say what it answers."""


@dataclass(slots=True, kw_only=True)
class Watched:
    """What is kept of a call between two looks."""

    caller: str = field(default="", repr=False)
    """The number that it came from; of a video call, the one that the link was sent to."""
    doorway: str = ""
    asked_in_by: LinkKind | None = None
    """Of a video call: which kind of link it was opened by, where that is on record."""
    handed_over_by: str = ""
    """The other force that handed it over."""
    last_seq: int = 0
    said: list[Utterance] = field(default_factory=list, repr=False)
    unread: list[Utterance] = field(default_factory=list, repr=False)
    told: tuple[TransferKnown, ...] = field(default=(), repr=False)
    """Whom and what another force says that it is about."""
    asked_from: CallId | None = None
    """The call that this video call was asked in from, as long as the number is not known."""
    tied: set[CallId] = field(default_factory=set)
    """Calls that a person has joined with this one: asked in from it, or it from them."""
    compared_by: frozenset[Known] | None = None

    @property
    def channel(self) -> str:
        """How the call came in, as an index of earlier calls tells it."""
        if self.handed_over_by:
            return f"handed over by {self.handed_over_by}"
        return f"{self.asked_in_by} call" if self.asked_in_by is not None else self.doorway

    def read_on(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            self.last_seq = entry.seq
            match entry.event:
                case CallArrived():
                    self.caller, self.doorway = entry.event.caller, entry.event.doorway
                case UtteranceHeard() if entry.event.utterance.words:
                    self.unread.append(entry.event.utterance)
                case TransferReceived(sheet=sheet):
                    self.told, self.handed_over_by = sheet.known, sheet.from_name
                case VideoInvited() if not entry.event.guest and entry.event.room != entry.call:
                    self.tied.add(entry.event.room)
                case VideoOpened(from_call=asked_from) if asked_from not in (None, entry.call):
                    self.asked_from = asked_from
                    self.tied.add(asked_from)
                case _:
                    pass

    def asked_in(self, room: CallId, entries: Sequence[Entry]) -> None:
        """By which link and on which number, as the call that it was asked in from has it."""
        self.asked_from = None
        for entry in entries:
            event = entry.event
            if isinstance(event, VideoInvited) and event.room == room and not event.guest:
                self.caller, self.asked_in_by = event.to, event.into


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What calls are compared by, out of what was read."""

    matcher: Matcher
    reader: EntityReader

    def news(self, watched: Watched, memory: Memory, shared: Sequence[str]) -> Iterable[EntityHeard]:
        """What is not in the call's memory yet. `shared`: numbers that many people ring from."""
        held = {(one.entity.kind, one.entity.value) for one in memory.entities.values()}
        taken = {EntityId(name) for name in memory.entities}
        for entity in (*self.line(watched, shared), *self._told(watched), *self._heard(watched)):
            if (entity.kind, entity.value) in held:
                continue
            held.add((entity.kind, entity.value))
            named = _named(entity, taken)
            taken.add(named.id)
            yield EntityHeard(at_ms=max(0, named.start_ms), entity=named)

    def line(self, watched: Watched, shared: Sequence[str]) -> Iterable[Entity]:
        read = self.matcher.read(EntityKind.NUMBER, watched.caller) if watched.caller else None
        if read is None:
            return
        yield Entity(
            id=EntityId(""),
            kind=EntityKind.NUMBER,
            text=read.text,
            value=read.value,
            about="caller",
            origin=Origin.TYPED if watched.doorway == VIDEO else Origin.LINE,
            shared=read.value in shared,
        )

    def _told(self, watched: Watched) -> Iterable[Entity]:
        for one in watched.told:
            read = self.matcher.read(one.kind, one.text)
            if read is not None:
                yield Entity(
                    id=EntityId(""),
                    kind=one.kind,
                    text=read.text,
                    value=read.value,
                    about=one.about,
                    origin=Origin.TOLD if one.sure else Origin.HEARD,
                )

    def _heard(self, watched: Watched) -> Iterable[Entity]:
        unread, watched.unread = watched.unread, []
        for utterance in unread:
            watched.said = [*watched.said[-CONTEXT:], utterance]
            for found in self.reader.find(watched.said):
                read = self.matcher.read(found.kind, found.text)
                if read is not None:
                    yield _entity(found, read.value, read.text)


def _entity(found: Found, value: str, text: str) -> Entity:
    return Entity(
        id=EntityId(""),
        kind=found.kind,
        text=text,
        value=value,
        about=found.about,
        origin=Origin.HEARD,
        party=found.party,
        utterance=found.utterance,
        start_ms=found.start_ms,
        quote=found.quote,
    )


def _named(entity: Entity, taken: set[EntityId]) -> Entity:
    number = len(taken) + 1
    while EntityId(f"e{number}") in taken:
        number += 1
    return replace(entity, id=EntityId(f"e{number}"))
