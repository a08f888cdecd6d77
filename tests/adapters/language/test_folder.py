"""The marker folder: mistakes by file and line, and a force's overlay."""

import json
import shutil
from pathlib import Path

import pytest

from server.adapters.language.marker_heads import markers_alone
from server.adapters.language.reader import SpacyReader
from server.domain.ids import MarkerId
from server.domain.sightings import Polarity
from server.ports.language import BadMarkers
from tests.adapters.language.calls import MARKERS, reader, utterance
from tests.adapters.language.markers import marker_folder

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


def _refused(folder: Path, rules: str) -> str:
    """What the loader says of a folder with one marker of these rules."""
    with pytest.raises(BadMarkers) as bad:
        SpacyReader(marker_folder(folder, rules=rules))
    return str(bad.value)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("(drone/night vision)", "expected '|' between alternatives of several words, found '/'"),
        ("knife / blade", "expected a word on both sides of each '/', with no space, found '/'"),
        ("knife/ blade", "expected a word on both sides of each '/', with no space, found 'knife/'"),
        ("(knife | )", "expected a word on both sides of each '|', and between '(' and ')'"),
        ("( | knife) out", "expected a word on both sides of each '|', and between '(' and ')'"),
        ("knife ()", "expected a word on both sides of each '|', and between '(' and ')'"),
        ("a? ~3", "expected at least one word that must be said, found 'a? ~3'"),
        ("<blede>", "expected one of the lexicon's classes, found <blede>, the nearest is <blade>"),
        ("knife (out", "found '(' without its ')'"),
        ("knife out)", "found ')' without its '('"),
    ],
)
def test_a_pattern_that_reads_two_ways_or_none_is_refused(
    tmp_path: Path, pattern: str, expected: str
) -> None:
    said = _refused(tmp_path, f"  - id: one\n    patterns:\n      - zorb\n      - {json.dumps(pattern)}")
    where, found = said.split(": ", 1)
    assert found == expected
    file, line = where.split(":")
    assert json.dumps(pattern) in (tmp_path / file).read_text().splitlines()[int(line) - 1]


def test_alternatives_of_several_words_stand_between_bars(tmp_path: Path) -> None:
    rules = "  - {id: one, patterns: [he saw a (drone/binoculars | night vision)]}"
    reader = SpacyReader(marker_folder(tmp_path, rules=rules))
    for thing in ("drone", "binoculars", "night vision"):
        assert reader.begin().settle(utterance(f"he saw a {thing}"))
    assert not reader.begin().settle(utterance("he saw a vision"))


def test_two_rules_of_one_id_are_refused(tmp_path: Path) -> None:
    said = _refused(tmp_path, "  - {id: one, patterns: [zorb]}\n  - {id: one, patterns: [snark]}")
    assert said.endswith(": found the rule 'one' a second time, expected ids of their own")


def test_a_name_that_stands_twice_is_refused_not_overwritten(tmp_path: Path) -> None:
    said = _refused(tmp_path, "  - {id: one, patterns: [zorb], unless: [a], unless: [b]}")
    assert said.endswith(": found 'unless' a second time, expected it once")


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
    assert "snark" in {one.marker for one in found if one.polarity is Polarity.AFFIRMED}


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


def test_an_overlays_rule_may_not_take_a_shipped_rules_id(tmp_path: Path) -> None:
    slang = "id: weapon\nrules:\n  - {id: has-weapon, patterns: [gully rinser]}\n"
    reader = SpacyReader(MARKERS, _overlay(tmp_path, slang))
    assert reader.refused == (
        "weapon.yaml:3: found the rule 'has-weapon' a second time, expected ids of their own",
    )


def test_markers_without_their_rules_are_those_of_the_reader_and_checked(folder: Path) -> None:
    assert markers_alone(MARKERS) == reader().markers
    (folder / "weapon.yaml").write_text("id: weapon\nclass: dreadful\n", encoding="utf-8")
    with pytest.raises(BadMarkers, match="dreadful"):
        markers_alone(folder)
