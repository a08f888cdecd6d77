"""`earshot history import` as its user tries it: judged, broken off in the middle, then brought in whole."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from server.cli.main import app
from tests.cli.test_users_and_journal import ADD_SAM

ROWS = 1100
"""More than one transaction holds."""
BREAKS = """
CREATE TRIGGER full_disk AFTER INSERT ON history WHEN new.id > 700 BEGIN SELECT RAISE(ABORT, 'full'); END
"""


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    path = tmp_path / "earshot.db"
    monkeypatch.setenv("EARSHOT_STORE__URL", f"sqlite:{path}")
    monkeypatch.setenv("EARSHOT_VAULT__KEY_FILE", str(tmp_path / "vault.key"))
    assert CliRunner().invoke(app, ADD_SAM, input="a long enough password 7\n").exit_code == 0
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        yield database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "calls.csv"
    rows = (f"MP-{number},01/02/2026 22:15,077009{number:05d}\n" for number in range(ROWS))
    file.write_text("ref,at,caller\n" + "".join(rows))
    return file


def brought(file: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ("history", "import", str(file), "--force", "demo", *options))


def held(database: sqlite3.Connection) -> tuple[int, ...]:
    return tuple(
        database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - our own names
        for table in ("history", "history_keys", "history_batches")
    )


def test_an_import_that_breaks_off_is_taken_back_by_the_next_one(
    database: sqlite3.Connection, file: Path
) -> None:
    assert "1100 rows are good" in brought(file, "--dry-run").output
    assert held(database) == (0, 0, 0)
    database.execute(BREAKS)
    assert brought(file).exit_code == 1
    calls, _, batches = held(database)
    assert 0 < calls < ROWS
    assert batches == 1
    database.execute("DROP TRIGGER full_disk")
    assert "1100 calls brought in; 0 were there already" in brought(file).output
    assert held(database) == (ROWS, ROWS, 0)


def test_bad_rows_are_named_and_nothing_of_the_good_ones_is_brought_in(
    database: sqlite3.Connection, file: Path
) -> None:
    file.write_text(file.read_text() + "MP-0,01/02/2026 22:15,07700900000\nMP-x,46054.92,07700900000\n")
    said = brought(file)
    assert said.exit_code == 1
    assert [line.partition(":")[0] for line in said.output.splitlines()[:2]] == ["row 1102", "row 1103"]
    assert held(database) == (0, 0, 0)
