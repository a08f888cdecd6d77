"""Corrections counted and exported from a terminal, on a database of their own."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from server.adapters.store import open_store
from server.cli.main import app
from server.domain.events import Event, MarkerJudged, Verdict, WordsExported
from server.domain.ids import CallId, ForceId, MarkerId, PersonId
from server.domain.speech import Party
from tests.fakes import FakeClock
from tests.stories import arrived, said, sighted

PASSWORD = "correct horse battery"
DEMO = ForceId("demo")
SAID = said(Party.CALLER, 0, "he has got a knife", at_ms=4000)
JUDGED = MarkerJudged(
    at_ms=6000,
    person=PersonId("sam"),
    marker=MarkerId("weapon"),
    party=Party.CALLER,
    utterance=0,
    verdict=Verdict.TRUE,
)


@pytest.fixture(autouse=True)
def url(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A database with one corrected call, and Sam's account."""
    url = f"sqlite:{tmp_path}/earshot.db"
    monkeypatch.setenv("EARSHOT_STORE__URL", url)
    monkeypatch.setenv("EARSHOT_VAULT__KEY_FILE", f"{tmp_path}/vault.key")
    add = ("users", "add", "sam", "--role", "specialist", "--force", "demo", "--password-stdin")
    assert earshot(*add, given=PASSWORD).exit_code == 0

    async def recorded() -> None:
        async with open_store(url, clock=FakeClock()) as store:
            knife = sighted("weapon", "a knife", utterance=0, at_ms=4900)
            await store.journal.append(CallId("CA1"), [arrived(DEMO), SAID, knife, JUDGED])

    asyncio.run(recorded())
    return url


def earshot(*arguments: str, given: str = "") -> Result:
    return CliRunner().invoke(app, arguments, input=given)


def last_event(url: str) -> Event:
    async def read() -> Event:
        async with open_store(url, clock=FakeClock()) as store:
            return (await store.journal.entries(CallId("CA1")))[-1].event

    return asyncio.run(read())


def export(*more: str, password: str = PASSWORD) -> Result:
    return earshot("corrections", "export", "--by", "sam", "--password-stdin", *more, given=password)


def test_corrections_are_counted_without_their_words() -> None:
    counted = earshot("corrections", "count", "--force", "demo", "--json")
    assert json.loads(counted.stdout) == [["weapon", "true", 1]]
    assert "knife" not in earshot("corrections", "count", "--force", "demo").stdout


def test_no_words_leave_without_the_right_or_the_password(url: str) -> None:
    assert export().exit_code == 1
    earshot("users", "rights", "sam", "--right", "export")
    assert export(password="guess").exit_code == 1
    assert earshot("corrections", "export", "--by", "jo", "--password-stdin", given=PASSWORD).exit_code == 1
    assert last_event(url) == JUDGED


def test_an_export_is_a_file_of_ones_own_and_on_the_calls_record(url: str, tmp_path: Path) -> None:
    earshot("users", "rights", "sam", "--right", "export")
    to = tmp_path / "corrections.jsonl"
    assert export("--out", str(to)).exit_code == 0
    (line,) = to.read_text().splitlines()
    assert (json.loads(line)["text"], json.loads(line)["markers"]) == ("he has got a knife", ["weapon"])
    assert to.stat().st_mode & 0o777 == 0o600
    assert last_event(url) == WordsExported(at_ms=6000, person=PersonId("sam"), purpose="corrections")
    assert export("--out", str(to)).exit_code == 1


def test_an_export_can_be_evaluated(tmp_path: Path) -> None:
    earshot("users", "rights", "sam", "--right", "export")
    to = tmp_path / "corrections.jsonl"
    export("--out", str(to))
    evaluated = earshot("evaluate", str(to), "--json")
    assert evaluated.exit_code == 0
    assert json.loads(evaluated.stdout)["by_marker"]["weapon"]["right"] == 1
