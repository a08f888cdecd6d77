"""A phone that may use nothing but the relay, through the settings of it that we ship."""

from pathlib import Path

from server.domain.events import UtteranceHeard
from tests.coturn import SECRET, relay
from tests.journeys.station import open_station
from tests.journeys.video_room import ROOM, chromium, colleague, linked, phoned, told, victim
from tests.stories import SAM

PASSWORD = "correct horse battery"


async def test_a_phone_behind_the_relay_is_seen_and_heard(tmp_path: Path) -> None:
    (tmp_path / "relay").mkdir()
    wav = told(tmp_path / "victim.wav")
    async with relay(tmp_path / "relay") as turn:
        settings = {
            "VIDEO__TURN": f'["turn:127.0.0.1:{turn.port}?transport=udp"]',
            "VIDEO__TURN_SECRET": SECRET,
            "VIDEO__RELAY_ONLY": "true",
        }
        async with open_station(tmp_path, PASSWORD, more=settings) as station, chromium(wav) as browser:
            await phoned(station)
            async with station.store() as store:
                await store.people.set_duty(SAM.id, on_duty=True)
            phone = await victim(browser, station, await linked(station))
            await phone.until("status", "connected")
            await phone.until("relayed")
            desk = await colleague(browser, station, SAM, PASSWORD, media="#dc1414@440")
            await desk.until("isSeen", "victim")
            await phone.until("isColour", "specialist", [220, 20, 20])
            assert await station.recorded(ROOM, UtteranceHeard)
