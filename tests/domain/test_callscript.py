from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.callscript import BadScript, CallScript, Expectation, ScriptLine, read_script
from server.domain.ids import MarkerId
from server.domain.speech import Party

SCRIPT = """
# invented
title: Strangulation, caller at her sister's
audio: strangulation.wav

00:03.200 caller: he had his hands round my throat
01:06 handler: can you breathe: all right
expect: strangulation within 1.5s of 00:05.4
"""


def test_a_script_says_who_speaks_when_and_what_must_come_of_it() -> None:
    assert read_script(SCRIPT) == CallScript(
        title="Strangulation, caller at her sister's",
        audio="strangulation.wav",
        lines=(
            ScriptLine(at_ms=3200, party=Party.CALLER, text="he had his hands round my throat"),
            ScriptLine(at_ms=66_000, party=Party.HANDLER, text="can you breathe: all right"),
        ),
        expectations=(Expectation(marker=MarkerId("strangulation"), at_ms=5400, within_ms=1500),),
        quiet=False,
    )


def test_a_script_may_say_that_no_prompt_comes() -> None:
    assert read_script("00:01 caller: my bike was stolen\nexpect: none").quiet


@pytest.mark.parametrize(
    ("script", "line", "about"),
    [
        ("00:01 caller: a\nwhat is this", 2, "is expected"),
        ("00:01 neighbour: a", 1, "is expected"),
        ("00:01 caller:", 1, "is expected"),
        ("1.5 caller: a", 1, "MM:SS.mmm"),
        ("00:61 caller: a", 1, "MM:SS.mmm"),
        ("00:02 caller: a\n00:01 caller: b", 2, "earlier"),
        ("00:01 caller: a\nexpect: soon", 2, "expect: none"),
        ("00:01 caller: a\nexpect: none\nexpect: choking within 2s of 00:01", 3, "either"),
        ("title: a\ntitle: b\n00:01 caller: a", 2, "one title"),
        ("audio: ../a.wav\n00:01 caller: a", 1, "beside the script"),
        ("title: a", 0, "no lines"),
    ],
)
def test_a_mistake_is_named_by_its_line(script: str, line: int, about: str) -> None:
    with pytest.raises(BadScript, match=about) as bad:
        read_script(script)
    assert bad.value.line == line


@given(st.text())
def test_anything_else_is_refused_and_nothing_crashes(text: str) -> None:
    with suppress(BadScript):
        assert read_script(text).lines


def test_every_demonstration_call_can_be_read() -> None:
    scripts = sorted(Path("server/demo/calls").glob("*.call"))
    assert scripts
    assert all(read_script(script.read_text()).audio for script in scripts)
