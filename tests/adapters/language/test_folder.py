"""The marker folder: mistakes by file and line, and a force's overlay."""

import shutil
from pathlib import Path

import pytest

from server.adapters.language.reader import SpacyReader
from server.domain.ids import MarkerId
from server.domain.sightings import Polarity
from server.ports.language import BadMarkers
from tests.adapters.language.calls import MARKERS, utterance

WEAPON = MarkerId("weapon")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MARKERS, tmp_path / "markers"))


def _overlay(tmp_path: Path, text: str) -> Path:
    overlay = tmp_path / "forces" / "north" / "markers"
    overlay.mkdir(parents=True)
    (overlay / "weapon.yaml").write_text(text, encoding="utf-8")
    return overlay


def test_every_mistake_is_reported_at_once_with_file_and_line(folder: Path) -> None:
    weapon = folder / "weapon.yaml"
    weapon.write_text(weapon.read_text().replace("class: immediate", "class: huge", 1))
    firearm = folder / "firearm.yaml"
    firearm.write_text(firearm.read_text().replace("<gun>", "<gnu>", 1))
    with pytest.raises(BadMarkers) as bad:
        SpacyReader(folder)
    mistakes = str(bad.value).splitlines()
    assert any(one.startswith("weapon.yaml:2: expected immediate, high or contextual") for one in mistakes)
    assert any(one.startswith("firearm.yaml:") and "<gnu>" in one for one in mistakes)


def test_a_prompt_that_is_too_long_or_gendered_or_blames_is_refused(folder: Path) -> None:
    file = folder / "weapon.yaml"
    text = file.read_text()
    start = text.index('  ask: "')
    end = text.index("\n", start)
    file.write_text(text[:start] + f'  ask: "Why didn\'t you say he {"x" * 90}?"' + text[end:])
    with pytest.raises(BadMarkers) as bad:
        SpacyReader(folder)
    assert "at most 90 characters" in str(bad.value)
    assert "gendered" in str(bad.value)
    assert "blames" in str(bad.value)


def test_a_new_marker_is_one_file(folder: Path) -> None:
    text = (folder / "weapon.yaml").read_text()
    start, end = text.index("rules:\n"), text.index("examples:\n")
    rules = "rules:\n  - id: plain\n    patterns:\n      - zorb the snark\nflags: {}\n"
    made = text[:start] + rules + text[end:]
    (folder / "snark.yaml").write_text(made.replace("id: weapon", "id: snark", 1))
    found = SpacyReader(folder).begin().settle(utterance("listen he wants to zorb the snark tonight"))
    assert [one.marker for one in found if one.polarity is Polarity.AFFIRMED] == ["snark"]


def test_a_force_lays_its_slang_and_prompts_over_the_shipped_markers(tmp_path: Path) -> None:
    slang = "id: weapon\nprompts: {handler: Say what and where.}\nrules:\n  - id: slang\n    patterns:\n"
    reader = SpacyReader(MARKERS, _overlay(tmp_path, slang + "      - <agent> ~3 gully rinser\n"))
    assert reader.refused == ()
    assert reader.markers[WEAPON].prompts.handler == "Say what and where."
    found = reader.begin().settle(utterance("my husband has got a gully rinser"))
    assert "weapon/slang" in {one.rule for one in found}


def test_a_bad_overlay_is_refused_and_the_shipped_markers_stay(tmp_path: Path) -> None:
    reader = SpacyReader(MARKERS, _overlay(tmp_path, "id: weapon\nprompts:\n  handler: Ask her.\n"))
    assert reader.refused == ("weapon.yaml:3: expected no gendered pronoun: say 'they'",)
    assert reader.markers[WEAPON].prompts == SpacyReader(MARKERS).markers[WEAPON].prompts
