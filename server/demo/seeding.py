"""The demonstration's people: every role, all on duty, with a fresh password at each start."""

import secrets
from dataclasses import dataclass, field

from server.domain.ids import ForceId, PersonId
from server.domain.people import Person, Role
from server.ports.people import PasswordHasher, PeopleBook, PersonExists

FORCE = ForceId("demo")
PEOPLE = (
    ("handler", "Hana Mistry", Role.HANDLER),
    ("handler2", "Harri Blain", Role.HANDLER),
    ("specialist", "Sian Whitlock", Role.SPECIALIST),
    ("supervisor", "Samuel Ade", Role.SUPERVISOR),
)
"""Two handlers, since two calls ring at once and a handler has one at a time."""
PASSWORD_BYTES = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """What the demonstration prints, so that somebody at this machine can sign in."""

    person: PersonId
    name: str
    role: Role
    password: str = field(repr=False)


async def seed(people: PeopleBook, hasher: PasswordHasher) -> list[SignIn]:
    """Add the accounts, or give those that exist a new password; all come on duty."""
    everybody = [
        Person(id=PersonId(person), name=name, role=role, force=FORCE, on_duty=True)
        for person, name, role in PEOPLE
    ]
    return [await _seeded(people, hasher, person) for person in everybody]


async def _seeded(people: PeopleBook, hasher: PasswordHasher, person: Person) -> SignIn:
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    password_hash = await hasher.hash(password)
    try:
        await people.add(person, password_hash=password_hash)
    except PersonExists:
        await people.set_password_hash(person.id, password_hash)
    await people.set_duty(person.id, on_duty=True)
    return SignIn(person=person.id, name=person.name, role=person.role, password=password)
