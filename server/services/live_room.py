"""One video room as it is carried: whose sockets are open, who sees whom, and everybody told what changes."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from server.domain.events import (
    ChatSent,
    DuressTapped,
    Event,
    LocationShared,
    MediaTurned,
    VideoJoined,
    VideoLeft,
    VideoReconnecting,
    VideoRejoined,
)
from server.domain.ids import CallId, ForceId, ParticipantId
from server.domain.room import Admission, Here, Participant, Room, sat, slots_of
from server.domain.seats import BY_LINK, Leaving, Seat
from server.ports.bridge import RoomBridge
from server.ports.clock import Clock
from server.services.keeping_video import RoomRecorder
from server.services.live_call import LiveCall
from server.services.typed_words import now_ms

log = logging.getLogger(__name__)

CHATS_KEPT = 200
SUPERSEDED, REFUSED, REMOVED, OVER = 4009, 4004, 4010, 4000
"""Why a socket closes for good. Any other close, as of a cut network, is come back from."""
INSIDE = frozenset({Seat.SPECIALIST, Seat.HANDLER, Seat.SUPERVISOR})
"""The seats of the signed in: they see names, places and the duress tap."""


class Wire(Protocol):
    """One browser's socket. Nothing here ever waits; one that does not read is closed."""

    def send(self, message: Mapping[str, object]) -> None: ...

    def close(self, code: int, why: str) -> None: ...


@dataclass(eq=False, slots=True, kw_only=True)
class Seated:
    """Somebody whose socket is open."""

    admission: Admission
    wire: Wire
    attempt: int = 0
    candidates: int = 0
    had_media: bool = False
    media_up: bool = False

    @property
    def id(self) -> ParticipantId:
        return self.admission.participant

    @property
    def inside(self) -> bool:
        return self.admission.seat in INSIDE


@dataclass(eq=False, slots=True, kw_only=True)
class Acts:
    """What somebody sent under ids of their own, by whichever socket."""

    done: set[str] = field(default_factory=set)
    tapped: dict[str, int] = field(default_factory=dict)
    """Of duress taps, when those inside were told."""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(eq=False, slots=True, kw_only=True)
class LiveRoom:
    """Implements the bridge's `Watcher`: what it is told there is recorded by `Rooms.run`."""

    call: LiveCall
    force: ForceId
    clock: Clock
    slots: int
    state: Room = field(default_factory=Room)
    bridge: RoomBridge | None = None
    recorder: RoomRecorder | None = None
    seated: dict[ParticipantId, Seated] = field(default_factory=dict)
    acts: dict[ParticipantId, Acts] = field(default_factory=dict)
    held: dict[ParticipantId, dict[ParticipantId, int]] = field(default_factory=dict)
    """By viewer, in which slot each talker is received."""
    away_since_s: dict[ParticipantId, float] = field(default_factory=dict)
    chats: list[ChatSent] = field(default_factory=list)
    told: dict[tuple[type[Event], ParticipantId], LocationShared | DuressTapped] = field(default_factory=dict)
    """The latest place and tap of each victim: who sits down later has to know of them too."""
    leaving: list[tuple[ParticipantId, Leaving]] = field(default_factory=list)
    """Who has to go, by what was decided elsewhere."""
    takes: dict[ParticipantId, str] = field(default_factory=dict)
    """What each one's line carries to them, where the bridge has said so."""
    stirred: bool = False
    """Whether somebody's media came or went, or their line changed, since it was last looked at."""
    quiet_since_s: float | None = None
    """Since when neither victim nor specialist has been here."""

    @property
    def id(self) -> CallId:
        return self.call.id

    @property
    def at_ms(self) -> int:
        return now_ms(self.call, self.clock.now())

    def follow(self, event: Event) -> None:
        before, self.state = self.state, sat(self.state, event)
        if self.recorder is not None and self.state is not before:
            self.recorder.reconsider()
        if isinstance(event, ChatSent):
            self.chats = [*self.chats[-CHATS_KEPT + 1 :], event]
        if isinstance(event, LocationShared | DuressTapped):
            self.told[type(event), event.participant] = event

    def connected(self, participant: ParticipantId, attempt: int) -> None:
        self._media(participant, attempt, up=True)

    def lost(self, participant: ParticipantId, attempt: int) -> None:
        self._media(participant, attempt, up=False)

    def bears(self, participant: ParticipantId, takes: str) -> None:
        self.takes[participant] = takes
        self.stirred = True

    def _media(self, participant: ParticipantId, attempt: int, *, up: bool) -> None:
        one = self.seated.get(participant)
        if one is not None and one.attempt == attempt:
            one.media_up, one.had_media = up, one.had_media or up
            self.stirred = True

    def seat_of(self, participant: ParticipantId) -> str:
        known = self.state.participants.get(participant)
        return known.seat if known is not None else "guest"

    def presence(self) -> list[Event]:
        """What has to be recorded so that the journal says who is here."""
        events: list[Event] = []
        for participant in self.state.present:
            here = self._is_here(participant.id)
            if here and participant.here is Here.RECONNECTING:
                events.append(VideoRejoined(at_ms=self.at_ms, participant=participant.id))
            elif not here and participant.here is Here.HERE:
                events.append(VideoReconnecting(at_ms=self.at_ms, participant=participant.id))
            takes = self.takes.get(participant.id, participant.takes)
            if takes != participant.takes:
                events.append(self._taking(participant, takes))
        return events

    def _taking(self, participant: Participant, takes: str) -> MediaTurned:
        return MediaTurned(
            at_ms=self.at_ms,
            participant=participant.id,
            camera=participant.camera,
            microphone=participant.microphone,
            takes=takes,
        )

    def note_absences(self) -> None:
        now_s = self.clock.monotonic_s()
        away = [one.id for one in self.state.present if not self._is_here(one.id)]
        self.away_since_s = {one: self.away_since_s.get(one, now_s) for one in away}
        parties = [self.state.sitting(Seat.VICTIM), self.state.sitting(Seat.SPECIALIST)]
        quiet = not any(one is not None and self._is_here(one.id) for one in parties)
        self.quiet_since_s = (self.quiet_since_s or now_s) if quiet else None

    def gone(self, wait_s: float) -> list[ParticipantId]:
        """Who did not come back in time."""
        now_s = self.clock.monotonic_s()
        return [one for one, since_s in self.away_since_s.items() if now_s - since_s >= wait_s]

    def _is_here(self, participant: ParticipantId) -> bool:
        one = self.seated.get(participant)
        return one is not None and (one.media_up or not one.had_media)

    def joined(self, admission: Admission) -> list[Event]:
        """What somebody's coming in adds to the journal."""
        known = self.state.participants.get(admission.participant)
        if known is not None and known.here is not Here.LEFT:
            return []
        return [
            VideoJoined(
                at_ms=self.at_ms,
                participant=admission.participant,
                seat=admission.seat,
                talks=admission.talks,
                person=admission.person,
                name=admission.name,
                record=admission.record if admission.seat in BY_LINK else None,
            )
        ]

    def left(self, participant: ParticipantId, why: Leaving) -> list[Event]:
        known = self.state.participants.get(participant)
        if known is None or known.here is Here.LEFT:
            return []
        return [VideoLeft(at_ms=self.at_ms, participant=participant, why=why)]

    def arrange(self) -> None:
        """Show everybody whom they should see, and tell them who is there."""
        for viewer in self.state.present:
            held = slots_of(self.state, viewer.id, self.held.get(viewer.id, {}), self.slots)
            self.held[viewer.id] = held
            shown: list[ParticipantId | None] = [None] * self.slots
            for talker, slot in held.items():
                shown[slot] = talker
            if self.bridge is not None:
                self.bridge.show(viewer.id, shown)
        for one in tuple(self.seated.values()):
            one.wire.send(self.picture(one))

    def picture(self, viewer: Seated) -> dict[str, object]:
        slots = self.held.get(viewer.id, {})
        faces = [
            {**_face(one, slot=slots.get(one.id), named=viewer.inside), "recorded": self._keeps(one.id)}
            for one in self.state.participants.values()
            if one.here is not Here.LEFT or viewer.inside
        ]
        return {
            "type": "room",
            "state": self.state.stage,
            "recorded": any(face["recorded"] for face in faces),
            "participants": faces,
        }

    def _keeps(self, participant: ParticipantId) -> bool:
        return self.recorder is not None and self.recorder.keeps(participant)

    def tell(self, message: Mapping[str, object], *, inside: bool = False) -> None:
        for one in tuple(self.seated.values()):
            if one.inside or not inside:
                one.wire.send(message)

    def chat_for(self, viewer: Seated, chat: ChatSent) -> dict[str, object]:
        sender = self.state.participants.get(chat.participant)
        return {
            "type": "chat",
            "id": chat.chat,
            "from": chat.participant,
            "seat": sender.seat if sender is not None else "",
            "text": chat.text,
            "at_ms": chat.at_ms,
            "mine": chat.participant == viewer.id,
        }


def _face(one: Participant, *, slot: int | None, named: bool) -> dict[str, object]:
    return {
        "id": one.id,
        "seat": one.seat,
        "name": one.name if named else "",
        "talks": one.talks,
        "here": one.here,
        "camera": one.camera,
        "microphone": one.microphone,
        "quality": one.quality,
        "takes": one.takes,
        "slot": slot,
    }
