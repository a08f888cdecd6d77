"""The verbs about what is kept: the master key, holds, erasing and the audit, on a real database."""

import asyncio
import zipfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from server.adapters.clock import SystemClock
from server.adapters.store.passwords import Argon2Hasher
from server.adapters.vault.master import read_masters
from server.cli.main import app
from server.domain.events import CallEnded, Ending, RecordingBegan, RecordingEnded
from server.domain.ids import CallId
from server.domain.people import Right
from server.domain.recordings import Stream, StreamId, StreamKind
from server.domain.speech import Party
from server.settings import Settings, load
from server.wiring.vault import Safe, open_safe
from tests.stories import SAM, SUE, arrived, said

CALL = CallId("CA1")
CALLER = Stream(id=StreamId("caller"), kind=StreamKind.ULAW)
ENDED = CallEnded(at_ms=900, why=Ending.HUNG_UP)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    shipped = Path("config/retention.toml").read_text(encoding="utf-8")
    (tmp_path / "config" / "retention.toml").write_text(shipped, encoding="utf-8")
    path = tmp_path / "config" / "earshot.toml"
    path.write_text("", encoding="utf-8")
    asyncio.run(in_safe(load(path), a_call))
    return path


async def in_safe(settings: Settings, work: Callable[[Safe], Awaitable[None]]) -> None:
    async with open_safe(settings, clock=SystemClock()) as safe:
        await work(safe)


async def a_call(safe: Safe) -> None:
    await safe.store.journal.append(CALL, [arrived(), said(Party.CALLER, 0, "he strangled me", at_ms=100)])
    writing = await safe.vault.write(CALL, CALLER)
    kept = await writing.keep(b"sound", from_ms=0, to_ms=100)
    await writing.close()
    began = RecordingBegan(at_ms=0, stream=CALLER.id, medium=CALLER.kind, policy="law")
    ended = RecordingEnded(at_ms=100, stream=CALLER.id, pieces=1, to_ms=100, chain=kept.chain)
    await safe.store.journal.append(CALL, [began, ended, ENDED])


def run(config: Path, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, [*words, "--config", str(config)])
    return result.exit_code, result.output


def test_the_first_start_makes_a_master_key_that_only_its_owner_may_read(config: Path) -> None:
    key = config.parent.parent / "data" / "vault.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert len(read_masters(key)) == 1


def test_a_call_is_erased_with_a_certificate_that_the_audit_proves(config: Path) -> None:
    code, told = run(config, "retention", "erase", CALL, "--by", "sue", "--why", "asked for")
    assert code == 0
    assert "erased: CA1 by sue" in told
    assert "entries_readable: 0" in run(config, "retention", "certificate", CALL)[1]
    assert "WordsErased" in run(config, "journal", CALL, "--json")[1]
    assert run(config, "audit", "verify")[0] == 0


def test_a_held_call_stays_until_the_hold_is_lifted(config: Path) -> None:
    assert run(config, "retention", "hold", CALL, "--by", "sue", "--why", "trial in May")[0] == 0
    assert CALL in run(config, "retention", "holds")[1]
    code, told = run(config, "retention", "erase", CALL, "--by", "sue", "--why", "asked for")
    assert (code, "legal hold" in told) == (1, True)
    lift = ("retention", "lift", CALL, "--by", "sue", "--why", "trial over", "--second")
    assert run(config, *lift, "sue")[0] == 1
    assert run(config, *lift, "sam")[0] == 0
    assert run(config, "retention", "erase", CALL, "--by", "sue", "--why", "asked for")[0] == 0


def test_the_audit_notices_a_head_that_it_does_not_hold(config: Path) -> None:
    run(config, "retention", "hold", CALL, "--by", "sue", "--why", "trial in May")
    assert run(config, "audit", "verify", "--head", "0" * 64)[0] == 1


def test_a_new_master_key_takes_the_place_of_the_old_one(config: Path) -> None:
    path = config.parent.parent / "data" / "vault.key"
    before = read_masters(path)
    assert run(config, "vault", "rotate")[0] == 0
    after = read_masters(path)
    assert len(after) == 1
    assert after != before
    assert "strangled" in run(config, "journal", CALL)[1]
    assert run(config, "vault", "verify", CALL)[0] == 0


def test_a_server_does_not_begin_with_another_master_key_unless_told_that_the_old_one_is_lost(
    config: Path,
) -> None:
    (config.parent.parent / "data" / "vault.key").unlink()
    code, told = run(config, "vault", "verify", CALL)
    assert code == 2
    assert "the master key" in told
    assert "accept-loss" in told
    assert run(config, "vault", "accept-loss")[0] == 0
    assert "WordsErased" in run(config, "journal", CALL, "--json")[1]


def test_a_changed_recording_is_said_to_be_changed(config: Path) -> None:
    assert run(config, "vault", "verify", CALL) == (0, "The recording is as it was written.\n")
    path = next((config.parent.parent / "data" / "vault").rglob("caller.ulaw"))
    bent = bytearray(path.read_bytes())
    bent[-1] ^= 1
    path.write_bytes(bent)
    assert run(config, "vault", "verify", CALL)[0] == 1


def test_the_table_says_how_long_what_is_kept_and_nothing_new_is_due(config: Path) -> None:
    assert "MoPI" in run(config, "retention", "table")[1]
    assert run(config, "retention", "due") == (0, "")
    assert "0 erased, 0 held, 0 failed." in run(config, "retention", "run")[1]


async def people(safe: Safe) -> None:
    kept = await Argon2Hasher().hash("correct horse")
    for person in (SAM, SUE):
        await safe.store.people.add(person, password_hash=kept)
        await safe.store.people.set_rights(person.id, frozenset({Right.EXPORT}))


def test_two_people_disclose_a_call_from_the_command_line(config: Path, tmp_path: Path) -> None:
    asyncio.run(in_safe(load(config), people))
    to = tmp_path / "call.zip"
    words = ["disclose", CALL, "--by", "sam", "--why", "case 17", "--out", str(to), "--passwords-stdin"]
    runner, given = CliRunner(), "correct horse\ncorrect horse\n"
    alone = runner.invoke(app, [*words, "--second", "sam", "--config", str(config)], input=given)
    assert (alone.exit_code, to.exists()) == (1, False)
    wrong = runner.invoke(
        app, [*words, "--second", "sue", "--config", str(config)], input="correct horse\nno\n"
    )
    assert (wrong.exit_code, to.exists()) == (1, False)
    done = runner.invoke(app, [*words, "--second", "sue", "--config", str(config)], input=given)
    assert done.exit_code == 0
    assert to.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(to) as archive:
        assert b"strangled" in archive.read("transcript.txt")
