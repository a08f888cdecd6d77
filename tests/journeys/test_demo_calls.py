"""The demonstration calls, from sound to prompts, through the real engine and the real reader."""

import pytest

from server.demo.expecting import prompts_of
from server.demo.report import reported
from server.demo.stage import ORDER
from server.domain.events import CallEnded, Ending
from tests.journeys.control_room import Heard, heard

WORD_ERROR_LIMIT = 0.2
"""Of the built-in model on synthetic voices; on real ones it is far worse, and the screens say so."""
PLACE_MS = 1000
"""How far the recogniser may place the end of a word from where it truly was."""


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Heard]:
    return heard(ORDER, tmp_path_factory.mktemp("journeys"))


@pytest.mark.parametrize("name", ORDER)
def test_exactly_the_expected_prompts_are_raised_at_their_words_and_stand(
    calls: dict[str, Heard], name: str
) -> None:
    script, raised = calls[name].call.script, prompts_of(calls[name].entries)
    expected = {one.marker for one in script.expectations}
    # Quieter prompts may stand beside those that a script lists, but not in a call that must stay quiet.
    prompts = [prompt for prompt in raised if prompt.interrupts or prompt.marker in expected or not expected]
    assert {prompt.marker for prompt in prompts if not prompt.withdrawn} == expected
    assert [prompt for prompt in prompts if prompt.withdrawn] == []
    placed = {prompt.marker: prompt.at_ms for prompt in prompts}
    assert placed == {one.marker: pytest.approx(one.at_ms, abs=PLACE_MS) for one in script.expectations}


@pytest.mark.parametrize("name", ORDER)
def test_both_sides_are_heard_well_enough_to_follow_the_call(calls: dict[str, Heard], name: str) -> None:
    scores = reported(calls[name].call, calls[name].entries).scores.values()
    wrong = sum(score.wrong + score.missed + score.added for score in scores)
    assert wrong / sum(score.spoken for score in scores) <= WORD_ERROR_LIMIT


def test_last_words_raise_their_prompt_before_the_call_is_recorded_as_over(calls: dict[str, Heard]) -> None:
    entries = calls["last-words"].entries
    (end,) = [place for place, entry in enumerate(entries) if isinstance(entry.event, CallEnded)]
    assert "weapon" in {prompt.marker for prompt in prompts_of(entries[:end])}
    ended = entries[end].event
    assert isinstance(ended, CallEnded)
    assert ended.why is Ending.HUNG_UP


@pytest.mark.parametrize("name", ORDER)
def test_a_calls_journal_has_no_gaps(calls: dict[str, Heard], name: str) -> None:
    seqs = [entry.seq for entry in calls[name].entries]
    assert seqs == list(range(1, len(seqs) + 1))
