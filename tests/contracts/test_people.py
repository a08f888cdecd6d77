"""What every book of people, sessions and grants does, whoever keeps it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from server.adapters.store import open_store
from server.domain.ids import CallId, ForceId, PersonId
from server.domain.people import Person, Presence, Right, Role
from server.ports.people import Grants, PeopleBook, PersonExists, Sessions, UnknownPerson
from tests.fakes import FakeClock, FakeGrants, FakePeople, FakeSessions

NORTH, SOUTH = ForceId("northshire"), ForceId("southshire")
SAM = Person(id=PersonId("sam"), name="Sam Ade", role=Role.SPECIALIST, force=NORTH)
SUE = Person(id=PersonId("sue"), name="Sue Bell", role=Role.SUPERVISOR, force=NORTH)
ZOE = Person(id=PersonId("zoe"), name="Zoe Carr", role=Role.HANDLER, force=SOUTH)
CALL = CallId("CA1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    clock: FakeClock
    people: PeopleBook
    sessions: Sessions
    grants: Grants


@pytest.fixture(params=["memory", "sqlite"])
async def room(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Room]:
    clock = FakeClock()
    if request.param == "memory":
        people = FakePeople()
        yield Room(clock=clock, people=people, sessions=FakeSessions(people), grants=FakeGrants(people))
        return
    async with open_store(f"{request.param}:{tmp_path}/earshot.db", clock=clock) as store:
        yield Room(clock=clock, people=store.people, sessions=store.sessions, grants=store.grants)


async def _staff(room: Room, *people: Person) -> None:
    for person in people:
        await room.people.add(person, password_hash=f"hash of {person.id}")


async def test_a_person_is_kept_with_their_password_hash(room: Room) -> None:
    await _staff(room, SAM)
    assert await room.people.person(SAM.id) == SAM
    assert await room.people.password_hash(SAM.id) == "hash of sam"
    await room.people.set_password_hash(SAM.id, "another")
    assert await room.people.password_hash(SAM.id) == "another"


async def test_a_sign_in_name_is_taken_once(room: Room) -> None:
    await _staff(room, SAM)
    with pytest.raises(PersonExists):
        await room.people.add(replace(SUE, id=SAM.id), password_hash="stolen")
    assert await room.people.person(SAM.id) == SAM
    assert await room.people.password_hash(SAM.id) == "hash of sam"


async def test_nothing_is_done_to_somebody_unknown(room: Room) -> None:
    unknown = PersonId("nobody")
    for doing in (
        room.people.person(unknown),
        room.people.password_hash(unknown),
        room.people.set_password_hash(unknown, "hash"),
        room.people.set_duty(unknown, on_duty=True),
        room.people.set_duty(unknown, on_duty=False),
        room.people.remove(unknown),
    ):
        with pytest.raises(UnknownPerson):
            await doing
    assert await room.people.people() == []


async def test_people_are_listed_as_they_came_on_duty_and_the_others_last(room: Room) -> None:
    await _staff(room, SAM, SUE, replace(ZOE, on_duty=True))
    await room.people.set_duty(SUE.id, on_duty=True)
    await room.people.set_duty(ZOE.id, on_duty=True)
    listed = await room.people.people()
    assert [(person.id, person.on_duty) for person in listed] == [
        ("zoe", True),
        ("sue", True),
        ("sam", False),
    ]


async def test_coming_back_on_duty_is_coming_last(room: Room) -> None:
    await _staff(room, replace(SAM, on_duty=True), replace(SUE, on_duty=True))
    await room.people.set_duty(SAM.id, on_duty=False)
    assert [person.id for person in await room.people.people()] == ["sue", "sam"]
    await room.people.set_duty(SAM.id, on_duty=True)
    assert [person.id for person in await room.people.people()] == ["sue", "sam"]
    assert (await room.people.person(SAM.id)).on_duty


async def test_a_force_sees_its_own_people(room: Room) -> None:
    await _staff(room, SAM, ZOE)
    assert await room.people.people(SOUTH) == [ZOE]


async def test_a_session_is_its_holders_until_it_is_over(room: Room) -> None:
    await _staff(room, SAM)
    until = room.clock.now() + timedelta(hours=1)
    await room.sessions.open("hash", person=SAM.id, until=until)
    assert await room.sessions.holder("hash", now=until - timedelta(microseconds=1)) == SAM
    assert await room.sessions.holder("hash", now=until) is None
    assert await room.sessions.holder("other", now=room.clock.now()) is None


async def test_the_holder_is_told_as_they_stand_now(room: Room) -> None:
    await _staff(room, SAM)
    await room.sessions.open("hash", person=SAM.id, until=room.clock.now() + timedelta(hours=1))
    await room.people.set_duty(SAM.id, on_duty=True)
    assert await room.sessions.holder("hash", now=room.clock.now()) == replace(SAM, on_duty=True)


async def test_closing_a_session_closes_no_other(room: Room) -> None:
    await _staff(room, SAM, SUE)
    now, until = room.clock.now(), room.clock.now() + timedelta(hours=1)
    for token_hash, person in (("sam 1", SAM), ("sam 2", SAM), ("sue", SUE)):
        await room.sessions.open(token_hash, person=person.id, until=until)
    await room.sessions.close("sam 1")
    await room.sessions.close("sam 1")
    assert await room.sessions.holder("sam 1", now=now) is None
    assert await room.sessions.holder("sam 2", now=now) == SAM
    await room.sessions.close_all(SAM.id)
    assert await room.sessions.holder("sam 2", now=now) is None
    assert await room.sessions.holder("sue", now=now) == SUE


async def test_a_call_is_seen_only_with_a_grant(room: Room) -> None:
    await _staff(room, SAM, SUE)
    await room.grants.give(CALL, SAM.id)
    await room.grants.give(CALL, SAM.id)
    assert await room.grants.granted(CALL, SAM.id)
    assert not await room.grants.granted(CALL, SUE.id)
    assert not await room.grants.granted(CallId("CA2"), SAM.id)
    assert await room.grants.calls_of(SAM.id) == {CALL}
    assert await room.grants.calls_of(SUE.id) == set()


async def test_whoever_takes_over_a_removed_name_takes_over_nothing_else(room: Room) -> None:
    await _staff(room, SAM)
    await room.sessions.open("hash", person=SAM.id, until=room.clock.now() + timedelta(hours=1))
    await room.grants.give(CALL, SAM.id)
    await room.people.remove(SAM.id)
    await _staff(room, SAM)
    assert await room.sessions.holder("hash", now=room.clock.now()) is None
    assert not await room.grants.granted(CALL, SAM.id)


async def test_nobody_unknown_gets_a_session(room: Room) -> None:
    with pytest.raises(UnknownPerson):
        await room.sessions.open(
            "hash", person=PersonId("nobody"), until=room.clock.now() + timedelta(hours=1)
        )


async def test_a_break_lasts_until_its_end_or_the_end_of_duty(room: Room) -> None:
    await _staff(room, SAM)
    await room.people.set_duty(SAM.id, on_duty=True)
    await room.people.set_break(SAM.id, on_break=True)
    assert (await room.people.person(SAM.id)).on_break
    await room.people.set_break(SAM.id, on_break=False)
    assert not (await room.people.person(SAM.id)).on_break
    await room.people.set_break(SAM.id, on_break=True)
    await room.people.set_duty(SAM.id, on_duty=False)
    await room.people.set_duty(SAM.id, on_duty=True)
    assert not (await room.people.person(SAM.id)).on_break


async def test_skills_and_rights_are_kept_and_can_be_taken_away(room: Room) -> None:
    await _staff(room, SAM)
    await room.people.set_skills(SAM.id, frozenset({"child", "language:pl"}))
    await room.people.set_rights(SAM.id, frozenset({Right.EXPORT}))
    sam = await room.people.person(SAM.id)
    assert (sam.skills, sam.rights) == (frozenset({"child", "language:pl"}), frozenset({Right.EXPORT}))
    await room.people.set_skills(SAM.id, frozenset())
    await room.people.set_rights(SAM.id, frozenset())
    assert await room.people.person(SAM.id) == SAM


async def test_who_came_went_and_rested_is_kept_once_each(room: Room) -> None:
    await _staff(room, SAM, ZOE)
    since = room.clock.now()
    await room.people.set_duty(SAM.id, on_duty=True)
    await room.people.set_duty(SAM.id, on_duty=True)
    await room.people.set_break(SAM.id, on_break=True)
    await room.people.set_break(SAM.id, on_break=False)
    await room.people.set_duty(ZOE.id, on_duty=True)
    await room.people.set_duty(SAM.id, on_duty=False)
    log = await room.people.duty_log(NORTH, since=since)
    assert [(entry.person, entry.change) for entry in log] == [
        (SAM.id, Presence.ON_DUTY),
        (SAM.id, Presence.ON_BREAK),
        (SAM.id, Presence.BACK),
        (SAM.id, Presence.OFF_DUTY),
    ]
    assert await room.people.duty_log(NORTH, since=since + timedelta(seconds=1)) == []


async def test_nobody_unknown_rests_learns_or_is_given_rights(room: Room) -> None:
    unknown = PersonId("nobody")
    for doing in (
        room.people.set_break(unknown, on_break=True),
        room.people.set_skills(unknown, frozenset()),
        room.people.set_rights(unknown, frozenset()),
    ):
        with pytest.raises(UnknownPerson):
            await doing
