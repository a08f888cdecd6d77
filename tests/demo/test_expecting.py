"""Expectation prompts against those of a journal."""

from dataclasses import replace

import pytest

from server.demo.expecting import Raised, checked, percentile, prompts_of
from server.domain.callscript import Expectation
from server.domain.events import (
    PromptDelivered,
    PromptPainted,
    PromptRaised,
    PromptTimed,
    PromptWithdrawn,
)
from server.domain.ids import MarkerId, PersonId, PromptId
from tests.demo.journals import journal, prompt

WEAPON = MarkerId("weapon")
P1 = PromptId("p1")


def expected(at_ms: int = 5000, within_ms: int = 2000) -> Expectation:
    return Expectation(marker=WEAPON, at_ms=at_ms, within_ms=within_ms)


def raised(at_ms: int = 5000, raised_ms: int = 600) -> Raised:
    return Raised(marker=MarkerId("weapon"), quote="", at_ms=at_ms, raised_ms=raised_ms)


FIREARM = replace(raised(), marker=MarkerId("firearm"))
FEAR = replace(raised(), marker=MarkerId("fear"), interrupts=False)


def test_a_prompt_in_time_holds_and_tells_its_delay_from_the_true_end_of_the_word() -> None:
    verdict = checked([expected(at_ms=5000)], [raised(at_ms=5100, raised_ms=600)])
    assert verdict.held
    assert [check.delay_ms for check in verdict.checks] == [700]


@pytest.mark.parametrize(
    ("prompts", "fault"),
    [
        ([], "missing"),
        ([raised(raised_ms=2001)], "late"),
        ([replace(raised(), withdrawn=True)], "withdrawn"),
        ([raised(at_ms=1000)], "before its words"),
    ],
)
def test_a_broken_expectation_says_how_it_was_broken(prompts: list[Raised], fault: str) -> None:
    verdict = checked([expected()], prompts)
    assert not verdict.held
    assert [check.fault for check in verdict.checks] == [fault]


def test_a_call_that_must_stay_quiet_is_broken_by_any_prompt() -> None:
    verdict = checked([], [raised()])
    assert not verdict.held
    assert verdict.unexpected == (raised(),)


def test_a_quiet_call_that_stays_quiet_holds() -> None:
    assert checked([], []).held


def test_a_prompt_that_nobody_expected_breaks_the_call_even_beside_one_that_was() -> None:
    verdict = checked([expected()], [raised(), FIREARM])
    assert not verdict.held
    assert [prompt.marker for prompt in verdict.unexpected] == ["firearm"]


def test_a_quieter_prompt_beside_the_expected_ones_is_told_and_breaks_nothing() -> None:
    verdict = checked([expected()], [raised(), FEAR])
    assert verdict.held
    assert [prompt.marker for prompt in verdict.beside] == ["fear"]


def test_even_a_quieter_prompt_breaks_a_call_that_must_stay_quiet() -> None:
    assert not checked([], [FEAR]).held


def test_a_journal_tells_each_prompts_stages_by_the_first_person_and_the_first_browser() -> None:
    entries = journal(
        [
            PromptRaised(at_ms=5600, prompt=prompt()),
            PromptTimed(at_ms=5600, prompt=P1, received_ms=20, draft_ms=400, sighted_ms=590, raised_ms=600),
            PromptDelivered(at_ms=5600, prompt=P1, person=PersonId("handler"), after_ms=620),
            PromptDelivered(at_ms=5600, prompt=P1, person=PersonId("specialist"), after_ms=610),
            PromptPainted(at_ms=5700, prompt=P1, person=PersonId("handler"), after_ms=680),
        ]
    )
    assert prompts_of(entries) == (
        Raised(
            marker=WEAPON,
            quote="got a knife",
            at_ms=5000,
            sighted_ms=590,
            raised_ms=600,
            delivered_ms=610,
            painted_ms=680,
        ),
    )


def test_a_prompt_that_the_settled_words_took_back_is_known_as_withdrawn() -> None:
    entries = journal(
        [
            PromptRaised(at_ms=5600, prompt=prompt()),
            PromptWithdrawn(at_ms=6000, prompt=P1, heard="got a night"),
        ]
    )
    (found,) = prompts_of(entries)
    assert found.withdrawn
    assert found.painted_ms is None


@pytest.mark.parametrize(
    ("values", "share", "rank"),
    [
        ([], 0.5, None),
        ([7], 0.95, 7),
        ([4, 1, 3, 2], 0.5, 2),
        (list(range(1, 101)), 0.95, 95),
        ([1, 2, 3], 0.95, 3),
    ],
)
def test_a_percentile_is_a_value_that_was_measured(values: list[int], share: float, rank: int | None) -> None:
    assert percentile(values, share) == rank
