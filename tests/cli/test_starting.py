"""What keeps a server from starting is said plainly, all at once, with the right exit code."""

import json
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from server.cli.demo import demonstration
from server.cli.main import app
from server.cli.serve import run_server
from server.settings import load
from server.wiring.node import CannotListen
from tests.shape.test_docs import COMMANDS

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "earshot.db"
    monkeypatch.setenv("EARSHOT_STORE__URL", f"sqlite:{path}")
    monkeypatch.setenv("EARSHOT_SPEECH__WORKERS", "1")
    monkeypatch.setenv("EARSHOT_SPEECH__SPARES", "0")
    return path


@pytest.fixture
def wrong(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A mistake in a key, and one in each of the files and things beyond the keys."""
    monkeypatch.setenv("EARSHOT_SERVER__PORT", "far")
    monkeypatch.setenv("EARSHOT_FORCES__FOLDER", str(tmp_path / "no-forces"))
    monkeypatch.setenv("EARSHOT_READING__MARKERS", str(tmp_path / "no-markers"))
    monkeypatch.setenv("EARSHOT_SPEECH__ENGINE", f"vosk:{tmp_path}/no-model")
    monkeypatch.setenv("EARSHOT_BUS__URL", "pigeon://jo:hunter2@loft")


WRONG = ("server.port", "forces.folder", "no-markers", "speech.engine", "bus.url")


@pytest.fixture
def port_in_use() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def earshot(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "server", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_help_names_every_command() -> None:
    helped = run("--help")
    assert helped.returncode == 0
    assert [command for command in COMMANDS if f" {command} " not in helped.stdout] == []


@pytest.mark.usefixtures("wrong")
def test_serve_reports_every_mistake_at_once_and_starts_nothing(store: Path) -> None:
    refused = earshot("serve")
    assert refused.exit_code == 2
    assert [key for key in (*WRONG, "twilio.auth_token") if key not in refused.stderr] == []
    assert "hunter2" not in refused.output
    assert not store.exists()


@pytest.mark.usefixtures("wrong")
def test_the_demonstration_reports_every_mistake_at_once(port_in_use: int) -> None:
    refused = earshot("demo", "--port", str(port_in_use))
    assert refused.exit_code == 2
    assert [key for key in (*WRONG, "--port") if key not in refused.stderr] == []


def test_what_depends_on_a_wrong_section_is_not_judged_by_its_defaults(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    binary = tmp_path / "token"
    binary.write_bytes(b"\xff\xfe")
    monkeypatch.setenv("EARSHOT_TWILIO__AUTH_TOKEN_FILE", str(binary))
    monkeypatch.setenv("EARSHOT_SPEECH__ENGINE", "ear:trumpet")
    refused = earshot("serve")
    assert refused.exit_code == 2
    assert "2 thing(s)" in refused.stderr
    assert "twilio.auth_token_file" in refused.stderr
    assert "speech.engine: expected a URL that begins with" in refused.stderr


def test_a_port_in_use_is_said_in_one_plain_sentence(
    monkeypatch: pytest.MonkeyPatch, port_in_use: int
) -> None:
    monkeypatch.setenv("EARSHOT_SERVER__PORT", str(port_in_use))
    monkeypatch.setenv("EARSHOT_TWILIO__ENABLED", "false")
    refused = run("serve")
    assert refused.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port_in_use}: Address already in use\n" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_another_fault_of_the_system_is_not_taken_for_the_address(capsys: pytest.CaptureFixture[str]) -> None:
    async def fails() -> int:
        raise OSError(28, "No space left on device")

    async def cannot_listen() -> int:
        raise CannotListen("cannot listen on here")

    with pytest.raises(OSError, match="No space left"):
        run_server(fails())
    assert run_server(cannot_listen()) == 1
    assert capsys.readouterr().err == "cannot listen on here\n"


def test_check_tells_a_program_what_it_found() -> None:
    checked = earshot("check", "--json")
    report = json.loads(checked.stdout)
    assert checked.exit_code == 0
    assert (report["ok"], report["mistakes"]) == (True, [])
    assert [(finding["what"], finding["ok"]) for finding in report["findings"]] == [
        ("settings, forces, markers", True),
        ("speech model", True),
        ("database", True),
        ("people", True),
    ]
    assert any("auth token" in warning for warning in report["warnings"])


@pytest.mark.usefixtures("wrong")
def test_check_tells_a_program_and_people_every_mistake(store: Path) -> None:
    checked = earshot("check", "--json")
    report = json.loads(checked.stdout)
    assert checked.exit_code == 2
    assert (report["ok"], report["findings"][0]["ok"]) == (False, False)
    assert [key for key in WRONG if not any(key in mistake for mistake in report["mistakes"])] == []
    plain = earshot("check")
    assert plain.exit_code == 2
    assert all(mistake in plain.stdout for mistake in report["mistakes"])
    assert not store.exists()


def test_check_reports_a_database_that_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("EARSHOT_STORE__URL", f"sqlite:{tmp_path}/file/earshot.db")
    checked = earshot("check", "--json")
    findings = {finding["what"]: finding for finding in json.loads(checked.stdout)["findings"]}
    assert checked.exit_code == 2
    assert "cannot be opened" in findings["database"]["said"]
    assert not findings["database"]["ok"]
    assert "people" not in findings


def test_check_makes_the_database_that_the_server_would(store: Path) -> None:
    assert earshot("check").exit_code == 0
    assert stat.S_IMODE(store.stat().st_mode) == 0o600


def test_demonstrations_on_two_ports_keep_apart() -> None:
    stores = {demonstration(load(), port=port).store.url for port in (8080, 8081)}
    assert len(stores) == 2
    assert load().store.url not in stores
