"""Opening a video room: its call, its line and bridge, and its recording where that is allowed."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from server.domain.events import Ending, StillTaken, VideoOpened
from server.domain.ids import ActId, CallId, ForceId, ParticipantId, PersonId
from server.domain.people import RecordingPolicy
from server.domain.recordings import Piece
from server.domain.room import VIDEO, Admission
from server.ports.bridge import Bridge, SoundLine
from server.ports.journal import UnknownCall
from server.services.control_room import ControlRoom
from server.services.keeping_video import VideoKeeping
from server.services.live_call import LiveCall
from server.services.live_room import LiveRoom
from server.services.room_refusals import NoPicture, NoSuchRoom, NotRecorded
from server.services.switchboard import Arrival, CallOver


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomRules:
    wait_s: float = 300.0
    """For how long a place is kept for whoever went."""
    participants: int = 8
    """In one room at most."""
    rooms: int = 60
    """On this node at most."""
    slots: int = 3
    bitrate: int = 1_500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StillAsked:
    person: PersonId
    act: ActId
    participant: ParticipantId


class Calls(Protocol):
    """What rooms ask of the switchboard."""

    async def arrive(self, arrival: Arrival) -> None: ...

    async def open_line(self, call: CallId) -> SoundLine: ...

    async def hang_up(self, call: CallId, why: Ending) -> None: ...

    @property
    def live(self) -> Mapping[CallId, LiveCall]: ...


class Cases(Protocol):
    """What rooms tell cases."""

    async def joined(self, case: str, room: CallId, by: PersonId) -> None:
        """A video call that was asked for from this case has begun."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    calls: Calls
    bridge: Bridge
    control_room: ControlRoom
    rules: RoomRules
    keeping: VideoKeeping | None = None
    cases: Cases | None = None

    async def open(self, admission: Admission) -> LiveRoom:
        """For the first who comes by a link."""
        handler = await self._handler(admission)
        arrival = Arrival(call=admission.room, force=admission.force, doorway=VIDEO, handler=handler)
        await self.calls.arrive(arrival)
        try:
            return await self.carried(admission.room, admission.force)
        except (CallOver, UnknownCall):
            raise NoSuchRoom from None

    async def note(self, room: LiveRoom, admission: Admission) -> None:
        """What it came from, on record."""
        opened = VideoOpened(
            at_ms=0,
            from_call=admission.from_call,
            case=admission.case,
            invited_by=admission.invited_by,
            record=admission.record,
        )
        if room.state.opened is not None:
            return
        await room.call.record(opened)
        if self.cases is not None and admission.case and admission.invited_by is not None:
            await self.cases.joined(admission.case, room.id, admission.invited_by)

    def keep(self, room: LiveRoom, tasks: asyncio.TaskGroup | None) -> None:
        """From the first on who agreed, where policy allows it: of each what `_allowed` says."""
        if self.keeping is None or tasks is None or room.recorder is not None:
            return
        if not (room.state.agreed and self._policy(room).video):
            return

        def kept_as(participant: ParticipantId) -> str | None:
            return room.seat_of(participant) if self._allowed(room, participant) else None

        recorder = self.keeping.of(room.id, self._policy(room).policy, kept_as)
        room.recorder = recorder
        if room.bridge is not None:
            room.bridge.tap(recorder)
        tasks.create_task(recorder.run(), name=f"keep-video:{room.id}")

    def _allowed(self, room: LiveRoom, participant: ParticipantId) -> bool:
        """Both: what they agreed to themselves, and what the force's policy says today."""
        return self._policy(room).video and room.state.may_keep(participant)

    def _policy(self, room: LiveRoom) -> RecordingPolicy:
        return self.control_room.force(room.force).recording

    async def carried(self, call: CallId, force: ForceId) -> LiveRoom:
        line = await self.calls.open_line(call)
        room = LiveRoom(
            call=self.calls.live[call], force=force, clock=self.control_room.clock, slots=self.rules.slots
        )
        room.bridge = self.bridge.open(call, line, room)
        return room

    async def _handler(self, admission: Admission) -> PersonId | None:
        """Whoever has the phone call that it came from goes on seeing it."""
        if admission.from_call is None:
            return None
        return (await self.control_room.casebook.level(admission.from_call)).case.state.handler

    async def still(self, room: LiveRoom, doing: StillAsked) -> Piece:
        """Keep one picture of somebody's camera. Raises `Refused` or `VaultLost`."""
        if self.keeping is None or not self._allowed(room, doing.participant):
            raise NotRecorded
        picture = await room.bridge.still(doing.participant) if room.bridge is not None else None
        if picture is None:
            raise NoPicture
        at_ms = room.at_ms
        kept = await self.keeping.keep_still(room.id, picture, at_ms)
        taken = StillTaken(
            at_ms=at_ms,
            person=doing.person,
            act=doing.act,
            participant=doing.participant,
            still=str(kept.place.number),
            digest=kept.digest,
        )
        await room.call.record(taken)
        return kept
