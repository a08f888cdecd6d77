"""Which specialist a call goes to, and why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from server.domain.assigning import Candidate, chosen, ranked, wanted_skills, wants_specialist
from server.domain.call import CallState, applied
from server.domain.events import Event, HistoryLinked, NeedNoted, PromptAnswered, RiskRaised
from server.domain.ids import CallId, MarkerId, PromptId
from server.domain.markers import MarkerClass
from server.domain.people import Force, Person, Role
from server.domain.prompts import Outcome
from tests.stories import HANNAH, MIDSHIRE, person, raised, sighted

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
FORCE = Force(
    id=MIDSHIRE,
    name="Midshire Police",
    numbers=(),
    desks=(),
    skill_markers={"child": frozenset({MarkerId("children")})},
)
THROAT = sighted("strangulation", "hands round my throat", utterance=0, at_ms=4000)


def specialist(name: str, *skills: str, on_break: bool = False) -> Person:
    return replace(person(name, Role.SPECIALIST), skills=frozenset(skills), on_break=on_break)


def here(who: Person, calls: int = 0, until: str = "") -> Candidate:
    return Candidate(person=who, calls=calls, until=until)


def after(*events: Event) -> CallState:
    state = CallState()
    for event in events:
        state = applied(state, event)
    return state


ANN, BEA = specialist("ann"), specialist("bea", "child", "language:pl")


def test_a_call_wants_a_specialist_once_it_shows_a_high_marker_or_is_linked() -> None:
    def showing(severity: MarkerClass) -> CallState:
        return after(RiskRaised(at_ms=1, severity=severity, because=MarkerId("fear")))

    assert not wants_specialist(showing(MarkerClass.CONTEXTUAL))
    assert wants_specialist(showing(MarkerClass.HIGH))
    assert wants_specialist(showing(MarkerClass.IMMEDIATE))
    assert wants_specialist(after(HistoryLinked(at_ms=0, earlier_calls=2, within_7_days=0)))


def test_skills_are_wanted_by_markers_and_by_what_people_note() -> None:
    seen = sighted("children", "the kids are upstairs", utterance=0, at_ms=0)
    polish = NeedNoted(at_ms=0, person=HANNAH.id, need="language:pl")
    assert wanted_skills(after(seen, polish), FORCE) == {"child", "language:pl"}
    assert wanted_skills(CallState(), FORCE) == frozenset()


def test_a_skill_that_is_wanted_goes_before_a_lower_load() -> None:
    choice = chosen([here(ANN, 0), here(BEA, 2, "00:00")], frozenset({"child", "language:pl"}), 3)
    assert choice.person == BEA.id
    assert choice.because == ("has child, language pl", "2 live calls", "on the rota until 00:00")


def test_a_skill_that_nobody_has_is_said() -> None:
    choice = chosen([here(ANN), here(BEA)], frozenset({"honour_based_abuse"}), 3)
    assert "nobody free has honour based abuse" in choice.because


def test_without_a_skill_the_lower_load_then_the_rota_then_the_longest_on_duty() -> None:
    none = frozenset[str]()
    fewest = chosen([here(ANN, 1), here(BEA, 0)], none, 3)
    assert (fewest.person, fewest.because[0]) == (BEA.id, "0 live calls, the fewest")
    assert chosen([here(ANN, 1), here(BEA, 1, "17:00")], none, 3).person == BEA.id
    assert chosen([here(ANN, 1), here(BEA, 1)], none, 3).person == ANN.id


def test_nobody_is_given_more_than_they_can_hold_nor_a_call_in_their_break() -> None:
    resting = specialist("cat", on_break=True)
    choice = chosen([here(ANN, 3), here(resting, 0)], frozenset(), 3)
    assert choice.person is None
    assert choice.because == ("1 on duty, each with as many calls as they can hold", "1 on a break")
    assert chosen([], frozenset(), 3).because == ()


def test_the_only_one_free_is_told_so() -> None:
    assert chosen([here(ANN, 1), here(BEA, 3)], frozenset(), 3).because[0] == "the only one free"


def test_waiting_calls_are_ranked_by_immediate_markers_then_links_then_age() -> None:
    linked = after(HistoryLinked(at_ms=0, earlier_calls=3, within_7_days=1))
    danger = after(raised(1, THROAT))
    settled = after(
        raised(1, THROAT),
        PromptAnswered(at_ms=1, person=HANNAH.id, prompt=PromptId("p1"), outcome=Outcome.YES),
    )
    older, newer = NOW, NOW + timedelta(seconds=9)
    order = ranked(
        [
            (CallId("new"), CallState(), newer),
            (CallId("answered"), settled, older),
            (CallId("linked"), linked, newer),
            (CallId("danger"), danger, newer),
        ]
    )
    assert [(one.rank, one.call) for one in order] == [
        (1, "danger"),
        (2, "linked"),
        (3, "answered"),
        (4, "new"),
    ]
    assert [one.because for one in order][:3] == [
        ("1 unresolved immediate marker",),
        ("3 earlier calls linked",),
        ("the longest waiting first",),
    ]
