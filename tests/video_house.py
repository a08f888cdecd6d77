"""A house with video: real rooms and a real bridge, and ears that hear nothing: words come by typing."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType

from server.adapters.clock import SystemClock
from server.adapters.doorways.webrtc.bridge import BridgeOptions, WebRtcBridge
from server.adapters.media.webm import WebmWriter
from server.domain.events import HandlerAssigned, SpecialistAssigned
from server.domain.ids import CallId
from server.domain.people import Force, RecordingPolicy
from server.ports.bridge import Bridge
from server.ports.speech import EngineHealth, Hearing
from server.services.carrying import CallLimits
from server.services.keeping_video import VideoKeeping
from server.services.latency import LatencyBook
from server.services.listening import Listening
from server.services.readers import Readers
from server.services.room_acts import RoomActs
from server.services.room_doors import RoomDoors, Video
from server.services.room_opening import Opening, RoomRules
from server.services.rooms import Rooms
from server.services.switchboard import Exchange, Switchboard
from server.services.typed_words import DURESS_MARKER
from tests.house import HEALTHY, House, open_house
from tests.services.stage import PlainReader, marker
from tests.stories import HANNAH, MIDSHIRE, SAM, arrived, opened

CALL = CallId("CA1")
"""The phone call that people are asked into video from: Hannah's, with Sam as its specialist."""


class DeafTranscriber:
    """Takes the sound, and hears no word in it."""

    async def transcribe(self, frames: AsyncIterable[object]) -> AsyncGenerator[Hearing, None]:
        async for _ in frames:
            pass
        nothing: tuple[Hearing, ...] = ()
        for hearing in nothing:
            yield hearing

    async def wait_ready(self, *, timeout_s: float) -> None:
        return

    def health(self) -> EngineHealth:
        return HEALTHY


class VideoReader(PlainReader):
    """Knows the marker that the duress tap raises, too."""

    markers = MappingProxyType({**PlainReader.markers, DURESS_MARKER: marker(DURESS_MARKER)})


@asynccontextmanager
async def open_video_house(folder: Path, *, host: str = "127.0.0.1") -> AsyncIterator[House]:
    keeps = RecordingPolicy(video=True, policy="video of those who agree")
    force = Force(id=MIDSHIRE, name="Midshire Police", numbers=(), desks=(), recording=keeps)
    async with open_house(folder, force) as house:
        switchboard = _switchboard(house)
        leave_calls = house.bus.subscribe(switchboard.follow)
        started = asyncio.Event()
        async with WebRtcBridge(BridgeOptions()) as bridge, asyncio.TaskGroup() as tasks:
            calls = tasks.create_task(switchboard.run(started))
            await started.wait()
            rooms = Rooms(_opening(house, switchboard, bridge))
            leave_rooms = house.bus.subscribe(rooms.follow)
            minding = tasks.create_task(rooms.run())
            await rooms.revive()
            await _with_doors(house, rooms, host)
            try:
                yield house
            finally:
                minding.cancel()
                await rooms.close()
                switchboard.close()
                await calls
                leave_rooms()
                leave_calls()


def _opening(house: House, calls: Switchboard, bridge: Bridge) -> Opening:
    assert house.vault is not None
    return Opening(
        calls=calls,
        bridge=bridge,
        control_room=house.room,
        rules=RoomRules(),
        keeping=VideoKeeping(vault=house.vault, recorder=house.recorder, muxer=WebmWriter),
    )


def _switchboard(house: House) -> Switchboard:
    clock = SystemClock()
    latency = LatencyBook(clock)
    return Switchboard(
        Exchange(
            journal=house.store.journal,
            recorder=house.recorder,
            readers=Readers(shipped=VideoReader()),
            listening=Listening(transcriber=DeafTranscriber(), bus=house.bus, clock=clock, latency=latency),
            duty=house.room.duty,
            clock=clock,
            limits=CallLimits(),
        )
    )


async def _with_doors(house: House, rooms: Rooms, host: str) -> None:
    """Open the house again with doors to the rooms, and a phone call to begin from."""
    await house.close()
    house.host = host
    house.video = Video(
        acts=RoomActs(rooms=rooms, ice_servers=lambda: ()),
        doors=RoomDoors(rooms=rooms, control_room=house.room),
        admitting=house.invites.links,
    )
    await house.open()
    assigned = HandlerAssigned(at_ms=0, person=HANNAH.id), SpecialistAssigned(at_ms=0, person=SAM.id)
    await house.record(CALL, arrived(), *assigned, *opened())
    await house.grant(CALL, HANNAH, SAM)
