"""From sightings to prompts, as pure rules."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from server.domain.attention import Attention, recipients
from server.domain.call import CallState, applied
from server.domain.events import Event, MarkerSighted, PromptRaised, PromptWithdrawn, RiskRaised
from server.domain.ids import PersonId, PromptId
from server.domain.markers import MarkerClass
from server.domain.people import Role
from server.domain.prompts import Dismissal, Outcome, Standing
from server.domain.sightings import Polarity, Sighting
from server.domain.stability import Stability
from tests.services.stage import MARKERS, said, saying, sighting

ATTENTION = Attention(markers=MARKERS)


def after(events: list[Event], state: CallState | None = None) -> CallState:
    state = state or CallState()
    for event in events:
        state = applied(state, event)
    return state


def kinds(events: list[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def test_a_settled_sighting_raises_one_prompt_with_its_words() -> None:
    events = ATTENTION.settled(CallState(), said("knife"), [sighting("weapon")])
    assert kinds(events) == ["MarkerSighted", "RiskRaised", "PromptRaised"]
    raised = events[-1]
    assert isinstance(raised, PromptRaised)
    assert (raised.prompt.id, raised.prompt.quote, raised.prompt.standing) == (
        "p1",
        "weapon",
        Standing.SETTLED,
    )


def test_the_same_marker_is_evidence_again_but_not_a_second_prompt() -> None:
    state = after(ATTENTION.settled(CallState(), said("knife"), [sighting("weapon")]))
    again = ATTENTION.settled(state, said("knife", number=1), [sighting("weapon", utterance=1)])
    assert kinds(again) == ["MarkerSighted"]


def test_a_denial_is_kept_and_raises_nothing() -> None:
    denied = replace(sighting("weapon"), polarity=Polarity.DENIED)
    events = ATTENTION.settled(CallState(), said("no knife"), [denied])
    assert kinds(events) == ["MarkerSighted"]


def test_a_denial_after_the_fact_lowers_nothing() -> None:
    state = after(ATTENTION.settled(CallState(), said("knife"), [sighting("weapon")]))
    denied = replace(sighting("weapon", utterance=1), polarity=Polarity.DENIED)
    later = after(ATTENTION.settled(state, said("no knife", number=1), [denied]), state)
    assert later.severity is MarkerClass.IMMEDIATE
    assert later.prompts == state.prompts


def test_a_draft_shows_only_immediate_markers() -> None:
    assert ATTENTION.drafted(CallState(), [sighting("fear")]) == []
    assert kinds(ATTENTION.drafted(CallState(), [sighting("weapon")]))[-1] == "PromptRaised"


def test_the_same_draft_sighting_is_recorded_once() -> None:
    state = after(ATTENTION.drafted(CallState(), [sighting("weapon")]))
    assert ATTENTION.drafted(state, [sighting("weapon")]) == []


def test_the_settled_words_confirm_a_draft_and_keep_its_prompt() -> None:
    state = after(ATTENTION.drafted(CallState(), [sighting("weapon")]))
    events = ATTENTION.settled(state, said("knife"), [sighting("weapon")])
    assert kinds(events) == ["MarkerSighted", "PromptConfirmed"]
    assert after(events, state).prompts[PromptId("p1")].prompt.standing is Standing.SETTLED


def test_settled_words_without_the_marker_withdraw_it_and_the_next_sighting_asks_anew() -> None:
    state = after(ATTENTION.drafted(CallState(), [sighting("weapon")]))
    events = ATTENTION.settled(state, said("life"), [])
    assert kinds(events) == ["SightingWithdrawn", "PromptWithdrawn"]
    state = after(events, state)
    anew = ATTENTION.settled(state, said("knife", number=1), [sighting("weapon", utterance=1)])
    assert kinds(anew) == ["MarkerSighted", "PromptRaised"]
    assert [event.prompt.id for event in anew if isinstance(event, PromptRaised)] == ["p2"]


def test_settled_words_that_deny_what_a_draft_showed_withdraw_it() -> None:
    state = after(ATTENTION.drafted(CallState(), [sighting("weapon")]))
    denied = replace(sighting("weapon"), polarity=Polarity.DENIED)
    events = ATTENTION.settled(state, said("no knife"), [denied])
    assert kinds(events) == ["MarkerSighted", "SightingWithdrawn", "PromptWithdrawn"]


def test_risk_is_raised_once_a_class_and_never_lowered() -> None:
    first = ATTENTION.settled(CallState(), said("x"), [sighting("fear"), sighting("weapon")])
    assert [e.severity for e in first if isinstance(e, RiskRaised)] == [MarkerClass.IMMEDIATE]
    second = ATTENTION.settled(after(first), said("x", number=1), [sighting("fear", utterance=1)])
    assert [e for e in second if isinstance(e, RiskRaised)] == []


def test_when_several_fire_the_most_pressing_question_comes_first() -> None:
    events = ATTENTION.settled(CallState(), said("x"), [sighting("strangulation"), sighting("weapon")])
    assert [e.sighting.marker for e in events if isinstance(e, MarkerSighted)] == ["weapon", "strangulation"]


def test_only_an_immediate_prompt_interrupts_the_handler() -> None:
    assert Role.HANDLER in recipients(MarkerClass.IMMEDIATE)
    assert Role.HANDLER not in recipients(MarkerClass.HIGH)
    assert all(Role.SPECIALIST in recipients(severity) for severity in MarkerClass)


@given(st.lists(st.sampled_from(["weapon", "strangulation", "fear"]), max_size=12))
def test_no_run_of_sightings_gives_two_prompts_of_a_marker_or_lowers_the_class(names: list[str]) -> None:
    state, ranks = CallState(), [0]
    for number, name in enumerate(names):
        found = [sighting(name, utterance=number)]
        state = after(ATTENTION.settled(state, said(name, number=number), found), state)
        ranks.append(state.severity.rank)
    prompted = [prompt.prompt.marker for prompt in state.prompts.values()]
    assert len(prompted) == len(set(prompted)) == len(set(names))
    assert ranks == sorted(ranks)


def test_a_step_taken_back_leaves_the_prompt_as_it_stood_but_keeps_what_was_heard_since() -> None:
    state = after(ATTENTION.drafted(CallState(), [sighting("weapon")]))
    prompt = state.prompts[PromptId("p1")]
    put_aside = prompt.owned(PersonId("a")).dismissed(Dismissal.MISHEARD).stand(Standing.SETTLED)
    back = put_aside.undone()
    assert (back.owner, back.open, back.prompt.standing) == ("a", True, Standing.SETTLED)
    assert prompt.answered(Outcome.ACTED).undone().open
    assert prompt.undone() == prompt


def test_two_further_words_make_a_draft_sighting_stand() -> None:
    stability, found = Stability(), [sighting("weapon")]
    assert stability.standing(saying("knife", number=1), found) == []
    assert stability.standing(saying("knife he", number=1), found) == []
    assert stability.standing(saying("knife he has", number=1), found) == found


def test_nothing_stands_in_a_legs_first_second() -> None:
    stability, found = Stability(), [sighting("weapon")]
    assert stability.standing(saying("knife he has", heard_to_ms=990), found) == []
    assert stability.standing(saying("knife he has", heard_to_ms=1000), found) == found


def test_listening_on_without_a_change_makes_a_draft_sighting_stand() -> None:
    stability, found = Stability(), [sighting("weapon")]
    assert stability.standing(saying("knife", heard_to_ms=1000), found) == []
    assert stability.standing(saying("knife", heard_to_ms=1200), found) == []
    assert stability.standing(saying("knife", heard_to_ms=1300), found) == found


def test_a_sighting_that_goes_and_comes_back_waits_again() -> None:
    stability, found = Stability(), [sighting("weapon")]
    stability.standing(saying("knife", heard_to_ms=1000), found)
    stability.standing(saying("night", heard_to_ms=1200), [])
    assert stability.standing(saying("knife", heard_to_ms=1400), found) == []


def corrected(name: str, *, utterance: int = 0) -> Sighting:
    """The sighting by which what was told of this marker turns out to have been read wrongly."""
    old = sighting(name, utterance=utterance)
    why = 'Taken for an answer to "is he there", but the handler had spoken since.'
    return replace(old, polarity=Polarity.UNCERTAIN, rule=f"{name}/corrected", corrects=old.rule, because=why)


def test_a_prompt_whose_words_were_read_wrongly_says_so_in_place() -> None:
    state = after(ATTENTION.settled(CallState(), said("yes"), [sighting("weapon")]))
    events = ATTENTION.settled(state, said("late", number=1), [corrected("weapon")])
    assert kinds(events) == ["MarkerSighted", "PromptWithdrawn"]
    withdrawn = events[-1]
    assert isinstance(withdrawn, PromptWithdrawn)
    assert "the handler had spoken since" in withdrawn.because
    shown = after(events, state).prompts[PromptId("p1")]
    assert shown.prompt.standing is Standing.WITHDRAWN
    assert after(events, state).severity is MarkerClass.IMMEDIATE


def test_a_corrected_prompt_rests_on_what_else_was_said_of_its_marker() -> None:
    state = after(ATTENTION.settled(CallState(), said("yes"), [sighting("weapon")]))
    other = replace(sighting("weapon", utterance=1), quote="he has a knife")
    state = after(ATTENTION.settled(state, said("knife", number=1), [other]), state)
    events = ATTENTION.settled(state, said("late", number=2), [corrected("weapon")])
    assert [(type(event).__name__, getattr(event, "quote", "")) for event in events[1:]] == [
        ("PromptConfirmed", "he has a knife")
    ]
    again = replace(corrected("weapon", utterance=1), quote=other.quote)
    last = ATTENTION.settled(after(events, state), said("later", number=3), [again])
    assert kinds(last) == ["MarkerSighted", "PromptWithdrawn"], "now nothing is left that speaks for it"


def test_after_a_correction_the_marker_can_be_asked_about_anew() -> None:
    state = after(ATTENTION.settled(CallState(), said("yes"), [sighting("weapon")]))
    state = after(ATTENTION.settled(state, said("late", number=1), [corrected("weapon")]), state)
    anew = ATTENTION.settled(state, said("knife", number=2), [sighting("weapon", utterance=2)])
    assert kinds(anew) == ["MarkerSighted", "PromptRaised"]


def doubtful(name: str, *, utterance: int = 0) -> Sighting:
    return replace(
        sighting(name, utterance=utterance), polarity=Polarity.UNCERTAIN, doubtful="knife or night"
    )


def test_a_doubtful_word_asks_for_a_replay_and_guesses_nothing() -> None:
    events = ATTENTION.settled(CallState(), said("night"), [doubtful("weapon")])
    assert kinds(events) == ["MarkerSighted", "PromptRaised"], "no risk is raised on a guess"
    raised = events[-1]
    assert isinstance(raised, PromptRaised)
    assert raised.prompt.replay
    assert raised.prompt.specialist == "Replay 5 s before acting on it: knife or night?"
    assert len(raised.prompt.handler) <= 90


def test_a_doubtful_word_asks_once_and_never_beside_a_prompt_of_its_marker() -> None:
    state = after(ATTENTION.settled(CallState(), said("night"), [doubtful("weapon")]))
    again = ATTENTION.settled(state, said("night", number=1), [doubtful("weapon", utterance=1)])
    assert kinds(again) == ["MarkerSighted"]
    assert kinds(ATTENTION.settled(CallState(), said("x"), [doubtful("fear")])) == ["MarkerSighted"]


def test_what_is_said_clearly_takes_the_place_of_a_replay() -> None:
    state = after(ATTENTION.settled(CallState(), said("night"), [doubtful("weapon")]))
    events = ATTENTION.settled(state, said("knife", number=1), [sighting("weapon", utterance=1)])
    assert kinds(events) == ["MarkerSighted", "RiskRaised", "PromptWithdrawn", "PromptRaised"]
    state = after(events, state)
    assert [shown.prompt.replay for shown in state.waiting_prompts] == [False]
