"""What a camera is asked for: whole pictures for those who need one, and no more than it may send."""

import asyncio

import pytest
from aiortc.rtp import RTCP_PSFB_APP, RTCP_PSFB_PLI, RtcpPacket, RtcpPsfbPacket, unpack_remb_fci

from server.adapters.doorways.webrtc import sources
from server.adapters.doorways.webrtc.allowance import START
from server.adapters.doorways.webrtc.bridge import BridgeOptions
from server.adapters.doorways.webrtc.packets import Rtp
from server.domain.ids import ParticipantId
from server.domain.speech import Party
from tests.adapters.webrtc.peers import a_room
from tests.adapters.webrtc.streams import a_source, a_track, nowhere

KEY_START, OTHER_START = b"\x10\x00", b"\x10\x01"
CAMERA = 7


class Upstream:
    """What comes to a camera's own browser."""

    def __init__(self) -> None:
        self.asked: list[RtcpPsfbPacket] = []

    async def take(self, data: bytes) -> None:
        self.asked += [one for one in RtcpPacket.parse(data) if isinstance(one, RtcpPsfbPacket)]


def picture(number: int, payload: bytes) -> Rtp:
    return Rtp(96, number, 3000 * number, CAMERA, marker=True, payload=payload)


async def test_a_viewers_wish_for_a_whole_picture_goes_to_the_camera_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sources, "KEY_EVERY_S", 0.0)
    async with a_room() as stage:
        victim = await stage.join("v")
        specialist = await stage.join("s", party=Party.HANDLER)
        stage.show("s", "v")
        await specialist.sees(0)
        camera, asked = victim.connection.getTransceivers()[1].sender, asyncio.Event()
        monkeypatch.setattr(camera, "_send_keyframe", asked.set)
        track = stage.room.connections[ParticipantId("s")].track(0, "video")
        assert track is not None
        await specialist.connection.getTransceivers()[3].receiver._send_rtcp_pli(track.ssrc)
        await asked.wait()


async def test_a_camera_is_asked_for_a_whole_picture_once_however_many_want_one() -> None:
    upstream = Upstream()
    source = a_source(upstream.take)
    viewers = [a_track(nowhere) for _ in range(3)]
    for viewer in viewers:
        viewer.follow(source)
    await source.take(picture(0, OTHER_START))
    for viewer in viewers:
        await viewer.ask_key()
    assert [(one.fmt, one.media_ssrc) for one in upstream.asked] == [(RTCP_PSFB_PLI, CAMERA)]


async def test_no_camera_is_told_to_send_more_than_the_cap() -> None:
    cap = 400_000
    async with a_room(BridgeOptions(bitrate=cap)) as stage:
        peer = stage.peer("v")
        answer = await peer.connect(stage.room, party=Party.CALLER, talks=True)
        assert f"b=AS:{cap // 1000}\r\n" in answer
    upstream = Upstream()
    source = a_source(upstream.take)
    source.limits.bitrate = cap
    await source.take(picture(0, KEY_START))
    await source.say_bitrate()
    [told] = [one for one in upstream.asked if one.fmt == RTCP_PSFB_APP]
    assert unpack_remb_fci(told.fci)[0] <= cap < START


async def test_a_packet_is_shown_before_it_is_kept_and_kept_whatever_becomes_of_that() -> None:
    done: list[str] = []

    async def seen(data: bytes) -> None:
        done.append("seen")
        raise RuntimeError

    source = a_source()
    a_track(seen).follow(source)
    source.taps.append(lambda _packet: done.append("kept"))
    with pytest.raises(RuntimeError):
        await source.take(picture(0, KEY_START))
    assert done == ["seen", "kept"]
