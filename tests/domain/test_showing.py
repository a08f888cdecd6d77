"""Which prompt stands before the handler, and when."""

from dataclasses import replace

from server.domain.events import (
    PromptAnswered,
    PromptAsked,
    PromptRaised,
    PromptShared,
    Quiet,
    QuietBegan,
    QuietEnded,
)
from server.domain.ids import MarkerId, PromptId
from server.domain.markers import MarkerClass
from server.domain.prompts import Outcome
from server.domain.rules import DeskRules
from server.domain.showing import showing
from server.domain.speech import Party
from tests.domain.calls import Told, at
from tests.stories import SAM, raised, sighted

RULES = DeskRules()
P1, P2 = PromptId("p1"), PromptId("p2")
THROAT = sighted("strangulation", "hands round my throat", utterance=0, at_ms=4000)
KNIFE = sighted("weapon", "a knife", utterance=1, at_ms=6000)
ANSWERED = PromptAnswered(at_ms=5000, person=SAM.id, prompt=P1, outcome=Outcome.YES)


def shown(told: Told, after_s: float, spoken_s: float | None = None) -> PromptId | None:
    """What is put before the handler now; it then stands there."""
    found = showing(told.case, RULES, at(after_s), at(spoken_s) if spoken_s is not None else None)
    if found.shown is None:
        return None
    told.happens(after_s, found.shown)
    return found.shown.prompt


def again_s(told: Told, after_s: float, spoken_s: float | None = None) -> float | None:
    """When it is worth looking again."""
    found = showing(told.case, RULES, at(after_s), at(spoken_s) if spoken_s is not None else None)
    return (found.again_at - at(0)).total_seconds() if found.again_at is not None else None


def placed(seen: PromptRaised, **change: object) -> PromptRaised:
    return replace(seen, prompt=replace(seen.prompt, **change))  # type: ignore[arg-type]


def shared(number: int, **change: object) -> tuple[PromptRaised, PromptShared]:
    """A high prompt that the handler is shown too."""
    seen = placed(raised(number, THROAT, severity=MarkerClass.HIGH), **change)
    return seen, PromptShared(at_ms=5000, prompt=seen.prompt.id, because="heard in a second turn")


def test_an_immediate_prompt_is_shown_at_once() -> None:
    assert shown(Told().happens(10, raised(1, THROAT)), 10) == P1


def test_nothing_is_shown_in_the_first_five_seconds() -> None:
    told = Told().happens(2, raised(1, THROAT))
    assert shown(told, 4.9) is None
    assert again_s(told, 2) == 5
    assert shown(told, 5) == P1


def test_one_prompt_stands_there_at_a_time() -> None:
    told = Told().happens(10, raised(1, THROAT), raised(2, KNIFE))
    assert shown(told, 10) == P1
    assert shown(told, 12) is None
    told.happens(13, ANSWERED)
    assert shown(told, 13) == P2


def test_a_prompt_that_nobody_answers_hides_no_other_that_is_as_grave() -> None:
    told = Told().happens(10, raised(1, THROAT), raised(2, KNIFE))
    assert shown(told, 10) == P1
    assert again_s(told, 10) == 18
    assert shown(told, 18) == P2
    assert shown(told, 60) is None
    told.happens(61, replace(ANSWERED, prompt=P2))
    assert shown(told, 61) == P1


def test_what_is_being_asked_gives_way_to_an_immediate_prompt_only() -> None:
    told = Told().happens(10, *shared(1))
    assert shown(told, 10) == P1
    told.happens(11, PromptAsked(at_ms=5000, person=SAM.id, prompt=P1), *shared(2))
    assert shown(told, 60) is None
    told.happens(61, raised(3, KNIFE))
    assert shown(told, 61) == PromptId("p3")


def test_the_order_of_the_facts_decides_when_several_fire() -> None:
    told = Told().happens(10, placed(raised(1, THROAT), order=50), placed(raised(2, KNIFE), order=40))
    assert shown(told, 10) == P2


def test_a_high_prompt_is_the_specialists_until_it_is_shared() -> None:
    told = Told().happens(10, raised(1, THROAT, severity=MarkerClass.HIGH))
    assert shown(told, 60) is None
    told.happens(61, PromptShared(at_ms=5000, prompt=P1, because="said again"))
    assert shown(told, 61) == P1


def test_prompts_that_are_not_immediate_keep_eight_seconds_apart() -> None:
    told = Told().happens(10, *shared(1))
    assert shown(told, 10) == P1
    told.happens(12, ANSWERED, *shared(2))
    assert shown(told, 17.9) is None
    assert again_s(told, 12) == 18
    assert shown(told, 18) == P2


def test_an_immediate_prompt_takes_the_place_of_one_that_is_not() -> None:
    told = Told().happens(10, *shared(1))
    assert shown(told, 10) == P1
    told.happens(11, raised(2, KNIFE))
    assert shown(told, 11) == P2


def test_nothing_is_shown_while_the_address_is_taken_and_an_immediate_one_not_held_for_long() -> None:
    told = Told().happens(10, QuietBegan(at_ms=0, why=Quiet.ADDRESS), *shared(1), raised(2, KNIFE))
    assert shown(told, 14.9) is None
    assert shown(told, 15) == P2
    calm = Told().happens(10, QuietBegan(at_ms=0, why=Quiet.ADDRESS), *shared(1))
    assert shown(calm, 39.9) is None
    assert shown(calm, 40) == P1


def test_a_quiet_that_is_over_holds_nothing() -> None:
    told = Told().happens(10, QuietBegan(at_ms=0, why=Quiet.SCREAM), *shared(1))
    told.happens(12, QuietEnded(at_ms=0, why=Quiet.SCREAM))
    assert shown(told, 12) == P1


def test_separation_and_stalking_wait_for_a_gap_of_speech() -> None:
    told = Told().happens(20, *shared(1, marker=MarkerId("separation")))
    assert shown(told, 20, spoken_s=19.5) is None
    assert again_s(told, 20, spoken_s=19.5) == 21
    assert shown(told, 21, spoken_s=19.5) == P1


def test_what_a_specialist_asks_for_goes_first_among_its_class_and_keeps_no_distance() -> None:
    told = Told().happens(10, *shared(1, order=1))
    assert shown(told, 10) == P1
    by_hand = placed(raised(2, KNIFE, severity=MarkerClass.HIGH), by=SAM.id, order=99)
    told.happens(11, ANSWERED, *shared(3, order=2), by_hand)
    assert shown(told, 11) == P2


def test_the_handlers_own_words_bring_the_handler_no_prompt() -> None:
    told = Told().happens(10, placed(raised(1, THROAT), party=Party.HANDLER))
    assert shown(told, 60) is None


def test_the_wait_is_counted_from_when_it_was_for_the_handler() -> None:
    told = Told().happens(2, raised(1, THROAT))
    found = showing(told.case, RULES, at(5), None)
    assert found.shown is not None
    assert found.shown.waited_ms == 3000
