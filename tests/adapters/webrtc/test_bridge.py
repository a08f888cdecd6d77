"""The bridge, with real WebRTC peers on both sides."""

from server.domain.speech import Party
from tests.adapters.webrtc.peers import a_room, pitch


async def test_two_who_talk_see_and_hear_each_other() -> None:
    async with a_room() as stage:
        victim = await stage.join("v")
        specialist = await stage.join("s", party=Party.HANDLER)
        stage.show("v", "s")
        stage.show("s", "v")
        assert abs(await specialist.sees(0) - 200) < 10
        assert abs(await victim.sees(0) - 200) < 10
        assert abs(await specialist.hears(0) - 440) < 10
        heard = await stage.line.has_heard(Party.CALLER, 1.0)
        assert abs(pitch(heard[-4000:], 8000) - 440) < 5
