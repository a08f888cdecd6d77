"""A viewer's bad line: they are sent less, and nobody else is the worse for it for long."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from aiortc import rtcrtpreceiver
from aiortc.jitterbuffer import JitterBuffer

from server.adapters.doorways.webrtc import bearing, connection, tracks
from server.adapters.doorways.webrtc.bearing import (
    BAD_LOOKS,
    MOST_PATIENCE_S,
    PATIENCE_S,
    SIGN_S,
    WATCHERS_LEAST,
    Bearing,
    Level,
    Look,
)
from server.adapters.doorways.webrtc.packets import Rtp, begins_key_picture, read_rtp
from server.adapters.doorways.webrtc.sources import Source
from server.adapters.doorways.webrtc.tracks import Track
from server.domain.ids import ParticipantId
from server.domain.speech import Party
from tests.adapters.webrtc.peers import Peer, Stage, a_room
from tests.adapters.webrtc.streams import a_source, a_track

KEY_START, OTHER_START, REST = b"\x10\x00", b"\x10\x01", b"\x00\x00"
GOOD = Look(sent=1_000_000, bears=2_000_000, lost=0)
CROWDED = Look(sent=1_000_000, bears=300_000, lost=0)
LOSSY = Look(sent=1_000_000, bears=None, lost=0.4)
HANDLER = ParticipantId("h")


def after(held: Bearing, look: Look, looks: int, *, from_s: float) -> Level:
    for number in range(looks):
        held.look(look, now_s=from_s + number)
    return held.level


@pytest.mark.parametrize("bad", [CROWDED, LOSSY])
def test_a_line_that_stays_bad_bears_less_then_stills_alone(bad: Look) -> None:
    held = Bearing()
    assert after(held, bad, BAD_LOOKS - 1, from_s=0) is Level.FULL
    assert after(held, GOOD, 1, from_s=5) is Level.FULL
    assert after(held, bad, BAD_LOOKS, from_s=10) is Level.LOWERED
    assert after(held, bad, BAD_LOOKS, from_s=20) is Level.STILLS


def test_what_goes_missing_on_and_on_leaves_the_sound_and_then_nothing() -> None:
    held = Bearing()
    assert after(held, CROWDED, 100, from_s=0) is Level.STILLS
    assert after(held, LOSSY, BAD_LOOKS, from_s=200) is Level.SOUND
    assert after(held, LOSSY, BAD_LOOKS, from_s=210) is Level.NOTHING
    assert after(held, LOSSY, 100, from_s=220) is Level.NOTHING


def test_more_is_tried_again_and_ever_less_often_while_that_fails() -> None:
    held, now_s, waits = Bearing(), 2.0 * BAD_LOOKS, []
    after(held, CROWDED, 2 * BAD_LOOKS, from_s=0)
    for _ in range(8):
        begun_s = now_s
        while held.look(GOOD, now_s=now_s) is Level.STILLS:
            now_s += 1
        waits.append(now_s - begun_s)
        while held.look(CROWDED, now_s=now_s) is not Level.STILLS:
            now_s += 1
    assert waits[0] <= PATIENCE_S
    assert waits == sorted(waits)
    assert MOST_PATIENCE_S / 2 < waits[-1] <= MOST_PATIENCE_S


def test_a_viewer_that_reckons_more_each_time_has_no_bad_line() -> None:
    held = Bearing()
    for second in range(30):
        held.look(Look(sent=1_000_000, bears=100_000 + 10_000 * second, lost=0), now_s=second)
        assert held.level is Level.FULL
    after(held, CROWDED, BAD_LOOKS + 1, from_s=40)
    assert held.level is Level.LOWERED


def test_a_sign_of_a_bad_line_is_forgotten() -> None:
    held = Bearing()
    assert not held.lately_bad(0)
    held.look(LOSSY, now_s=1)
    assert held.lately_bad(SIGN_S)
    assert not held.lately_bad(SIGN_S + 2)


async def test_a_still_picture_is_no_bad_line_of_one_who_talks() -> None:
    async with a_room() as stage:
        await stage.join("v")
        specialist = await stage.join("s", party=Party.HANDLER)
        stage.show("s", "v")
        await specialist.sees(0)
        here = stage.room.connections[ParticipantId("s")]
        here.viewer_bitrate = 40_000
        assert here.wished == WATCHERS_LEAST


def a_camera_and_a_viewer(sent: list[Rtp]) -> tuple[Source, Track]:
    async def deliver(data: bytes) -> None:
        sent.append(read_rtp(data, 0))

    source, track = a_source(), a_track(deliver)
    track.follow(source)
    track.show_stills(alone=True)
    return source, track


async def test_stills_are_whole_pictures_numbered_without_a_break() -> None:
    sent: list[Rtp] = []
    source, track = a_camera_and_a_viewer(sent)
    number = 0
    for picture in range(9):
        start = KEY_START if picture % 3 == 0 else OTHER_START
        for payload in (start, REST, REST):
            rtp = Rtp(96, number, picture * 3000, 7, marker=False, payload=payload)
            number += 1
            await source.take(rtp)
    assert [begins_key_picture(one.payload) for one in sent] == [True, False, False] * 3
    numbers = [one.sequence - sent[0].sequence for one in sent]
    assert numbers == list(range(9))
    assert {one.timestamp - sent[0].timestamp for one in sent} == {0, 9000, 18000}
    await track.again([sent[-1].sequence])
    assert sent[-1] == sent[-2]

    track.show_stills(alone=False)
    await source.take(Rtp(96, number, 27000, 7, marker=False, payload=OTHER_START))
    assert len(sent) == 10
    await source.take(Rtp(96, number + 1, 30000, 7, marker=False, payload=KEY_START))
    await source.take(Rtp(96, number + 2, 33000, 7, marker=False, payload=OTHER_START))
    assert [one.sequence - sent[0].sequence for one in sent[10:]] == [9, 10]


async def test_what_never_came_here_is_no_fault_of_the_viewers_line() -> None:
    source, track = a_camera_and_a_viewer([])
    for number in (0, 1, 6, 7):
        await source.take(Rtp(96, number, 3000, 7, marker=False, payload=REST))
    source.receiver_report()
    source.receiver_report()
    track.lost = 0.75
    assert track.lost_here == 0.25


def lossy(peer: Peer, answer: str, lose: Callable[[], bool]) -> None:
    """Two of three packets of pictures do not reach this one, however often they are sent."""
    dtls = peer.connection.getTransceivers()[0].sender.transport
    pictures = {int(line.split(":")[1].split()[0]) for line in answer.splitlines() if "VP8/" in line}
    take = dtls._handle_rtp_data

    async def taken(data: bytes, arrival_time_ms: int) -> None:
        if not (data[1] & 0x7F in pictures and lose() and int.from_bytes(data[2:4]) % 3):
            await take(data, arrival_time_ms=arrival_time_ms)

    setattr(dtls, "_handle_rtp_data", taken)  # noqa: B010 - aiortc's own, as this test has it


def impatient(*, capacity: int, **has: Any) -> JitterBuffer:  # noqa: ANN401 - aiortc's own
    """Waits for a missing packet until four others came, not 128: these pictures are a packet each."""
    return JitterBuffer(capacity=min(capacity, 4), **has)


async def a_lossy_handler(stage: Stage, lose: Callable[[], bool]) -> Peer:
    handler = stage.peer("h")
    # Without the senders' times it cannot reckon what it bears: what it misses is all there is.
    lines = (await handler.offer()).splitlines()
    offer = "\r\n".join(line for line in lines if "abs-send-time" not in line) + "\r\n"
    answer = await handler.connect(stage.room, party=Party.OTHER, talks=False, offer=offer)
    lossy(handler, answer, lose)
    await stage.watcher.until("connected", "h")
    return handler


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.05)


async def test_a_handler_on_a_bad_line_sees_stills_and_the_others_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "REPORT_S", 0.1)
    monkeypatch.setattr(tracks, "STILL_EVERY_S", 0.2)
    for name in ("PATIENCE_S", "GO_ON_S"):
        monkeypatch.setattr(bearing, name, 1.0)
    monkeypatch.setattr(rtcrtpreceiver, "JitterBuffer", impatient)
    bad = True
    async with a_room() as stage:
        await stage.join("v")
        specialist = await stage.join("s", party=Party.HANDLER, brightness=90)
        stage.show("s", "v")
        stage.show("h", "v")
        handler = await a_lossy_handler(stage, lambda: bad)
        here = stage.room.connections[HANDLER]
        await stage.watcher.until("stills", "h")
        await stage.watcher.until("sound", "h")
        assert here.wished is None
        assert abs(await specialist.sees(0) - 200) < 10
        bad = False
        await until(lambda: here.level > Level.SOUND)
        assert abs(await handler.sees(0) - 200) < 10
