import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from server.cli.models import app
from tests.adapters.speech.archives import archive_at


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "shop").mkdir()
    archive_at(tmp_path / "shop/tiny.zip")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "shop"))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def catalogued(tmp_path: Path, url: str, sha256: str = "") -> Path:
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "catalogue.toml").write_text(
        f'[[models]]\nname = "tiny"\ntitle = "Tiny"\nsize_bytes = 27000\nlicence = "None"\n'
        f'url = "{url}/tiny.zip"\nsha256 = "{sha256}"\n'
    )
    return folder


def run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.stdout, result.stderr


def test_a_model_is_fetched_installed_and_verified(tmp_path: Path, shop: str) -> None:
    folder = catalogued(tmp_path, shop)
    code, out, _ = run("fetch", "tiny", "--into", folder, "--json")
    assert code == 0
    assert json.loads(out)["path"] == str(folder / "tiny")
    assert run("verify", "--into", folder) == (0, "tiny: whole\n", "")
    listed = json.loads(run("list", "--into", folder, "--json")[1])
    assert [(model["name"], model["installed"], model["digest"]) for model in listed] == [
        ("tiny", True, "recorded")
    ]
    assert not (folder / "tiny.zip").exists()


def test_without_a_network_the_error_says_how_to_install_from_a_file(
    tmp_path: Path, unused_tcp_port: int
) -> None:
    folder = catalogued(tmp_path, f"http://127.0.0.1:{unused_tcp_port}")
    code, _, err = run("fetch", "tiny", "--into", folder)
    assert code == 3
    assert "earshot models fetch tiny --from-file tiny.zip" in err


def test_a_model_is_installed_from_a_file(tmp_path: Path) -> None:
    folder = catalogued(tmp_path, "http://nowhere.invalid")
    archive = archive_at(tmp_path / "brought.zip")
    assert run("fetch", "tiny", "--from-file", archive, "--into", folder)[0] == 0
    assert archive.exists()
    assert run("verify", "tiny", "--into", folder)[0] == 0


def test_a_model_of_the_forces_own_is_installed_from_a_file(tmp_path: Path) -> None:
    folder = catalogued(tmp_path, "http://nowhere.invalid")
    assert run("fetch", "ours", "--from-file", archive_at(tmp_path / "ours.zip"), "--into", folder)[0] == 0
    assert "ours" in run("list", "--into", folder)[1]


def test_a_wrong_digest_is_refused_and_the_download_thrown_away(tmp_path: Path, shop: str) -> None:
    folder = catalogued(tmp_path, shop, sha256="0" * 64)
    code, _, err = run("fetch", "tiny", "--into", folder)
    assert code == 4
    assert "digest" in err
    assert [path.name for path in folder.iterdir()] == ["catalogue.toml"]


def test_a_tampered_model_fails_verification(tmp_path: Path, shop: str) -> None:
    folder = catalogued(tmp_path, shop)
    run("fetch", "tiny", "--into", folder)
    (folder / "tiny/am/final.mdl").write_bytes(b"tampered")
    code, out, _ = run("verify", "--into", folder, "--json")
    assert code == 1
    assert json.loads(out) == [{"name": "tiny", "problems": ["am/final.mdl was changed"]}]


def test_an_unknown_model_is_named(tmp_path: Path, shop: str) -> None:
    code, _, err = run("fetch", "huge", "--into", catalogued(tmp_path, shop))
    assert (code, "'huge'" in err) == (2, True)


def test_the_built_in_model_is_listed_as_for_demonstration() -> None:
    listed = {model["name"]: model for model in json.loads(run("list", "--json")[1])}
    assert listed["small-en-8k"]["demonstration"]
    assert listed["small-en-8k"]["installed"]
    assert "demonstration only" in listed["small-en-8k"]["title"]
    assert run("fetch", "small-en-8k")[0] == 2
