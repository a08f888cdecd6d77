"""Who sits where in a video call, who talks, who is here and who is awaited."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from server.domain.events import CallEnded, Entry, Event
from server.domain.events.video import (
    MediaTurned,
    VideoJoined,
    VideoLeft,
    VideoOpened,
    VideoReconnecting,
    VideoRejoined,
)
from server.domain.ids import CallId, ForceId, ParticipantId, PersonId
from server.domain.seats import BY_LINK, Seat, Switched
from server.domain.speech import Party
from server.domain.video_links import LinkKind

VIDEO = "video"
"""The doorway by which a video call arrives."""


class Here(StrEnum):
    HERE = "here"
    RECONNECTING = "reconnecting"
    LEFT = "left"


class Stage(StrEnum):
    """How far a room has come."""

    WAITING = "waiting"
    """The victim is there, or was, and no specialist yet."""
    TALKING = "talking"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """The right to sit down in a room, as the link service or a session gives it."""

    room: CallId
    """The video call's own id."""
    force: ForceId
    participant: ParticipantId
    """The same each time that this link, or this person, comes back."""
    seat: Seat
    talks: bool
    kind: LinkKind = LinkKind.VIDEO
    name: str = field(default="", repr=False)
    """What the signed-in see this one called; empty: by the seat."""
    person: PersonId | None = None
    from_call: CallId | None = None
    case: str = ""
    invited_by: PersonId | None = None
    record: bool = False
    """Whether the force's policy and this one's own recorded consent allow that they are recorded."""


def party_of(seat: Seat) -> Party:
    """On which leg this one is heard."""
    return {Seat.VICTIM: Party.CALLER, Seat.SPECIALIST: Party.HANDLER}.get(seat, Party.OTHER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    id: ParticipantId
    seat: Seat
    talks: bool
    name: str = field(default="", repr=False)
    person: PersonId | None = None
    agreed: bool = False
    """Whether this visitor agreed to be recorded."""
    here: Here = Here.HERE
    camera: Switched = Switched.NONE
    microphone: Switched = Switched.NONE
    quality: str = ""
    """What their line carries from them, as their page says: `full`, `stills`, `sound`, `text`; empty:
    not said."""
    takes: str = ""
    """What it carries to them, likewise, as the bridge finds."""


NOBODY: Mapping[ParticipantId, Participant] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room after its call's events."""

    opened: VideoOpened | None = None
    participants: Mapping[ParticipantId, Participant] = field(default_factory=lambda: NOBODY)
    over: bool = False

    @property
    def stage(self) -> Stage:
        if self.over:
            return Stage.OVER
        return Stage.TALKING if self.sitting(Seat.SPECIALIST) else Stage.WAITING

    @property
    def present(self) -> list[Participant]:
        """Those who are here or awaited."""
        return [one for one in self.participants.values() if one.here is not Here.LEFT]

    def sitting(self, seat: Seat) -> Participant | None:
        return next((one for one in self.present if one.seat is seat), None)

    def talkers(self, but: ParticipantId | None = None) -> list[Participant]:
        return [one for one in self.present if one.talks and one.id != but]

    @property
    def agreed(self) -> bool:
        """Whether a visitor is here, or awaited, who agreed to be recorded."""
        return any(one.agreed for one in self.talkers())

    def may_keep(self, participant: ParticipantId) -> bool:
        """Of a visitor by their own word alone; of a colleague while a visitor is there who agreed."""
        one = self.participants.get(participant)
        if one is None or one.here is Here.LEFT or not one.talks:
            return False
        return one.agreed if one.seat in BY_LINK else self.agreed


def slots_of(
    room: Room, viewer: ParticipantId, held: Mapping[ParticipantId, int], count: int
) -> dict[ParticipantId, int]:
    """In which pair of tracks a viewer receives each talker: nobody is moved, newcomers take what is free."""
    talkers = [one.id for one in room.talkers(but=viewer)]
    slots = {one: held[one] for one in talkers if one in held}
    free = [slot for slot in range(count) if slot not in slots.values()]
    for one in talkers:
        if one not in slots and free:
            slots[one] = free.pop(0)
    return slots


def roomed(entries: Iterable[Entry]) -> Room:
    room = Room()
    for entry in entries:
        room = sat(room, entry.event)
    return room


def sat(room: Room, event: Event) -> Room:
    """The room after this event. Events that change nothing here leave it as it is."""
    match event:
        case VideoOpened():
            return replace(room, opened=event)
        case CallEnded():
            return replace(room, over=True)
        case VideoJoined():
            joined = Participant(
                id=event.participant,
                seat=event.seat,
                talks=event.talks,
                name=event.name,
                person=event.person,
                agreed=_agreed(room, event),
            )
            return _with(room, joined)
        case VideoReconnecting() | VideoRejoined() | VideoLeft() | MediaTurned():
            known = room.participants.get(event.participant)
            return room if known is None else _with(room, _moved(known, event))
        case _:
            return room


def _agreed(room: Room, event: VideoJoined) -> bool:
    """Older journals say it of the room alone, which was asked of whoever opened it: the first who joined."""
    if event.record is not None:
        return event.record
    known = room.participants.get(event.participant)
    if known is not None:
        return known.agreed
    return not room.participants and room.opened is not None and room.opened.record


def _moved(
    known: Participant, event: VideoReconnecting | VideoRejoined | VideoLeft | MediaTurned
) -> Participant:
    match event:
        case VideoReconnecting():
            return replace(known, here=Here.RECONNECTING)
        case VideoRejoined():
            return replace(known, here=Here.HERE)
        case VideoLeft():
            return replace(known, here=Here.LEFT)
        case MediaTurned():
            return replace(
                known,
                camera=event.camera,
                microphone=event.microphone,
                quality=event.quality or known.quality,
                takes=event.takes or known.takes,
            )


def _with(room: Room, participant: Participant) -> Room:
    return replace(room, participants=MappingProxyType({**room.participants, participant.id: participant}))
