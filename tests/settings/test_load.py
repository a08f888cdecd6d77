"""Settings: every key documented, every mistake reported at once, no secret in the file."""

import logging
import tomllib
from pathlib import Path

import pytest

from server.settings import BadSettings, load, load_forces
from server.settings.logs import set_up_logs
from server.settings.model import Logging, Sections

SHIPPED = Path(__file__).parents[2] / "config/earshot.toml"
BY_ENVIRONMENT_ONLY = {("twilio", "auth_token"), ("twilio", "auth_token_file")}


def test_the_shipped_file_holds_every_key_with_its_default() -> None:
    shipped = tomllib.loads(SHIPPED.read_text())
    for section, field in Sections.model_fields.items():
        defaults = field.get_default().model_dump(mode="json")
        for key, default in defaults.items():
            if (section, key) not in BY_ENVIRONMENT_ONLY:
                assert shipped[section][key] == default, f"{section}.{key}"
        assert set(shipped[section]) <= set(defaults)


def test_the_environment_overrides_the_file() -> None:
    settings = load(SHIPPED, environ={"EARSHOT_SERVER__PORT": "9000", "EARSHOT_SPEECH__WORKERS": "3"})
    assert (settings.server.port, settings.speech.workers) == (9000, 3)


def test_a_list_in_the_environment_is_written_as_in_the_file() -> None:
    settings = load(
        SHIPPED, environ={"EARSHOT_SERVER__ORIGINS": '["https://a.example", "https://b.example/"]'}
    )
    assert settings.server.origins == ("https://a.example", "https://b.example")


def test_all_mistakes_are_reported_at_once_by_key(tmp_path: Path) -> None:
    config = tmp_path / "config" / "earshot.toml"
    config.parent.mkdir()
    config.write_text(
        '[server]\nport = "far"\nprot = 1\n[speech]\nkeep = 1\n[twilio]\nauth_token = "s3cret"\n'
    )
    environ = {
        "EARSHOT_SERVER__PUBLIC_URL": "ftp://x",
        "EARSHOT_NOTHING__HERE": "1",
        "EARSHOT_CALLS__LIMIT_S": "-1",
    }
    with pytest.raises(BadSettings) as caught:
        load(config, environ=environ)
    keys = [mistake.split(":")[0] for mistake in caught.value.mistakes]
    assert sorted(keys) == [
        "EARSHOT_NOTHING__HERE",
        "calls.limit_s",
        "server.port",
        "server.prot",
        "server.public_url",
        "speech.keep",
        "twilio.auth_token",
    ]
    assert "s3cret" not in str(caught.value)


def test_a_secret_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    assert load(SHIPPED, environ={"EARSHOT_TWILIO__AUTH_TOKEN": "abc"}).auth_tokens == ("abc",)
    secret = tmp_path / "token"
    secret.write_text("tok-new\ntok-old\n")
    settings = load(SHIPPED, environ={"EARSHOT_TWILIO__AUTH_TOKEN_FILE": str(secret)})
    assert settings.auth_tokens == ("tok-new", "tok-old")
    assert "tok-old" not in repr(settings)


def test_a_secret_file_that_is_not_there_is_a_mistake_at_start() -> None:
    with pytest.raises(BadSettings, match="auth_token_file"):
        load(SHIPPED, environ={"EARSHOT_TWILIO__AUTH_TOKEN_FILE": "/nowhere/token"})


def test_a_named_file_that_is_not_there_is_a_mistake() -> None:
    with pytest.raises(BadSettings, match="found none"):
        load(Path("/nowhere/earshot.toml"), environ={})


def test_paths_start_from_the_folder_above_the_file() -> None:
    settings = load(SHIPPED, environ={})
    assert settings.path(settings.reading.markers) == SHIPPED.parent / "markers"
    assert settings.url("sqlite:data/x.db") == f"sqlite:{SHIPPED.parents[1] / 'data/x.db'}"


def force(folder: Path, name: str, text: str) -> None:
    (folder / f"{name}.toml").write_text(text)


def test_a_force_says_its_numbers_and_desks(tmp_path: Path) -> None:
    force(
        tmp_path,
        "a",
        'id = "a"\nname = "A"\nnumbers = ["+441632960001"]\n'
        '[[desks]]\ndial = "queue:first"\nhandler = "jo"\n',
    )
    (only,) = load_forces(tmp_path)
    assert (only.id, only.desks[0].dial, only.desks[0].handler) == ("a", "queue:first", "jo")


def test_mistakes_in_all_force_files_are_reported_at_once(tmp_path: Path) -> None:
    good = (
        'id = "{0}"\nname = "{0}"\nnumbers = ["+441632960001"]\n[[desks]]\ndial = "queue:q"\nhandler = "jo"\n'
    )
    force(tmp_path, "a", good.format("a"))
    force(tmp_path, "b", good.format("b"))
    force(tmp_path, "c", 'id = "C!"\nname = ""\nnumbers = ["999"]\ndesks = []\n')
    force(tmp_path, "d", "not toml")
    with pytest.raises(BadSettings) as caught:
        load_forces(tmp_path)
    said = str(caught.value)
    for part in (
        "c.toml: id",
        "c.toml: name",
        "c.toml: numbers",
        "c.toml: desks",
        "d.toml",
        "claimed by both",
    ):
        assert part in said


def test_no_force_at_all_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="at least one"):
        load_forces(tmp_path)


@pytest.mark.parametrize("json_lines", [True, False])
def test_log_lines_carry_their_facts(*, json_lines: bool, capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        set_up_logs(Logging(json_lines=json_lines))
        logging.getLogger("server.x").warning("ear lost", extra={"call": "CA1"})
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    line = capsys.readouterr().err
    assert "ear lost" in line
    assert "CA1" in line
