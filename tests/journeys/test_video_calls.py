"""Video calls through a server of its own, by real browsers: seen, heard, read, kept, come back to."""

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from signal import SIGKILL, SIGTERM

import av
import pytest
import pytest_asyncio
from playwright.async_api import Browser

from server.adapters.clock import SystemClock
from server.domain.casework.events import CallAdded, CaseId
from server.domain.events import (
    GapHeard,
    LineOpened,
    PromptRaised,
    RecordingBegan,
    UtteranceHeard,
    VideoJoined,
    VideoOpened,
    VideoReconnecting,
    VideoRejoined,
)
from server.domain.recordings import Stream, StreamKind
from server.domain.speech import Party
from tests.journeys.station import Station, open_station
from tests.journeys.video_room import (
    PATIENCE_S,
    PHONE_CALL,
    ROOM,
    End,
    chromium,
    colleague,
    kept,
    linked,
    phoned,
    told,
    victim,
)
from tests.stories import HANNAH, SAM

pytestmark = pytest.mark.asyncio(loop_scope="module")

PASSWORD = "correct horse battery"
RED = [220, 20, 20]
SPECIALIST = "#dc1414@440"
CASE = "case-1"
LOST_MOST_MS = 2_000
SELDOM_S = 1.7
"""After something was written: a server that writes no oftener than this loses too much by a kill now."""


@dataclass
class Studio:
    station: Station
    browser: Browser
    victim: End
    specialist: End
    killed: "Killed | None" = None


@dataclass(frozen=True)
class Killed:
    """When the server was, and what it was writing of the victim just then."""

    at: datetime
    stream: Stream


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def studio(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Studio]:
    """A victim whose microphone tells of a strangulation, and a specialist in red who hums."""
    folder = tmp_path_factory.mktemp("video")
    wav = told(folder / "victim.wav")
    async with open_station(folder, PASSWORD) as station, chromium(wav) as browser:
        await phoned(station)
        async with station.store() as store:
            await store.people.set_duty(SAM.id, on_duty=True)
        phone = await victim(browser, station, await linked(station, record=True, case=CASE))
        await phone.until("status", "connected")
        desk = await colleague(browser, station, SAM, PASSWORD, media=SPECIALIST)
        await desk.until("status", "connected")
        yield Studio(station=station, browser=browser, victim=phone, specialist=desk)


async def test_victim_and_specialist_see_and_hear_each_other(studio: Studio) -> None:
    await studio.victim.until("isColour", "specialist", RED)
    await studio.victim.until("isPitch", "specialist", 440)
    await studio.specialist.until("isSeen", "victim")
    await studio.specialist.until("isHeard", "victim")


async def test_what_the_victim_says_is_captioned_and_prompts(studio: Studio) -> None:
    heard = await studio.station.recorded(ROOM, UtteranceHeard)
    assert isinstance(heard[0], UtteranceHeard)
    assert heard[0].utterance.party is Party.CALLER
    raised = await studio.station.recorded(ROOM, PromptRaised)
    assert isinstance(raised[0], PromptRaised)
    assert raised[0].prompt.marker == "strangulation"
    [opened] = await studio.station.events(ROOM, VideoOpened)
    assert isinstance(opened, VideoOpened)
    assert opened.from_call == PHONE_CALL


async def test_the_call_is_one_of_those_of_the_case_that_it_was_asked_for_from(studio: Studio) -> None:
    async with studio.station.store() as store:
        entries = await store.cases.entries(CaseId(CASE))
    added = [entry.event for entry in entries if isinstance(entry.event, CallAdded)]
    assert [(event.call, event.person) for event in added] == [(PHONE_CALL, SAM.id), (ROOM, HANNAH.id)]


async def test_the_handler_sees_both_and_is_seen_by_nobody(studio: Studio) -> None:
    handler = await colleague(studio.browser, studio.station, HANNAH, PASSWORD, media="none")
    await handler.until("isSeen", "victim")
    await handler.until("isColour", "specialist", RED)
    joined = await studio.station.recorded(ROOM, VideoJoined, 3)
    assert isinstance(joined[2], VideoJoined)
    assert (joined[2].person, joined[2].talks) == (HANNAH.id, False)
    assert await studio.victim.run("slotOf", "handler") is None
    await handler.close()


async def test_typed_words_reach_the_other_side(studio: Studio) -> None:
    assert await studio.victim.run("say", "I cannot speak now")
    await studio.specialist.until("saw", "chat")
    [said] = await studio.specialist.run("told", "chat")
    assert (said["text"], said["mine"]) == ("I cannot speak now", False)


async def test_a_cut_network_is_come_back_from_under_the_same_place(studio: Studio) -> None:
    """The victim's, then the specialist's; what nobody heard meanwhile is said."""
    ends = {"victim": studio.victim, "specialist": studio.specialist}
    parties = Party.CALLER, Party.HANDLER
    for (seat, away), stays, party in zip(ends.items(), reversed(ends.values()), parties, strict=True):
        before = len(await studio.station.events(ROOM, VideoRejoined))
        gaps = await _gaps(studio.station, party)
        await away.context.set_offline(True)
        await away.run("cut")
        await stays.until("isHere", seat, "reconnecting")
        await away.context.set_offline(False)
        await away.until("status", "connected")
        await stays.until("isHere", seat, "here")
        await studio.station.recorded(ROOM, VideoRejoined, before + 1)
        async with asyncio.timeout(PATIENCE_S):
            while await _gaps(studio.station, party) <= gaps:
                await asyncio.sleep(0.1)
    await studio.specialist.until("isSeen", "victim")
    await studio.victim.until("isColour", "specialist", RED)
    assert await studio.station.events(ROOM, VideoReconnecting)


async def _gaps(station: Station, party: Party) -> int:
    """How often it was said that this party was not heard for a while."""
    return sum(gap.party is party for gap in await station.events(ROOM, GapHeard))


async def test_a_server_that_is_stopped_and_started_is_come_back_to(studio: Studio) -> None:
    await studio.station.stop(SIGTERM)
    await studio.victim.until("status", "reconnecting")
    await studio.specialist.until("status", "reconnecting")
    await studio.station.start()
    await studio.victim.until("status", "connected")
    await studio.specialist.until("status", "connected")
    await studio.specialist.until("isSeen", "victim")


async def test_a_server_that_is_killed_is_come_back_to(studio: Studio) -> None:
    stream = await being_written(studio.station)
    studio.killed = Killed(at=SystemClock().now(), stream=stream)
    await studio.station.stop(SIGKILL)
    await studio.victim.until("status", "reconnecting")
    await studio.station.start()
    await studio.victim.until("status", "connected")
    await studio.specialist.until("status", "connected")
    await studio.specialist.until("isSeen", "victim")
    await studio.victim.until("isColour", "specialist", RED)
    assert await studio.station.events(ROOM, VideoRejoined)


async def test_what_was_kept_of_a_killed_server_can_be_played(studio: Studio) -> None:
    """Until two seconds before the kill at most, and from where the journal says that it began."""
    station, killed = studio.station, studio.killed
    assert killed is not None
    begun = await station.recorded(ROOM, RecordingBegan)
    (began,) = [one for one in begun if one.stream == killed.stream.id]
    places, data = await kept(station, ROOM, killed.stream)
    assert places[0].from_ms == began.at_ms
    pictures, sounds = await asyncio.to_thread(_moments, data)
    assert len(pictures) > 10
    assert places[-1].to_ms - places[0].from_ms >= max(pictures[-1], sounds[-1])
    lost_ms = await since_ms(station, killed.at) - began.at_ms - max(pictures[-1], sounds[-1])
    assert -LOST_MOST_MS < lost_ms <= LOST_MOST_MS


async def being_written(station: Station) -> Stream:
    """The victim's file, once something from now on is in it, and then for long enough."""
    from_ms = await since_ms(station, SystemClock().now())
    async with asyncio.timeout(PATIENCE_S):
        while True:
            begun = await station.events(ROOM, RecordingBegan)
            name = [one.stream for one in begun if one.stream.startswith("victim")][-1]
            stream = Stream(id=name, kind=StreamKind.WEBM)
            places, _ = await kept(station, ROOM, stream)
            if places and places[-1].to_ms > from_ms:
                await asyncio.sleep(SELDOM_S)
                return stream
            await asyncio.sleep(0.1)


async def since_ms(station: Station, moment: datetime) -> int:
    """Where on the call's timeline this moment lies."""
    entries = await station.entries(ROOM)
    opened_at = next(entry.recorded_at for entry in entries if isinstance(entry.event, LineOpened))
    return round((moment - opened_at).total_seconds() * 1000)


def _moments(data: bytes) -> tuple[list[int], list[int]]:
    """When each picture is shown that can be, and each sound heard, milliseconds into the file."""
    with av.open(io.BytesIO(data), "r") as file:
        pictures = [round((frame.time or 0) * 1000) for frame in file.decode(video=0)]
    with av.open(io.BytesIO(data), "r") as file:
        sounds = [round(float(one.pts * one.time_base) * 1000) for one in file.demux(audio=0) if one.pts]
    return pictures, sounds
