"""The scenes behind the demonstration calls, and the calls that were rendered from them."""

from pathlib import Path

import pytest

from server.demo.render import CALLS
from server.demo.scenes import SCENES, BadScene, Phrase, Scene, read
from server.demo.stage import ORDER, NoSuchCall, call_names
from server.demo.telephone import read_legs
from server.domain.callscript import read_script
from server.domain.speech import Party

SCRIPT = """
title = "A call"
voices = { caller = "woman", handler = "man" }
turns = [
  { handler = "hello" },
  { caller = "one moment / he's got a knife [weapon]", pause_ms = 900 },
]
"""
MEBIBYTE = 1024 * 1024


def scene_of(tmp_path: Path, text: str) -> Scene:
    path = tmp_path / "scene.toml"
    path.write_text(text, encoding="utf-8")
    return read(path)


def test_a_turn_is_phrases_with_the_cues_that_end_them(tmp_path: Path) -> None:
    turn = scene_of(tmp_path, SCRIPT).turns[1]
    assert (turn.party, turn.pause_ms, turn.text) == ("caller", 900, "one moment he's got a knife")
    assert turn.phrases == (Phrase(text="one moment"), Phrase(text="he's got a knife", cues=("weapon",)))


@pytest.mark.parametrize(
    "text", ["", "title =", SCRIPT.replace('"man"', '"robot"'), SCRIPT.replace("handler =", "dog =")]
)
def test_a_scene_that_cannot_be_rendered_is_refused_by_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadScene, match=r"scene\.toml"):
        scene_of(tmp_path, text)


def test_every_scene_was_rendered_and_is_played() -> None:
    assert (
        {path.stem for path in SCENES.glob("*.toml")}
        == {path.stem for path in CALLS.glob("*.call")}
        == set(ORDER)
    )


@pytest.mark.parametrize("name", ORDER)
def test_the_rendered_script_says_what_the_scene_says(name: str) -> None:
    scene, script = (
        read(SCENES / f"{name}.toml"),
        read_script((CALLS / f"{name}.call").read_text(encoding="utf-8")),
    )
    assert [(line.party, line.text) for line in script.lines] == [
        (Party(turn.party), turn.text) for turn in scene.turns
    ]
    cues = [cue for turn in scene.turns for phrase in turn.phrases for cue in phrase.cues]
    assert [one.marker for one in script.expectations] == cues


@pytest.mark.parametrize("name", ORDER)
def test_every_cue_lies_within_its_calls_sound(name: str) -> None:
    script = read_script((CALLS / f"{name}.call").read_text(encoding="utf-8"))
    caller, handler = read_legs(CALLS / script.audio)
    assert len(caller) == len(handler)
    assert all(script.lines[0].at_ms < one.at_ms < len(caller) / 8 for one in script.expectations)


def test_the_burglary_expects_nothing_and_every_other_call_something() -> None:
    expecting = {
        name: bool(read_script((CALLS / f"{name}.call").read_text(encoding="utf-8")).expectations)
        for name in ORDER
    }
    assert expecting == {name: name != "burglary" for name in ORDER}


def test_all_the_sound_together_stays_small() -> None:
    assert sum(path.stat().st_size for path in CALLS.iterdir()) <= 5 * MEBIBYTE


def test_calls_can_be_chosen_by_name_and_a_wrong_name_lists_the_right_ones() -> None:
    assert call_names(["pizza", "child"]) == ["child", "pizza"]
    with pytest.raises(NoSuchCall, match="strangulation"):
        call_names(["opera"])
