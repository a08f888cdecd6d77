"""Video rooms on a staged switchboard, with a bridge and wires that note what they are told."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from server.adapters.media.webm import WebmWriter
from server.domain.ids import CallId, ForceId, ParticipantId, PersonId
from server.domain.people import Force, RecordingPolicy
from server.domain.room import Admission
from server.domain.seats import Seat
from server.ports.bridge import BadOffer, Bridge, Joining, MediaTap, SoundLine, Watcher
from server.ports.vault import Vault
from server.services.casebook import Casebook
from server.services.control_room import ControlRoom
from server.services.duty import Duty
from server.services.keeping_video import VideoKeeping
from server.services.live_room import LiveRoom, Seated
from server.services.need_to_know import NeedToKnow
from server.services.recording import Recorder
from server.services.room_acts import RoomActs
from server.services.room_messages import read
from server.services.room_opening import Opening, RoomRules
from server.services.rooms import Rooms
from tests.fakes import FakeAccessLog, FakeBars, FakeClock, FakeGrants
from tests.services.stage import FORCE, SPECIALIST, Stage, ToldTranscriber, staged

ROOM = CallId("video-1")
VICTIM = ParticipantId("victim")
RULES = RoomRules(wait_s=60.0, participants=3, rooms=2)


@dataclass
class NotingWire:
    sent: list[Mapping[str, Any]] = field(default_factory=list)
    closed: tuple[int, str] | None = None

    def send(self, message: Mapping[str, object]) -> None:
        self.sent.append(message)

    def close(self, code: int, why: str) -> None:
        self.closed = self.closed or (code, why)

    def last(self, kind: str) -> Mapping[str, Any]:
        return next(message for message in reversed(self.sent) if message["type"] == kind)

    def said(self, kind: str) -> list[Mapping[str, Any]]:
        return [message for message in self.sent if message["type"] == kind]


@dataclass
class NotingRoomBridge:
    watcher: Watcher
    joined: list[Joining] = field(default_factory=list)
    gone: list[ParticipantId] = field(default_factory=list)
    shown: dict[ParticipantId, list[ParticipantId | None]] = field(default_factory=dict)
    lines: list[SoundLine] = field(default_factory=list)
    taps: list[MediaTap] = field(default_factory=list)
    closed: bool = False

    async def connect(self, joining: Joining) -> str:
        if joining.offer == "garbage":
            raise BadOffer("The offer is not a session description.")
        self.joined.append(joining)
        return f"answer to {joining.offer}"

    def disconnect(self, participant: ParticipantId) -> None:
        self.gone.append(participant)

    def show(self, viewer: ParticipantId, shown: Sequence[ParticipantId | None]) -> None:
        self.shown[viewer] = list(shown)

    def tap(self, tap: MediaTap) -> None:
        self.taps.append(tap)

    async def still(self, participant: ParticipantId) -> bytes | None:
        return None

    def move(self, line: SoundLine) -> None:
        self.lines.append(line)

    async def close(self) -> None:
        self.closed = True


@dataclass
class NotingBridge:
    rooms: dict[CallId, NotingRoomBridge] = field(default_factory=dict)

    def open(self, room: CallId, line: SoundLine, watcher: Watcher) -> NotingRoomBridge:
        self.rooms[room] = NotingRoomBridge(watcher=watcher)
        return self.rooms[room]

    async def close(self) -> None: ...


@dataclass
class VideoStage:
    stage: Stage
    rooms: Rooms
    acts: RoomActs
    bridge: NotingBridge
    clock: FakeClock

    async def join(self, admission: Admission) -> "Guest":
        wire = NotingWire()
        room, seated = await self.rooms.join(admission, wire)
        self.acts.greet(room, seated)
        return Guest(acts=self.acts, room=room, seated=seated, wire=wire)

    def kinds(self, room: CallId = ROOM) -> list[str]:
        return self.stage.kinds(room)

    async def looked_after(self) -> None:
        """As the rooms' own task does now and then."""
        for room in self.rooms.open_rooms:
            await self.rooms.mind(room)


@dataclass
class Guest:
    acts: RoomActs
    room: LiveRoom
    seated: Seated
    wire: NotingWire

    async def say(self, text: str) -> None:
        await self.acts.take(self.room, self.seated, read(text))

    async def drop(self) -> None:
        await self.acts.rooms.drop(self.room, self.seated)


def message(kind: str, **facts: object) -> str:
    """As a page sends it."""
    return json.dumps({"type": kind, **facts})


def a_victim(name: str = "victim", room: CallId = ROOM) -> Admission:
    return Admission(room=room, force=FORCE, participant=ParticipantId(name), seat=Seat.VICTIM, talks=True)


def a_guest(name: str, *, talks: bool = True) -> Admission:
    return replace(a_victim(name), seat=Seat.GUEST, talks=talks)


def a_colleague(name: str = SPECIALIST, seat: Seat = Seat.SPECIALIST) -> Admission:
    talks = seat is Seat.SPECIALIST
    return replace(a_victim(name), seat=seat, talks=talks, person=PersonId(name), name=name.title())


OF_THOSE_WHO_AGREE = RecordingPolicy(video=True, policy="of those who agree")


@dataclass(frozen=True)
class Recorded:
    """Rooms whose force has video kept, here."""

    vault: Vault
    policy: RecordingPolicy = OF_THOSE_WHO_AGREE

    def keeping(self, recorder: Recorder) -> VideoKeeping:
        return VideoKeeping(vault=self.vault, recorder=recorder, muxer=WebmWriter)

    @property
    def forces(self) -> dict[ForceId, Force]:
        return {FORCE: Force(id=FORCE, name="Demo", numbers=(), desks=(), recording=self.policy)}


def rooms_on(
    stage: Stage, bridge: Bridge, clock: FakeClock, rules: RoomRules, recorded: Recorded | None = None
) -> Rooms:
    log = FakeAccessLog(clock)
    recorder = Recorder(journal=stage.journal, bus=stage.bus)
    control = ControlRoom(
        recorder=recorder,
        duty=Duty(people=stage.people, grants=FakeGrants(stage.people), bus=stage.bus),
        casebook=Casebook(journal=stage.journal, clock=clock),
        need_to_know=NeedToKnow(bars=FakeBars(stage.people, log), accesses=log),
        clock=clock,
        forces=recorded.forces if recorded else {},
    )
    keeping = recorded.keeping(recorder) if recorded else None
    rooms = Rooms(
        Opening(calls=stage.switchboard, bridge=bridge, control_room=control, rules=rules, keeping=keeping)
    )
    stage.bus.subscribe(rooms.follow)
    return rooms


@asynccontextmanager
async def video_stage(
    rules: RoomRules = RULES, recorded: Recorded | None = None
) -> AsyncIterator[VideoStage]:
    async with staged(ToldTranscriber()) as stage:
        bridge, clock = NotingBridge(), FakeClock()
        rooms = rooms_on(stage, bridge, clock, rules, recorded)
        await rooms.revive()
        acts = RoomActs(rooms=rooms, ice_servers=list)
        yield VideoStage(stage=stage, rooms=rooms, acts=acts, bridge=bridge, clock=clock)
