"""A video call by everybody's real pages: asked for, opened, seen, heard, read, hidden, left."""

import asyncio
import hashlib
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from statistics import median

import av
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from server.domain.events import (
    CallEnded,
    DuressTapped,
    LinkClosed,
    PlaybackBegan,
    PromptRaised,
    StillTaken,
    UtteranceHeard,
    VideoInvited,
    VideoJoined,
    VideoLeft,
    VideoOpened,
)
from server.domain.ids import CallId
from server.domain.recordings import Stream, StreamId, StreamKind
from server.domain.seats import Leaving
from server.domain.speech import Party, Utterance
from server.domain.video_links import Closing
from tests.consoles.video_screens import ask_safety, gone_in, joined, press, sent_link
from tests.journeys.station import PATIENCE_S, Station
from tests.journeys.video_pages import (
    SPECIALIST_HZ,
    VICTIM_HZ,
    Pages,
    heard,
    onset_ms,
    open_pages,
    painted,
    played_from,
    seen,
)
from tests.journeys.video_room import kept
from tests.stories import HANNAH, SAM

pytestmark = pytest.mark.asyncio(loop_scope="module")

SPOKEN = 3
"""So many times each speaks before it is said how far the recording is from the words."""
THEIRS, MINE = ".tile-victim video", "#others video"


@dataclass
class Talking:
    """Two in a call that was asked for on the telephone, and the handler who asked."""

    pages: Pages
    call: CallId
    room: CallId
    link: str
    hannah: Page
    sam: Page
    phone: Page


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def talking(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Talking]:
    async with open_pages(tmp_path_factory.mktemp("pages")) as pages, pages.station.ringing() as call:
        hannah = await pages.desks.console(HANNAH)
        await expect(hannah.locator("handler-prompt")).to_contain_text("strangulation")
        await press(hannah, "Video link…")
        await expect(hannah.locator(".fact-immediate")).to_contain_text("strangulation")
        await ask_safety(hannah)
        await hannah.get_by_label("I have read the stop signs").check()
        await hannah.get_by_label("They agree to be recorded").check()
        link = await sent_link(hannah)
        await press(hannah, "Close")
        phone = await pages.phones.phone(link, allowed=("camera", "microphone", "geolocation"))
        await gone_in(phone)
        sam = await pages.desks.console(SAM)
        await joined(sam)
        await press(phone, "Turn sound on")
        (invited,) = await pages.station.events(call, VideoInvited)
        yield Talking(
            pages=pages, call=call, room=invited.room, link=link, hannah=hannah, sam=sam, phone=phone
        )
        assert pages.phones.faults + pages.desks.faults == []


async def test_they_see_and_hear_each_other(talking: Talking) -> None:
    sam, phone = talking.sam, talking.phone
    await expect(phone.get_by_role("heading", name="You are connected")).to_be_visible()
    await seen(sam, THEIRS, "blue")
    await seen(phone, MINE, "red")
    await heard(sam, THEIRS, VICTIM_HZ)
    await heard(phone, MINE, SPECIALIST_HZ)
    await expect(phone.get_by_text("This call is being recorded")).to_be_visible()
    await expect(sam.locator("#recorded")).to_contain_text("Recording")


async def test_what_is_spoken_on_the_phone_is_a_caption_and_a_prompt_on_the_specialists_page(
    talking: Talking,
) -> None:
    await expect(talking.sam.locator("prompt-card")).to_contain_text("strangulation")
    await expect(
        talking.sam.locator("call-transcript mark").filter(has_text="my throat").first
    ).to_be_visible()
    raised = await talking.pages.station.recorded(talking.room, PromptRaised)
    strangled = next(one.prompt for one in raised if one.prompt.marker == "strangulation")
    assert strangled.party is Party.CALLER
    (opened,) = await talking.pages.station.events(talking.room, VideoOpened)
    assert (opened.from_call, opened.invited_by) == (talking.call, HANNAH.id)


async def said_by(station: Station, room: CallId, party: Party, times: int = 1) -> list[Utterance]:
    """What this party spoke while both were there, and so was kept, as soon as that was so often."""
    both_ms = max(one.at_ms for one in await station.events(room, VideoJoined))
    left_ms = min((one.at_ms for one in await station.events(room, VideoLeft)), default=2**31)
    async with asyncio.timeout(PATIENCE_S):
        while True:
            heard = [one.utterance for one in await station.events(room, UtteranceHeard)]
            spoken = [one for one in heard if one.party is party and not one.typed and len(one.words) > 2]
            found = [one for one in spoken if both_ms < one.start_ms and one.end_ms < left_ms]
            if len(found) >= times:
                return found
            await asyncio.sleep(0.2)


async def test_what_both_say_becomes_words_with_their_moments(talking: Talking) -> None:
    for party in (Party.CALLER, Party.HANDLER):
        await said_by(talking.pages.station, talking.room, party, SPOKEN)


async def test_both_type_and_both_read(talking: Talking) -> None:
    sam, phone = talking.sam, talking.phone
    await phone.get_by_label("Type a message").fill("I cannot speak now")
    await press(phone, "Send")
    await expect(sam.locator("call-transcript")).to_contain_text("I cannot speak now", ignore_case=True)
    await sam.get_by_label("Type to them").fill("Type then, I read it")
    await sam.keyboard.press("Enter")
    await expect(phone.get_by_role("log")).to_contain_text("Type then, I read it")


async def test_they_turn_off_what_they_do_not_want_seen_and_heard(talking: Talking) -> None:
    sam, phone = talking.sam, talking.phone
    await press(phone, "Turn my camera off")
    await expect(sam.locator("#state")).to_contain_text("camera off")
    await press(phone, "Turn my camera on")
    await expect(sam.locator("#state")).not_to_contain_text("camera off")
    await seen(sam, THEIRS, "blue")
    await press(phone, "Turn my microphone off")
    await expect(sam.locator("#state")).to_contain_text("microphone off")
    await press(phone, "Turn my microphone on")
    await heard(sam, THEIRS, VICTIM_HZ)
    await press(phone, "Turn sound off")
    assert await phone.evaluate("document.querySelector('#others video').muted")


async def test_a_still_of_them_is_kept_by_one_press_and_its_hash_is_on_record(talking: Talking) -> None:
    await press(talking.sam, "Keep a still")
    await expect(talking.sam.locator("#told")).to_have_text("The still is kept.")
    (taken,) = await talking.pages.station.recorded(talking.room, StillTaken)
    stills = Stream(id=StreamId("stills"), kind=StreamKind.STILL)
    _, picture = await kept(talking.pages.station, talking.room, stills)
    assert (taken.person, taken.digest) == (SAM.id, hashlib.sha256(picture).hexdigest())
    with av.open(io.BytesIO(picture), "r") as file:
        shot = next(file.decode(video=0)).to_ndarray(format="rgb24")
    red, _, blue = shot[shot.shape[0] // 2, shot.shape[1] // 2]
    assert blue > 120 > red


async def test_where_they_are_is_shared_once(talking: Talking) -> None:
    await press(talking.phone, "Share where I am, once")
    await expect(talking.phone.get_by_text("They can now see where you were")).to_be_visible()
    await expect(talking.sam.locator("#places")).to_contain_text("51.27870, 0.52170")


async def test_a_tap_shows_them_a_recipe_and_the_specialist_an_alarm(talking: Talking) -> None:
    sam, phone = talking.sam, talking.phone
    await press(phone, "Someone is here")
    await expect(phone.get_by_role("heading")).to_have_text("Vegetable soup")
    await expect(sam.locator("#duress")).to_contain_text("Someone is there")
    await talking.pages.station.recorded(talking.room, DuressTapped)
    await heard(sam, THEIRS, VICTIM_HZ)
    await press(phone, "More recipes")
    await expect(phone.get_by_role("heading", name="You are connected")).to_be_visible()


async def test_a_link_shows_no_other_browser_anything(talking: Talking) -> None:
    other = await talking.pages.phones.phone(talking.link)
    await expect(other.get_by_role("heading")).to_have_text("This page is not available")
    assert "police" not in (await other.content()).lower()


async def test_leaving_by_the_button_puts_an_ordinary_site_there_and_tells_the_specialist(
    talking: Talking,
) -> None:
    sam, phone, station = talking.sam, talking.phone, talking.pages.station
    await phone.route("https://www.bbc.co.uk/**", lambda route: route.fulfill(body="the weather"))
    await press(phone, "Leave now")
    await phone.wait_for_url("https://www.bbc.co.uk/weather")
    await expect(sam.locator("#state")).to_contain_text("They left by quick exit")
    left = await station.recorded(talking.room, VideoLeft)
    assert left[0].why is Leaving.QUICK_EXIT
    (closed,) = await station.recorded(talking.call, LinkClosed)
    assert closed.why is Closing.QUICK_EXIT
    await phone.goto(talking.pages.station.url + talking.link)
    await expect(phone.get_by_role("heading")).to_have_text("This page is not available")


async def test_the_kept_call_plays_from_the_word_that_is_clicked_with_both_cameras(talking: Talking) -> None:
    sam, station, room = talking.sam, talking.pages.station, talking.room
    said = {party: await said_by(station, room, party) for party in (Party.CALLER, Party.HANDLER)}
    await press(sam, "End the call for everybody", "End it")
    await station.recorded(room, CallEnded)
    await press(sam, "Back")
    await sam.locator("call-list button", has_text=f"Call {room[-4:].upper()}").first.click()
    for party, utterances in said.items():
        quoted = utterances[0]
        assert abs(await played_from(sam, quoted) - quoted.start_ms) <= 300
        # A recogniser may let one first word begin early; a recording that is apart is so from all of them.
        apart = [await onset_ms(sam, party, one.start_ms) - one.start_ms for one in utterances]
        assert abs(median(apart)) <= 300, apart
        await painted(sam, ".play-caller canvas", "blue")
        await painted(sam, ".play-handler canvas", "red")
    began = await station.events(room, PlaybackBegan)
    assert [one.person for one in began] == [SAM.id]
