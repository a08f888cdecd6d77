"""`earshot markers`, and the force whose own words commands are told to read with."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from server.adapters.language.knowledge import knowledge
from server.adapters.language.overlays import known_in
from server.cli.main import app

ROOT = Path(__file__).parents[2]
SLANG = "my husband has got a gully rinser"
OVERLAY = """\
id: weapon
rules:
  - id: slang
    patterns:
      - <agent> ~3 gully rinser
"""
MARKER = """\
id: NAME
class: immediate
title: A thing
order: 1
why: Because.
sources: [S-ONE]
prompts: {ask: "Is it?", yes_no: "Is it?", handler: Do., specialist: Check.}
rules:
  - id: plain
    patterns: [got ~2 knife]
examples: [he's got a knife]
near_misses: [he's got a spoon]
"""


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A few markers and a force, `demo`, to write in."""
    shutil.copytree(ROOT / "config" / "markers" / "lexicon", tmp_path / "markers" / "lexicon")
    for name in ("weapon", "strangulation"):
        (tmp_path / "markers" / f"{name}.yaml").write_text(MARKER.replace("NAME", name))
    shutil.copytree(ROOT / "config" / "forces", tmp_path / "forces")
    monkeypatch.setenv("EARSHOT_READING__MARKERS", str(tmp_path / "markers"))
    monkeypatch.setenv("EARSHOT_FORCES__FOLDER", str(tmp_path / "forces"))
    monkeypatch.setenv("EARSHOT_STORE__URL", f"sqlite:{tmp_path / 'earshot.db'}")
    return tmp_path


def earshot(*arguments: str, said: str = "") -> Result:
    return CliRunner().invoke(app, arguments, input=said)


def overlay(folder: Path, text: str) -> None:
    markers = folder / "forces" / "demo" / "markers"
    markers.mkdir(parents=True)
    (markers / "weapon.yaml").write_text(text, encoding="utf-8")


def written(text: str) -> str:
    return json.dumps({"id": "c", "turns": [{"speaker": "caller", "text": text}]}) + "\n"


def test_check_reads_every_marker_and_every_example(folder: Path) -> None:
    checked = earshot("markers", "check", "--json")
    assert (checked.exit_code, json.loads(checked.stdout)["markers"]) == (0, ["strangulation", "weapon"])


def test_check_names_an_example_that_is_not_sighted(folder: Path) -> None:
    overlay(folder, OVERLAY + "examples: [my husband has a lovely smile]\n")
    checked = earshot("markers", "check", "--force", "demo")
    assert checked.exit_code == 2
    assert "weapon.yaml: expected to be sighted: 'my husband has a lovely smile'" in checked.stderr


def test_a_force_that_is_not_there_is_refused(folder: Path) -> None:
    for command in (["markers", "check"], ["markers", "show", "weapon"], ["analyse"]):
        refused = earshot(*command, "--force", "nowhere")
        assert refused.exit_code == 2
        assert "there is no force 'nowhere'" in refused.stderr


def test_analyse_reads_with_a_forces_own_slang(folder: Path) -> None:
    overlay(folder, OVERLAY)
    plain = json.loads(earshot("analyse", said=written(SLANG)).stdout)
    theirs = json.loads(earshot("analyse", "--force", "demo", said=written(SLANG)).stdout)
    assert "weapon" not in {one["marker"] for one in plain["sightings"]}
    assert "weapon" in {one["marker"] for one in theirs["sightings"]}


def test_a_bad_overlay_is_said_and_the_calls_are_still_read(folder: Path) -> None:
    overlay(folder, "id: weapon\nprompts:\n  ask: Why didn't you say?\n")
    found = earshot("analyse", "--force", "demo", said=written("he's got a knife"))
    assert found.exit_code == 0
    assert "weapon.yaml:3: expected no question that blames the caller" in found.stderr
    assert json.loads(found.stdout)["class"] == "immediate"
    checked = json.loads(earshot("check", "--json").stdout)
    assert checked["ok"]
    assert any("markers of demo refused" in warning for warning in checked["warnings"])


def test_show_says_why_and_what_is_asked_and_what_it_is_heard_in(folder: Path) -> None:
    shown = earshot("markers", "show", "strangulation").stdout
    for what in ("class: immediate", "S-ONE", "ask: ", "yes or no: ", "specialist: ", "sighted in: "):
        assert what in shown


def test_a_new_marker_or_overlay_is_begun_once_and_must_be_filled_in(folder: Path) -> None:
    assert earshot("markers", "new", "weapon", "--force", "demo").exit_code == 0
    assert earshot("markers", "check", "--force", "demo").exit_code == 2
    assert earshot("markers", "new", "weapon", "--force", "demo").exit_code == 2
    assert earshot("markers", "new", "snark", "--force", "demo").exit_code == 2
    assert earshot("markers", "new", "snark").exit_code == 0
    knowledge.cache_clear()
    known_in.cache_clear()
    assert earshot("markers", "check").exit_code == 2
