"""What time does to a prompt that nobody owns."""

from server.domain.escalating import aftermath, escalations, next_escalation, promotions
from server.domain.events import (
    CallEnded,
    Ending,
    Escalation,
    HistoryLinked,
    PromptAnswered,
    PromptDismissed,
    PromptDropped,
    PromptEscalated,
    PromptOwned,
    PromptShared,
    PromptsUnresolved,
    PromptUndone,
    PromptUpgraded,
    PromptWithdrawn,
    ReviewAsked,
    ReviewWhy,
    SpecialistAwaited,
)
from server.domain.ids import PromptId
from server.domain.markers import MarkerClass
from server.domain.prompts import Dismissal, Outcome
from server.domain.rules import DeskRules
from tests.domain.calls import Told, at
from tests.stories import SAM, SUE, raised, sighted

RULES = DeskRules()
P1, P2 = PromptId("p1"), PromptId("p2")
THROAT = sighted("strangulation", "hands round my throat", utterance=0, at_ms=4000)
KNIFE = sighted("weapon", "a knife", utterance=1, at_ms=6000)
OWNED = PromptOwned(at_ms=5000, person=SAM.id, prompt=P1)
DROPPED = PromptDropped(at_ms=5000, person=SAM.id, prompt=P1)
ENDED = CallEnded(at_ms=9000, why=Ending.HUNG_UP)


def due(told: Told, after_s: float) -> list[Escalation]:
    """What is due now; it then happens."""
    events = escalations(told.case, RULES, at(after_s), SUE.id)
    told.happens(after_s, *events)
    return [event.to for event in events if isinstance(event, PromptEscalated)]


def high() -> Told:
    return Told().happens(10, raised(1, THROAT, severity=MarkerClass.HIGH))


def test_an_immediate_prompt_goes_to_specialist_and_supervisor_and_then_to_the_duty_supervisor() -> None:
    told = Told().happens(10, raised(1, THROAT))
    assert next_escalation(told.case, RULES, at(10)) == at(20)
    assert due(told, 19.9) == []
    assert due(told, 20) == [Escalation.SUPERVISOR]
    assert due(told, 30) == []
    assert due(told, 40) == [Escalation.DUTY_SUPERVISOR]
    assert due(told, 400) == []
    assert next_escalation(told.case, RULES, at(400)) is None


def test_the_duty_supervisor_is_named_and_the_wait_is_told() -> None:
    told = Told().happens(10, raised(1, THROAT))
    (first, second) = escalations(told.case, RULES, at(45), SUE.id)
    assert isinstance(first, PromptEscalated)
    assert isinstance(second, PromptEscalated)
    assert (first.person, second.person, second.after_ms) == (None, SUE.id, 35_000)


def test_a_high_prompt_is_brought_to_the_specialist_again() -> None:
    told = high()
    assert due(told, 54) == []
    assert due(told, 55) == [Escalation.SPECIALIST]
    assert due(told, 555) == []


def test_a_contextual_prompt_presses_nobody() -> None:
    told = Told().happens(10, raised(1, THROAT, severity=MarkerClass.CONTEXTUAL))
    assert due(told, 999) == []


def test_whoever_owns_it_stops_the_clock_and_giving_it_back_starts_it_anew() -> None:
    told = Told().happens(10, raised(1, THROAT)).happens(21, OWNED)
    assert due(told, 60) == []
    told.happens(60, DROPPED)
    assert due(told, 69) == []
    assert due(told, 70) == [Escalation.SUPERVISOR]


def test_taking_back_the_owning_starts_the_clock_anew() -> None:
    told = Told().happens(10, raised(1, THROAT)).happens(12, OWNED)
    told.happens(60, PromptUndone(at_ms=5000, person=SAM.id, prompt=P1))
    assert due(told, 69) == []
    assert due(told, 70) == [Escalation.SUPERVISOR]


def test_what_is_answered_put_aside_or_heard_differently_presses_nobody() -> None:
    for closing in (
        PromptAnswered(at_ms=5000, person=SAM.id, prompt=P1, outcome=Outcome.NO),
        PromptDismissed(at_ms=5000, person=SAM.id, prompt=P1, reason=Dismissal.NO_REASON),
        PromptWithdrawn(at_ms=5000, prompt=P1, heard="hands round my coat"),
    ):
        assert due(Told().happens(10, raised(1, THROAT)).happens(11, closing), 99) == []


def test_a_prompt_that_is_upgraded_is_pressed_as_an_immediate_one_from_then_on() -> None:
    told = high()
    assert due(told, 55) == [Escalation.SPECIALIST]
    told.happens(
        60, PromptUpgraded(at_ms=5000, prompt=P1, severity=MarkerClass.IMMEDIATE, because="two high markers")
    )
    assert due(told, 69) == []
    assert due(told, 70) == [Escalation.SUPERVISOR]


def test_two_high_markers_in_one_call_count_as_immediate_once() -> None:
    told = high()
    assert promotions(told.case) == []
    told.happens(11, raised(2, KNIFE, severity=MarkerClass.HIGH))
    upgrades = promotions(told.case)
    assert [(type(one), one.prompt) for one in upgrades if isinstance(one, PromptUpgraded)] == [
        (PromptUpgraded, P1),
        (PromptUpgraded, P2),
    ]
    assert promotions(told.happens(11, *upgrades).case) == []


def test_a_high_marker_that_was_answered_counts_for_the_next() -> None:
    told = high().happens(11, PromptAnswered(at_ms=5000, person=SAM.id, prompt=P1, outcome=Outcome.YES))
    told.happens(12, raised(2, KNIFE, severity=MarkerClass.HIGH))
    assert [one.prompt for one in promotions(told.case) if isinstance(one, PromptUpgraded)] == [P2]


def test_a_high_marker_that_was_misheard_counts_for_none() -> None:
    aside = PromptDismissed(at_ms=5000, person=SAM.id, prompt=P1, reason=Dismissal.MISHEARD)
    for misheard in (aside, PromptWithdrawn(at_ms=5000, prompt=P1, heard="a coat")):
        told = high().happens(11, misheard).happens(12, raised(2, KNIFE, severity=MarkerClass.HIGH))
        assert promotions(told.case) == []


def test_a_high_marker_with_a_linked_call_this_week_counts_as_immediate() -> None:
    told = high().happens(12, HistoryLinked(at_ms=0, earlier_calls=4, within_7_days=0))
    assert promotions(told.case) == []
    told.happens(13, HistoryLinked(at_ms=0, earlier_calls=4, within_7_days=1))
    (upgrade,) = promotions(told.case)
    assert isinstance(upgrade, PromptUpgraded)
    assert upgrade.because == "a linked call in the last seven days"


def test_a_high_marker_said_in_two_turns_is_shared_with_the_handler_once() -> None:
    told = Told().happens(10, THROAT, raised(1, THROAT, severity=MarkerClass.HIGH))
    assert promotions(told.case) == []
    told.happens(11, sighted("strangulation", "round my neck", utterance=3, at_ms=8000))
    (shared,) = promotions(told.case)
    assert isinstance(shared, PromptShared)
    assert promotions(told.happens(11, shared).case) == []
    assert told.case.state.prompts[P1].for_handler


def test_what_is_open_when_the_call_ends_is_listed_for_review_once() -> None:
    told = Told().happens(10, raised(1, THROAT), raised(2, KNIFE)).happens(11, OWNED)
    told.happens(12, PromptAnswered(at_ms=5000, person=SAM.id, prompt=P2, outcome=Outcome.YES))
    assert aftermath(told.case) == []
    events = aftermath(told.happens(20, ENDED).case)
    assert events == [
        PromptsUnresolved(at_ms=9000, prompts=(P1,)),
        ReviewAsked(at_ms=9000, why=ReviewWhy.UNRESOLVED),
    ]
    assert aftermath(told.happens(20, *events).case) == []
    assert due(told, 999) == []


def test_what_is_opened_again_after_the_end_is_listed_too() -> None:
    told = Told().happens(10, raised(1, THROAT), raised(2, KNIFE))
    told.happens(11, PromptAnswered(at_ms=5000, person=SAM.id, prompt=P2, outcome=Outcome.YES), ENDED)
    told.happens(12, *aftermath(told.case))
    told.happens(13, PromptUndone(at_ms=9000, person=SAM.id, prompt=P2))
    assert aftermath(told.case) == [PromptsUnresolved(at_ms=9000, prompts=(P1, P2))]
    told.happens(14, *aftermath(told.case))
    assert aftermath(told.case) == []


def test_an_immediate_prompt_put_aside_stays_in_review() -> None:
    aside = PromptDismissed(at_ms=5000, person=SAM.id, prompt=P1, reason=Dismissal.NO_REASON)
    told = Told().happens(10, raised(1, THROAT)).happens(11, aside).happens(20, ENDED)
    assert aftermath(told.case) == [ReviewAsked(at_ms=9000, why=ReviewWhy.IMMEDIATE_PUT_ASIDE)]
    quiet = Told().happens(10, raised(1, THROAT, severity=MarkerClass.HIGH)).happens(11, aside)
    assert aftermath(quiet.happens(20, ENDED).case) == []


def test_a_call_for_which_nobody_became_free_is_reviewed() -> None:
    told = Told().happens(10, SpecialistAwaited(at_ms=0, because=("all busy",))).happens(20, ENDED)
    assert aftermath(told.case) == [ReviewAsked(at_ms=9000, why=ReviewWhy.NEVER_ASSIGNED)]
