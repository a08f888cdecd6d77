"""Keys of other systems, and how often each may ask."""

from dataclasses import replace
from datetime import datetime, timedelta

from server.domain.ids import ForceId
from server.domain.integrations import ApiKey, Scope
from server.services.api_keys import ApiKeys
from server.services.rates import MOST_KEPT, Rate, Rates
from tests.fakes import FakeClock

NORTH = ForceId("northshire")


class Book:
    def __init__(self) -> None:
        self.kept: dict[str, tuple[ApiKey, str]] = {}

    async def add(self, key: ApiKey, *, secret_hash: str) -> None:
        self.kept[key.id] = (key, secret_hash)

    async def find(self, key: str) -> tuple[ApiKey, str] | None:
        return self.kept.get(key)

    async def keys(self) -> list[ApiKey]:
        return [key for key, _ in self.kept.values()]

    async def revoke(self, key: str, at: datetime) -> None:
        known, secret_hash = self.kept[key]
        self.kept[key] = (replace(known, revoked_at=known.revoked_at or at), secret_hash)


async def test_a_token_is_known_again_and_its_secret_is_not_kept() -> None:
    book = Book()
    keys = ApiKeys(book=book, clock=FakeClock())
    key, token = await keys.issue("cad", NORTH, [Scope.CALLS])
    assert await keys.holder(token) == key
    assert token.rpartition("_")[2] not in str(book.kept)


async def test_a_token_is_over_when_its_time_is() -> None:
    clock = FakeClock()
    keys = ApiKeys(book=Book(), clock=clock)
    key, token = await keys.issue("cad", NORTH, [Scope.CALLS], lasts=timedelta(days=1))
    clock.advance(86_399)
    assert await keys.holder(token) == key
    clock.advance(1)
    assert await keys.holder(token) is None


async def test_a_revoked_token_opens_nothing_from_that_moment() -> None:
    book, clock = Book(), FakeClock()
    keys = ApiKeys(book=book, clock=clock)
    key, token = await keys.issue("cad", NORTH, [Scope.CALLS])
    await book.revoke(key.id, clock.now())
    assert await keys.holder(token) is None


async def test_nonsense_opens_nothing() -> None:
    keys = ApiKeys(book=Book(), clock=FakeClock())
    _, token = await keys.issue("cad", NORTH, [Scope.CALLS])
    for wrong in ("", "earshot_", token + "a", token[:-1], token.upper(), "\ud800", "a" * 100_000):
        assert await keys.holder(wrong) is None


def test_a_burst_is_let_through_and_then_as_many_as_the_rate_allows() -> None:
    clock = FakeClock()
    rates = Rates(clock, Rate(per_s=2, burst=3))
    assert [rates.take("cad") for _ in range(4)] == [0, 0, 0, 0.5]
    clock.advance(0.5)
    assert [rates.take("cad"), rates.take("cad")] == [0, 0.5]


def test_one_who_asks_too_often_delays_nobody_else() -> None:
    rates = Rates(FakeClock(), Rate(per_s=1, burst=1))
    rates.take("cad")
    assert rates.take("cad") > 0
    assert rates.take("crm") == 0


def test_what_is_remembered_is_bounded() -> None:
    rates = Rates(FakeClock(), Rate(per_s=1, burst=1))
    for number in range(MOST_KEPT + 10):
        rates.take(str(number))
    assert len(rates._kept) == MOST_KEPT
