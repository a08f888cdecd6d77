"""The demonstration's accounts."""

from dataclasses import dataclass, field, replace

from server.demo.seeding import FORCE, seed
from server.domain.ids import ForceId, PersonId
from server.domain.people import Person, Role
from server.ports.people import PersonExists


@dataclass(slots=True)
class People:
    """A people book in memory."""

    persons: dict[PersonId, Person] = field(default_factory=dict)
    hashes: dict[PersonId, str] = field(default_factory=dict)

    async def add(self, person: Person, *, password_hash: str) -> None:
        if person.id in self.persons:
            raise PersonExists
        self.persons[person.id], self.hashes[person.id] = person, password_hash

    async def person(self, person: PersonId) -> Person:
        return self.persons[person]

    async def password_hash(self, person: PersonId) -> str:
        return self.hashes[person]

    async def set_password_hash(self, person: PersonId, password_hash: str) -> None:
        self.hashes[person] = password_hash

    async def set_duty(self, person: PersonId, *, on_duty: bool) -> None:
        self.persons[person] = replace(self.persons[person], on_duty=on_duty)

    async def remove(self, person: PersonId) -> None:
        del self.persons[person]

    async def people(self, force: ForceId | None = None) -> list[Person]:
        return [person for person in self.persons.values() if force in (None, person.force)]


def hashed(password: str) -> str:
    return f"hash of {password}"


async def test_one_account_per_role_comes_on_duty_with_the_password_that_is_printed() -> None:
    people = People()
    sign_ins = await seed(people, hashed)
    assert [sign_in.role for sign_in in sign_ins] == list(Role)
    assert all(person.on_duty and person.force == FORCE for person in people.persons.values())
    assert people.hashes == {sign_in.person: hashed(sign_in.password) for sign_in in sign_ins}


async def test_seeding_again_keeps_the_accounts_and_changes_every_password() -> None:
    people = People()
    first = await seed(people, hashed)
    await people.set_duty(first[0].person, on_duty=False)
    second = await seed(people, hashed)
    assert len(people.persons) == len(Role)
    assert people.persons[first[0].person].on_duty
    assert people.hashes == {sign_in.person: hashed(sign_in.password) for sign_in in second}
    assert not {one.password for one in first} & {one.password for one in second}


async def test_a_password_is_not_shown_by_accident() -> None:
    (sign_in, *_) = await seed(People(), hashed)
    assert sign_in.password not in repr(sign_in)
