"""Video rooms: who sits where, who waits for whom, what is said in them, and how they end."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from server.domain.events import (
    ChatSent,
    DuressTapped,
    Entry,
    Event,
    LinkClosed,
    LocationShared,
    MarkerSighted,
    MediaTurned,
    UtteranceHeard,
    VideoLeft,
    VideoOpened,
)
from server.domain.ids import CallId, LinkId, ParticipantId
from server.domain.seats import Leaving, Seat
from server.domain.speech import Party
from server.domain.video_links import Closing
from server.services.live_room import REMOVED, SUPERSEDED
from server.services.room_refusals import (
    NoSuchRoom,
    NotForThisSeat,
    OfferRefused,
    Restarting,
    RoomFull,
    TooManyRooms,
)
from tests.services.stage import SPECIALIST
from tests.services.video_stage import (
    ROOM,
    RULES,
    VICTIM,
    a_colleague,
    a_guest,
    a_victim,
    message,
    rooms_on,
    video_stage,
)


async def test_a_room_opens_with_the_first_who_comes_and_waits_for_a_specialist() -> None:
    async with video_stage() as here:
        admission = replace(a_victim(), from_call=CallId("CA1"), record=True)
        victim = await here.join(admission)
        assert victim.wire.last("room")["state"] == "waiting"
        specialist = await here.join(a_colleague())
        assert specialist.wire.last("room")["state"] == "talking"
        assert victim.wire.last("room")["state"] == "talking"
        opened = next(event for event in here.stage.events(ROOM) if isinstance(event, VideoOpened))
        assert (opened.from_call, opened.record) == ("CA1", True)
        assert "SpecialistAssigned" in here.kinds()


async def test_nobody_signed_in_opens_a_room() -> None:
    async with video_stage() as here:
        with pytest.raises(NoSuchRoom):
            await here.join(a_colleague())


async def test_names_are_told_to_the_signed_in_alone() -> None:
    async with video_stage() as here:
        victim = await here.join(a_victim())
        specialist = await here.join(a_colleague())
        assert {one["name"] for one in victim.wire.last("room")["participants"]} == {""}
        assert SPECIALIST.title() in {one["name"] for one in specialist.wire.last("room")["participants"]}


async def test_who_only_receives_is_shown_the_talkers_and_to_nobody() -> None:
    async with video_stage() as here:
        await here.join(a_victim())
        await here.join(a_colleague())
        handler = await here.join(a_colleague("hannah", Seat.HANDLER))
        await handler.say(message("offer", sdp="v", attempt=1))
        shown = here.bridge.rooms[ROOM].shown
        assert shown[ParticipantId("hannah")] == [VICTIM, SPECIALIST, None]
        assert "hannah" not in shown[VICTIM]
        assert here.bridge.rooms[ROOM].joined[-1].talks is False


async def test_a_seat_is_kept_for_whoever_lost_the_connection() -> None:
    async with video_stage() as here:
        victim = await here.join(a_victim())
        specialist = await here.join(a_colleague())
        await victim.drop()
        faces = {one["id"]: one["here"] for one in specialist.wire.last("room")["participants"]}
        assert faces[VICTIM] == "reconnecting"
        await here.join(a_victim())
        faces = {one["id"]: one["here"] for one in specialist.wire.last("room")["participants"]}
        assert faces[VICTIM] == "here"
        assert here.kinds().count("VideoJoined") == 2
        assert [kind for kind in here.kinds() if kind in {"VideoReconnecting", "VideoRejoined"}] == [
            "VideoReconnecting",
            "VideoRejoined",
        ]


async def test_who_does_not_come_back_in_time_has_left() -> None:
    async with video_stage() as here:
        victim = await here.join(a_victim())
        await here.join(a_colleague())
        await victim.drop()
        here.clock.advance(RULES.wait_s - 1)
        await here.looked_after()
        assert "VideoLeft" not in here.kinds()
        here.clock.advance(1)
        await here.looked_after()
        left = next(event for event in here.stage.events(ROOM) if isinstance(event, VideoLeft))
        assert (left.participant, left.why) == (VICTIM, Leaving.GONE)


async def test_a_room_to_which_nobody_comes_back_ends() -> None:
    async with video_stage() as here:
        victim = await here.join(a_victim())
        await victim.drop()
        await here.looked_after()
        here.clock.advance(RULES.wait_s)
        await here.looked_after()
        await here.stage.until("CallEnded", ROOM)
        assert here.bridge.rooms[ROOM].closed
        with pytest.raises(NoSuchRoom):
            here.rooms.of(ROOM)


async def test_lost_media_counts_as_gone_until_it_is_back() -> None:
    async with video_stage() as here:
        victim = await here.join(a_victim())
        await victim.say(message("offer", sdp="v", attempt=1))
        watcher = here.bridge.rooms[ROOM].watcher
        watcher.connected(VICTIM, 1)
        watcher.lost(VICTIM, 1)
        await here.looked_after()
        assert here.kinds()[-1] == "VideoReconnecting"
        await victim.say(message("offer", sdp="v", attempt=2))
        watcher.lost(VICTIM, 1)
        watcher.connected(VICTIM, 2)
        await here.looked_after()
        assert here.kinds()[-1] == "VideoRejoined"


async def test_who_asks_for_another_connection_has_lost_the_last() -> None:
    """Though the server may not know yet, and none after it ever comes about."""
    async with video_stage() as here:
        victim = await here.join(a_victim())
        await victim.say(message("offer", sdp="v", attempt=1))
        watcher = here.bridge.rooms[ROOM].watcher
        watcher.connected(VICTIM, 1)
        await here.looked_after()
        with pytest.raises(OfferRefused):
            await victim.say(message("offer", sdp="garbage", attempt=2))
        await here.looked_after()
        assert here.kinds()[-1] == "VideoReconnecting"
        await victim.say(message("offer", sdp="v", attempt=3))
        await here.looked_after()
        assert here.kinds()[-1] == "VideoReconnecting"
        watcher.connected(VICTIM, 3)
        await here.looked_after()
        assert here.kinds()[-1] == "VideoRejoined"


async def test_a_line_that_carries_less_to_somebody_is_on_record_and_told() -> None:
    async with video_stage() as here:
        victim = await here.join(a_victim())
        colleague = await here.join(a_colleague())
        await victim.say(message("state", camera="on", microphone="on", quality="stills"))
        here.bridge.rooms[ROOM].watcher.bears(VICTIM, "text")
        await here.looked_after()
        turned = [event for event in here.stage.events(ROOM) if isinstance(event, MediaTurned)]
        assert [(one.quality, one.takes) for one in turned] == [("stills", ""), ("", "text")]
        for told in (victim, colleague):
            (seen,) = [one for one in told.wire.last("room")["participants"] if one["id"] == VICTIM]
            assert (seen["camera"], seen["quality"], seen["takes"]) == ("on", "stills", "text")


async def test_the_same_seat_in_another_window_takes_the_place_of_the_first() -> None:
    async with video_stage() as here:
        first = await here.join(a_victim())
        await here.join(a_victim())
        assert first.wire.closed == (SUPERSEDED, "superseded")
        await first.drop()
        assert "VideoReconnecting" not in here.kinds()


async def test_rooms_and_nodes_have_an_end() -> None:
    async with video_stage() as here:
        await here.join(a_victim())
        await here.join(a_colleague())
        await here.join(a_guest("officer"))
        with pytest.raises(RoomFull):
            await here.join(a_guest("interpreter"))
        await here.join(a_victim("v2", CallId("video-2")))
        with pytest.raises(TooManyRooms):
            await here.join(a_victim("v3", CallId("video-3")))


async def test_two_guests_never_talk_at_once_and_the_second_is_told_what_to_do() -> None:
    async with video_stage(replace(RULES, participants=8)) as here:
        await here.join(a_victim())
        officer = await here.join(a_guest("officer"))
        with pytest.raises(RoomFull, match="ask them to leave, or send you one to watch"):
            await here.join(a_guest("interpreter"))
        await here.join(a_guest("interpreter", talks=False))
        await officer.say('{"type": "leave", "why": "left"}')
        await here.join(a_guest("second-interpreter"))


async def test_typed_words_are_read_as_that_partys_turn() -> None:
    async with video_stage() as here:
        victim = await here.join(a_victim())
        specialist = await here.join(a_colleague())
        await victim.say(message("chat", id="c1", text="He has a KNIFE."))
        events = here.stage.events(ROOM)
        said = next(event.utterance for event in events if isinstance(event, UtteranceHeard))
        assert (said.text, said.party, said.typed) == ("he has a knife", Party.CALLER, True)
        assert "weapon" in {event.sighting.marker for event in events if isinstance(event, MarkerSighted)}
        assert "PromptRaised" in here.kinds()
        assert specialist.wire.last("chat")["text"] == "He has a KNIFE."
        assert specialist.wire.last("chat")["mine"] is False
        assert victim.wire.last("chat")["mine"] is True
        assert victim.wire.last("done") == {"type": "done", "id": "c1"}


async def test_what_is_sent_again_is_done_once() -> None:
    async with video_stage() as here:
        victim = await here.join(a_victim())
        for _ in range(2):
            await victim.say(message("chat", id="c1", text="hello"))
        again = await here.join(a_victim())
        await again.say(message("chat", id="c1", text="hello"))
        assert sum(isinstance(event, ChatSent) for event in here.stage.events(ROOM)) == 1
        assert again.wire.last("done")["id"] == "c1"
        assert [chat["text"] for chat in again.wire.said("chat")] == ["hello"]


async def test_the_duress_tap_shows_on_the_victims_page_nothing() -> None:
    async with video_stage() as here:
        victim = await here.join(a_victim())
        specialist = await here.join(a_colleague())
        before = len(victim.wire.sent)
        await victim.say(message("duress", id="d1"))
        assert [one["type"] for one in victim.wire.sent[before:]] == ["done"]
        assert specialist.wire.last("duress")["from"] == VICTIM
        assert any(isinstance(event, DuressTapped) for event in here.stage.events(ROOM))


async def test_the_duress_tap_is_seen_though_the_record_hangs_and_is_one_whatever_is_sent_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with video_stage() as here:
        victim, specialist = await here.join(a_victim()), await here.join(a_colleague())
        written, append = asyncio.Event(), here.stage.journal.append

        async def hanging(call: CallId, events: Sequence[Event]) -> list[Entry]:
            await written.wait()
            return await append(call, events)

        monkeypatch.setattr(here.stage.journal, "append", hanging)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(victim.say(message("duress", id="d1")))
            await asyncio.sleep(0)
            seen = len(specialist.wire.said("duress"))
            again = await here.join(a_victim())
            tasks.create_task(again.say(message("duress", id="d1")))
            await asyncio.sleep(0)
            written.set()
        later = await here.join(a_victim())
        await later.say(message("duress", id="d1"))
        assert (again.wire.last("done")["id"], later.wire.last("done")["id"]) == ("d1", "d1")
        assert (seen, len(specialist.wire.said("duress"))) == (1, 1)
        assert here.kinds().count("DuressTapped") == 1


async def test_a_place_is_told_to_the_signed_in_and_is_on_record() -> None:
    async with video_stage() as here:
        victim = await here.join(a_victim())
        guest = await here.join(a_guest("officer"))
        specialist = await here.join(a_colleague())
        await victim.say(message("location", id="l1", latitude=51.5, longitude=-0.1, accuracy_m=12.0))
        shared = next(event for event in here.stage.events(ROOM) if isinstance(event, LocationShared))
        assert (shared.latitude, shared.accuracy_m) == (51.5, 12.0)
        assert specialist.wire.last("location")["latitude"] == 51.5
        assert not guest.wire.said("location")


async def test_who_sits_down_later_is_told_of_the_place_and_the_tap() -> None:
    async with video_stage() as here:
        victim = await here.join(a_victim())
        await victim.say(message("location", id="l1", latitude=51.5, longitude=-0.1, accuracy_m=12.0))
        await victim.say(message("duress", id="d1"))
        guest = await here.join(a_guest("officer"))
        specialist = await here.join(a_colleague())
        assert specialist.wire.last("location")["latitude"] == 51.5
        assert specialist.wire.last("duress")["from"] == victim.seated.id
        assert [guest.wire.said(kind) for kind in ("location", "duress")] == [[], []]


async def test_taps_and_places_are_the_victims_alone() -> None:
    async with video_stage() as here:
        await here.join(a_victim())
        specialist = await here.join(a_colleague())
        handler = await here.join(a_colleague("hannah", Seat.HANDLER))
        with pytest.raises(NotForThisSeat):
            await specialist.say(message("duress", id="d1"))
        with pytest.raises(NotForThisSeat):
            await handler.say(message("chat", id="c1", text="hello"))


async def test_who_leaves_is_out_and_may_come_again() -> None:
    async with video_stage() as here:
        victim = await here.join(a_victim())
        await victim.say(message("leave", why="quick exit"))
        left = next(event for event in here.stage.events(ROOM) if isinstance(event, VideoLeft))
        assert left.why is Leaving.QUICK_EXIT
        assert victim.wire.closed is not None
        await here.join(a_victim())
        assert here.kinds().count("VideoJoined") == 2


async def test_a_revoked_link_puts_its_browser_out() -> None:
    async with video_stage() as here:
        victim = await here.join(a_victim())
        closed = LinkClosed(at_ms=0, link=LinkId(VICTIM), room=ROOM, why=Closing.REVOKED)
        await here.rooms.record(victim.room, closed)
        await here.looked_after()
        assert victim.wire.closed == (REMOVED, "removed")


async def test_after_a_restart_the_room_waits_for_those_who_were_there() -> None:
    async with video_stage() as here:
        victim = await here.join(a_victim())
        await here.join(a_colleague())
        await victim.say(message("chat", id="c1", text="hello"))
        await here.rooms.close()
        assert victim.wire.closed == (1012, "restarting")
        with pytest.raises(Restarting):
            await here.join(a_victim())
        again = rooms_on(here.stage, here.bridge, here.clock, RULES)
        with pytest.raises(Restarting):
            again.of(ROOM)
        await again.revive()
        room = again.of(ROOM)
        assert {one.here for one in room.state.present} == {"reconnecting"}
        assert [chat.text for chat in room.chats] == ["hello"]
        assert room.state.stage == "talking"
