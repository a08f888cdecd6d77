"""A video call is kept as it came: what a killed server loses, and any stretch of the rest is had."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from server.adapters.bus.local import LocalBus
from server.adapters.media.webm import WebmWriter
from server.adapters.media.webm_reading import WebmReader
from server.domain.ids import ParticipantId
from server.domain.pcm_wav import PER_MS
from server.domain.recordings import Stream, StreamId, StreamKind
from server.ports.media import EncodedFrame
from server.services import keeping_video
from server.services.keeping_video import RoomRecorder, VideoKeeping
from server.services.playing_video import KeptVideos
from server.services.recording import Recorder
from tests.fakes import FakeJournal
from tests.services.test_keeping_sound import ARRIVED, CALL, MemoryVault

BEGINS_MS = 3_000
LOST_MOST_MS = 2_000
LOOK_MS = 500
"""How often what came goes to the disk."""
KEY = b"\x10\x02\x00\x9d\x01\x2a\x40\x01\xf0\x00"
"""How a picture of 320 by 240 begins that needs no other (RFC 6386, 9.1)."""
SILK_20_MS = b"\x48" + bytes(20)
VICTIM, SPECIALIST = ParticipantId("l1"), ParticipantId("sam")


def frames(from_ms: int, to_ms: int, *, key_every_ms: int = 4_000) -> list[EncodedFrame]:
    """Sound and pictures as a browser sends them: fifty and ten a second."""
    found = []
    for at_ms in range(from_ms, to_ms, 20):
        found.append(EncodedFrame(kind="audio", at_ms=at_ms, data=SILK_20_MS))
        if at_ms % 100 == 0:
            key = (at_ms - BEGINS_MS) % key_every_ms == 0
            data = (KEY if key else b"\x11\x02\x00") + bytes(200)
            found.append(EncodedFrame(kind="video", at_ms=at_ms, data=data, key=key))
    return found


@asynccontextmanager
async def kept(vault: MemoryVault, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RoomRecorder]:
    """A room that is being recorded; the disk is written whenever there is something."""
    monkeypatch.setattr(keeping_video, "PIECE_S", 0.0)
    monkeypatch.setattr(keeping_video, "QUIET_PIECES", 10**9)
    journal = FakeJournal()
    await journal.append(CALL, [ARRIVED])
    keeping = VideoKeeping(vault=vault, recorder=Recorder(journal=journal, bus=LocalBus()), muxer=WebmWriter)
    seats = {VICTIM: "victim", SPECIALIST: "specialist"}
    recorder = keeping.of(CALL, "law", lambda one: seats[one])
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(recorder.run())
        yield recorder
        recorder.end()


async def written(vault: MemoryVault, stream: Stream, at_ms: int) -> None:
    """Until what came before this moment is on the disk."""
    async with asyncio.timeout(60):
        while (CALL, stream) not in vault.kept or not any(
            place.to_ms >= at_ms for place in await vault.places(CALL, stream)
        ):
            await asyncio.sleep(0)


async def test_a_server_that_is_killed_at_any_moment_loses_less_than_two_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vault, reader = MemoryVault(), WebmReader()
    stream = Stream(id=StreamId("victim-1"), kind=StreamKind.WEBM)
    losses = []
    async with kept(vault, monkeypatch) as recorder:
        for from_ms in range(BEGINS_MS, BEGINS_MS + 12_000, LOOK_MS):
            for frame in frames(from_ms, from_ms + LOOK_MS):
                recorder.take(VICTIM, frame)
            if from_ms == BEGINS_MS:
                continue
            await written(vault, stream, from_ms + LOOK_MS - 100)
            data = b"".join(piece for _, piece in vault.kept[CALL, stream])
            pictures = reader.pictures(reader.head(data), data)
            # The worst moment: just before what comes next would have been written.
            losses.append(from_ms + 2 * LOOK_MS - (BEGINS_MS + pictures[-1].at_ms))
    assert max(losses) < LOST_MOST_MS


async def test_a_file_has_no_picture_without_those_that_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when a camera is seen again after a silence that ended its last file, or the disk fell behind."""
    vault, reader = MemoryVault(), WebmReader()
    stream = Stream(id=StreamId("victim-1"), kind=StreamKind.WEBM)
    monkeypatch.setattr(keeping_video, "MOST_HELD", 60 * 7)  # seven seconds' worth
    async with kept(vault, monkeypatch) as recorder:
        for frame in frames(BEGINS_MS + 100, BEGINS_MS + 6_000):
            recorder.take(VICTIM, frame)
        await written(vault, stream, BEGINS_MS + 5_900)
        for frame in frames(BEGINS_MS + 6_000, BEGINS_MS + 16_000):
            recorder.take(VICTIM, frame)
    data = b"".join(piece for _, piece in vault.kept[CALL, stream])
    shown = [one.at_ms + 100 for one in reader.pictures(reader.head(data), data)]
    assert shown == [*range(4_000, 6_000, 100), *range(12_000, 16_000, 100)]


async def test_any_stretch_can_be_had_of_everybody_who_was_there_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vault = MemoryVault()
    async with kept(vault, monkeypatch) as recorder:
        for frame in frames(BEGINS_MS, BEGINS_MS + 12_000):
            recorder.take(VICTIM, frame)
        for frame in frames(BEGINS_MS + 4_000, BEGINS_MS + 8_000):
            recorder.take(SPECIALIST, frame)
    videos = KeptVideos(vault=vault, reader=WebmReader())
    victim, specialist = await videos.files(CALL)
    assert (victim.from_ms, specialist.from_ms) == (3_000, 7_000)
    assert (specialist.to_ms // 100, victim.to_ms // 100) == (109, 149)
    shown = await videos.pictures(CALL, victim, 9_500, 10_000, fresh=True)
    assert [one.at_ms for one in shown] == list(range(7_000, 10_000, 100))
    more = await videos.pictures(CALL, victim, 10_000, 10_500, fresh=False)
    assert [one.at_ms for one in more] == list(range(10_000, 10_500, 100))
    assert await videos.pictures(CALL, specialist, 12_500, 13_000, fresh=False) == []
    sound = await videos.sound(CALL, [victim, specialist], 9_500, 10_000)
    assert len(sound) == 500 * PER_MS
