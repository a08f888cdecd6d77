"""The way of a link, by people and real browsers: asked, sent, opened, joined, typed, hidden, left."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, expect

from server.domain.events import (
    ChatSent,
    DuressTapped,
    LinkClosed,
    LinkTried,
    LocationShared,
    MediaTurned,
    PromptRaised,
    VideoInvited,
    VideoJoined,
    VideoLeft,
)
from server.domain.ids import CallId
from server.domain.seats import Leaving, Switched
from server.domain.video_links import Closing
from tests.consoles.test_accessibility import AXE, found_by_axe
from tests.consoles.video_screens import (
    CONNECTIONS,
    OF_ONES_OWN,
    PHONE,
    VICTIM,
    Ends,
    ask_about_the_phone_call,
    ask_safety,
    gone_in,
    invited,
    joined,
    playing,
    press,
    sent_link,
)
from tests.consoles.waiting import recorded
from tests.house import House
from tests.journeys.video_pages import heard
from tests.stories import HANNAH, SAM, SUE
from tests.video_house import CALL

pytestmark = pytest.mark.asyncio(loop_scope="module")

TO_TALKERS = (
    "Mute me",
    "Camera off",
    "Keep a still",
    "Invite officer or interpreter…",
    "End the call for everybody",
    "Send",
)
"""The buttons that only who talks has."""


async def open_to_all(page: Page) -> None:
    """Axe finds nothing, and nothing lies beyond the edge."""
    if AXE.exists():
        assert await found_by_axe(page) == []
    assert page.viewport_size is not None
    assert await page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


async def room_of(house: House) -> CallId:
    event = await recorded(house, CALL, VideoInvited)
    assert isinstance(event, VideoInvited)
    return event.room


@asynccontextmanager
async def leaving_nothing(phone: Page) -> AsyncIterator[None]:
    """What happens here shows a phone out of the call; its browser keeps nothing of it."""
    assert await phone.context.cookies()
    async with phone.expect_response("**/over"):
        yield
    await expect(phone.get_by_role("heading", name="The call is over")).to_be_visible()
    assert await phone.context.storage_state() == {"cookies": [], "origins": []}


async def test_from_the_questions_to_a_call_that_both_sides_see_and_read(ends: Ends) -> None:
    phone = await ends.phone(await invited(await ends.console(HANNAH)))
    await expect(phone.get_by_role("heading", name="Before you start")).to_be_focused()
    await open_to_all(phone)
    await gone_in(phone)
    sam = await ends.console(SAM, allowed=())
    await looked_at_oneself_and_joined(sam)
    await expect(phone.get_by_role("heading", name="You are connected")).to_be_visible()
    await playing(sam, ".tile-victim video")
    await playing(phone, "#others video")
    assert await phone.evaluate("document.querySelector('#others video').muted")
    await press(phone, "Turn sound on")
    assert not await phone.evaluate("document.querySelector('#others video').muted")
    await press(phone, "Flip camera")
    await expect(phone.locator("#mine")).to_have_class("mine away")
    await playing(phone, "#mine")
    await expect(sam.get_by_text("Agreed word").last).to_contain_text("is the parcel here")

    await phone.get_by_label("Type a message").fill("he has a knife")
    await phone.keyboard.press("Enter")
    await expect(sam.locator("call-transcript .row-text", has_text="he has a knife")).to_be_visible()
    await expect(sam.locator("prompt-card")).to_contain_text("weapon")
    await sam.get_by_label("Type to them").fill("Help is coming")
    await sam.keyboard.press("Enter")
    await expect(phone.get_by_role("log")).to_contain_text("Help is coming")
    await open_to_all(phone)
    await open_to_all(sam)


async def looked_at_oneself_and_joined(sam: Page) -> None:
    """Told what is not allowed; then seen and heard by oneself, and in with the other camera."""
    await sam.get_by_role("link", name="Check devices first").click()
    await expect(sam.get_by_role("alert").filter(has_text="was not allowed")).to_be_visible()
    await sam.context.grant_permissions(["camera", "microphone"])
    await sam.reload()
    await playing(sam, "#look")
    await sam.wait_for_function("() => document.querySelector('#level').value > 0")
    cameras = sam.get_by_label("Camera", exact=True)
    first = await cameras.input_value()
    await cameras.select_option(index=2)
    other = await cameras.input_value()
    await sam.wait_for_function(USED, arg=["#look", other])
    assert other != first
    await playing(sam, "#look")
    await open_to_all(sam)
    await press(sam, "Join")
    await expect(sam.locator("#stage")).to_be_visible()
    await sam.wait_for_function(USED, arg=[".tile-own video", other])


USED = """([selector, device]) => {
  const [track] = document.querySelector(selector)?.srcObject?.getVideoTracks() ?? [];
  return track?.readyState === "live" && track.getSettings().deviceId === device;
}"""
"""Whether what is shown here is of this camera."""


async def test_by_keys_alone_into_the_call_and_in_it_and_out_of_it(ends: Ends) -> None:
    path = await invited(await ends.console(HANNAH))
    phone = await ends.phone(path)
    await keyed(phone, "Continue", "Use camera and microphone")
    await expect(phone.get_by_role("button", name="Go in")).to_be_focused()
    await phone.keyboard.press("Enter")
    await expect(phone.get_by_role("heading", name="Please wait")).to_be_focused()
    sam = await ends.console(SAM)
    await joined(sam)
    await keyed(sam, "Mute me")
    await expect(sam.get_by_role("button", name="Unmute me")).to_be_focused()
    await keyed(sam, "End the call for everybody")
    await expect(sam.get_by_role("dialog", name="End the call for everybody?")).to_be_visible()
    await sam.keyboard.press("Escape")
    await expect(sam.get_by_role("button", name="End the call for everybody")).to_be_focused()
    await playing(phone, "#others video")
    await keyed(phone, "Turn sound on", "Turn my camera off")
    await expect(sam.locator("#state")).to_contain_text("camera off")
    assert not await phone.evaluate("document.querySelector('#others video').muted")
    await typed(phone, "Type a message", "hello")
    await expect(sam.locator("call-transcript")).to_contain_text("hello")
    await typed(sam, "Type to them", "I am here")
    await expect(phone.get_by_role("log")).to_contain_text("I am here")
    await out_by_shift_three_times(ends, phone, sam)
    await phone.goto(ends.url + path)
    await expect(phone.get_by_role("heading")).to_have_text("This page is not available")


async def out_by_shift_three_times(ends: Ends, phone: Page, sam: Page) -> None:
    """An ordinary site is in the call's place, and nobody finds back."""
    await phone.keyboard.press("Shift")
    await phone.keyboard.press("Shift")
    await phone.keyboard.press("Shift")
    await phone.wait_for_url(ends.house.invites.leave_to)
    await expect(sam.locator("#state")).to_contain_text("They left by quick exit")
    closed = await recorded(ends.house, CALL, LinkClosed)
    assert isinstance(closed, LinkClosed)
    assert closed.why is Closing.QUICK_EXIT
    left = await recorded(ends.house, await room_of(ends.house), VideoLeft)
    assert isinstance(left, VideoLeft)
    assert left.why is Leaving.QUICK_EXIT
    await phone.go_back()
    assert "/v/" not in phone.url


async def test_a_tap_hides_the_call_in_silence_and_raises_an_immediate_marker(ends: Ends) -> None:
    house = ends.house
    phone = await ends.phone(await invited(await ends.console(HANNAH)))
    await gone_in(phone)
    sam = await ends.console(SAM)
    await joined(sam)
    await expect(phone.get_by_role("heading", name="You are connected")).to_be_visible()
    await press(phone, "Turn sound on", "Someone is here")
    await expect(phone.get_by_role("heading")).to_have_text("Vegetable soup")
    await expect(phone.locator("video:visible, button.leave:visible")).to_have_count(0)
    assert await phone.evaluate("[...document.querySelectorAll('video')].every((one) => one.muted)")
    assert await phone.title() == "Vegetable soup"
    await open_to_all(phone)
    await expect(sam.locator("#duress")).to_contain_text("Someone is there")
    room = await room_of(house)
    await recorded(house, room, DuressTapped)
    raised = await recorded(house, room, PromptRaised)
    assert isinstance(raised, PromptRaised)
    assert raised.prompt.marker == "perpetrator_present"
    await press(phone, "More recipes")
    await expect(phone.get_by_role("heading", name="You are connected")).to_be_visible()


async def test_a_denied_camera_is_said_in_plain_words_and_typing_goes_on(ends: Ends) -> None:
    house = ends.house
    phone = await ends.phone(await invited(await ends.console(HANNAH)), allowed=())
    await press(phone, "Continue")
    await open_to_all(phone)
    await press(phone, "Use camera and microphone")
    await expect(phone.get_by_role("alert").filter(has_text="was not allowed")).to_be_visible()
    await open_to_all(phone)
    await press(phone, "Type only")
    await phone.get_by_label("Type a message").fill("I am here")
    await press(phone, "Send")
    await expect(phone.get_by_role("log")).to_contain_text("I am here")
    room = await room_of(house)
    said = await recorded(house, room, ChatSent)
    assert isinstance(said, ChatSent)
    turned = await recorded(house, room, MediaTurned)
    assert isinstance(turned, MediaTurned)
    assert turned.camera is Switched.DENIED


async def test_who_has_no_camera_comes_in_by_the_microphone_alone(ends: Ends) -> None:
    phone = await ends.page(PHONE)
    await phone.add_init_script(OF_ONES_OWN % VICTIM + WITHOUT_A_CAMERA)
    await phone.goto(ends.url + await invited(await ends.console(HANNAH)))
    await press(phone, "Continue", "Use camera and microphone")
    await expect(phone.get_by_role("alert").filter(has_text="No camera was found")).to_be_visible()
    await press(phone, "Use microphone only", "Go in")
    sam = await ends.console(SAM)
    await joined(sam)
    await heard(sam, ".tile-victim video", VICTIM[1])
    await expect(sam.locator("#state")).to_have_text("Caller: camera off")
    await press(phone, "Turn my camera on")
    await expect(phone.locator("#status")).to_contain_text("No camera was found")
    await heard(sam, ".tile-victim video", VICTIM[1])


async def test_a_window_inside_another_app_says_so_and_goes_on_by_typing(ends: Ends) -> None:
    path = await invited(await ends.console(HANNAH))
    phone = await ends.page(PHONE)
    await phone.add_init_script("delete MediaDevices.prototype.getUserMedia")
    await phone.goto(ends.house.url + path)
    await expect(phone.get_by_text("This window cannot use the camera")).to_be_visible()
    await expect(phone.get_by_role("button", name="Continue", exact=True)).to_be_hidden()
    await open_to_all(phone)
    await press(phone, "Go on by typing")
    await phone.get_by_label("Type a message").fill("I can type")
    await press(phone, "Send")
    await expect(phone.get_by_role("log")).to_contain_text("I can type")


async def test_a_forwarded_link_shows_nothing_and_the_sender_is_told(ends: Ends) -> None:
    hannah = await ends.console(HANNAH)
    path = await invited(hannah)
    phone = await ends.phone(path)
    await gone_in(phone)
    other = await ends.phone(path)
    await expect(other.get_by_role("heading")).to_have_text("This page is not available")
    await open_to_all(other)
    await recorded(ends.house, CALL, LinkTried)
    await ask_about_the_phone_call(hannah)
    await expect(hannah.locator(".video-links li").first).to_contain_text("from another phone or browser")
    async with leaving_nothing(phone):
        await hannah.locator(".video-links li").first.get_by_role("button", name="Take it back").click()


def asked_by(page: Page) -> list[str]:
    """The address of whatever the page asks for from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url.replace("ws", "http", 1)))
    return asked


async def test_a_page_that_is_loaded_again_is_back_in_the_call_and_leaves_nothing_behind(ends: Ends) -> None:
    path = await invited(await ends.console(HANNAH))
    phone = await ends.page(PHONE, allowed=("camera", "microphone"))
    asked, pages = asked_by(phone), await phone.evaluate("history.length")
    await phone.goto(ends.url + path)
    await gone_in(phone)
    sam = await ends.console(SAM)
    await joined(sam)
    await expect(phone.get_by_role("heading", name="You are connected")).to_be_visible()
    await phone.reload()
    await expect(phone.get_by_role("heading", name="You are connected")).to_be_visible()
    await playing(sam, ".tile-victim video")
    await sam.reload()
    await playing(sam, ".tile-victim video")
    await expect(phone.locator("#status")).to_have_text("They are here.")
    await playing(phone, "#others video")
    assert await phone.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0
    async with leaving_nothing(phone):
        await press(sam, "End the call for everybody", "End it")
    assert await phone.evaluate("history.length") <= pages + 1
    assert f"{ends.url}{path}/signal" in asked
    assert [one for one in asked if not one.startswith((f"{ends.url}/", "blob:", "data:"))] == []


async def test_where_they_are_is_shared_once_and_shown_to_the_specialist(ends: Ends) -> None:
    hannah = await ends.console(HANNAH)
    path = await invited(hannah, kind="Where they are, once")
    phone = await ends.phone(path, allowed=("geolocation",))
    await expect(phone.get_by_text("You can share where you are, once")).to_be_visible()
    await press(phone, "Continue")
    sam = await ends.console(SAM)
    await joined(sam)
    await press(phone, "Share where I am, once")
    await expect(phone.get_by_text("They can now see where you were")).to_be_visible()
    await expect(sam.locator("#places")).to_contain_text("51.27870, 0.52170")
    await recorded(ends.house, await room_of(ends.house), LocationShared)


async def test_stop_signs_have_to_be_read_before_a_link_goes_out(ends: Ends) -> None:
    hannah = await ends.console(HANNAH)
    await ask_about_the_phone_call(hannah)
    await ask_safety(hannah, alone="No")
    await expect(hannah.locator(".fact-immediate")).to_contain_text("They are not alone")
    await press(hannah, "Send the link")
    await expect(hannah.get_by_role("status").filter(has_text="stop signs")).to_be_visible()
    await hannah.get_by_label("I have read the stop signs").check()
    assert (await sent_link(hannah)).startswith("/v/")
    await open_to_all(hannah)


async def keyed(page: Page, *names: str) -> None:
    """Each reached and pressed by keys."""
    for name in names:
        await tab_to(page, name)
        await page.keyboard.press("Enter")


async def typed(page: Page, name: str, text: str) -> None:
    """Likewise, into this field and away."""
    await tab_to(page, name)
    await page.keyboard.type(text)
    await page.keyboard.press("Enter")


async def tab_to(page: Page, name: str) -> None:
    """Only with the key; gives up after a page's worth."""
    for _ in range(40):
        await page.keyboard.press("Tab")
        focused = "document.activeElement.innerText || document.activeElement.labels?.[0]?.innerText"
        if await page.evaluate(focused) == name:
            return
    raise AssertionError(f"{name} cannot be reached")


WITHOUT_A_CAMERA = """
const asked = navigator.mediaDevices.getUserMedia;
navigator.mediaDevices.getUserMedia = async (wanted) => {
  if (wanted.video) throw new DOMException("", "NotFoundError");
  return new MediaStream((await asked(wanted)).getAudioTracks());
};
"""
LANGUAGES = ("cy", "pl", "pa", "ro", "ur")


async def test_every_language_goes_all_the_way_in_and_is_open_to_all(ends: Ends) -> None:
    hannah = await ends.console(HANNAH)
    await ask_about_the_phone_call(hannah)
    await ask_safety(hannah)
    offered = (
        await hannah.get_by_label("Language of the text and the page").locator("option").all_text_contents()
    )
    assert [one for one in offered if "not yet checked by a speaker" not in one] == ["English"]
    assert len(offered) == 1 + len(LANGUAGES)
    for language in LANGUAGES:
        phone = await ends.phone(await sent_link(hannah, language=language))
        page = phone.locator("html")
        await expect(page).to_have_attribute("lang", language)
        await expect(page).to_have_attribute("dir", "rtl" if language == "ur" else "ltr")
        await expect(phone.locator("#start-title")).not_to_have_text("Before you start")
        await open_to_all(phone)
        await phone.locator("#continue").click()
        await expect(phone.locator("#allow-both")).to_be_visible()
        await open_to_all(phone)
        await phone.locator("#allow-both").click()
        await expect(phone.locator("#go-in")).to_be_visible()
        await open_to_all(phone)
        await phone.locator("#go-in").click()
        await expect(phone.locator("#someone")).to_be_visible()
        await open_to_all(phone)
        await phone.context.close()


async def test_the_language_that_was_chosen_stays_when_the_page_is_loaded_again(ends: Ends) -> None:
    phone = await ends.phone(await invited(await ends.console(HANNAH), kind="Text only", language="pl"))
    await phone.get_by_role("combobox").select_option("en")
    await expect(phone.get_by_role("heading", name="Before you start")).to_be_visible()
    await phone.reload()
    await press(phone, "Continue")
    await expect(phone.get_by_role("heading", name="Please wait")).to_be_visible()
    await phone.reload()
    await expect(phone.get_by_role("heading", name="Please wait")).to_be_visible()


async def test_handler_and_supervisor_watch_and_are_neither_seen_nor_heard(ends: Ends) -> None:
    hannah, sue = await ends.console(HANNAH), await ends.console(SUE)
    phone = await ends.phone(await invited(hannah))
    await gone_in(phone)
    room = await room_of(ends.house)
    for person, desk in ((HANNAH, hannah), (SUE, sue)):
        await desk.add_init_script(CONNECTIONS)
        await desk.goto(f"{ends.house.url}/video/{room}")
        await press(desk, "Watch")
        await playing(desk, ".tile-victim video")
        for name in TO_TALKERS:
            await expect(desk.get_by_role("button", name=name, exact=True)).to_be_hidden()
        joined = await recorded(ends.house, room, VideoJoined)
        assert isinstance(joined, VideoJoined)
        assert (joined.person, joined.talks) == (person.id, False)
        assert set(await desk.evaluate(WAYS)) == {"recvonly"}
        assert set(await desk.evaluate(TAKEN)) <= {"a=sendonly", "a=inactive"}
        assert await desk.evaluate("document.querySelectorAll('.tile-own:not([hidden])').length") == 0
    await expect(phone.get_by_role("heading", name="Please wait")).to_be_visible()
    assert await phone.locator("#others video").count() == 0


WAYS = "window.connections.at(-1).getTransceivers().map((one) => one.currentDirection)"
TAKEN = "window.connections.at(-1).remoteDescription.sdp.match(/^a=(sendrecv|recvonly|sendonly|inactive)/gm)"
"""What the server says that it does with each: it receives nothing."""
