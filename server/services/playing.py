"""Playing a kept call: who may, put on record before the first byte flows, and any stretch of its sound."""

import logging
import secrets
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from server.domain.events import PlaybackBegan, SegmentKept
from server.domain.events.keeping import RecordingEnded
from server.domain.ids import ActId, CallId, PersonId
from server.domain.people import Person, Role
from server.domain.recordings import Place, Stream, StreamId, StreamKind
from server.domain.speech import Party
from server.domain.ulaw_wav import SILENCE, interleaved
from server.ports.journal import Journal
from server.ports.media import EncodedFrame, MediaReader
from server.ports.vault import KeyGone, Vault, VaultLost
from server.services.control_room import ControlRoom
from server.services.playing_video import KeptFile, KeptVideos
from server.services.refusals import NotYourCall, Refused

log = logging.getLogger(__name__)

PLAYING_ROLES = frozenset({Role.SPECIALIST, Role.SUPERVISOR})
IDLE = timedelta(minutes=30)
"""A player that asks for nothing for so long has to begin again, and is on record again."""
MOST = 256
SIDES = (Party.CALLER, Party.HANDLER)
BYTES_PER_MS = 8


class MayNotPlay(Refused):
    """Your role may not play recordings."""

    code: ClassVar[str] = "may-not-play"


class NothingKept(Refused):
    """No recording of this call is kept here."""

    code: ClassVar[str] = "nothing-kept"


class PlayAgain(Refused):
    """Press play again: this was too long ago."""

    code: ClassVar[str] = "play-again"


class RecordingBroken(Refused):
    """The recording cannot be read. Tell whoever runs the server; nothing was played."""

    code: ClassVar[str] = "recording-broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSide:
    stream: Stream
    places: Sequence[Place]

    @property
    def to_ms(self) -> int:
        return self.places[-1].to_ms if self.places else 0


@dataclass(slots=True, kw_only=True)
class Playback:
    """One person's leave to play one call."""

    token: str = field(repr=False)
    person: PersonId
    call: CallId
    sides: Mapping[Party, KeptSide]
    videos: Sequence[KeptFile] = ()
    """Of a video call: whoever came, with sound and pictures."""
    whole: bool
    """Whether as many pieces are there as the journal says."""
    asked_at: datetime

    @property
    def length_ms(self) -> int:
        kept: list[KeptSide | KeptFile] = [*self.sides.values(), *self.videos]
        return max((one.to_ms for one in kept), default=0)

    def video(self, stream: str) -> KeptFile:
        """Raises `NothingKept`."""
        found = next((one for one in self.videos if one.stream.id == stream), None)
        if found is None:
            raise NothingKept
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCalls:
    """What is kept of calls, for whoever plays, exports or checks it."""

    vault: Vault
    journal: Journal
    reader: MediaReader | None = None
    """What reads kept video; without it a video call's recording cannot be played."""

    @property
    def videos(self) -> KeptVideos | None:
        return KeptVideos(vault=self.vault, reader=self.reader) if self.reader is not None else None

    async def files(self, call: CallId) -> list[KeptFile]:
        """Raises `RecordingBroken`."""
        try:
            return await self.videos.files(call) if self.videos is not None else []
        except KeyGone:
            return []
        except VaultLost:
            raise RecordingBroken from None

    async def sides(self, call: CallId) -> dict[Party, KeptSide]:
        """Raises `RecordingBroken`."""
        found: dict[Party, KeptSide] = {}
        try:
            there = await self.vault.streams(call)
            for party in SIDES:
                stream = Stream(id=StreamId(party.value), kind=StreamKind.ULAW)
                if stream in there:
                    found[party] = KeptSide(stream=stream, places=await self.vault.places(call, stream))
        except KeyGone:
            return {}
        except VaultLost:
            raise RecordingBroken from None
        return found

    async def said(self, call: CallId) -> dict[str, SegmentKept | RecordingEnded]:
        """The last that the journal says of each stream."""
        entries = await self.journal.entries(call)
        events = [entry.event for entry in entries]
        return {event.stream: event for event in events if isinstance(event, SegmentKept | RecordingEnded)}

    async def sound(self, call: CallId, side: KeptSide, from_ms: int, to_ms: int) -> bytes:
        """One side of this stretch; silence where nothing was kept. Raises `VaultLost`."""
        sound = bytearray([SILENCE]) * ((to_ms - from_ms) * BYTES_PER_MS)
        wanted = [place for place in side.places if place.to_ms > from_ms and place.from_ms < to_ms]
        pieces = await self.vault.read(call, side.stream, [place.number for place in wanted])
        for place, data in zip(wanted, pieces, strict=True):
            begin, end = max(place.from_ms, from_ms), min(place.to_ms, to_ms)
            skip = (begin - place.from_ms) * BYTES_PER_MS
            part = data[skip : skip + (end - begin) * BYTES_PER_MS]
            at = (begin - from_ms) * BYTES_PER_MS
            sound[at : at + len(part)] = part
        return bytes(sound)


class Playing:
    def __init__(self, room: ControlRoom, kept: KeptCalls, *, roles: Set[Role] = PLAYING_ROLES) -> None:
        self._room = room
        self._kept = kept
        self._roles = roles
        self._playing: OrderedDict[str, Playback] = OrderedDict()

    async def kept(self, person: Person, call: CallId) -> int:
        """How long the recording is, in milliseconds. Raises `Refused`."""
        await self._admit(person, call)
        sides = await self._kept.sides(call)
        kept: list[KeptSide | KeptFile] = [*sides.values(), *await self._kept.files(call)]
        return max((one.to_ms for one in kept), default=0)

    async def begin(self, person: Person, call: CallId, *, act: ActId, from_ms: int) -> Playback:
        """Leave to play, put on record first. Raises `Refused`, or `JournalLost`: no play without."""
        await self._admit(person, call)
        sides, videos = await self._kept.sides(call), await self._kept.files(call)
        kept: list[KeptSide | KeptFile] = [*sides.values(), *videos]
        if not any(one.places for one in kept):
            raise NothingKept
        said = await self._kept.said(call)
        whole = all(
            one.stream.id not in said or len(one.places) >= said[one.stream.id].pieces for one in kept
        )
        if not whole:
            log.error("a recording is shorter than its journal says", extra={"call": call})
        began = PlaybackBegan(at_ms=from_ms, person=person.id, act=act, from_ms=from_ms)
        await self._room.recorder.record(call, began)
        await self._room.need_to_know.viewed(person.id, call, by="playback", session=secrets.token_hex(4))
        return self._given(person, call, sides, videos, whole=whole)

    def playback(self, person: Person, call: CallId, token: str) -> Playback:
        """Raises `PlayAgain`, for others' tokens too."""
        playback, now = self._playing.get(token), self._room.clock.now()
        if playback is None or (playback.person, playback.call) != (person.id, call):
            raise PlayAgain
        if playback.asked_at + IDLE <= now:
            del self._playing[token]
            raise PlayAgain
        playback.asked_at = now
        return playback

    async def sound(self, playback: Playback, from_ms: int, to_ms: int) -> bytes:
        """Both sides of this stretch, sample by sample. Raises `RecordingBroken`."""
        if playback.videos and self._kept.videos is not None:
            with _unbroken(playback.call):
                return await self._kept.videos.sound(playback.call, playback.videos, from_ms, to_ms)
        silence = bytes([SILENCE]) * ((to_ms - from_ms) * BYTES_PER_MS)
        sounds = dict.fromkeys(SIDES, silence)
        with _unbroken(playback.call):
            for party, side in playback.sides.items():
                sounds[party] = await self._kept.sound(playback.call, side, from_ms, to_ms)
        return interleaved(sounds[Party.CALLER], sounds[Party.HANDLER])

    async def pictures(
        self, playback: Playback, stream: str, from_ms: int, to_ms: int, *, fresh: bool
    ) -> list[EncodedFrame]:
        """One camera's of this stretch. Raises `Refused`."""
        file = playback.video(stream)
        if self._kept.videos is None:
            raise NothingKept
        with _unbroken(playback.call):
            return await self._kept.videos.pictures(playback.call, file, from_ms, to_ms, fresh=fresh)

    def _given(
        self,
        person: Person,
        call: CallId,
        sides: Mapping[Party, KeptSide],
        videos: Sequence[KeptFile],
        *,
        whole: bool,
    ) -> Playback:
        playback = Playback(
            token=secrets.token_urlsafe(16),
            person=person.id,
            call=call,
            sides=sides,
            videos=videos,
            whole=whole,
            asked_at=self._room.clock.now(),
        )
        self._playing[playback.token] = playback
        if len(self._playing) > MOST:
            self._playing.popitem(last=False)
        return playback

    async def _admit(self, person: Person, call: CallId) -> None:
        """Supervisors play the calls of their force; specialists those of them that they were given."""
        if person.role not in self._roles:
            raise MayNotPlay
        await self._room.need_to_know.admit(person.id, call, by="playback")
        line = await self._room.recorder.journal.line(call)
        if line is None or line.force != person.force:
            raise NotYourCall
        if person.role is not Role.SUPERVISOR and not await self._room.duty.grants.granted(call, person.id):
            raise NotYourCall


@contextmanager
def _unbroken(call: CallId) -> Iterator[None]:
    """Raises `RecordingBroken` for what cannot be read."""
    try:
        yield
    except VaultLost:
        log.exception("a recording cannot be read", extra={"call": call})
        raise RecordingBroken from None
