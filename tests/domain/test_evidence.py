"""The evidence ledger: word for word, and nothing in it is ever deleted or lowered."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from server.domain.events import Entry, Event, MarkerSighted, SightingWithdrawn, UtteranceHeard
from server.domain.evidence import Account, Ledger, entered, ledger_of
from server.domain.ids import CallId, MarkerId
from server.domain.prompts import Standing
from server.domain.sightings import Polarity, Sighting
from server.domain.speech import Party
from tests.services.stage import said, sighting

WEAPON = MarkerId("weapon")


def ledger(*events: Event) -> Ledger:
    made = Ledger()
    for event in events:
        made = entered(made, event)
    return made


def sighted(one: Sighting, standing: Standing = Standing.SETTLED) -> MarkerSighted:
    return MarkerSighted(at_ms=0, sighting=one, standing=standing)


def heard(text: str, number: int = 0) -> UtteranceHeard:
    return UtteranceHeard(at_ms=0, utterance=said(text, number=number))


def rules(account: Account) -> tuple[list[str], list[str], list[str]]:
    """Which rules speak for a marker, deny it, and leave it in doubt."""
    sides = (account.speaking, account.denied, account.doubtful)
    for_, denied, doubtful = ([one.sighting.rule for one in side] for side in sides)
    return for_, denied, doubtful


def test_evidence_gives_the_very_words_that_matched() -> None:
    found = replace(sighting("weapon"), matched=((2, 3), (4, 5)), quote="he has a big knife")
    made = ledger(heard("he has got a knife there"), sighted(found))
    assert made.account(WEAPON).speaking[0].words == "got knife"


def test_a_denial_stands_beside_the_evidence_and_takes_nothing_from_it() -> None:
    denied = replace(sighting("weapon", utterance=1), polarity=Polarity.DENIED, rule="no")
    made = ledger(sighted(sighting("weapon")), sighted(denied))
    assert rules(made.account(WEAPON)) == (["test"], ["no"], [])


def test_a_denial_in_the_same_turn_replaces_nothing() -> None:
    denied = replace(sighting("weapon"), polarity=Polarity.DENIED, rule="no")
    assert rules(ledger(sighted(sighting("weapon")), sighted(denied)).account(WEAPON))[0] == ["test"]


def test_a_retraction_is_shown_beside_everything_said_before_it() -> None:
    back = replace(sighting("minimisation_or_retraction", utterance=1), start_ms=9000, quote="I made it up")
    made = ledger(sighted(sighting("weapon")), sighted(back))
    account = made.account(WEAPON)
    assert [one.sighting.quote for one in account.taken_back] == ["I made it up"]
    assert len(account.speaking) == 1


def test_a_retraction_takes_back_nothing_that_was_said_after_it() -> None:
    back = replace(sighting("minimisation_or_retraction"), start_ms=0)
    later = replace(sighting("weapon", utterance=1), start_ms=9000)
    assert ledger(sighted(back), sighted(later)).account(WEAPON).taken_back == ()


def test_settled_words_take_the_place_of_the_draft_that_showed_the_same() -> None:
    made = ledger(sighted(sighting("weapon"), Standing.DRAFT), sighted(sighting("weapon")))
    assert [one.standing for one in made.account(WEAPON).evidence] == [Standing.SETTLED]


def test_what_was_heard_differently_stays_with_what_was_heard_instead() -> None:
    gone = SightingWithdrawn(at_ms=0, marker=WEAPON, party=Party.CALLER, utterance=0, heard="a night")
    made = ledger(sighted(sighting("weapon"), Standing.DRAFT), gone)
    assert [one.heard for one in made.account(WEAPON).doubtful] == ["a night"]
    assert made.account(WEAPON).speaking == ()


def test_a_correction_stands_on_the_evidence_that_it_corrects() -> None:
    wrong = sighting("weapon")
    why = replace(wrong, polarity=Polarity.UNCERTAIN, rule="corrected", corrects="test", because="Late.")
    account = ledger(sighted(wrong), sighted(why)).account(WEAPON)
    assert [(one.sighting.rule, one.corrected) for one in account.doubtful] == [
        ("test", "Late."),
        ("corrected", ""),
    ]


def test_what_was_held_back_is_the_same_evidence_once_it_is_free() -> None:
    held = replace(sighting("weapon"), held=True)
    evidence = ledger(sighted(held), sighted(sighting("weapon"))).account(WEAPON).evidence
    assert [one.sighting.held for one in evidence] == [False]


def test_the_ledger_is_a_fold_over_journal_entries() -> None:
    events: list[Event] = [heard("he has a knife"), sighted(sighting("weapon"))]
    entries = [
        Entry(call=CallId("CA1"), seq=seq, recorded_at=datetime(2026, 1, 1, tzinfo=UTC), event=event)
        for seq, event in enumerate(events, 1)
    ]
    assert ledger_of(entries) == ledger(*events)


@given(
    st.lists(
        st.builds(
            lambda name, utterance, polarity, draft: sighted(
                replace(sighting(name, utterance=utterance), polarity=polarity),
                Standing.DRAFT if draft else Standing.SETTLED,
            ),
            st.sampled_from(["weapon", "fear"]),
            st.integers(0, 2),
            st.sampled_from(Polarity),
            st.booleans(),
        ),
        max_size=12,
    )
)
def test_whatever_follows_no_marker_loses_evidence(events: list[MarkerSighted]) -> None:
    made = Ledger()
    for event in events:
        before = {account.marker: len(account.speaking) for account in made.accounts()}
        made = entered(made, event)
        assert all(len(made.account(marker).speaking) >= count for marker, count in before.items())
