"""Who is cut off from a call and comes back, who else comes to it, and by which links nobody does."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from server.domain.events import VideoInvited, VideoLeft
from server.domain.ids import CallId
from server.domain.seats import Leaving
from server.domain.video_links import Closing, VideoLink
from server.services.live_room import LiveRoom
from server.services.rooms import Rooms
from tests.consoles.video_screens import (
    CONNECTIONS,
    GUEST,
    OF_ONES_OWN,
    PHONE,
    SOCKETS,
    SPECIALIST,
    VICTIM,
    Ends,
    ask_safety,
    gone_in,
    invited,
    joined,
    playing,
    press,
    sent_link,
    watching,
)
from tests.consoles.waiting import recorded
from tests.journeys.video_pages import heard, seen
from tests.stories import HANNAH, SAM, video_link
from tests.video_house import CALL

pytestmark = pytest.mark.asyncio(loop_scope="module")

MICROPHONES = """
window.asked = 0;
navigator.mediaDevices.getUserMedia = async () => {
  window.asked += 1;
  throw new DOMException("", "NotAllowedError");
};
"""
"""So that a test can see whether a page asked for one."""
RETURN = """
addEventListener("online", () => { window.tries = window.sockets.length; });
"""
"""Before the page hears of it."""
AT_ONCE = """() => addEventListener("online", () => {
  window.atOnce = window.sockets.length > window.tries || window.sockets.at(-1).readyState === WebSocket.OPEN;
})"""
"""As soon as the page has heard of it: whether it is connecting anew, if it is not connected yet."""
AWAY = "Their connection was lost. The call waits for them."


async def cut_off(phone: Page) -> None:
    await phone.context.set_offline(True)
    await phone.evaluate("window.sockets.at(-1).close(3001)")
    await expect(phone.locator("#status")).to_contain_text("The connection was lost")


async def back(phone: Page, desks: tuple[Page, ...]) -> None:
    await phone.context.set_offline(False)
    await told(desks, "Caller")
    assert await phone.evaluate("window.atOnce")
    for desk in desks:
        await seen_anew(desk)


async def told(desks: tuple[Page, ...], text: str) -> None:
    for desk in desks:
        await expect(desk.locator("#state")).to_have_text(text)


async def test_everybody_sees_that_a_phone_is_cut_off_and_back_and_gone(ends: Ends) -> None:
    hannah = await ends.console(HANNAH)
    path = await invited(hannah)
    phone = await ends.page(PHONE, allowed=("camera", "microphone"))
    await phone.add_init_script(SOCKETS + RETURN)
    await phone.goto(ends.url + path)
    await gone_in(phone)
    await phone.evaluate(AT_ONCE)
    sam = await ends.console(SAM)
    await joined(sam)
    await watching(hannah)
    desks = (sam, hannah)
    for desk in desks:
        await playing(desk, ".tile-victim video")
    await cut_off(phone)
    await told(desks, AWAY)
    await back(phone, desks)
    gap = sam.locator("call-transcript .row-gap.of-caller")
    await expect(gap.first).to_contain_text("not heard")
    await cut_off(phone)
    await told(desks, AWAY)
    room = await waited_out(ends)
    await told(desks, "They have left.")
    left = await recorded(ends.house, room, VideoLeft)
    assert isinstance(left, VideoLeft)
    assert left.why is Leaving.GONE


NO_MORE = """() => {
  RTCPeerConnection.prototype.setRemoteDescription = () => new Promise(() => {});
  const last = window.connections.at(-1);
  Object.defineProperty(last, "connectionState", { value: "failed" });
  last.dispatchEvent(new Event("connectionstatechange"));
}"""
"""The media connection breaks, and no other comes about; the page hears from the server all the time."""


async def test_whose_own_connection_is_lost_reads_that_whoever_else_goes(ends: Ends) -> None:
    path = await invited(await ends.console(HANNAH))
    phone = await ends.page(PHONE, allowed=("camera", "microphone"))
    await phone.add_init_script(CONNECTIONS)
    await phone.goto(ends.url + path)
    await gone_in(phone)
    sam = await ends.console(SAM)
    await joined(sam)
    await expect(phone.get_by_role("heading", name="You are connected")).to_be_visible()
    await phone.evaluate(NO_MORE)
    await expect(phone.locator("#status")).to_contain_text("The connection was lost")
    await press(sam, "Leave")
    await expect(phone.get_by_role("heading", name="Please wait")).to_be_visible()
    await expect(phone.locator("#status")).to_contain_text("The connection was lost")


def the_room(ends: Ends) -> tuple[Rooms, LiveRoom]:
    """The one that is open."""
    assert ends.house.video is not None
    rooms = ends.house.video.rooms
    (room,) = rooms.open_rooms
    return rooms, room


async def waited_out(ends: Ends) -> CallId:
    """As when the time for which the one open room waits has passed."""
    rooms, room = the_room(ends)
    wait_s = rooms.rules.wait_s
    room.away_since_s = {one: since_s - wait_s for one, since_s in room.away_since_s.items()}
    return room.id


async def seen_anew(desk: Page) -> None:
    """The picture moves on from where it is now."""
    await desk.wait_for_function(
        """() => {
          const video = document.querySelector(".tile-victim video");
          if (!video || video.videoWidth < 16) return false;
          window.before ??= video.currentTime;
          return video.currentTime > window.before + 0.5;
        }"""
    )


@dataclass
class Company:
    """A victim, a specialist and a guest; each page hears, and only talkers have a pitch of their own."""

    phone: Page
    sam: Page
    guest: Page


async def in_company(ends: Ends, *, talks: bool) -> Company:
    """The guest stands before their first step; who does not talk has no camera or microphone at all."""
    link = await invited(await ends.console(HANNAH))
    phone = await ends.page(PHONE, allowed=("camera", "microphone"))
    await phone.add_init_script(OF_ONES_OWN % VICTIM)
    await phone.goto(ends.url + link)
    await gone_in(phone)
    sam = await ends.console(SAM)
    await sam.add_init_script(OF_ONES_OWN % SPECIALIST)
    await joined(sam)
    guest = await ends.page(PHONE, allowed=("camera", "microphone") if talks else ())
    await guest.add_init_script(OF_ONES_OWN % GUEST if talks else CONNECTIONS + MICROPHONES)
    await guest.goto(ends.url + await guest_link(sam, talks=talks))
    await expect(guest.get_by_text("You have been asked to join a call")).to_be_visible()
    await expect(guest.get_by_text("You agreed that the call may be recorded")).to_be_visible(visible=talks)
    return Company(phone, sam, guest)


async def guest_link(sam: Page, *, talks: bool) -> str:
    """Its path, for one who agrees to be recorded where there is something to record."""
    await press(sam, "Invite officer or interpreter…")
    await expect(sam.get_by_role("group", name="Are you alone?")).to_be_hidden()
    await expect(sam.get_by_label("What the link opens")).to_be_hidden()
    await sam.get_by_label("Mobile number").fill("07700 900456")
    await sam.get_by_label("Shown to those in the call as").fill("Interpreter")
    await sam.get_by_label("May talk").set_checked(talks)
    agrees = sam.get_by_label("They agree to be recorded")
    await expect(agrees).to_be_visible(visible=talks)
    if talks:
        await agrees.check()
    await press(sam, "Send the link")
    text = await sam.locator(".video-text").inner_text()
    await press(sam, "Close")
    return text[text.index("/v/") :]


async def sees_and_hears_both(guest: Page) -> None:
    """Of these two, whichever is shown first."""
    await press(guest, "Turn sound on")
    for colour, (_, hz) in (("blue", VICTIM), ("green", SPECIALIST)):
        await seen(guest, "#others video", colour)
        await heard(guest, "#others video", hz)


async def test_a_guest_who_may_talk_is_seen_and_heard_by_both_and_sees_and_hears_both(ends: Ends) -> None:
    company = await in_company(ends, talks=True)
    phone, sam, guest = company.phone, company.sam, company.guest
    await press(guest, "Continue", "Use camera and microphone", "Go in")
    await seen(sam, ".tile-guest video", "red")
    await heard(sam, ".tile-guest video", GUEST[1])
    # Each by their own word, and everybody is told of whom that is.
    await expect(sam.locator("#recorded")).to_have_text("Recording: Sam, Interpreter. Not recorded: Caller")
    await expect(guest.get_by_text("This call is being recorded")).to_be_visible()
    await expect(phone.get_by_text("You are not being recorded. Others in this call are.")).to_be_visible()
    await press(phone, "Turn sound on")
    await seen(phone, "#others video", "red")
    await heard(phone, "#others video", GUEST[1])
    await sees_and_hears_both(guest)
    await expect(sam.locator("#room-facts")).to_contain_text("Interpreter")


async def test_a_guest_who_may_not_talk_sees_and_hears_both_and_has_nothing_to_speak_by(ends: Ends) -> None:
    company = await in_company(ends, talks=False)
    sam, guest = company.sam, company.guest
    await press(guest, "Continue")
    await sees_and_hears_both(guest)
    await expect(sam.locator("#room-facts")).to_contain_text("Interpreter")
    for name in ("Someone is here", "Share where I am, once", "Turn my camera on", "Turn my microphone on"):
        await expect(guest.get_by_role("button", name=name)).to_be_hidden()
    await expect(sam.locator(".tile-guest")).to_have_count(0)
    assert await guest.evaluate("window.asked") == 0
    sending = "window.connections.flatMap((one) => one.getSenders()).filter((one) => one.track).length"
    assert await guest.evaluate(sending) == 0
    assert await guest.evaluate("window.connections.length") > 0


async def test_a_case_asks_somebody_in_by_its_button(ends: Ends) -> None:
    sam = await ends.console(SAM)
    await sam.goto(f"{ends.url}/cases?call={CALL}")
    await press(sam, "Open a case for Call CA1")
    await sam.wait_for_url("**/cases/*")
    case = sam.url
    await press(sam, "Video link…")
    await ask_safety(sam)
    path = await sent_link(sam)
    asked = await recorded(ends.house, CALL, VideoInvited)
    assert isinstance(asked, VideoInvited)
    assert case.endswith(str(asked.case))
    await gone_in(await ends.phone(path))
    await sam.goto(ends.url)
    await joined(sam)
    await playing(sam, ".tile-victim video")


async def test_who_comes_by_another_link_takes_the_place_of_their_other_phone(ends: Ends) -> None:
    hannah = await ends.console(HANNAH)
    first = await ends.phone(await invited(hannah))
    await gone_in(first)
    await watching(hannah)
    await playing(hannah, ".tile-victim video")
    await first.context.close()
    await expect(hannah.locator("#state")).to_have_text(AWAY)
    _, room = the_room(ends)
    link, _ = await a_link(ends, "second", minutes=20, room=room.id)
    second = await ends.phone(link)
    await gone_in(second)
    await expect(hannah.locator("#state")).to_have_text("Caller")
    await expect(hannah.locator(".tile-victim")).to_have_count(1)
    await playing(hannah, ".tile-victim video")


async def a_link(ends: Ends, name: str, *, minutes: int, room: CallId = CALL) -> tuple[str, VideoLink]:
    """One that may be opened for so long, and its path."""
    until = ends.house.room.clock.now() + timedelta(minutes=minutes)
    link = replace(video_link(name, CALL, until=until), room=room)
    return f"/v/{await ends.house.invites.links.make(link)}", link


async def test_expired_and_taken_back_links_open_the_page_of_a_wrong_one(ends: Ends) -> None:
    expired, _ = await a_link(ends, "expired", minutes=-1)
    revoked, link = await a_link(ends, "revoked", minutes=20)
    phone = await ends.phone(revoked)
    await expect(phone.get_by_role("button", name="Continue", exact=True)).to_be_visible()
    await ends.house.invites.links.shut(link, Closing.REVOKED)
    pages = []
    for path in ("/v/AAAAAAAAAAAAAAAAAAAAAA", expired, revoked):
        answer = await phone.goto(ends.url + path)
        assert answer is not None
        assert answer.status == 404
        await expect(phone.get_by_role("heading")).to_have_text("This page is not available")
        pages.append(await phone.content())
    assert len(set(pages)) == 1
    assert "police" not in pages[0].lower()
