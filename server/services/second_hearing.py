"""The second hearing: every ended call with a recording is heard again, without hurry, and read again.

It runs when the machine has nothing better to do, one call at a time, and decides nothing: what it hears
more is a reason for a person to review the call.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain.call import folded
from server.domain.events import (
    CallEnded,
    Entry,
    HeardAgain,
    NotHeardAgain,
    RecordingBegan,
    RecordingEnded,
    ReviewAsked,
    ReviewWhy,
)
from server.domain.ids import CallId, ForceId
from server.domain.recordings import StreamId
from server.domain.review import hears_more
from server.domain.sightings import Sighting
from server.domain.speech import BYTES_PER_MS, AudioFrame, Party, Utterance
from server.ports.bus import Notice, Recorded
from server.ports.clock import Clock
from server.ports.following import Following
from server.ports.journal import JournalLost
from server.ports.recordings import NoRecording, Recordings
from server.ports.speech import HearingLost, Transcriber
from server.services.readers import Readers
from server.services.recording import Recorder

log = logging.getLogger(__name__)

FOLLOWER = "second hearing"
FRAME_MS = 200
LOOK_S = 15.0
"""How long a call can wait that no notice told of, or whose recording is not whole yet."""
GIVEN_UP = timedelta(minutes=5)
"""A recording that is not whole so long after the call's end stays as it is, and is heard as it is."""
READY_S = 300.0
"""A large model from a cold disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ears:
    """Ears that take their time, opened for one call and closed after it."""

    model: str
    how: str
    open: Callable[[], AbstractAsyncContextManager[Transcriber]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearers:
    """What the second hearing works with."""

    recordings: Recordings
    ears: Callable[[], Ears]
    readers: Readers


class SecondHearing:
    def __init__(self, recorder: Recorder, following: Following, hearers: Hearers, clock: Clock) -> None:
        self._recorder = recorder
        self._clock = clock
        self._following = following
        self._hearers = hearers
        self._news = asyncio.Event()

    def follow(self, notice: Notice) -> None:
        ending = (CallEnded, RecordingEnded)
        if isinstance(notice, Recorded) and any(isinstance(one.event, ending) for one in notice.entries):
            self._news.set()

    async def run(self) -> None:
        """Hear ended calls again until cancelled, in the order in which they ended."""
        while True:
            self._news.clear()
            try:
                await self.catch_up()
            except JournalLost:
                log.warning("journal out of reach for the second hearing")
            except Exception:  # boundary: a fault here must never end the calls
                log.exception("second hearing not made")
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._news.wait()
            except TimeoutError:
                continue

    async def catch_up(self) -> None:
        """Hear every call that ended since the last time."""
        before = None
        while True:
            news, place = await self._following.news(FOLLOWER, [CallEnded.__name__])
            for one in news:
                if not await self.hear(one.call):
                    return
            await self._following.reach(FOLLOWER, place)
            if place == before:
                return
            before = place

    async def hear(self, call: CallId) -> bool:
        """Hear one call again, once, and put on record what was heard; false: it is too early."""
        entries = await self._recorder.journal.entries(call)
        if not entries or any(isinstance(one.event, HeardAgain | NotHeardAgain) for one in entries):
            return True
        if _still_kept(entries) and self._clock.now() - _ended_at(entries) < GIVEN_UP:
            return False
        at_ms = max(entry.event.at_ms for entry in entries)
        try:
            sound = await self._hearers.recordings.sound(call)
            again = await self._heard(sound, folded(entries).force, at_ms)
        except (NoRecording, HearingLost) as why:
            await self._recorder.record(call, NotHeardAgain(at_ms=at_ms, why=str(why)))
            return True
        await self._recorder.record(call, again, *_asked(entries, again, at_ms))
        return True

    async def _heard(self, sound: Mapping[Party, bytes], force: ForceId | None, at_ms: int) -> HeardAgain:
        ears = self._hearers.ears()
        async with ears.open() as transcriber:
            await transcriber.wait_ready(timeout_s=READY_S)
            legs = [await _utterances(transcriber, party, pcm) for party, pcm in sound.items() if pcm]
        said = sorted((one for leg in legs for one in leg), key=lambda one: one.heard_to_ms)
        sightings = await self._read(said, force)
        return HeardAgain(
            at_ms=at_ms, model=ears.model, how=ears.how, utterances=tuple(said), sightings=sightings
        )

    async def _read(self, said: list[Utterance], force: ForceId | None) -> tuple[Sighting, ...]:
        """By the same reader as live; a sighting that was held and then released counts once."""
        reading = self._hearers.readers.of(force).begin()
        found: dict[tuple[Party, int, str], Sighting] = {}
        for utterance in said:
            for one in (*reading.wait(utterance.start_ms), *reading.settle(utterance)):
                found[one.party, one.utterance, one.rule] = one
            await asyncio.sleep(0)  # live calls come first
        for one in reading.wait(max((one.heard_to_ms for one in said), default=0), over=True):
            found[one.party, one.utterance, one.rule] = one
        return tuple(sorted(found.values(), key=lambda one: one.start_ms))


def _ended_at(entries: Iterable[Entry]) -> datetime:
    return max(one.recorded_at for one in entries if isinstance(one.event, CallEnded))


def _still_kept(entries: Iterable[Entry]) -> bool:
    """Whether a side of the call is still being written down."""
    open_: set[StreamId] = set()
    for entry in entries:
        if isinstance(entry.event, RecordingBegan):
            open_.add(entry.event.stream)
        elif isinstance(entry.event, RecordingEnded):
            open_.discard(entry.event.stream)
    return bool(open_)


def _asked(entries: list[Entry], again: HeardAgain, at_ms: int) -> list[ReviewAsked]:
    state = folded(entries)
    if not hears_more(entries, again) or ReviewWhy.HEARD_MORE in state.reviews_asked:
        return []
    return [ReviewAsked(at_ms=at_ms, why=ReviewWhy.HEARD_MORE, severity=state.severity)]


async def _utterances(transcriber: Transcriber, party: Party, pcm: bytes) -> list[Utterance]:
    async with aclosing(transcriber.transcribe(_frames(party, pcm))) as hearings:
        return [heard async for heard in hearings if isinstance(heard, Utterance) and heard.words]


async def _frames(party: Party, pcm: bytes) -> AsyncIterator[AudioFrame]:
    step = FRAME_MS * BYTES_PER_MS
    for at in range(0, len(pcm), step):
        yield AudioFrame(party=party, at_ms=at // BYTES_PER_MS, pcm=pcm[at : at + step], received_s=0.0)
        await asyncio.sleep(0)
