"""Keys and postings from a terminal, on a database of their own."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from server.adapters.store import open_store
from server.cli.main import app
from server.domain.ids import CallId
from server.domain.integrations import ApiKey, Posting, Topic
from server.services.api_keys import ApiKeys
from tests.fakes import START, FakeClock

ADD = ("keys", "add", "cad", "--force", "demo", "--scope", "calls:read", "--scope", "prompts:act")


@pytest.fixture(autouse=True)
def url(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    url = f"sqlite:{tmp_path}/earshot.db"
    monkeypatch.setenv("EARSHOT_STORE__URL", url)
    return url


def earshot(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def holder(url: str, token: str) -> ApiKey | None:
    async def held() -> ApiKey | None:
        clock = FakeClock()
        async with open_store(url, clock=clock) as store:
            return await ApiKeys(book=store.keys, clock=clock).holder(token)

    return asyncio.run(held())


def give_up(url: str) -> None:
    posting = Posting(
        id="msg_1",
        endpoint="cad",
        call=CallId("CA1"),
        seq=3,
        topic=Topic.RAISED,
        body="{}",
        made_at=START,
        next_at=START + timedelta(hours=1),
        tries=12,
        dead_at=START,
        why="answered 503",
    )

    async def given_up() -> None:
        async with open_store(url, clock=FakeClock()) as store:
            await store.outbox.queue("cad", [posting], place=0)

    asyncio.run(given_up())


def test_a_key_is_shown_once_and_listed_without_its_secret(url: str) -> None:
    made = earshot(*ADD)
    assert made.exit_code == 0
    token = made.stdout.strip()
    key = holder(url, token)
    assert key is not None
    assert (key.system, key.force, sorted(key.scopes)) == ("cad", "demo", ["calls:read", "prompts:act"])
    for listed in (earshot("keys", "list"), earshot("keys", "list", "--json")):
        assert key.id in listed.stdout
        assert token.rpartition("_")[2] not in listed.stdout


def test_a_revoked_key_opens_nothing_and_stays_listed(url: str) -> None:
    token = earshot(*ADD).stdout.strip()
    key = token.split("_")[1]
    assert earshot("keys", "revoke", key).exit_code == 0
    assert holder(url, token) is None
    assert "revoked" in earshot("keys", "list").stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("keys", "add", "cad", "--force", "nowhere", "--scope", "calls:read"), 2),
        (("keys", "add", "cad", "--force", "demo", "--scope", "everything"), 2),
        (("keys", "add", "cad", "--force", "demo"), 2),
        (("keys", "add", "", "--force", "demo", "--scope", "calls:read"), 2),
        (("keys", "add", "cad", "--force", "demo", "--scope", "calls:read", "--days", "0"), 2),
        (("keys", "revoke", "nobody"), 1),
    ],
)
def test_what_is_asked_wrongly_is_refused(arguments: tuple[str, ...], code: int) -> None:
    earshot(*ADD)
    assert earshot(*arguments).exit_code == code
    assert len(json.loads(earshot("keys", "list", "--json").stdout)) == 1


def test_what_was_given_up_is_listed_tried_again_and_forgotten(url: str) -> None:
    give_up(url)
    assert "given up" in earshot("webhooks", "list").stdout
    (listed,) = json.loads(earshot("webhooks", "list", "--endpoint", "cad", "--json").stdout)
    assert (listed["tries"], listed["why"]) == (12, "answered 503")
    assert "0 posting(s)" in earshot("webhooks", "retry", "crm").stdout
    assert "1 posting(s)" in earshot("webhooks", "retry", "cad").stdout
    assert "given up" not in earshot("webhooks", "list").stdout
    give_up_again = earshot("webhooks", "forget", "cad")
    assert "0 posting(s)" in give_up_again.stdout


@pytest.mark.parametrize("arguments", [("keys", "list"), ("webhooks", "list"), ("keys", "revoke", "k")])
def test_where_there_is_no_database_none_is_made(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mistyped = tmp_path / "dtaa" / "earshot.db"
    monkeypatch.setenv("EARSHOT_STORE__URL", f"sqlite:{mistyped}")
    assert earshot(*arguments).exit_code == 1
    assert not mistyped.parent.exists()
