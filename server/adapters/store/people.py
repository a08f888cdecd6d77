"""People, their sessions and their grants, in the same database as the journal."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row
from sqlalchemy.exc import IntegrityError

from server.adapters.store.database import Database
from server.adapters.store.guarded import read, write
from server.adapters.store.tables import bars, duty_log, grants, people, sessions
from server.domain.ids import CallId, ForceId, PersonId
from server.domain.people import DutyChange, Person, Presence, Right, Role, Skill
from server.ports.clock import Clock
from server.ports.people import PersonExists, Session, UnknownPerson


@dataclass(frozen=True, slots=True)
class StoredPeople:
    database: Database
    clock: Clock

    async def add(self, person: Person, *, password_hash: str) -> None:
        await write(self.database, lambda connection: _add(connection, person, password_hash))

    async def person(self, person: PersonId) -> Person:
        wanted = sa.select(people).where(people.c.id == person)
        row = await read(self.database, lambda connection: connection.execute(wanted).one_or_none())
        if row is None:
            raise UnknownPerson
        return _person(row)

    async def password_hash(self, person: PersonId) -> str:
        wanted = sa.select(people.c.password_hash).where(people.c.id == person)
        found = await read(self.database, lambda connection: connection.execute(wanted).scalar_one_or_none())
        if found is None:
            raise UnknownPerson
        return str(found)

    async def set_password_hash(self, person: PersonId, password_hash: str) -> None:
        change = sa.update(people).where(people.c.id == person).values(password_hash=password_hash)
        await write(self.database, lambda connection: _one(connection, change))

    async def set_duty(self, person: PersonId, *, on_duty: bool) -> None:
        # Coming on duty twice keeps the first place in the order.
        duty = sa.func.coalesce(people.c.duty, _next_duty()) if on_duty else sa.null()
        change = Presence.ON_DUTY if on_duty else Presence.OFF_DUTY
        await self._present(person, change, duty=duty, on_break=False)

    async def set_break(self, person: PersonId, *, on_break: bool) -> None:
        change = Presence.ON_BREAK if on_break else Presence.BACK
        await self._present(person, change, on_break=on_break)

    async def set_skills(self, person: PersonId, skills: frozenset[Skill]) -> None:
        await self._set(person, skills=" ".join(sorted(skills)))

    async def set_rights(self, person: PersonId, rights: frozenset[Right]) -> None:
        await self._set(person, rights=" ".join(sorted(rights)))

    async def duty_log(self, force: ForceId, *, since: datetime) -> list[DutyChange]:
        wanted = (
            sa.select(duty_log)
            .where(duty_log.c.force == force, duty_log.c.at >= since)
            .order_by(duty_log.c.id)
        )
        rows = await read(self.database, lambda connection: connection.execute(wanted).all())
        return [
            DutyChange(person=PersonId(row.person), at=row.at, change=Presence(row.change)) for row in rows
        ]

    async def _set(self, person: PersonId, **values: object) -> None:
        change = sa.update(people).where(people.c.id == person).values(**values)
        await write(self.database, lambda connection: _one(connection, change))

    async def _present(self, person: PersonId, change: Presence, **values: object) -> None:
        update = sa.update(people).where(people.c.id == person).values(**values)
        now = self.clock.now()

        def work(connection: Connection) -> None:
            before = connection.execute(
                sa.select(people.c.force, people.c.duty, people.c.on_break).where(people.c.id == person)
            ).one_or_none()
            _one(connection, update)
            if before is not None and not _already(before, change):
                row = {"person": person, "force": before.force, "at": now, "change": change.value}
                connection.execute(sa.insert(duty_log).values(row))

        await write(self.database, work)

    async def enrol(self, person: Person, *, subject: str) -> Person:
        return await write(self.database, lambda connection: _enrol(connection, person, subject))

    async def remove(self, person: PersonId) -> None:
        await write(self.database, lambda connection: _remove(connection, person))

    async def people(self, force: ForceId | None = None) -> list[Person]:
        wanted = sa.select(people).order_by(people.c.duty.is_(None), people.c.duty, people.c.id)
        if force is not None:
            wanted = wanted.where(people.c.force == force)
        rows = await read(self.database, lambda connection: connection.execute(wanted).all())
        return [_person(row) for row in rows]


@dataclass(frozen=True, slots=True)
class StoredSessions:
    database: Database
    clock: Clock

    async def open(self, token_hash: str, session: Session) -> None:
        now = self.clock.now()
        row = {
            "token_hash": token_hash,
            "person": session.person.id,
            "until": session.until,
            "seen_at": session.seen_at,
            "proved_at": session.proved_at,
        }

        def work(connection: Connection) -> None:
            connection.execute(sa.delete(sessions).where(sessions.c.until <= now))
            _known(connection, session.person.id)
            connection.execute(sa.insert(sessions).values(row))

        await write(self.database, work)

    async def find(self, token_hash: str) -> Session | None:
        columns = (sessions.c.until, sessions.c.seen_at, sessions.c.proved_at)
        wanted = (
            sa.select(people, *columns).join_from(people, sessions).where(sessions.c.token_hash == token_hash)
        )
        row = await read(self.database, lambda connection: connection.execute(wanted).one_or_none())
        if row is None:
            return None
        return Session(person=_person(row), until=row.until, seen_at=row.seen_at, proved_at=row.proved_at)

    async def note_seen(self, token_hash: str, at: datetime) -> None:
        await self._set(token_hash, seen_at=at)

    async def note_proved(self, token_hash: str, at: datetime) -> None:
        await self._set(token_hash, proved_at=at)

    async def _set(self, token_hash: str, **values: object) -> None:
        change = sa.update(sessions).where(sessions.c.token_hash == token_hash).values(**values)
        await write(self.database, lambda connection: connection.execute(change))

    async def close(self, token_hash: str) -> None:
        over = sa.delete(sessions).where(sessions.c.token_hash == token_hash)
        await write(self.database, lambda connection: connection.execute(over))

    async def close_all(self, person: PersonId) -> None:
        over = sa.delete(sessions).where(sessions.c.person == person)
        await write(self.database, lambda connection: connection.execute(over))


@dataclass(frozen=True, slots=True)
class StoredGrants:
    database: Database
    clock: Clock

    async def give(self, call: CallId, person: PersonId) -> None:
        now = self.clock.now()

        def work(connection: Connection) -> None:
            if not connection.execute(_given(call, person)).scalar_one():
                connection.execute(sa.insert(grants).values(call=call, person=person, given_at=now))

        await write(self.database, work)

    async def granted(self, call: CallId, person: PersonId) -> bool:
        wanted = _granted(call, person)
        return await read(self.database, lambda connection: bool(connection.execute(wanted).scalar_one()))

    async def calls_of(self, person: PersonId) -> set[CallId]:
        kept = sa.exists().where(bars.c.person == person, bars.c.call == grants.c.call)
        wanted = sa.select(grants.c.call).where(grants.c.person == person, ~kept)
        rows = await read(self.database, lambda connection: connection.execute(wanted).scalars().all())
        return {CallId(call) for call in rows}


def _already(before: Row[*tuple[Any, ...]], change: Presence) -> bool:
    """Whether this changes nothing: it is not worth a line in the log."""
    match change:
        case Presence.ON_DUTY | Presence.OFF_DUTY:
            return (before.duty is not None) is (change is Presence.ON_DUTY)
        case Presence.ON_BREAK | Presence.BACK:
            return bool(before.on_break) is (change is Presence.ON_BREAK)


def _add(connection: Connection, person: Person, password_hash: str, subject: str | None = None) -> None:
    row = {
        "id": person.id,
        "name": person.name,
        "role": person.role.value,
        "force": person.force,
        "password_hash": password_hash,
        "subject": subject,
        "duty": _next_duty() if person.on_duty else None,
        "on_break": person.on_break,
        "skills": " ".join(sorted(person.skills)),
        "rights": " ".join(sorted(person.rights)),
    }
    try:
        connection.execute(sa.insert(people).values(row))
    except IntegrityError:
        raise PersonExists from None


def _enrol(connection: Connection, person: Person, subject: str) -> Person:
    """Who moves to another force leaves its calls behind, and whoever gets another role their duty."""
    known = connection.execute(sa.select(people).where(people.c.subject == subject)).one_or_none()
    if known is None:
        _add(connection, person, "", subject)
        return person
    values: dict[str, object] = {"name": person.name, "role": person.role.value, "force": person.force}
    if (known.role, known.force) != (person.role.value, person.force):
        values |= {"duty": None, "on_break": False, "rights": ""}
        connection.execute(sa.delete(grants).where(grants.c.person == known.id))
        connection.execute(sa.delete(sessions).where(sessions.c.person == known.id))
    connection.execute(sa.update(people).where(people.c.id == known.id).values(values))
    return _person(connection.execute(sa.select(people).where(people.c.id == known.id)).one())


def _remove(connection: Connection, person: PersonId) -> None:
    connection.execute(sa.delete(grants).where(grants.c.person == person))
    _one(connection, sa.delete(people).where(people.c.id == person))


def _one(connection: Connection, change: sa.Update | sa.Delete) -> None:
    if connection.execute(change).rowcount == 0:
        raise UnknownPerson


def _known(connection: Connection, person: PersonId) -> None:
    if connection.execute(sa.select(people.c.id).where(people.c.id == person)).one_or_none() is None:
        raise UnknownPerson


def _next_duty() -> sa.ScalarSelect[Any]:
    others = people.alias()
    return sa.select(sa.func.coalesce(sa.func.max(others.c.duty), 0) + 1).scalar_subquery()


def _given(call: CallId, person: PersonId) -> sa.Select[bool]:
    return sa.select(sa.exists().where(grants.c.call == call, grants.c.person == person))


def _granted(call: CallId, person: PersonId) -> sa.Select[bool]:
    """A bar is stronger than a grant."""
    given = sa.exists().where(grants.c.call == call, grants.c.person == person)
    return sa.select(given & ~sa.exists().where(bars.c.call == call, bars.c.person == person))


def _person(row: Row[*tuple[Any, ...]]) -> Person:
    return Person(
        id=PersonId(row.id),
        name=row.name,
        role=Role(row.role),
        force=ForceId(row.force),
        on_duty=row.duty is not None,
        on_break=row.on_break,
        skills=frozenset(row.skills.split()),
        rights=frozenset(Right(right) for right in row.rights.split()),
    )
