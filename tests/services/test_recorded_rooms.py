"""Who is recorded in a video call: each visitor by their own word, and nobody against the force's policy."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest

from server.domain.events import VideoJoined, VideoLeft, VideoOpened
from server.domain.ids import ActId, ParticipantId, PersonId
from server.domain.people import RecordingPolicy
from server.domain.room import Admission, Room, sat
from server.domain.seats import Leaving, Seat
from server.services.room_opening import StillAsked
from server.services.room_refusals import NoPicture, NotRecorded
from tests.services.stage import SPECIALIST
from tests.services.test_keeping_sound import MemoryVault
from tests.services.test_keeping_video import frames
from tests.services.video_stage import (
    ROOM,
    RULES,
    VICTIM,
    Guest,
    Recorded,
    VideoStage,
    a_colleague,
    a_guest,
    a_victim,
    video_stage,
)

ROOMY = replace(RULES, participants=8)
NOBODY: dict[str, int] = {}


@dataclass
class Taken:
    """A room that may be recorded, and what the disk has of it."""

    here: VideoStage
    vault: MemoryVault

    async def join(self, *admissions: Admission) -> list[Guest]:
        return [await self.here.join(one) for one in admissions]

    def talk(self, names: list[str], from_ms: int = 3_000) -> None:
        """Each a second after the one before; whoever it is, the bridge hands on all that comes."""
        for number, name in enumerate(names):
            begins_ms = from_ms + number * 1_000
            for frame in frames(begins_ms, begins_ms + 800):
                for tap in self.here.bridge.rooms[ROOM].taps:
                    tap.take(ParticipantId(name), frame)

    async def kept(self) -> dict[str, int]:
        """When the call is over: each file, and where in the call it begins."""
        keeping = [one for one in asyncio.all_tasks() if one.get_name().startswith("keep-video")]
        await self.here.rooms.end(self.here.rooms.of(ROOM))
        for writing in keeping:
            await writing
        found = {stream.id: await self.vault.places(call, stream) for call, stream in self.vault.kept}
        return {name: places[0].from_ms for name, places in found.items()}


@asynccontextmanager
async def taken(policy: RecordingPolicy | None = None) -> AsyncIterator[Taken]:
    vault = MemoryVault()
    recorded = Recorded(vault) if policy is None else Recorded(vault, policy)
    async with video_stage(ROOMY, recorded) as here, asyncio.TaskGroup() as tasks:
        minding = tasks.create_task(here.rooms.run())
        await asyncio.sleep(0)
        yield Taken(here, vault)
        minding.cancel()


def agreed(admission: Admission) -> Admission:
    return replace(admission, record=True)


def marked(guest: Guest) -> dict[str, bool]:
    """Of whom this one's page says that they are recorded."""
    shown = guest.wire.last("room")
    return {one["id"]: one["recorded"] for one in shown["participants"]}


async def test_who_did_not_agree_is_not_kept_in_the_same_room_as_who_did() -> None:
    async with taken() as room:
        _, second, _, specialist = await room.join(
            agreed(a_victim()), a_victim("again"), a_guest("officer"), a_colleague()
        )
        for page in (second, specialist):
            shown = {VICTIM: True, "again": False, "officer": False, SPECIALIST: True}
            assert (page.wire.last("room")["recorded"], marked(page)) == (True, shown)
        room.talk(["again", "officer", VICTIM, SPECIALIST])
        assert await room.kept() == {"victim-1": 5_000, "specialist-1": 6_000}


async def test_a_guest_who_agreed_and_opens_the_room_has_agreed_for_nobody_else() -> None:
    async with taken() as room:
        await room.join(agreed(a_guest("officer")), a_victim(), a_colleague())
        room.talk([VICTIM, "officer", SPECIALIST])
        assert await room.kept() == {"guest-1": 4_000, "specialist-1": 5_000}


async def test_who_agreed_is_kept_though_the_room_was_opened_by_one_who_did_not() -> None:
    async with taken() as room:
        opener, _ = await room.join(a_victim("first"), a_colleague())
        assert opener.wire.last("room")["recorded"] is False
        await room.join(agreed(a_victim()))
        room.talk(["first", VICTIM, SPECIALIST])
        assert await room.kept() == {"victim-1": 4_000, "specialist-1": 5_000}


async def test_where_no_visitor_agreed_nothing_is_kept_of_the_specialist_either() -> None:
    async with taken() as room:
        victim, _ = await room.join(a_victim(), a_colleague())
        room.talk([VICTIM, SPECIALIST])
        assert not any(marked(victim).values())
        assert await room.kept() == NOBODY


async def test_the_specialist_is_kept_no_longer_than_somebody_who_agreed_is_there() -> None:
    async with taken() as room:
        victim, specialist, _ = await room.join(agreed(a_victim()), a_colleague(), a_guest("officer"))
        room.talk([SPECIALIST])
        await victim.say('{"type": "leave", "why": "left"}')
        assert not any(marked(specialist).values())
        room.talk([SPECIALIST], from_ms=20_000)
        assert await room.kept() == {"specialist-1": 3_000}


async def test_the_policy_of_the_force_goes_before_what_anybody_agreed_to() -> None:
    async with taken(RecordingPolicy(calls=True, policy="sound alone")) as room:
        victim, _ = await room.join(agreed(a_victim()), a_colleague())
        room.talk([VICTIM, SPECIALIST])
        assert victim.wire.last("room")["recorded"] is False
        with pytest.raises(NotRecorded):
            await room.here.rooms.opening.still(victim.room, still_of(VICTIM))
        assert await room.kept() == NOBODY


async def test_no_still_is_taken_of_who_did_not_agree() -> None:
    async with taken() as room:
        victim, _ = await room.join(agreed(a_victim()), a_guest("officer"))
        opening = room.here.rooms.opening
        with pytest.raises(NotRecorded):
            await opening.still(victim.room, still_of("officer"))
        with pytest.raises(NoPicture):  # the staged bridge has none to give
            await opening.still(victim.room, still_of(VICTIM))


def still_of(name: str) -> StillAsked:
    return StillAsked(person=PersonId(SPECIALIST), act=ActId("s1"), participant=ParticipantId(name))


def test_an_older_journal_speaks_for_whoever_opened_the_room_alone() -> None:
    """It says of the room that they agreed, and of those who joined nothing."""

    def joined(name: str, seat: Seat) -> VideoJoined:
        return VideoJoined(at_ms=0, participant=ParticipantId(name), seat=seat, talks=True)

    room = Room()
    for event in (
        VideoOpened(at_ms=0, from_call=None, record=True),
        joined("first", Seat.VICTIM),
        joined("second", Seat.VICTIM),
        joined("sam", Seat.SPECIALIST),
        VideoLeft(at_ms=9, participant=ParticipantId("first"), why=Leaving.LEFT),
    ):
        room = sat(room, event)
    assert [room.may_keep(ParticipantId(one)) for one in ("first", "second", "sam")] == [False] * 3
    again = sat(room, joined("first", Seat.VICTIM))
    assert [again.may_keep(ParticipantId(one)) for one in ("first", "second", "sam")] == [True, False, True]
