"""The demonstration's accounts."""

from server.demo.seeding import FORCE, seed
from server.domain.people import Role
from tests.fakes import FakeHasher, FakePeople


async def test_somebody_in_every_role_comes_on_duty_with_the_password_that_is_printed() -> None:
    people = FakePeople()
    sign_ins = await seed(people, FakeHasher())
    assert {sign_in.role for sign_in in sign_ins} == set(Role)
    assert all(person.on_duty and person.force == FORCE for person in people.kept.values())
    assert people.hashes == {one.person: f"hash:{one.password}" for one in sign_ins}


async def test_seeding_again_keeps_the_accounts_and_changes_every_password() -> None:
    people = FakePeople()
    first = await seed(people, FakeHasher())
    await people.set_duty(first[0].person, on_duty=False)
    second = await seed(people, FakeHasher())
    assert len(people.kept) == len(first)
    assert people.kept[first[0].person].on_duty
    assert people.hashes == {one.person: f"hash:{one.password}" for one in second}
    assert not {one.password for one in first} & {one.password for one in second}


async def test_a_password_is_not_shown_by_accident() -> None:
    (sign_in, *_) = await seed(FakePeople(), FakeHasher())
    assert sign_in.password not in repr(sign_in)
