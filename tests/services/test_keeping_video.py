"""A video call is kept as it came: what a killed server loses, and any stretch of the rest is had."""

import asyncio
import io
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import av
import pytest
from av.error import InvalidDataError

from server.adapters.bus.local import LocalBus
from server.adapters.media.webm import WebmWriter
from server.adapters.media.webm_reading import WebmReader
from server.domain.ids import ParticipantId
from server.domain.pcm_wav import PER_MS
from server.domain.recordings import Stream, StreamId, StreamKind
from server.ports.media import EncodedFrame
from server.services import keeping_video
from server.services.keeping_video import KeptAs, RoomRecorder, VideoKeeping
from server.services.playing_video import KeptVideos
from server.services.recording import Recorder
from tests.fakes import FakeJournal
from tests.quick_loop import QuickLoop
from tests.services.test_keeping_sound import ARRIVED, CALL, MemoryVault

BEGINS_MS = 3_000
LOST_MOST_MS = 2_000
KEY = b"\x10\x02\x00\x9d\x01\x2a\x40\x01\xf0\x00"
"""How a picture of 320 by 240 begins that needs no other (RFC 6386, 9.1)."""
SILK_20_MS = b"\x48" + bytes(20)
VICTIM, SPECIALIST = ParticipantId("l1"), ParticipantId("sam")
SEATS = {VICTIM: "victim", SPECIALIST: "specialist"}
FIRST = Stream(id=StreamId("victim-1"), kind=StreamKind.WEBM)


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
async def recording(vault: MemoryVault, kept_as: KeptAs = SEATS.get) -> AsyncIterator[RoomRecorder]:
    """A room that is being recorded."""
    journal = FakeJournal()
    await journal.append(CALL, [ARRIVED])
    keeping = VideoKeeping(vault=vault, recorder=Recorder(journal=journal, bus=LocalBus()), muxer=WebmWriter)
    recorder = keeping.of(CALL, "law", kept_as)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(recorder.run())
        yield recorder
        recorder.end()


@asynccontextmanager
async def kept(
    vault: MemoryVault, monkeypatch: pytest.MonkeyPatch, kept_as: KeptAs = SEATS.get
) -> AsyncIterator[RoomRecorder]:
    """Likewise; the disk is written whenever there is something."""
    monkeypatch.setattr(keeping_video, "PIECE_S", 0.0)
    monkeypatch.setattr(keeping_video, "QUIET_PIECES", 10**9)
    async with recording(vault, kept_as) as recorder:
        yield recorder


async def written(vault: MemoryVault, stream: Stream, at_ms: int) -> None:
    """Until what came before this moment is on the disk."""
    async with asyncio.timeout(60):
        while (CALL, stream) not in vault.kept or not any(
            place.to_ms >= at_ms for place in await vault.places(CALL, stream)
        ):
            await asyncio.sleep(0)


def safe_to_ms(vault: MemoryVault) -> int:
    """Until when there is sound or picture in what is on the disk."""
    data = b"".join(piece for _, piece in vault.kept.get((CALL, FIRST), ()))
    times = [0.0]
    with suppress(InvalidDataError, EOFError), av.open(io.BytesIO(data), "r") as file:
        times.extend(float(one.pts * one.time_base) for one in file.demux() if one.pts is not None)
    return BEGINS_MS + round(max(times) * 1000)


async def losses(came: Sequence[EncodedFrame]) -> list[int]:
    """By a kill at each frame's coming, how much of what was before it."""
    loop, vault, found = asyncio.get_running_loop(), MemoryVault(), []
    began_s, pieces, safe_ms = loop.time(), 0, BEGINS_MS
    async with recording(vault) as recorder:
        for frame in came:
            await asyncio.sleep(began_s + (frame.at_ms - BEGINS_MS) / 1000 - loop.time())
            if pieces != (pieces := len(vault.kept.get((CALL, FIRST), ()))):
                safe_ms = safe_to_ms(vault)
            found.append(frame.at_ms - safe_ms)
            recorder.take(VICTIM, frame)
    return found


@pytest.mark.parametrize("sent", [("audio", "video"), ("audio",)])
def test_a_server_that_is_killed_at_any_moment_loses_less_than_two_seconds(sent: Sequence[str]) -> None:
    """Written as often as the product writes, with what a file holds back and what waits for a picture."""
    came = [one for one in frames(BEGINS_MS, BEGINS_MS + 12_000) if one.kind in sent]
    loop = QuickLoop()
    try:
        lost_ms = loop.run_until_complete(losses(came))
    finally:
        loop.close()
    assert len(lost_ms) == len(came)
    assert max(lost_ms) < LOST_MOST_MS


async def test_of_whom_nothing_may_be_kept_nothing_is_while_others_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vault = MemoryVault()
    async with kept(vault, monkeypatch, {SPECIALIST: "specialist"}.get) as recorder:
        for frame in frames(BEGINS_MS, BEGINS_MS + 2_000):
            recorder.take(VICTIM, frame)
            recorder.take(SPECIALIST, frame)
        assert (recorder.keeps(VICTIM), recorder.keeps(SPECIALIST)) == (False, True)
    assert [stream.id for _, stream in vault.kept] == ["specialist-1"]


async def test_who_may_be_kept_is_asked_once_and_again_when_something_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[ParticipantId] = []

    def kept_as(participant: ParticipantId) -> str | None:
        asked.append(participant)
        return SEATS.get(participant)

    async with kept(MemoryVault(), monkeypatch, kept_as) as recorder:
        for _ in range(2):
            for frame in frames(BEGINS_MS, BEGINS_MS + 1_000):
                recorder.take(VICTIM, frame)
                recorder.take(SPECIALIST, frame)
            assert recorder.keeps(VICTIM)
            recorder.reconsider()
    assert asked == [VICTIM, SPECIALIST] * 2


async def test_what_may_be_kept_no_more_ends_there_and_begins_another_file_when_it_may_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vault, seats = MemoryVault(), dict(SEATS)
    async with kept(vault, monkeypatch, seats.get) as recorder:
        for frame in frames(BEGINS_MS, BEGINS_MS + 2_000):
            recorder.take(VICTIM, frame)
        del seats[VICTIM]
        recorder.reconsider()
        for frame in frames(BEGINS_MS + 2_000, BEGINS_MS + 6_000):
            recorder.take(VICTIM, frame)
        seats[VICTIM] = "victim"
        recorder.reconsider()
        for frame in frames(BEGINS_MS + 6_000, BEGINS_MS + 10_000):
            recorder.take(VICTIM, frame)
    before, after = await KeptVideos(vault=vault, reader=WebmReader()).files(CALL)
    assert (before.from_ms, before.to_ms) == (BEGINS_MS, BEGINS_MS + 1_980)
    assert (after.from_ms, after.to_ms) == (BEGINS_MS + 6_000, BEGINS_MS + 9_980)


async def test_a_file_has_no_picture_without_those_that_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when a camera is seen again after a silence that ended its last file, or the disk fell behind."""
    vault, reader = MemoryVault(), WebmReader()
    monkeypatch.setattr(keeping_video, "MOST_HELD", 60 * 7)  # seven seconds' worth
    async with kept(vault, monkeypatch) as recorder:
        for frame in frames(BEGINS_MS + 100, BEGINS_MS + 6_000):
            recorder.take(VICTIM, frame)
        await written(vault, FIRST, BEGINS_MS + 5_900)
        for frame in frames(BEGINS_MS + 6_000, BEGINS_MS + 16_000):
            recorder.take(VICTIM, frame)
    data = b"".join(piece for _, piece in vault.kept[CALL, FIRST])
    shown = [one.at_ms + 100 for one in reader.pictures(reader.head(data), data)]
    assert shown == [*range(4_000, 6_000, 100), *range(12_000, 16_000, 100)]


async def test_pictures_that_were_seconds_under_way_are_had_where_they_were_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Four seconds, and placed as they came until the sender's reports, after the fifth."""
    vault = MemoryVault()
    came: list[tuple[int, EncodedFrame]] = []
    for frame in frames(BEGINS_MS, BEGINS_MS + 12_000):
        at_ms = frame.at_ms + (4_000 if frame.kind == "video" else 0)
        came.append((at_ms, replace(frame, at_ms=at_ms) if at_ms < BEGINS_MS + 5_000 else frame))
    async with kept(vault, monkeypatch) as recorder:
        for from_ms in range(BEGINS_MS, BEGINS_MS + 12_000, 2_000):
            for at_ms, frame in came:
                if from_ms <= at_ms < from_ms + 2_000:
                    recorder.take(VICTIM, frame)
            await written(vault, FIRST, from_ms + 1_900)
    videos = KeptVideos(vault=vault, reader=WebmReader())
    (victim,) = await videos.files(CALL)
    begins_ms = BEGINS_MS + 6_000
    shown = await videos.pictures(CALL, victim, begins_ms, begins_ms + 500, fresh=False)
    assert [one.at_ms for one in shown] == list(range(begins_ms, begins_ms + 500, 100))
    first, *_ = await videos.pictures(CALL, victim, BEGINS_MS, BEGINS_MS + 4_500, fresh=True)
    assert (first.at_ms, first.key) == (BEGINS_MS + 4_000, True)


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
