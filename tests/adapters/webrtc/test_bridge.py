"""The bridge, with real WebRTC peers on both sides."""

from itertools import pairwise

import numpy as np
import pytest
from av import Packet
from av.video.codeccontext import VideoCodecContext

from server.adapters.doorways.webrtc.bridge import BridgeOptions
from server.domain.events import GapCause
from server.domain.ids import ParticipantId
from server.domain.speech import Party, Sound
from server.ports.bridge import BadOffer, BridgeFull
from server.ports.media import EncodedFrame
from tests.adapters.webrtc.peers import a_room, pitch

VICTIM = ParticipantId("v")


async def test_two_who_talk_see_and_hear_each_other() -> None:
    async with a_room() as stage:
        victim = await stage.join("v")
        specialist = await stage.join("s", party=Party.HANDLER, hz=880, brightness=90)
        stage.show("v", "s")
        stage.show("s", "v")
        assert abs(await specialist.sees(0) - 200) < 10
        assert abs(await victim.sees(0) - 90) < 10
        assert abs(await specialist.hears(0) - 440) < 10
        assert abs(await victim.hears(0) - 880) < 10


async def test_each_party_is_heard_on_a_leg_of_its_own() -> None:
    async with a_room() as stage:
        await stage.join("v")
        await stage.join("s", party=Party.HANDLER, hz=880)
        caller = await stage.line.has_heard(Party.CALLER, 1.0)
        handler = await stage.line.has_heard(Party.HANDLER, 1.0)
        assert abs(pitch(caller[-4000:], 8000) - 440) < 5
        assert abs(pitch(handler[-4000:], 8000) - 880) < 5


async def test_no_way_in_for_media_exists_for_who_only_receives() -> None:
    async with a_room() as stage:
        await stage.join("v")
        # Offers to send all the same, as no page of ours does.
        handler = stage.peer("h")
        answer = await handler.connect(stage.room, party=Party.OTHER, talks=False)
        await stage.watcher.until("connected", "h")
        stage.show("h", "v")
        assert abs(await handler.sees(0) - 200) < 10

        sections = answer.split("m=")[1:]
        assert not [one for one in sections if "a=recvonly" in one or "a=sendrecv" in one]
        connection = stage.room.connections[ParticipantId("h")]
        assert connection.sources == {}
        assert not connection.takes_media
        assert Party.OTHER not in stage.line.joined


async def test_media_sent_against_the_answer_goes_nowhere() -> None:
    async with a_room() as stage:
        handler = stage.peer("h")
        # The browser is told that its sound is wanted; the server knows better.
        await handler.connect(stage.room, party=Party.OTHER, talks=False, believing="recvonly")
        await stage.watcher.until("connected", "h")
        await stage.join("s", party=Party.HANDLER)
        stage.show("s", "h")
        await stage.line.has_heard(Party.HANDLER, 1.0)
        assert stage.room.connections[ParticipantId("h")].unwanted > 0
        assert stage.line.joined == [Party.HANDLER]


async def test_a_new_connection_takes_the_place_of_the_old_and_the_gap_is_told() -> None:
    async with a_room() as stage:
        specialist = await stage.join("s", party=Party.HANDLER)
        stage.show("s", "v")
        await stage.join("v")
        await stage.line.has_heard(Party.CALLER, 0.5)
        so_far = len(stage.line.heard[Party.CALLER])
        await stage.join("v", brightness=90)
        assert len(await stage.line.has_heard(Party.CALLER, 0.5, since=so_far)) > 0
        while abs(await specialist.sees(0) - 90) >= 10:
            pass  # pictures of the first connection, still under way
        assert ("lost", "v") not in stage.watcher.seen
        causes = {cause for party, _, _, cause in stage.line.gaps if party is Party.CALLER}
        assert causes <= {GapCause.LOST, GapCause.BREAK}
        frames = stage.line.heard[Party.CALLER]
        assert all(one.end_ms <= after.at_ms + 1 for one, after in pairwise(frames))
        assert any(frame.sound is Sound.LOST for frame in frames) or causes


async def test_who_hangs_up_is_lost_and_the_others_go_on() -> None:
    async with a_room() as stage:
        specialist = await stage.join("s", party=Party.HANDLER)
        stage.show("s", "v", "g")
        victim = await stage.join("v")
        await stage.join("g", party=Party.OTHER, brightness=90)
        assert abs(await specialist.sees(0) - 200) < 10
        await victim.connection.close()
        await stage.watcher.until("lost", "v")
        assert abs(await specialist.sees(1) - 90) < 10


async def test_a_tap_is_given_whole_frames_in_their_places() -> None:
    taken: list[EncodedFrame] = []

    class Tap:
        def take(self, participant: ParticipantId, frame: EncodedFrame) -> None:
            assert participant == VICTIM
            taken.append(frame)

    async with a_room() as stage:
        stage.room.tap(Tap())
        await stage.join("v")
        await stage.line.has_heard(Party.CALLER, 1.5)
    sound = [one for one in taken if one.kind == "audio"]
    pictures = [one for one in taken if one.kind == "video"]
    assert pictures[0].key
    assert all(np.diff([one.at_ms for one in sound]) == 20)
    decoder = VideoCodecContext.create("vp8", "r")
    shown = [frame for one in pictures for frame in decoder.decode(Packet(one.data))]
    assert len(shown) == len(pictures)


async def test_a_still_is_the_next_whole_picture() -> None:
    async with a_room() as stage:
        await stage.join("v")
        picture = await stage.room.still(VICTIM)
        assert picture is not None
        assert picture.startswith(b"\x89PNG")
        assert await stage.room.still(ParticipantId("nobody")) is None


@pytest.mark.parametrize(
    "offer", [" ", "v=0", "v=0\r\nm=audio x", "\x00" * 100, "m=video 9 RTP/AVP 300\r\n" * 20]
)
async def test_what_is_no_offer_is_refused_and_the_others_go_on(offer: str) -> None:
    async with a_room() as stage:
        await stage.join("v")
        with pytest.raises(BadOffer):
            await stage.peer("x").connect(stage.room, party=Party.OTHER, talks=True, offer=offer)
        assert len(await stage.line.has_heard(Party.CALLER, 0.5)) > 0


async def test_more_connections_than_the_node_bears_are_refused() -> None:
    async with a_room(BridgeOptions(connections=1)) as stage:
        await stage.join("v")
        with pytest.raises(BridgeFull):
            await stage.peer("s").connect(stage.room, party=Party.HANDLER, talks=True)
