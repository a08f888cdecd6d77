"""Cases folded from their journals, who may be sent what, and what speaks for a conference."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from server.domain.casework.case_file import CaseFile, folded_case
from server.domain.casework.directory import Directory, Need, suggested_needs
from server.domain.casework.events import (
    AnswerGiven,
    AssessmentBegun,
    AssessmentSigned,
    Basis,
    CallAdded,
    CallRemoved,
    CaseEntry,
    CaseFact,
    CaseId,
    CaseOpened,
    Consent,
    ConsentNoted,
    FearNoted,
    JudgementNoted,
    Known,
    MaracHeard,
    PartyId,
    PartyNoted,
    PartyRole,
    ReferralBegun,
    ReferralChased,
    ReferralConfirmed,
    ReferralFilled,
    ReferralSent,
    ReferralWay,
    SafeContactNoted,
    ThingId,
)
from server.domain.casework.forms import Form, Question, Section, suggestions
from server.domain.casework.letter import letter
from server.domain.casework.marac import criteria
from server.domain.casework.referrals import missing
from server.domain.events import Entry, Event, SightingWithdrawn
from server.domain.ids import CallId, MarkerId
from server.domain.sightings import Polarity, Source
from server.domain.speech import Party
from tests.stories import MIDSHIRE, SAM, arrived, sighted

START = datetime(2026, 8, 27, 21, 10, tzinfo=UTC)
HER, HIM = PartyId("p1"), PartyId("p2")
R1 = ThingId("r1")
THROAT = sighted("strangulation", "hands round my throat", utterance=0, at_ms=4000)
BEGUN = ReferralBegun(person=SAM.id, referral=R1, service="near", name="Near House", needs=(), party=HER)
AISHA = PartyNoted(person=SAM.id, party=HER, role=PartyRole.VICTIM, name="Aisha K", number="01632 960001")


def case(*events: CaseFact, apart: timedelta = timedelta(minutes=1)) -> CaseFile:
    opened = CaseOpened(person=SAM.id, force=MIDSHIRE)
    return folded_case(
        CaseEntry(case=CaseId("case-1"), seq=seq, recorded_at=START + seq * apart, event=event)
        for seq, event in enumerate((opened, *events), 1)
    )


def call(*events: Event) -> Sequence[Entry]:
    return [
        Entry(call=CallId("CA1"), seq=seq, recorded_at=START + timedelta(seconds=seq), event=event)
        for seq, event in enumerate((arrived(), *events), 1)
    ]


def form(*, marac_yes: int | None = None) -> Form:
    neck = Question(id="neck", ask="Neck?", markers=frozenset({MarkerId("strangulation")}))
    return Form(
        id="ours",
        version="1",
        title="Ours",
        about="To try.",
        licence="Ours",
        levels=("high",),
        sections=(Section(title="One", questions=(neck,)),),
        marac_yes=marac_yes,
    )


def test_two_who_fear_each_other_stay_two_facts() -> None:
    hers = FearNoted(person=SAM.id, who=HER, of=HIM, afraid=Known.YES, words="hid in the bathroom")
    his = FearNoted(person=SAM.id, who=HIM, of=HER, afraid=Known.YES, words="says she shouts")
    again = replace(his, afraid=Known.NO, words="laughed")
    assert [(one.who, one.afraid) for one in case(hers, his, again).afraid] == [
        (HER, Known.YES),
        (HIM, Known.NO),
    ]


def test_a_call_that_was_taken_out_is_gone_and_one_added_again_is_back() -> None:
    added = CallAdded(person=SAM.id, call=CallId("CA1"))
    removed = CallRemoved(person=SAM.id, call=CallId("CA1"), why="other people")
    assert list(case(added, removed).calls) == []
    assert list(case(added, removed, added).calls) == ["CA1"]


@pytest.mark.parametrize(
    ("seen", "says"),
    [
        (THROAT, "says so"),
        (replace(THROAT, sighting=replace(THROAT.sighting, polarity=Polarity.DENIED)), "says no"),
        (
            replace(THROAT, sighting=replace(THROAT.sighting, polarity=Polarity.UNCERTAIN)),
            "not sure of the words",
        ),
    ],
)
def test_what_was_said_denied_or_misheard_is_suggested_as_just_that(seen: Event, says: str) -> None:
    (one,) = suggestions(form(), {CallId("CA1"): call(seen)})["neck"]
    assert (one.says, one.quote, one.at_ms) == (says, "hands round my throat", 4000)


def test_words_heard_differently_and_the_handler_s_own_suggest_nothing() -> None:
    gone = SightingWithdrawn(
        at_ms=1, marker=MarkerId("strangulation"), party=Party.CALLER, utterance=0, heard="hands up"
    )
    asked = replace(THROAT, sighting=replace(THROAT.sighting, party=Party.HANDLER))
    draft = replace(THROAT, standing=THROAT.standing.DRAFT)
    assert suggestions(form(), {CallId("CA1"): call(draft, gone, asked)})["neck"] == ()


def test_only_what_was_said_suggests_a_need() -> None:
    directory = Directory(
        needs=(Need(id="neck", title="Neck", markers=frozenset({MarkerId("strangulation")})),)
    )
    denied = replace(THROAT, sighting=replace(THROAT.sighting, polarity=Polarity.DENIED))
    third = replace(THROAT, sighting=replace(THROAT.sighting, source=Source.THIRD_HAND))
    assert suggested_needs(directory, {CallId("CA1"): call(denied)}) == {}
    assert [one.source for one in suggested_needs(directory, {CallId("CA1"): call(third)})["neck"]] == [
        Source.THIRD_HAND
    ]


def gaps(*events: CaseFact) -> tuple[str, ...]:
    return missing(case(BEGUN, *events).referrals[R1], name="Aisha K", contact_known=True)


FILLED = ReferralFilled(person=SAM.id, referral=R1, help="Safety planning", facts=("said so",))


def agreed(consent: Consent, basis: Basis | None = None, why: str = "") -> ConsentNoted:
    return ConsentNoted(person=SAM.id, referral=R1, consent=consent, basis=basis, why=why)


@pytest.mark.parametrize("consent", [Consent.NO, Consent.NOT_ASKED, Consent.UNSAFE])
def test_without_agreement_a_referral_needs_a_basis_and_a_reason(consent: Consent) -> None:
    assert len(gaps(FILLED, agreed(consent))) == 2
    assert gaps(FILLED, agreed(consent, Basis.SERIOUS_HARM, "strangled twice")) == ()


def test_with_agreement_it_needs_neither_and_nobody_is_taken_to_have_agreed() -> None:
    assert gaps(FILLED, agreed(Consent.YES)) == ()
    assert gaps(FILLED) == ("whether they agree: yes, no, not asked, or unsafe to ask",)


def test_a_referral_is_overdue_until_it_is_chased_or_confirmed() -> None:
    due = START + timedelta(hours=1)
    sent = ReferralSent(person=SAM.id, referral=R1, way=ReferralWay.EMAIL, text="…", due_at=due)
    chased = ReferralChased(person=SAM.id, referral=R1, note="rang", due_at=due + timedelta(hours=24))
    confirmed = ReferralConfirmed(person=SAM.id, referral=R1, by="J. Osei")
    assert case(BEGUN, sent).referrals[R1].overdue(due)
    assert not case(BEGUN, sent, chased).referrals[R1].overdue(due)
    assert not case(BEGUN, sent, confirmed).referrals[R1].overdue(due + timedelta(days=9))


def test_the_letter_says_how_to_reach_them_safely_and_when_not_to_ring() -> None:
    unsafe = SafeContactNoted(person=SAM.id, party=HER, phone_safe=Known.NO, others="he reads her phone")
    without = agreed(Consent.UNSAFE, Basis.SERIOUS_HARM, "strangled twice")
    file = case(AISHA, BEGUN, FILLED, unsafe, without)
    said = letter(file, file.referrals[R1], force="Midshire Police")
    assert "DO NOT RING THIS NUMBER" in said
    assert "he reads her phone" in said
    assert "WITHOUT THEIR AGREEMENT (unsafe to ask)" in said
    assert "- said so" in said


def met(file: CaseFile, reports: Sequence[datetime] = (), *, forms: Sequence[Form] = ()) -> set[str]:
    return {one.name for one in criteria(file, reports, forms, START + timedelta(days=1)) if one.met}


def test_professional_judgement_is_enough_by_itself() -> None:
    assert met(case()) == set()
    assert met(case(JudgementNoted(person=SAM.id, refer=True, why="stalked since June"))) == {"judgement"}
    assert met(case(JudgementNoted(person=SAM.id, refer=False, why="not now"))) == set()


def test_three_reports_in_twelve_months_count_and_older_ones_do_not() -> None:
    recent = [START - timedelta(days=days) for days in (0, 100, 300)]
    assert met(case(), recent) == {"escalation"}
    assert met(case(), [*recent[:2], START - timedelta(days=400)]) == set()


def test_a_call_within_twelve_months_of_a_conference_is_a_repeat() -> None:
    heard = MaracHeard(person=SAM.id, on=date(2026, 6, 1))
    assert met(case(heard), [START]) == {"repeat"}
    assert met(case(heard), [datetime(2026, 5, 1, tzinfo=UTC)]) == set()
    assert met(case(replace(heard, on=date(2025, 6, 1))), [START]) == set()


def test_answers_are_counted_only_where_a_form_s_makers_say_so_and_it_was_signed() -> None:
    f1 = ThingId("f1")
    begun = AssessmentBegun(person=SAM.id, assessment=f1, form="ours", version="1")
    answer = AnswerGiven(person=SAM.id, assessment=f1, question="neck", answer="yes")
    signed = AssessmentSigned(person=SAM.id, assessment=f1, level="high", judgement="strangled")
    assert met(case(begun, answer, signed), forms=[form(marac_yes=1)]) == {"visible"}
    assert met(case(begun, answer, signed), forms=[form(marac_yes=2)]) == set()
    assert met(case(begun, answer, signed), forms=[form()]) == set()
    assert met(case(begun, answer), forms=[form(marac_yes=1)]) == set()
