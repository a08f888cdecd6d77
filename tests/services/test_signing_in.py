import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from server.domain.access import AccessKind
from server.domain.ids import ForceId, PersonId
from server.domain.people import Person, Right, Role
from server.ports.people import UnknownPerson
from server.services import throttle
from server.services.signing_in import (
    Accounts,
    BadSignIn,
    ProveAgain,
    SigningIn,
    SignInRules,
    TooManyTries,
    WeakPassword,
    csrf_matches,
    csrf_token,
    token_hash,
)
from server.services.throttle import Throttle
from tests.fakes import FakeAccessLog, FakeClock, FakeHasher, FakePeople, FakeSessions

SAM = Person(id=PersonId("sam"), name="Sam Ade", role=Role.SUPERVISOR, force=ForceId("northshire"))
PASSWORD = "correct horse battery"


class Desk:
    """Signing in with everything around it in memory."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.people = FakePeople()
        self.hasher = FakeHasher()
        self.log = FakeAccessLog(self.clock)
        self.accounts = Accounts(
            people=self.people,
            sessions=FakeSessions(self.people),
            hasher=self.hasher,
            accesses=self.log,
        )
        self.signing_in = SigningIn(self.accounts, self.clock, SignInRules(failures=3, wait_s=60))

    async def fail(self, name: str = "sam", times: int = 1, address: str = "") -> None:
        for _ in range(times):
            with pytest.raises(BadSignIn):
                await self.signing_in.sign_in(name, "wrong", address)


@pytest.fixture
async def desk() -> Desk:
    desk = Desk()
    await desk.accounts.add(SAM, PASSWORD)
    return desk


async def test_the_right_password_opens_a_session_for_a_shift(desk: Desk) -> None:
    desk.signing_in = SigningIn(desk.accounts, desk.clock, SignInRules(idle=timedelta(0)))
    token = await desk.signing_in.sign_in("sam", PASSWORD)
    assert await desk.signing_in.holder(token) == SAM
    desk.clock.advance(timedelta(hours=12).total_seconds() - 1)
    assert await desk.signing_in.holder(token) == SAM
    desk.clock.advance(1)
    assert await desk.signing_in.holder(token) is None


async def test_only_a_hash_of_the_token_is_kept(desk: Desk) -> None:
    token = await desk.signing_in.sign_in("sam", PASSWORD)
    assert set(desk.people.open_sessions) == {token_hash(token)}
    assert token not in token_hash(token)


async def test_every_session_has_its_own_token(desk: Desk) -> None:
    tokens = {await desk.signing_in.sign_in("sam", PASSWORD) for _ in range(5)}
    assert len(tokens) == 5
    assert all(len(token) >= 43 for token in tokens)


async def test_signing_out_ends_this_session_and_no_other(desk: Desk) -> None:
    here, there = [await desk.signing_in.sign_in("sam", PASSWORD) for _ in range(2)]
    await desk.signing_in.sign_out(here)
    assert await desk.signing_in.holder(here) is None
    assert await desk.signing_in.holder(there) == SAM


@pytest.mark.parametrize("token", ["", "made up", "\ud800"])
async def test_a_token_that_nobody_was_given_belongs_to_nobody(desk: Desk, token: str) -> None:
    assert await desk.signing_in.holder(token) is None


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("sam", "wrong"),
        ("sam", ""),
        ("nobody", PASSWORD),
        ("", ""),
        ("\ud800", "\ud800"),
        ("sam", PASSWORD * 99),
    ],
)
async def test_every_wrong_sign_in_is_refused_alike_for_one_verification(
    desk: Desk, name: str, password: str
) -> None:
    with pytest.raises(BadSignIn, match=r"^The name or the password is wrong\.$"):
        await desk.signing_in.sign_in(name, password)
    assert desk.hasher.verified == 1


async def test_after_too_many_failures_even_the_right_password_waits(desk: Desk) -> None:
    await desk.fail(times=3)
    with pytest.raises(TooManyTries) as refused:
        await desk.signing_in.sign_in("sam", PASSWORD)
    assert refused.value.wait_s == 60
    assert desk.hasher.verified == 3
    desk.clock.advance(60)
    assert await desk.signing_in.sign_in("sam", PASSWORD)


async def test_a_failure_after_the_wait_makes_another_wait(desk: Desk) -> None:
    await desk.fail(times=3)
    desk.clock.advance(60)
    await desk.fail()
    with pytest.raises(TooManyTries):
        await desk.signing_in.sign_in("sam", PASSWORD)


async def test_a_success_forgets_the_accounts_failures(desk: Desk) -> None:
    await desk.fail(times=2)
    await desk.signing_in.sign_in("sam", PASSWORD)
    await desk.fail(times=3)


async def test_old_failures_are_forgotten(desk: Desk) -> None:
    await desk.fail(times=2)
    desk.clock.advance(throttle.FORGOTTEN_AFTER_S + 1)
    await desk.fail(times=2)
    assert await desk.signing_in.sign_in("sam", PASSWORD)


async def test_unknown_names_are_put_off_like_known_ones(desk: Desk) -> None:
    await desk.fail("nobody", times=3)
    with pytest.raises(TooManyTries):
        await desk.signing_in.sign_in("nobody", PASSWORD)


async def test_guessing_at_one_account_does_not_put_off_another(desk: Desk) -> None:
    await desk.fail("nobody", times=3)
    assert await desk.signing_in.sign_in("sam", PASSWORD)


async def test_an_address_that_tries_many_names_is_put_off(desk: Desk) -> None:
    for number in range(30):
        await desk.fail(f"guess{number}", address="192.0.2.1")
    with pytest.raises(TooManyTries):
        await desk.signing_in.sign_in("sam", PASSWORD, "192.0.2.1")
    assert await desk.signing_in.sign_in("sam", PASSWORD, "192.0.2.2")


async def test_tries_at_the_same_time_do_not_slip_through_together(desk: Desk) -> None:
    async def guess() -> type[Exception] | None:
        try:
            await desk.signing_in.sign_in("sam", "wrong")
        except (BadSignIn, TooManyTries) as refused:
            return type(refused)
        return None

    async with asyncio.TaskGroup() as tasks:
        guesses = [tasks.create_task(guess()) for _ in range(20)]
    outcomes = [task.result() for task in guesses]
    assert outcomes.count(BadSignIn) == 3
    assert outcomes.count(TooManyTries) == 17


async def test_open_sessions_outlive_a_guessing_attack(desk: Desk) -> None:
    token = await desk.signing_in.sign_in("sam", PASSWORD)
    await desk.fail(times=3)
    assert await desk.signing_in.holder(token) == SAM


def test_memory_of_guesses_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "MOST_KEPT", 3)
    guesses = Throttle(FakeClock(), limit=1, wait_s=60)
    for name in "abcd":
        guesses.count(name)
    assert len(guesses) == 3
    assert [guesses.wait_s(name) for name in "abcd"] == [0, 60, 60, 60]


async def test_a_weak_hash_is_made_again_at_sign_in(desk: Desk) -> None:
    desk.people.hashes[SAM.id] = f"weak:{PASSWORD}"
    await desk.signing_in.sign_in("sam", PASSWORD)
    assert desk.people.hashes[SAM.id] == f"hash:{PASSWORD}"


async def test_a_new_password_signs_out_everywhere(desk: Desk) -> None:
    token = await desk.signing_in.sign_in("sam", PASSWORD)
    await desk.accounts.set_password(SAM.id, "another horse battery")
    assert await desk.signing_in.holder(token) is None
    await desk.fail()
    assert await desk.signing_in.sign_in("sam", "another horse battery")


@pytest.mark.parametrize("password", ["", "nine char", "x" * 257])
async def test_a_password_too_short_or_too_long_is_not_taken(desk: Desk, password: str) -> None:
    with pytest.raises(WeakPassword):
        await desk.accounts.set_password(SAM.id, password)


async def test_nobody_unknown_gets_a_password(desk: Desk) -> None:
    with pytest.raises(UnknownPerson):
        await desk.accounts.set_password(PersonId("nobody"), PASSWORD)


def test_a_page_proves_that_it_belongs_to_the_session() -> None:
    assert csrf_matches("token", csrf_token("token"))
    assert not csrf_matches("token", csrf_token("other"))
    assert not csrf_matches("token", "")
    assert not csrf_matches("token", "\ud800")


async def test_a_session_that_nobody_uses_is_over(desk: Desk) -> None:
    token = await desk.signing_in.sign_in("sam", PASSWORD)
    desk.clock.advance(timedelta(minutes=59).total_seconds())
    assert await desk.signing_in.holder(token) == SAM
    desk.clock.advance(timedelta(minutes=59).total_seconds())
    assert await desk.signing_in.holder(token, used=False) == SAM
    desk.clock.advance(timedelta(minutes=1).total_seconds())
    assert await desk.signing_in.holder(token) is None


async def test_use_does_not_keep_a_session_open_beyond_its_end(desk: Desk) -> None:
    token = await desk.signing_in.sign_in("sam", PASSWORD)
    for _ in range(23):
        desk.clock.advance(timedelta(minutes=30).total_seconds())
        assert await desk.signing_in.holder(token) == SAM
    desk.clock.advance(timedelta(minutes=30).total_seconds())
    assert await desk.signing_in.holder(token) is None


async def test_with_the_forces_own_sign_in_a_password_is_only_for_who_may_break_glass(desk: Desk) -> None:
    desk.signing_in = SigningIn(desk.accounts, desk.clock, SignInRules(break_glass_only=True))
    await desk.fail()
    with pytest.raises(BadSignIn):
        await desk.signing_in.sign_in("sam", PASSWORD)
    await desk.people.set_rights(SAM.id, frozenset({Right.BREAK_GLASS}))
    await desk.signing_in.sign_in("sam", PASSWORD)
    assert [(one.person, one.kind) for one in desk.log.kept] == [(SAM.id, AccessKind.BREAK_GLASS)]


async def test_somebody_vouched_for_by_the_force_has_no_password(desk: Desk) -> None:
    await desk.people.enrol(replace(SAM, id=PersonId("sol")), subject="login u-2")
    for password in ("", "hash:", PASSWORD):
        with pytest.raises(BadSignIn):
            await desk.signing_in.sign_in("sol", password)


async def test_a_proof_is_fresh_for_a_while_and_can_be_given_again(desk: Desk) -> None:
    token = await desk.signing_in.sign_in("sam", PASSWORD)
    await desk.signing_in.check_proved(token)
    desk.clock.advance(timedelta(minutes=5).total_seconds())
    with pytest.raises(ProveAgain):
        await desk.signing_in.check_proved(token)
    with pytest.raises(BadSignIn):
        await desk.signing_in.prove(token, "wrong")
    with pytest.raises(ProveAgain):
        await desk.signing_in.check_proved(token)
    await desk.signing_in.prove(token, PASSWORD)
    await desk.signing_in.check_proved(token)
    with pytest.raises(ProveAgain):
        await desk.signing_in.check_proved("no token of ours")
