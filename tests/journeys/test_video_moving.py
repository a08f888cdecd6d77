"""A phone that goes out of the Wi-Fi, and so loses its address for another, is back in the same call."""

from pathlib import Path

import pytest

from server.domain.events import LinkOpened, VideoJoined, VideoLeft
from tests.journeys.phone_networks import may_be_made
from tests.journeys.video_moving import a_moving_phone
from tests.video_house import CALL


@pytest.mark.skipif(not may_be_made(), reason="this machine lets nobody make networks")
async def test_who_goes_from_wifi_to_mobile_is_back_in_their_place_by_the_same_link(tmp_path: Path) -> None:
    async with a_moving_phone(tmp_path) as moving:
        await moving.move()
        journal, video = moving.house.store.journal, moving.house.video
        assert video is not None
        (room,) = video.rooms.open_rooms
        events = [entry.event for entry in [*await journal.entries(room.id), *await journal.entries(CALL)]]
        came = [one for one in events if isinstance(one, VideoJoined)]
        assert [one.seat for one in came] == ["victim", "specialist"]
        assert [type(one) for one in events if isinstance(one, VideoLeft | LinkOpened)] == [LinkOpened]
