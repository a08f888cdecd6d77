"""Keeping video calls: each party's own sound and picture as they came, sealed piece by piece.

Nothing is transcoded. Frames wait in memory for at most half a second, then go to the file and the disk; when
the disk cannot take them in time the oldest go, and the journal says from where.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from server.domain.events import Event, RecordingBegan, RecordingEnded, RecordingHurt, SegmentKept
from server.domain.ids import CallId, ParticipantId
from server.domain.recordings import Piece, Stream, StreamId, StreamKind
from server.ports.journal import JournalLost, UnknownCall
from server.ports.media import EncodedFrame, MakesMuxer, Muxer
from server.ports.vault import Vault, VaultLost, Writing
from server.services.recording import Recorder

log = logging.getLogger(__name__)

PIECE_S = 0.5
"""With what waits for a first picture, and for lost packets, a killed server loses under two seconds."""
SAY_EVERY = 20
MOST_HELD = 4000
"""Frames of one party that wait for the disk: some fifty seconds."""
PICTURE_WAIT_MS = 1000
"""A stream whose camera shows nothing by then begins without a picture; until then nothing of it is safe."""
QUIET_PIECES = 20
"""After so many looks without a frame a stream is over; who comes back begins another."""
NO_PICTURE = (640, 480)
STILLS = Stream(id=StreamId("stills"), kind=StreamKind.STILL)

KeptAs = Callable[[ParticipantId], str | None]
"""What a party's files are named by; none: nothing of theirs may be kept now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoKeeping:
    """What every recorded room shares."""

    vault: Vault
    recorder: Recorder
    muxer: MakesMuxer
    stills: asyncio.Lock = field(default_factory=asyncio.Lock)

    def of(self, call: CallId, policy: str, kept_as: KeptAs) -> "RoomRecorder":
        return RoomRecorder(keeping=self, call=call, policy=policy, kept_as=kept_as)

    async def keep_still(self, call: CallId, picture: bytes, at_ms: int) -> Piece:
        """Raises `VaultLost`. One at a time: a stream has one writer."""
        async with self.stills:
            writing = await self.vault.write(call, STILLS)
            try:
                return await writing.keep(picture, from_ms=at_ms, to_ms=at_ms)
            finally:
                await writing.close()

    async def record(self, call: CallId, *events: Event) -> None:
        try:
            await self.recorder.record(call, *events)
        except (JournalLost, UnknownCall):
            log.exception("what was kept is not recorded", extra={"call": call})


class RoomRecorder:
    """Implements `MediaTap` for one room; `run` writes."""

    def __init__(self, *, keeping: VideoKeeping, call: CallId, policy: str, kept_as: KeptAs) -> None:
        self._keeping = keeping
        self._call = call
        self._policy = policy
        self._kept_as = kept_as
        self._names: dict[ParticipantId, str | None] = {}
        """What was answered, until something changes: a frame comes every few milliseconds."""
        self._streams: dict[ParticipantId, _PartyStream] = {}
        self._done: list[_PartyStream] = []
        """Of whom no more may be kept, and what was has yet to be closed."""
        self._over = asyncio.Event()

    def keeps(self, participant: ParticipantId) -> bool:
        return self._name(participant) is not None

    def reconsider(self) -> None:
        """Somebody came or went: who may be kept is asked again."""
        self._names.clear()

    def take(self, participant: ParticipantId, frame: EncodedFrame) -> None:
        seat, stream = self._name(participant), self._streams.get(participant)
        if seat is None:
            if stream is not None:
                self._done.append(self._streams.pop(participant))
            return
        if stream is None:
            stream = _PartyStream(keeping=self._keeping, call=self._call, policy=self._policy, seat=seat)
            self._streams[participant] = stream
        stream.take(frame)

    def _name(self, participant: ParticipantId) -> str | None:
        if participant not in self._names:
            self._names[participant] = self._kept_as(participant)
        return self._names[participant]

    def end(self) -> None:
        self._over.set()

    async def run(self) -> None:
        """Until `end`: then what is held is written, and every stream closed."""
        while not self._over.is_set():
            try:
                async with asyncio.timeout(PIECE_S):
                    await self._over.wait()
            except TimeoutError:
                pass
            await self._close_done()
            for participant, stream in tuple(self._streams.items()):
                await stream.write()
                if stream.quiet and self._streams.get(participant) is stream:
                    self._done.append(self._streams.pop(participant))
        self._done += self._streams.values()
        self._streams.clear()
        await self._close_done()

    async def _close_done(self) -> None:
        while self._done:
            await self._done.pop(0).close()


@dataclass(slots=True, kw_only=True)
class _PartyStream:
    """One party's file, from their coming to their going."""

    keeping: VideoKeeping
    call: CallId
    policy: str
    seat: str
    _held: deque[EncodedFrame] = field(default_factory=deque)
    _muxer: Muxer | None = None
    _writing: Writing | None = None
    _stream: Stream | None = None
    _pending: bytes = b""
    """Written of the file, and not yet safe."""
    _begins_ms: int = 0
    _from_ms: int = 0
    _to_ms: int = 0
    _quiet: int = 0
    _said: int = 0
    _hurt: bool = False
    _lost: bool = False
    _whole: bool = False
    """Whether the next picture has the ones that it needs before it in the file."""

    @property
    def quiet(self) -> bool:
        return self._quiet >= QUIET_PIECES and not self._held

    def take(self, frame: EncodedFrame) -> None:
        if len(self._held) >= MOST_HELD:
            torn = self._held.popleft().kind == "video"
            self._whole = self._whole and not torn
            self._lost = True
        self._held.append(frame)

    async def write(self) -> None:
        """What came since the last time, as a piece; kept for the next time where the disk refuses it."""
        self._quiet = 0 if self._held else self._quiet + 1
        try:
            if self._muxer is None and not await self._begin():
                return
            # While the disk refuses, frames wait in their own bounded box rather than in the file.
            if not self._pending:
                self._mux()
            await self._keep(self._muxer.take() if self._muxer is not None else b"")
        except VaultLost as lost:
            await self._hurt_by(str(lost))

    async def close(self) -> None:
        try:
            # Who was there for a moment only is kept as well.
            if self._muxer is None and not await self._begin(waits=False):
                return
        except VaultLost:
            log.exception("a recording could not be begun", extra={"call": self.call})
        if self._muxer is None or self._writing is None or self._stream is None:
            return
        try:
            self._mux()
            await self._keep(self._muxer.close())
            await self._writing.close()
        except VaultLost:
            log.exception("a recording could not be closed", extra={"call": self.call})
            return
        last = self._writing.last
        if last is not None:
            place = last.place
            ended = RecordingEnded(
                at_ms=place.to_ms,
                stream=self._stream.id,
                pieces=place.number,
                to_ms=place.to_ms,
                chain=last.chain,
            )
            await self.keeping.record(self.call, ended)

    async def _begin(self, *, waits: bool = True) -> bool:
        """Whether there is a file now. It waits a moment for a picture, whose size stands in its header."""
        if not self._held:
            return False
        first = self._held[0].at_ms
        picture = next((one for one in self._held if one.kind == "video" and one.key), None)
        if waits and picture is None and self._held[-1].at_ms - first < PICTURE_WAIT_MS:
            return False
        width, height = _size(picture) if picture is not None else NO_PICTURE
        known = {stream.id for stream in await self.keeping.vault.streams(self.call)}
        number = next(count for count in range(1, 10_000) if f"{self.seat}-{count}" not in known)
        self._stream = Stream(id=StreamId(f"{self.seat}-{number}"), kind=StreamKind.WEBM)
        self._writing = await self.keeping.vault.write(self.call, self._stream)
        self._muxer = self.keeping.muxer(width=width, height=height, begins_ms=first)
        self._begins_ms = self._from_ms = self._to_ms = first
        began = RecordingBegan(
            at_ms=first, stream=self._stream.id, medium=self._stream.kind, policy=self.policy
        )
        await self.keeping.record(self.call, began)
        return True

    def _mux(self) -> None:
        muxer = self._muxer
        while muxer is not None and self._held:
            frame = self._held.popleft()
            if frame.kind == "video":
                self._whole = self._whole or frame.key
            if frame.kind == "video" and not self._whole:
                continue
            muxer.add(frame)
            # A piece is found by where its pictures lie, however long they were under way.
            self._from_ms = min(self._from_ms, max(frame.at_ms, self._begins_ms))
            self._to_ms = max(self._to_ms, frame.at_ms)

    async def _keep(self, data: bytes) -> None:
        self._pending += data
        if not self._pending or self._writing is None or self._stream is None:
            return
        if self._lost:
            self._lost = False
            await self._hurt_by("the disk did not keep up")
        to_ms = max(self._to_ms, self._from_ms)
        kept = await self._writing.keep(self._pending, from_ms=self._from_ms, to_ms=to_ms)
        self._pending = b""
        self._from_ms = kept.place.to_ms
        number = kept.place.number
        if self._hurt or number - self._said >= SAY_EVERY:
            self._said = number
            said = SegmentKept(
                at_ms=kept.place.to_ms,
                stream=self._stream.id,
                pieces=number,
                to_ms=kept.place.to_ms,
                chain=kept.chain,
            )
            await self.keeping.record(self.call, said)
        self._hurt = False

    async def _hurt_by(self, why: str) -> None:
        if self._hurt or self._stream is None:
            return
        self._hurt = True
        log.error("a video call is not being kept", extra={"call": self.call, "why": why})
        hurt = RecordingHurt(at_ms=self._to_ms, stream=self._stream.id, why=why, from_ms=self._from_ms)
        await self.keeping.record(self.call, hurt)


def _size(picture: EncodedFrame) -> tuple[int, int]:
    """Of a VP8 key picture, as it says itself (RFC 6386, 9.1)."""
    head = picture.data[:10]
    if len(head) < 10 or head[3:6] != b"\x9d\x01\x2a":
        return NO_PICTURE
    width, height = (int.from_bytes(head[at : at + 2], "little") & 0x3FFF for at in (6, 8))
    return (width, height) if width and height else NO_PICTURE
