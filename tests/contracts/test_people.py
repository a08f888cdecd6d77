"""What every book of people, sessions and grants does, whoever keeps it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from server.adapters.store import open_store
from server.domain.access import Access, AccessKind
from server.domain.ids import CallId, ForceId, PersonId
from server.domain.people import Person, Presence, Right, Role
from server.ports.access import AccessLog, Bars
from server.ports.people import Grants, PeopleBook, PersonExists, Session, Sessions, UnknownPerson
from tests.fakes import FakeAccessLog, FakeBars, FakeClock, FakeGrants, FakePeople, FakeSessions

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
    bars: Bars
    accesses: AccessLog


@pytest.fixture(params=["memory", "sqlite"])
async def room(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Room]:
    clock = FakeClock()
    if request.param == "memory":
        people = FakePeople()
        log = FakeAccessLog(clock)
        yield Room(
            clock=clock,
            people=people,
            sessions=FakeSessions(people),
            grants=FakeGrants(people),
            bars=FakeBars(people, log),
            accesses=log,
        )
        return
    async with open_store(f"{request.param}:{tmp_path}/earshot.db", clock=clock) as store:
        yield Room(
            clock=clock,
            people=store.people,
            sessions=store.sessions,
            grants=store.grants,
            bars=store.bars,
            accesses=store.accesses,
        )


async def _holder(room: Room, token_hash: str) -> Person | None:
    session = await room.sessions.find(token_hash)
    return session.person if session is not None else None


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


async def test_a_session_is_kept_with_its_times(room: Room) -> None:
    await _staff(room, SAM)
    now = room.clock.now()
    until = now + timedelta(hours=1)
    await room.sessions.open("hash", Session(person=SAM, until=until, seen_at=now))
    assert await room.sessions.find("hash") == Session(person=SAM, until=until, seen_at=now)
    await room.sessions.note_seen("hash", now + timedelta(minutes=2))
    await room.sessions.note_proved("hash", now + timedelta(minutes=3))
    kept = await room.sessions.find("hash")
    assert kept is not None
    assert (kept.seen_at, kept.proved_at) == (now + timedelta(minutes=2), now + timedelta(minutes=3))
    assert await room.sessions.find("other") is None


async def test_the_holder_is_told_as_they_stand_now(room: Room) -> None:
    await _staff(room, SAM)
    await room.sessions.open("hash", Session(person=SAM, until=room.clock.now() + timedelta(hours=1)))
    await room.people.set_duty(SAM.id, on_duty=True)
    assert await _holder(room, "hash") == replace(SAM, on_duty=True)


async def test_closing_a_session_closes_no_other(room: Room) -> None:
    await _staff(room, SAM, SUE)
    until = room.clock.now() + timedelta(hours=1)
    for token_hash, person in (("sam 1", SAM), ("sam 2", SAM), ("sue", SUE)):
        await room.sessions.open(token_hash, Session(person=person, until=until))
    await room.sessions.close("sam 1")
    await room.sessions.close("sam 1")
    assert await _holder(room, "sam 1") is None
    assert await _holder(room, "sam 2") == SAM
    await room.sessions.close_all(SAM.id)
    assert await _holder(room, "sam 2") is None
    assert await _holder(room, "sue") == SUE


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
    await room.sessions.open("hash", Session(person=SAM, until=room.clock.now() + timedelta(hours=1)))
    await room.grants.give(CALL, SAM.id)
    await room.people.remove(SAM.id)
    await _staff(room, SAM)
    assert await _holder(room, "hash") is None
    assert not await room.grants.granted(CALL, SAM.id)


async def test_nobody_unknown_gets_a_session(room: Room) -> None:
    with pytest.raises(UnknownPerson):
        await room.sessions.open(
            "hash",
            Session(person=replace(SAM, id=PersonId("nobody")), until=room.clock.now() + timedelta(hours=1)),
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


async def test_a_bar_is_stronger_than_a_grant_until_it_is_lifted(room: Room) -> None:
    await _staff(room, SAM, SUE)
    await room.grants.give(CALL, SAM.id)
    await room.bars.bar(SAM.id, [CALL], by="ana")
    await room.grants.give(CALL, SAM.id)
    assert not await room.grants.granted(CALL, SAM.id)
    assert await room.grants.calls_of(SAM.id) == set()
    assert await room.bars.barred(SAM.id, CALL)
    assert not await room.bars.barred(SUE.id, CALL)
    assert await room.bars.calls_barred(SAM.id) == {CALL}
    assert await room.bars.people_barred(CALL) == {SAM.id}
    await room.bars.unbar(SAM.id, [CALL], by="ana")
    assert await room.grants.granted(CALL, SAM.id)


async def test_barring_and_lifting_are_in_the_access_log_once(room: Room) -> None:
    for _ in range(2):
        await room.bars.bar(SAM.id, [CALL], by="ana")
    for _ in range(2):
        await room.bars.unbar(SAM.id, [CALL], by="ben")
    found = await room.accesses.find(since=room.clock.now())
    assert [(one.kind, one.by, one.call, one.at) for one in found] == [
        (AccessKind.BARRED, "ana", CALL, room.clock.now()),
        (AccessKind.UNBARRED, "ben", CALL, room.clock.now()),
    ]


async def test_the_access_log_is_searched_by_person_call_kind_and_time(room: Room) -> None:
    for person in (SAM.id, SUE.id):
        await room.accesses.add(Access(person=person, kind=AccessKind.VIEWED, call=CALL, by="feed"))
    await room.accesses.add(Access(person=SAM.id, kind=AccessKind.SIGNED_IN))
    now = room.clock.now()
    assert len(await room.accesses.find(since=now, person=SAM.id)) == 2
    assert len(await room.accesses.find(since=now, call=CALL)) == 2
    assert len(await room.accesses.find(since=now, kind=AccessKind.SIGNED_IN)) == 1
    assert await room.accesses.find(since=now + timedelta(seconds=1)) == []


async def test_somebody_vouched_for_keeps_their_name_and_follows_what_is_said_of_them(room: Room) -> None:
    assert await room.people.enrol(SAM, subject="idp 7") == SAM
    renamed = replace(SAM, id=PersonId("samuel"), name="Samuel Ade")
    assert await room.people.enrol(renamed, subject="idp 7") == replace(SAM, name="Samuel Ade")
    assert await room.people.people() == [replace(SAM, name="Samuel Ade")]


async def test_nobody_vouched_for_takes_over_an_account_of_the_same_name(room: Room) -> None:
    await _staff(room, SAM)
    with pytest.raises(PersonExists):
        await room.people.enrol(SAM, subject="idp 7")
    await room.people.enrol(SUE, subject="idp 8")
    with pytest.raises(PersonExists):
        await room.people.enrol(SUE, subject="idp 9")


async def test_who_moves_to_another_force_leaves_calls_duty_and_rights_behind(room: Room) -> None:
    await room.people.enrol(SAM, subject="idp 7")
    await room.people.set_duty(SAM.id, on_duty=True)
    await room.people.set_rights(SAM.id, frozenset({Right.EXPORT}))
    await room.grants.give(CALL, SAM.id)
    await room.sessions.open("hash", Session(person=SAM, until=room.clock.now() + timedelta(hours=1)))
    moved = replace(SAM, force=SOUTH)
    assert await room.people.enrol(moved, subject="idp 7") == moved
    assert await room.people.person(SAM.id) == moved
    assert not await room.grants.granted(CALL, SAM.id)
    assert await _holder(room, "hash") is None
