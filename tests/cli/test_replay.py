import json
import wave
from pathlib import Path

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from server.cli.replay import replay, told
from server.domain.events import CallEnded, Ending, Entry, Event, GapCause, GapHeard
from server.domain.ids import CallId
from server.domain.speech import Party
from tests.event_samples import EVENTS
from tests.fakes import START

app = typer.Typer()
app.command()(replay)


@pytest.mark.parametrize("name", ["absent.wav", "absent.call"])
def test_a_file_that_cannot_be_replayed_is_refused_before_anything_starts(tmp_path: Path, name: str) -> None:
    answer = CliRunner().invoke(app, [str(tmp_path / name)])
    assert answer.exit_code == 2
    assert "No such file" in answer.output


def test_a_program_is_told_the_mistake_in_json(tmp_path: Path) -> None:
    answer = CliRunner().invoke(app, [str(tmp_path / "absent.wav"), "--json"])
    assert answer.exit_code == 2
    assert json.loads(answer.stdout)["mistakes"] == ["absent.wav: No such file or directory"]


def test_a_recording_without_a_sample_is_refused(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "empty.wav"), "wb") as empty:
        empty.setparams((1, 2, 8000, 0, "NONE", ""))
    answer = CliRunner().invoke(app, [str(tmp_path / "empty.wav")])
    assert answer.exit_code == 2
    assert "empty.wav holds no sound" in answer.output


def entry(event: Event) -> Entry:
    return Entry(call=CallId("c"), seq=1, recorded_at=START, event=event)


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (CallEnded(at_ms=61_500, why=Ending.HUNG_UP), "01:01.500  call ended: hung up"),
        (
            GapHeard(at_ms=20, party=Party.CALLER, from_ms=20, to_ms=40, cause=GapCause.LOST),
            "00:00.020  caller: nothing heard from 20 to 40 ms (lost)",
        ),
    ],
)
def test_an_entry_is_told_in_one_line(event: Event, line: str) -> None:
    assert told(entry(event)) == line


@given(st.one_of(*EVENTS.values()))
def test_every_kind_of_entry_can_be_told(event: Event) -> None:
    assert told(entry(event))
