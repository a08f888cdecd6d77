"""What each step does to a prompt, and that taking it back undoes it and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.call import CallState, applied
from server.domain.events import (
    Escalation,
    Event,
    PromptAnswered,
    PromptAsked,
    PromptDismissed,
    PromptDropped,
    PromptEscalated,
    PromptOwned,
    PromptShared,
    PromptUndone,
    PromptUpgraded,
    PromptWithdrawn,
)
from server.domain.ids import PersonId, PromptId
from server.domain.markers import MarkerClass
from server.domain.prompts import Dismissal, Outcome, PromptState
from tests.stories import raised, sighted

P1 = PromptId("p1")
SAM, HANNAH = PersonId("sam"), PersonId("hannah")
THROAT = sighted("strangulation", "hands round my throat", utterance=0, at_ms=4000)
UNDONE = PromptUndone(at_ms=1, person=SAM, prompt=P1)
PEOPLE = st.sampled_from([SAM, HANNAH])
STEPS: st.SearchStrategy[Event] = st.one_of(
    st.builds(PromptOwned, at_ms=st.just(1), person=PEOPLE, prompt=st.just(P1)),
    st.builds(PromptDropped, at_ms=st.just(1), person=PEOPLE, prompt=st.just(P1)),
    st.builds(PromptAsked, at_ms=st.just(1), person=PEOPLE, prompt=st.just(P1)),
    st.builds(
        PromptAnswered, at_ms=st.just(1), person=PEOPLE, prompt=st.just(P1), outcome=st.sampled_from(Outcome)
    ),
    st.builds(
        PromptDismissed,
        at_ms=st.just(1),
        person=PEOPLE,
        prompt=st.just(P1),
        reason=st.sampled_from(Dismissal),
    ),
)
BY_THE_CALL: tuple[Event, ...] = (
    PromptShared(at_ms=1, prompt=P1, because="heard in a second turn"),
    PromptUpgraded(at_ms=1, prompt=P1, severity=MarkerClass.IMMEDIATE, because="two high markers"),
    PromptWithdrawn(at_ms=1, prompt=P1, heard="hands round my coat"),
)


def after(*events: Event) -> PromptState:
    state = CallState()
    for event in (raised(1, THROAT, severity=MarkerClass.HIGH), *events):
        state = applied(state, event)
    return state.prompts[P1]


def stands(prompt: PromptState) -> tuple[object, ...]:
    """What people see of it, without how it came so."""
    return prompt.prompt, prompt.owner, prompt.asked, prompt.outcome, prompt.dismissal, prompt.shared


@given(before=st.lists(STEPS, max_size=6), step=STEPS)
def test_taking_a_step_back_leaves_the_prompt_as_it_stood(before: list[Event], step: Event) -> None:
    assert stands(after(*before, step, UNDONE)) == stands(after(*before))


@given(steps=st.lists(STEPS, min_size=1, max_size=6))
def test_taking_every_step_back_leaves_it_as_it_was_raised(steps: list[Event]) -> None:
    assert stands(after(*steps, *[UNDONE] * len(steps))) == stands(after())
    assert stands(after(*steps, *[UNDONE] * (len(steps) + 3))) == stands(after())


@given(steps=st.lists(STEPS, min_size=1, max_size=4), meanwhile=st.sampled_from(BY_THE_CALL))
def test_what_the_call_brought_meanwhile_is_not_taken_back(steps: list[Event], meanwhile: Event) -> None:
    undone = after(*steps, meanwhile, *[UNDONE] * len(steps))
    assert stands(undone) == stands(after(meanwhile))
    assert undone.severity is after(meanwhile).severity


@given(steps=st.lists(STEPS, max_size=8), upgrades=st.lists(st.sampled_from(BY_THE_CALL), max_size=3))
def test_nothing_makes_a_prompt_less_grave(steps: list[Event], upgrades: list[Event]) -> None:
    severity = after().severity
    for place in range(len(steps) + 1):
        now = after(*upgrades, *steps[:place]).severity
        assert now.rank >= severity.rank
        severity = now


@pytest.mark.parametrize("step", [Escalation.SPECIALIST, Escalation.SUPERVISOR])
def test_owning_ends_an_escalation(step: Escalation) -> None:
    escalated = PromptEscalated(at_ms=1, prompt=P1, to=step, after_ms=45_000)
    assert after(escalated).escalated == 1
    assert after(escalated, PromptOwned(at_ms=1, person=SAM, prompt=P1)).escalated == 0
