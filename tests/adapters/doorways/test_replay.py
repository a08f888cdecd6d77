import asyncio
import struct
from pathlib import Path

import numpy as np
import pytest

from server.adapters.clock import SystemClock
from server.adapters.doorways.replay.files import read_recording
from server.adapters.doorways.replay.player import Backlog, Playing, ReplayDoorway
from server.adapters.doorways.replay.wav import BadSound, Legs, read_legs
from server.adapters.doorways.ulaw import pcm_of, ulaw_of
from server.domain.ids import CallId, ForceId
from server.domain.speech import Party, Sound
from server.ports.bus import BacklogSeen
from server.services.switchboard import Arrival
from tests.adapters.doorways.noting import NotingLines

ARRIVAL = Arrival(call=CallId("replay-1"), force=ForceId("avon"), doorway="replay")
CALLER = np.arange(0, 1610, dtype="<i2").tobytes()
HANDLER = np.arange(0, -800, -1, dtype="<i2").tobytes()


def wav(path: Path, data: bytes, *, encoding: int = 1, channels: int = 1, rate_hz: int = 8000) -> Path:
    bits = 8 if encoding == 7 else 16
    block = channels * bits // 8
    head = struct.pack("<HHIIHH", encoding, channels, rate_hz, rate_hz * block, block, bits)
    body = b"WAVE" + b"".join(
        struct.pack("<4sI", name, len(chunk)) + chunk
        for name, chunk in ((b"fmt ", head), (b"LIST", b"note"), (b"data", data))
    )
    path.write_bytes(struct.pack("<4sI", b"RIFF", len(body)) + body)
    return path


def stereo(left: bytes, right: bytes) -> bytes:
    both = np.zeros((len(left) // 2, 2), "<i2")
    both[:, 0] = np.frombuffer(left, "<i2")
    both[: len(right) // 2, 1] = np.frombuffer(right, "<i2")
    return both.tobytes()


async def played(legs: Legs, *, speed: float = 1000, backlog: Backlog | None = None) -> NotingLines:
    lines = NotingLines()
    await ReplayDoorway(lines, SystemClock()).play(ARRIVAL, legs, Playing(speed=speed, backlog=backlog))
    return lines


async def test_a_recording_is_heard_on_both_legs_to_its_last_sample() -> None:
    lines = await played(Legs(caller=CALLER, handler=HANDLER))
    line = lines.lines[0]
    assert lines.arrivals == [ARRIVAL]
    assert (line.sound_of(Party.CALLER), line.sound_of(Party.HANDLER)) == (CALLER, HANDLER)
    assert line.stretches(Party.CALLER) == [(0, 201, Sound.HEARD)]
    assert (line.gaps, line.ended) == ([], ["stopped"])


async def test_a_mono_recording_is_the_callers() -> None:
    assert (await played(Legs(caller=CALLER))).lines[0].joined == [Party.CALLER]


async def test_a_recording_is_played_in_real_time_unless_told_otherwise() -> None:
    began_s = SystemClock().monotonic_s()
    await played(Legs(caller=CALLER), speed=1)
    assert 0.19 < SystemClock().monotonic_s() - began_s < 2


async def test_a_fast_replay_waits_for_its_ears() -> None:
    backlog = Backlog(ARRIVAL.call)
    backlog.follow(BacklogSeen(call=CallId("another"), party=Party.CALLER, backlog_ms=9000))
    assert backlog.worst_ms == 0
    backlog.follow(BacklogSeen(call=ARRIVAL.call, party=Party.CALLER, backlog_ms=9000))
    lines = NotingLines()
    doorway = ReplayDoorway(lines, SystemClock())
    async with asyncio.TaskGroup() as tasks:
        playing = tasks.create_task(
            doorway.play(ARRIVAL, Legs(caller=CALLER), Playing(speed=1000, backlog=backlog))
        )
        await asyncio.sleep(0.1)
        assert not playing.done()
        backlog.follow(BacklogSeen(call=ARRIVAL.call, party=Party.CALLER, backlog_ms=0))
    assert lines.lines[0].ended == ["stopped"]


async def test_a_replay_that_is_stopped_loses_its_line() -> None:
    lines = NotingLines()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await ReplayDoorway(lines, SystemClock()).play(ARRIVAL, Legs(caller=CALLER), Playing())
    assert lines.lines[0].ended == ["the replay was stopped"]


def test_stereo_is_caller_left_and_handler_right(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", stereo(CALLER, HANDLER), channels=2)
    assert read_legs(path) == Legs(caller=CALLER, handler=HANDLER.ljust(len(CALLER), b"\0"))


def test_two_mono_files_are_one_leg_each(tmp_path: Path) -> None:
    caller, handler = wav(tmp_path / "a.wav", CALLER), wav(tmp_path / "b.wav", HANDLER)
    assert read_legs(caller, handler) == Legs(caller=CALLER, handler=HANDLER)


def test_u_law_is_decoded(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", ulaw_of(CALLER), encoding=7)
    assert read_legs(path).caller == pcm_of(ulaw_of(CALLER))


def test_sixteen_kilohertz_is_brought_down_without_folding(tmp_path: Path) -> None:
    time_s = np.arange(16000) / 16000
    speech, hiss = (8000 * np.sin(2 * np.pi * hertz * time_s) for hertz in (500, 6000))
    path = wav(tmp_path / "a.wav", (speech + hiss).astype("<i2").tobytes(), rate_hz=16000)
    heard = np.frombuffer(read_legs(path).caller, "<i2").astype(float)
    wanted = 8000 * np.sin(2 * np.pi * 500 * np.arange(8000) / 8000)
    assert np.abs(heard - wanted)[100:-100].max() < 200


@pytest.mark.parametrize(
    ("name", "about"),
    [
        ("absent.wav", "No such file"),
        ("text.wav", "not a WAV"),
        ("fast.wav", "44100 Hz"),
        ("three.wav", "3 channels"),
        ("float.wav", "neither"),
        ("empty.wav", "holds no sound"),
        ("wordy.call", "names no audio"),
        ("broken.call", "line 2"),
        ("lost.call", "No such file"),
    ],
)
def test_what_cannot_be_replayed_is_refused_with_a_sentence(tmp_path: Path, name: str, about: str) -> None:
    (tmp_path / "text.wav").write_text("hello")
    wav(tmp_path / "fast.wav", CALLER, rate_hz=44100)
    wav(tmp_path / "three.wav", CALLER, channels=3)
    wav(tmp_path / "float.wav", CALLER, encoding=3)
    wav(tmp_path / "empty.wav", b"")
    (tmp_path / "wordy.call").write_text("00:01 caller: hello")
    (tmp_path / "broken.call").write_text("00:01 caller: hello\nhello")
    (tmp_path / "lost.call").write_text("audio: absent.wav\n00:01 caller: hello")
    with pytest.raises(BadSound, match=about):
        read_recording(tmp_path / name)


def test_a_script_brings_its_sound(tmp_path: Path) -> None:
    wav(tmp_path / "a.wav", stereo(CALLER, HANDLER), channels=2)
    (tmp_path / "a.call").write_text("audio: a.wav\n00:01 caller: hello")
    assert read_recording(tmp_path / "a.call").caller == CALLER


def test_a_file_cut_short_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", CALLER)
    path.write_bytes(path.read_bytes()[:-101])
    assert read_legs(path).caller == CALLER[:-102]
