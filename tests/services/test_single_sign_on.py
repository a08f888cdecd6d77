from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from server.domain.access import AccessKind
from server.domain.ids import ForceId, PersonId
from server.domain.people import Person, Role
from server.ports.identity import Answer, Asking, IdentityLost, NotVouched, Vouched
from server.services import single_sign_on
from server.services.refusals import Refused
from server.services.signing_in import Accounts, ProveAgain, SigningIn
from server.services.single_sign_on import (
    Begun,
    ClaimMap,
    NameTaken,
    NoPlaceHere,
    NotSignedInThere,
    ProviderAway,
    SingleSignOn,
)
from tests.fakes import FakeAccessLog, FakeClock, FakeHasher, FakePeople, FakeSessions

CLAIMS = ClaimMap(
    name="preferred_username",
    full_name="name",
    role="roles",
    force="force",
    roles={"DA-Specialists": Role.SPECIALIST, "DA-Duty": Role.SUPERVISOR},
    forces={"MID": ForceId("midshire")},
)
SAID: dict[str, object] = {
    "preferred_username": "samira",
    "name": "Samira Ade",
    "roles": ["DA-Specialists", "Staff"],
    "force": "MID",
}
SAMIRA = Person(id=PersonId("samira"), name="Samira Ade", role=Role.SPECIALIST, force=ForceId("midshire"))


@dataclass
class FakeProvider:
    said: Mapping[str, object] = field(default_factory=lambda: dict(SAID))
    proved_at: datetime | None = None
    away: bool = False
    asked: list[Asking] = field(default_factory=list)

    async def address(self, asking: Asking) -> str:
        if self.away:
            raise IdentityLost("no answer in time")
        self.asked.append(asking)
        return f"https://login.example/?state={asking.state}"

    async def vouched(self, asking: Asking, answer: Answer) -> Vouched:
        if self.away:
            raise IdentityLost("no answer in time")
        if answer.code != "good":
            raise NotVouched("the code was not taken")
        return Vouched(subject="login u-1", claims=self.said, proved_at=self.proved_at)


class Gate:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.people = FakePeople()
        self.log = FakeAccessLog(self.clock)
        accounts = Accounts(
            people=self.people,
            sessions=FakeSessions(self.people),
            hasher=FakeHasher(),
            accesses=self.log,
        )
        self.signing_in = SigningIn(accounts, self.clock)
        self.provider = FakeProvider()
        self.sso = SingleSignOn(
            provider=self.provider,
            claims=CLAIMS,
            people=self.people,
            signing_in=self.signing_in,
            clock=self.clock,
        )

    async def through(self, begun: Begun, *, code: str = "good", browser: str | None = None) -> str:
        state = self.provider.asked[-1].state
        return await self.sso.finish(
            state, Answer(code=code), browser=begun.browser if browser is None else browser
        )


@pytest.fixture
def gate() -> Gate:
    return Gate()


async def test_whoever_is_vouched_for_is_signed_in_as_their_claims_say(gate: Gate) -> None:
    token = await gate.through(await gate.sso.begin())
    assert await gate.signing_in.holder(token) == SAMIRA
    assert [(one.person, one.kind) for one in gate.log.kept] == [(SAMIRA.id, AccessKind.SIGNED_IN)]


async def test_a_way_through_is_good_once(gate: Gate) -> None:
    begun = await gate.sso.begin()
    await gate.through(begun)
    with pytest.raises(NotSignedInThere):
        await gate.through(begun)


async def test_only_the_browser_that_began_is_signed_in(gate: Gate) -> None:
    begun = await gate.sso.begin()
    with pytest.raises(NotSignedInThere):
        await gate.through(begun, browser="another's")
    await gate.through(begun)


async def test_who_takes_too_long_begins_again(gate: Gate) -> None:
    begun = await gate.sso.begin()
    gate.clock.advance(single_sign_on.WAITS.total_seconds())
    with pytest.raises(NotSignedInThere):
        await gate.through(begun)


async def test_of_too_many_on_the_way_the_oldest_begins_again(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single_sign_on, "ON_THE_WAY", 2)
    first = await gate.sso.begin()
    state = gate.provider.asked[-1].state
    await gate.sso.begin()
    last = await gate.sso.begin()
    with pytest.raises(NotSignedInThere):
        await gate.sso.finish(state, Answer(code="good"), browser=first.browser)
    await gate.through(last)


async def test_every_way_through_has_secrets_of_its_own(gate: Gate) -> None:
    begun = [await gate.sso.begin() for _ in range(3)]
    secrets = [one.browser for one in begun]
    for asking in gate.provider.asked:
        secrets += [asking.state, asking.nonce, asking.verifier]
    assert len(set(secrets)) == 12
    assert all(len(one) >= 43 for one in secrets)
    assert begun[0].browser not in repr(begun[0])


@pytest.mark.parametrize(
    "change",
    [
        {"roles": ["Staff"]},
        {"roles": None},
        {"roles": {"DA-Duty": True}},
        {"roles": ["DA-Duty", "DA-Specialists"]},
        {"force": "XYZ"},
        {"force": 7},
        {"preferred_username": ""},
        {"preferred_username": "a name with spaces"},
        {"preferred_username": ["samira"]},
    ],
)
async def test_claims_that_do_not_say_one_name_role_and_force_let_nobody_in(
    gate: Gate, change: dict[str, object]
) -> None:
    gate.provider.said = {**SAID, **change}
    with pytest.raises(NoPlaceHere):
        await gate.through(await gate.sso.begin())
    assert gate.people.kept == {}


async def test_an_account_of_the_same_name_is_not_taken_over(gate: Gate) -> None:
    await gate.people.add(SAMIRA, password_hash="hash:x")
    with pytest.raises(NameTaken):
        await gate.through(await gate.sso.begin())


async def test_a_provider_that_refuses_or_is_away_is_told_apart(gate: Gate) -> None:
    refusals: list[type[Refused]] = []
    begun = await gate.sso.begin()
    try:
        await gate.through(begun, code="bad")
    except Refused as refused:
        refusals.append(type(refused))
    begun = await gate.sso.begin()
    gate.provider.away = True
    try:
        await gate.through(begun)
    except Refused as refused:
        refusals.append(type(refused))
    assert refusals == [NotSignedInThere, ProviderAway]
    with pytest.raises(ProviderAway):
        await gate.sso.begin()


async def test_who_is_to_prove_it_again_must_have_done_so_since(gate: Gate) -> None:
    gate.provider.proved_at = gate.clock.now() - timedelta(hours=2)
    token = await gate.through(await gate.sso.begin())
    with pytest.raises(ProveAgain):
        await gate.signing_in.check_proved(token)
    with pytest.raises(NotSignedInThere):
        await gate.through(await gate.sso.begin(again=True))
    gate.provider.proved_at = None
    with pytest.raises(NotSignedInThere):
        await gate.through(await gate.sso.begin(again=True))
    gate.provider.proved_at = gate.clock.now()
    token = await gate.through(await gate.sso.begin(again=True))
    await gate.signing_in.check_proved(token)


async def test_a_role_that_changes_there_changes_here(gate: Gate) -> None:
    await gate.through(await gate.sso.begin())
    gate.provider.said = {**SAID, "roles": "DA-Duty"}
    token = await gate.through(await gate.sso.begin())
    holder = await gate.signing_in.holder(token)
    assert holder is not None
    assert holder.role is Role.SUPERVISOR
