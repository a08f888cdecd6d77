"""When a prompt for a caller who may not be able to speak stands before the handler."""

from dataclasses import replace

import pytest

from server.domain.call import COVERT, CallState, applied
from server.domain.events import Event, PromptAnswered, PromptRaised, PromptShown, PromptWithdrawn
from server.domain.ids import MarkerId, PromptId
from server.domain.prompts import Outcome
from server.domain.quiet_calls import SILENT, cannot_speak_shown
from tests.stories import SAM, raised, sighted

P1 = PromptId("p1")
SHOWN = PromptShown(at_ms=5000, prompt=P1, waited_ms=0)


def prompt(marker: MarkerId, *, replay: bool = False) -> PromptRaised:
    seen = raised(1, sighted("weapon", "a large pizza please", utterance=0, at_ms=2000))
    return replace(seen, prompt=replace(seen.prompt, marker=marker, replay=replay))


def shown(*events: Event) -> bool:
    state = CallState()
    for event in events:
        state = applied(state, event)
    return cannot_speak_shown(state)


@pytest.mark.parametrize("marker", [COVERT, SILENT])
def test_it_stands_there_from_when_it_is_shown_until_it_is_closed(marker: MarkerId) -> None:
    assert not shown(prompt(marker))
    assert shown(prompt(marker), SHOWN)
    assert not shown(
        prompt(marker), SHOWN, PromptAnswered(at_ms=9000, person=SAM.id, prompt=P1, outcome=Outcome.YES)
    )
    assert not shown(prompt(marker), SHOWN, PromptWithdrawn(at_ms=9000, prompt=P1, heard="a large piece"))


def test_another_danger_and_a_word_that_is_only_to_be_heard_again_are_none() -> None:
    assert not shown(prompt(MarkerId("weapon")), SHOWN)
    assert not shown(prompt(COVERT, replay=True), SHOWN)
