"""Managing people and reading journals from a terminal, on a database of their own."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from server.adapters.store import open_store
from server.adapters.store.passwords import Argon2Hasher
from server.cli.main import app
from server.domain.events import CallArrived, CallEnded, Ending, Event, LegJoined
from server.domain.ids import CallId, ForceId, PersonId
from server.domain.speech import Party
from tests.fakes import FakeClock

PASSWORD = "correct horse battery"
ADD_SAM = ("users", "add", "sam", "--role", "specialist", "--force", "demo", "--password-stdin")
ARRIVED = CallArrived(at_ms=0, force=ForceId("demo"), doorway="twilio", caller="+441", called="+442")
JOINED = LegJoined(at_ms=10, party=Party.CALLER)
ENDED = CallEnded(at_ms=20, why=Ending.HUNG_UP)


@pytest.fixture(autouse=True)
def url(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    url = f"sqlite:{tmp_path}/earshot.db"
    monkeypatch.setenv("EARSHOT_STORE__URL", url)
    return url


def earshot(*arguments: str, given: str = "") -> Result:
    return CliRunner().invoke(app, arguments, input=given)


def record(url: str, events: Sequence[Event]) -> None:
    async def recorded() -> None:
        async with open_store(url, clock=FakeClock()) as store:
            await store.journal.append(CallId("CA1"), events)

    asyncio.run(recorded())


def verifies(url: str, name: str, password: str) -> bool:
    async def verified() -> bool:
        async with open_store(url, clock=FakeClock()) as store:
            return await Argon2Hasher().verify(await store.people.password_hash(PersonId(name)), password)

    return asyncio.run(verified())


def test_somebody_added_is_listed_and_put_on_duty() -> None:
    assert earshot(*ADD_SAM, "--name", "Sam Ade", given=PASSWORD).exit_code == 0
    assert earshot("users", "duty", "sam", "--on").exit_code == 0
    listed = json.loads(earshot("users", "list", "--json").stdout)
    assert listed == [
        {
            "id": "sam",
            "name": "Sam Ade",
            "role": "specialist",
            "force": "demo",
            "on_duty": True,
            "on_break": False,
            "skills": [],
            "rights": [],
        }
    ]


def test_skills_rights_and_breaks_are_kept_and_the_duty_log_tells_who_was_here() -> None:
    assert earshot(*ADD_SAM, "--skill", "child", given=PASSWORD).exit_code == 0
    for command in (
        ("duty", "sam", "--on"),
        ("break", "sam", "--on"),
        ("skills", "sam", "--skill", "language:pl", "--skill", "child"),
        ("rights", "sam", "--right", "export"),
    ):
        assert earshot("users", *command).exit_code == 0, command
    (sam,) = json.loads(earshot("users", "list", "--json").stdout)
    assert (sam["on_break"], sorted(sam["skills"]), sam["rights"]) == (
        True,
        ["child", "language:pl"],
        ["export"],
    )
    log = earshot("users", "duty-log", "--force", "demo").stdout
    assert [line.split("  ")[1:] for line in log.splitlines()] == [
        ["sam", "on duty"],
        ["sam", "on a break"],
    ]


@pytest.mark.parametrize(
    "command", [("skills", "sam", "--skill", "Polish!"), ("rights", "sam", "--right", "everything")]
)
def test_a_skill_or_right_that_there_is_not_is_refused(command: Sequence[str]) -> None:
    assert earshot(*ADD_SAM, given=PASSWORD).exit_code == 0
    assert earshot("users", *command).exit_code == 2


def test_a_new_password_takes_the_place_of_the_old(url: str) -> None:
    earshot(*ADD_SAM, given=PASSWORD)
    assert earshot("users", "passwd", "sam", "--password-stdin", given="short").exit_code == 2
    assert verifies(url, "sam", PASSWORD)
    assert earshot("users", "passwd", "sam", "--password-stdin", given=f"{PASSWORD} 2\n").exit_code == 0
    assert verifies(url, "sam", f"{PASSWORD} 2")
    assert not verifies(url, "sam", PASSWORD)


def test_somebody_removed_is_listed_no_more() -> None:
    earshot(*ADD_SAM, given=PASSWORD)
    assert earshot("users", "remove", "sam", given="n\n").exit_code == 1
    assert earshot("users", "remove", "sam", "--yes").exit_code == 0
    assert json.loads(earshot("users", "list", "--json").stdout) == []


def test_what_cannot_be_done_is_said_and_fails() -> None:
    earshot(*ADD_SAM, given=PASSWORD)
    for arguments in (ADD_SAM, ("users", "duty", "nobody", "--off"), ("users", "remove", "nobody", "-y")):
        refused = earshot(*arguments, given=PASSWORD)
        assert refused.exit_code == 1
        assert "sign-in name" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        (ADD_SAM, "short"),
        (("users", "add", "s am", *ADD_SAM[3:]), PASSWORD),
        (("users", "add", "sam", "--role", "handler", "--force", "nowhere", "--password-stdin"), PASSWORD),
        (("users", "add", "sam", "--role", "cleaner", "--force", "demo", "--password-stdin"), PASSWORD),
        (("users", "add", "sam", "--role", "handler", "--force", "demo", "--password", PASSWORD), ""),
    ],
)
def test_what_is_asked_wrongly_is_not_done(arguments: tuple[str, ...], given: str) -> None:
    earshot("users", "add", "jo", *ADD_SAM[3:], given=PASSWORD)
    assert earshot(*arguments, given=given).exit_code == 2
    assert [person["id"] for person in json.loads(earshot("users", "list", "--json").stdout)] == ["jo"]


def test_a_journal_is_printed_line_by_line_as_json(url: str) -> None:
    record(url, [ARRIVED, JOINED, ENDED])
    lines = [
        json.loads(line) for line in earshot("journal", "CA1", "--json", "--after", "1").stdout.splitlines()
    ]
    assert [(line["call"], line["seq"], line["kind"]) for line in lines] == [
        ("CA1", 2, "LegJoined"),
        ("CA1", 3, "CallEnded"),
    ]
    assert lines[0]["party"] == "caller"


def test_following_a_call_stops_at_its_end(url: str) -> None:
    record(url, [ARRIVED, ENDED])
    assert len(earshot("journal", "CA1", "--follow").stdout.splitlines()) == 2


def test_calls_are_listed_with_how_far_they_have_come(url: str) -> None:
    record(url, [ARRIVED, JOINED])
    (line,) = earshot("journal", "--json").stdout.splitlines()
    assert json.loads(line)["last_seq"] == 2
    assert "live" in earshot("journal").stdout


def test_who_reads_a_journal_at_the_terminal_is_on_record(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    record(url, [ARRIVED, JOINED, ENDED])
    monkeypatch.setenv("LOGNAME", "operator")
    earshot("journal")
    assert earshot("users", "access-log", "--json").stdout == ""
    earshot("journal", "CA1")
    viewed = json.loads(earshot("users", "access-log", "--json").stdout)
    assert (viewed["person"], viewed["kind"], viewed["call"]) == ("account:operator", "viewed", "CA1")


def test_a_call_without_a_journal_is_a_failure(url: str) -> None:
    record(url, [ARRIVED])
    refused = earshot("journal", "CA2")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "No journal is kept" in refused.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("journal",),
        ("journal", "CA1", "--follow"),
        ("users", "list", "--json"),
        ("users", "duty", "sam", "--on"),
        ("users", "remove", "sam", "-y"),
        ("users", "passwd", "sam", "--password-stdin"),
    ],
)
def test_where_there_is_no_database_none_is_made(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mistyped = tmp_path / "dtaa" / "earshot.db"
    monkeypatch.setenv("EARSHOT_STORE__URL", f"sqlite:{mistyped}")
    refused = earshot(*arguments, given=PASSWORD)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert f"There is no database at {mistyped}" in refused.stderr
    assert not mistyped.parent.exists()


def test_a_store_that_cannot_be_opened_is_a_mistake_in_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARSHOT_STORE__URL", "oracle:there")
    refused = earshot("journal")
    assert refused.exit_code == 2
    assert "store.url" in refused.stderr


def test_somebody_is_barred_from_a_call_and_let_back_and_both_are_logged() -> None:
    assert earshot(*ADD_SAM, given=PASSWORD).exit_code == 0
    calls = ("--call", "CA1", "--call", "CA2", "--by", "ana")
    assert earshot("users", "bar", "sam", *calls).exit_code == 0
    assert earshot("users", "bar", "sam", *calls).exit_code == 0
    assert earshot("users", "unbar", "sam", "--call", "CA2", "--by", "ben").exit_code == 0
    assert earshot("users", "bar", "sam", "--call", "no such id", "--by", "ana").exit_code != 0
    lines = earshot("users", "access-log", "--person", "sam", "--json").stdout.splitlines()
    found = [(one["kind"], one["call"], one["by"]) for one in map(json.loads, lines)]
    assert found == [("barred", "CA1", "ana"), ("barred", "CA2", "ana"), ("unbarred", "CA2", "ben")]
    only = earshot("users", "access-log", "--kind", "unbarred", "--call", "CA2").stdout
    assert only.rstrip().endswith("sam  unbarred  CA2  ben")
