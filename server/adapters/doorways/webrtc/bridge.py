"""Rooms of connections: who is shown to whom, whose sound is heard, and how much there may be of it all."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Self

from server.adapters.doorways.webrtc.bearing import Bearing, Level
from server.adapters.doorways.webrtc.connection import Connection
from server.adapters.doorways.webrtc.kept import keep
from server.adapters.doorways.webrtc.lag import Lag
from server.adapters.doorways.webrtc.offers import read_offer
from server.adapters.doorways.webrtc.opus import HeardLeg, OpusEar
from server.adapters.doorways.webrtc.sources import Source
from server.adapters.doorways.webrtc.stills import still_of
from server.adapters.doorways.webrtc.transport import (
    ConnectFailed,
    NoPort,
    RTCCertificate,
    new_certificate,
)
from server.domain.ids import CallId, ParticipantId
from server.domain.speech import Party
from server.ports.bridge import BridgeFull, Joining, MediaTap, SoundLine, Watcher

log = logging.getLogger(__name__)

NO_PORT = "This server has no way in left for video. Try again in a minute; chat goes on."

LEAST = {"video": Level.STILLS, "audio": Level.SOUND}
"""What a line has to bear for this to be sent down it."""
TAKES = {Level.STILLS: "stills", Level.SOUND: "sound", Level.NOTHING: "text"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeOptions:
    slots: int = 3
    """How many others one can receive."""
    bitrate: int = 1_500_000
    """Video from each talker at most, bits a second."""
    connections: int = 200
    """On this node at most."""
    public_addresses: tuple[str, ...] = ()
    """Where browsers that come by a link reach this node, when that is not its own address."""


class WebRtcBridge:
    """Implements `Bridge`. Owns every connection's task."""

    def __init__(self, options: BridgeOptions) -> None:
        self.options = options
        self._certificate = new_certificate()
        self._lag = Lag()
        self._watching: asyncio.Task[None] | None = None
        self._rooms: set[WebRtcRoom] = set()
        self._tasks: asyncio.TaskGroup | None = None

    async def __aenter__(self) -> Self:
        self._tasks = await asyncio.TaskGroup().__aenter__()
        self._watching = self._tasks.create_task(self._lag.run(), name="video:lag")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
        if self._watching is not None:
            self._watching.cancel()
        if self._tasks is not None:
            await self._tasks.__aexit__(kind, fault, trace)

    @property
    def connections(self) -> int:
        return sum(len(room.connections) for room in self._rooms)

    def open(self, room: CallId, line: SoundLine, watcher: Watcher) -> "WebRtcRoom":
        opened = WebRtcRoom(self, room, line, watcher)
        self._rooms.add(opened)
        return opened

    async def close(self) -> None:
        for room in tuple(self._rooms):
            await room.close()

    def forget(self, room: "WebRtcRoom") -> None:
        self._rooms.discard(room)

    def begin(self, room: "WebRtcRoom", connection: Connection) -> None:
        if self._tasks is None:
            raise BridgeFull("This server is closing.")
        self._tasks.create_task(room.carry(connection), name="video:connection")

    def new_connection(self, joining: Joining) -> Connection:
        if self.connections >= self.options.connections:
            raise BridgeFull("This server carries as many video calls as it may. Try again in a minute.")
        offer = read_offer(joining.offer, talks=joining.talks, slots=self.options.slots)
        return Connection(joining, offer, self._certificate, bitrate=self.options.bitrate, lag=self._lag)

    @property
    def certificate(self) -> RTCCertificate:
        return self._certificate


class WebRtcRoom:
    """Implements `RoomBridge`."""

    def __init__(self, bridge: WebRtcBridge, room: CallId, line: SoundLine, watcher: Watcher) -> None:
        self.call = room
        self.connections: dict[ParticipantId, Connection] = {}
        self._bridge = bridge
        self._watcher = watcher
        self._shown: dict[ParticipantId, Sequence[ParticipantId | None]] = {}
        self._bearings: dict[ParticipantId, Bearing] = {}
        """Of everybody's line, whichever connection they come by."""
        self._taps: list[MediaTap] = []
        self._ears: dict[Party, OpusEar] = {}
        self._closed = False
        self.move(line)

    def move(self, line: SoundLine) -> None:
        began_s = asyncio.get_running_loop().time()
        self._line = line
        self._began_s = began_s
        self._legs: dict[Party, HeardLeg] = {}

    def now_ms(self) -> int:
        """How far the line has come; its sound is placed on the call's timeline by the line itself."""
        return round((asyncio.get_running_loop().time() - self._began_s) * 1000)

    def call_ms(self) -> int:
        return self._line.begins_ms + self.now_ms()

    async def connect(self, joining: Joining) -> str:
        connection = self._bridge.new_connection(joining)
        earlier = self.connections.get(joining.participant)
        try:
            answer = await connection.answer(self._bridge.options.public_addresses)
            self._check_open()
        except NoPort:
            await connection.stop()
            log.warning("no UDP port is left for video", extra={"room": self.call})
            raise BridgeFull(NO_PORT) from None
        except BaseException:
            await connection.stop()
            raise
        self.connections[joining.participant] = connection
        if earlier is not None:
            await earlier.stop()
        connection.bearing = self._bearings.setdefault(joining.participant, connection.bearing)
        connection.rated = self._rate
        connection.changed = lambda: self._bears(connection)
        self._bridge.begin(self, connection)
        return answer

    def _check_open(self) -> None:
        if self._closed:
            raise BridgeFull("This call is over.")

    async def carry(self, connection: Connection) -> None:
        """Until the connection goes; a fault in one must not reach another."""
        joining = connection.joining
        try:
            await connection.run(lambda: self._wire(connection))
        except ConnectFailed:
            log.info("video connection did not come about", extra={"room": self.call})
        except Exception:  # boundary: one connection's fault must not end the others
            log.exception("video connection failed", extra={"room": self.call})
        finally:
            self._unwire(connection)
            if self._current(connection):
                del self.connections[joining.participant]
                self._watcher.lost(joining.participant, joining.attempt)

    def disconnect(self, participant: ParticipantId) -> None:
        connection = self.connections.pop(participant, None)
        self._shown.pop(participant, None)
        self._bearings.pop(participant, None)
        if connection is not None:
            connection.end()

    def show(self, viewer: ParticipantId, shown: Sequence[ParticipantId | None]) -> None:
        self._shown[viewer] = shown
        connection = self.connections.get(viewer)
        if connection is not None and connection.up:
            self._point(connection)

    def tap(self, tap: MediaTap) -> None:
        self._taps.append(tap)
        for connection in self.connections.values():
            if connection.up:
                self._tap_sources(connection, [tap])

    async def still(self, participant: ParticipantId) -> bytes | None:
        connection = self.connections.get(participant)
        source = connection.sources.get("video") if connection is not None else None
        return await still_of(source) if source is not None else None

    async def close(self) -> None:
        self._closed = True
        for connection in tuple(self.connections.values()):
            connection.end()
        self.connections.clear()
        self._bridge.forget(self)

    def _current(self, connection: Connection) -> bool:
        return self.connections.get(connection.joining.participant) is connection

    def _wire(self, connection: Connection) -> None:
        """The new connection sees whom it should, and those who should see it do."""
        if not self._current(connection):
            return
        self._tap_sources(connection, self._taps)
        audio = connection.sources.get("audio")
        if audio is not None:
            self._hear(connection.joining.party, audio)
        for each in self.connections.values():
            if each.up:
                self._point(each)
        self._watcher.connected(connection.joining.participant, connection.joining.attempt)

    def _point(self, connection: Connection) -> None:
        shown = self._shown.get(connection.joining.participant, ())
        for track in connection.tracks:
            carried = connection.level >= LEAST[track.kind]
            wanted = shown[track.slot] if track.slot < len(shown) and carried else None
            other = self.connections.get(wanted) if wanted is not None else None
            source = other.sources.get(track.kind) if other is not None and other.up else None
            track.follow(source)
            track.show_stills(alone=connection.level is Level.STILLS)

    def _bears(self, connection: Connection) -> None:
        if self._current(connection):
            self._point(connection)
            self._watcher.bears(connection.joining.participant, TAKES.get(connection.level, "full"))

    def _hear(self, party: Party, source: Source) -> None:
        earlier = self._ears.pop(party, None)
        if earlier is not None:
            earlier.close()
        anew = party in self._legs
        if not anew:
            self._legs[party] = HeardLeg(self._line, party, now_ms=self.now_ms)
        ear = OpusEar(self._legs[party], anew=anew)
        self._ears[party] = ear
        source.taps.append(ear.take)

    def _unwire(self, connection: Connection) -> None:
        for source in connection.sources.values():
            source.taps.clear()
            for viewer in tuple(source.viewers):
                viewer.unfollow()

    def _tap_sources(self, connection: Connection, taps: Sequence[MediaTap]) -> None:
        for tap in taps:
            give = partial(tap.take, connection.joining.participant)
            keep(connection.sources, now_ms=self.call_ms, give=give)

    def _rate(self) -> None:
        """What the least of the others can receive, nobody sends more of; who watches lowers it less."""
        for connection in self.connections.values():
            video = connection.sources.get("video")
            if video is None:
                continue
            others = [each.wished for each in self.connections.values() if each is not connection]
            rates = [wished for wished in others if wished is not None]
            video.limits.viewers = min(rates, default=None)
