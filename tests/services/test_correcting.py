"""Markers, prompts and judgements by hand, and what the evaluation set gets of them."""

import json
from dataclasses import replace

import pytest

from server.domain.events import (
    CallEnded,
    Ending,
    Event,
    FindingVerdict,
    HeardAgain,
    MarkerJudged,
    MarkerSighted,
    PromptDismissed,
    PromptRaised,
    PromptShared,
    ReviewWhy,
    RiskRaised,
    Verdict,
    WordsExported,
)
from server.domain.ids import MarkerId, PromptId
from server.domain.markers import MarkerClass
from server.domain.people import Person, Right
from server.domain.prompts import Dismissal, Outcome
from server.domain.review import Listed
from server.domain.sightings import BY_HAND
from server.domain.speech import Party
from server.domain.whispers import Judged
from server.services.correcting import Span
from server.services.corrections import Corrections
from server.services.evaluating import labelled
from server.services.refusals import (
    AlreadyJudged,
    BadText,
    CallEndedAlready,
    NoRight,
    NoSuchMarker,
    NoSuchWords,
    NotYourCall,
    ReadOnly,
)
from server.services.reviewing import Judging
from tests.services.room import ANN, CALL, P1, THROAT, Room, doing
from tests.stories import HANNAH, MIDSHIRE, SAM, raised, said, sighted

WEAPON, FEAR = MarkerId("weapon"), MarkerId("fear")
SAID = said(Party.CALLER, 0, "he had his hands round my throat", at_ms=4000)
MORE = said(Party.CALLER, 1, "he has a blade on him", at_ms=8000)
BLADE = Span(party=Party.CALLER, utterance=1, from_word=2, to_word=4)
STRANGLED = Judged(MarkerId("strangulation"), Party.CALLER, 0)


@pytest.fixture
async def room() -> Room:
    room = await Room().open(on_duty=(SAM, ANN))
    await room.happens(SAID, THROAT, raised(1, THROAT, severity=MarkerClass.HIGH), MORE)
    for who in (SAM, ANN):
        await room.grants.give(CALL, who.id)
    return room


def after(room: Room, seq: int) -> list[Event]:
    return room.journal.events(CALL)[seq:]


async def test_words_are_marked_by_hand_and_prompt_as_any_other_marker(room: Room) -> None:
    before = room.last_seq()
    await room.corrections.mark(doing(SAM, "a1"), CALL, BLADE, WEAPON)
    await room.corrections.mark(doing(SAM, "a1"), CALL, BLADE, WEAPON)
    seen, risk, shown, judged = after(room, before)
    assert isinstance(seen, MarkerSighted)
    assert (seen.sighting.quote, seen.sighting.matched, seen.sighting.rule) == ("a blade", ((2, 4),), BY_HAND)
    assert risk == RiskRaised(at_ms=9180, severity=MarkerClass.IMMEDIATE, because=WEAPON)
    assert isinstance(shown, PromptRaised)
    assert (shown.prompt.id, shown.prompt.by, shown.prompt.ask) == (
        PromptId("h1"),
        SAM.id,
        "Ask about weapon?",
    )
    assert isinstance(judged, MarkerJudged)
    assert judged.verdict is Verdict.MISSED


async def test_a_marker_that_is_already_asked_about_brings_no_second_prompt(room: Room) -> None:
    await room.corrections.mark(doing(SAM), CALL, BLADE, WEAPON)
    await room.corrections.mark(doing(ANN), CALL, replace(BLADE, from_word=3), WEAPON)
    assert len(room.of_kind(PromptRaised)) == 2


async def test_a_marker_by_hand_on_an_ended_call_is_evidence_and_asks_nobody(room: Room) -> None:
    await room.desk.answer(doing(SAM), CALL, P1, Outcome.YES)
    await room.happens(CallEnded(at_ms=12_000, why=Ending.HUNG_UP))
    await room.corrections.mark(doing(SAM), CALL, BLADE, WEAPON)
    await room.minding.look()
    assert room.state().judgements[Judged(WEAPON, Party.CALLER, 1)].verdict is Verdict.MISSED
    assert (room.state().waiting_prompts, room.state().reviews) == ((), frozenset({ReviewWhy.MARKER}))
    with pytest.raises(CallEndedAlready):
        await room.corrections.ask(doing(SAM), CALL, BLADE, WEAPON, "")


async def test_a_specialist_puts_a_question_of_their_own(room: Room) -> None:
    first = await room.corrections.ask(doing(SAM, "q1"), CALL, BLADE, None, "Is he still by the door?")
    again = await room.corrections.ask(doing(SAM, "q1"), CALL, BLADE, None, "Is he still by the door?")
    assert (first, again) == (PromptId("h1"), PromptId("h1"))
    second = await room.corrections.ask(doing(SAM, "q2"), CALL, BLADE, WEAPON, "Where is the blade?")
    prompts = room.state().prompts
    assert (prompts[first].prompt.ask, prompts[first].for_handler) == ("Is he still by the door?", True)
    assert (prompts[second].prompt.ask, prompts[second].prompt.marker) == ("Where is the blade?", WEAPON)


async def test_a_question_is_one_line_that_can_be_read_between_two_breaths(room: Room) -> None:
    for question in ("", "x" * 91):
        with pytest.raises(BadText):
            await room.corrections.ask(doing(SAM), CALL, BLADE, None, question)


async def test_only_words_and_markers_that_exist_can_be_marked(room: Room) -> None:
    for span in (
        replace(BLADE, utterance=9),
        replace(BLADE, party=Party.HANDLER),
        replace(BLADE, from_word=4, to_word=4),
        replace(BLADE, to_word=99),
    ):
        with pytest.raises(NoSuchWords):
            await room.corrections.mark(doing(SAM), CALL, span, WEAPON)
    with pytest.raises(NoSuchMarker):
        await room.corrections.mark(doing(SAM), CALL, BLADE, MarkerId("bins"))
    with pytest.raises(NoSuchMarker):
        await room.corrections.judge(doing(SAM), CALL, Judged(WEAPON, Party.CALLER, 1), Verdict.TRUE)


async def test_handlers_do_not_correct_and_nobody_without_a_grant(room: Room) -> None:
    with pytest.raises(ReadOnly):
        await room.corrections.mark(doing(HANNAH), CALL, BLADE, WEAPON)
    with pytest.raises(ReadOnly):
        await room.corrections.judge(doing(HANNAH), CALL, STRANGLED, Verdict.TRUE)
    room.grants.people.given.discard((CALL, ANN.id))
    with pytest.raises(NotYourCall):
        await room.corrections.judge(doing(ANN), CALL, STRANGLED, Verdict.TRUE)


async def test_a_high_marker_that_is_true_is_shared_with_the_handler(room: Room) -> None:
    await room.corrections.judge(doing(SAM), CALL, STRANGLED, Verdict.TRUE)
    await room.corrections.judge(doing(SAM), CALL, STRANGLED, Verdict.TRUE)
    assert len(room.of_kind(MarkerJudged)) == 1
    assert room.of_kind(PromptShared) == [
        PromptShared(at_ms=9980, prompt=P1, because="a specialist says that it is true", by=SAM.id)
    ]


async def test_a_prompt_whose_words_do_not_say_that_is_put_aside(room: Room) -> None:
    await room.corrections.judge(doing(SAM, "j1"), CALL, STRANGLED, Verdict.NOT)
    (aside,) = room.of_kind(PromptDismissed)
    assert isinstance(aside, PromptDismissed)
    assert (aside.prompt, aside.reason) == (P1, Dismissal.MISHEARD)


async def test_a_prompt_stays_while_other_words_speak_for_it(room: Room) -> None:
    await room.happens(sighted("strangulation", "by the neck", utterance=1, at_ms=8000))
    await room.corrections.judge(doing(SAM), CALL, STRANGLED, Verdict.NOT)
    assert room.of_kind(PromptDismissed) == []
    await room.corrections.judge(doing(SAM), CALL, STRANGLED._replace(utterance=1), Verdict.NOT)
    assert len(room.of_kind(PromptDismissed)) == 1


async def test_a_colleagues_judgement_is_only_replaced_knowingly(room: Room) -> None:
    await room.corrections.judge(doing(SAM), CALL, STRANGLED, Verdict.TRUE)
    judgement = next(e.seq for e in room.journal.kept[CALL] if isinstance(e.event, MarkerJudged))
    with pytest.raises(AlreadyJudged) as refused:
        await room.corrections.judge(doing(ANN), CALL, STRANGLED, Verdict.NOT)
    assert refused.value.who == SAM.id
    await room.corrections.judge(doing(ANN), CALL, STRANGLED, Verdict.NOT, after=judgement)
    assert room.state().judgements[STRANGLED].person == ANN.id


# What the evaluation set gets


EXPORTER = replace(SAM, rights=frozenset({Right.EXPORT}))


async def corrected(room: Room) -> Corrections:
    await room.corrections.judge(doing(SAM), CALL, STRANGLED, Verdict.NOT)
    await room.corrections.mark(doing(SAM), CALL, BLADE, WEAPON)
    return Corrections(recorder=room.recorder, need_to_know=room.need_to_know)


async def exported(corrections: Corrections, who: Person = EXPORTER) -> list[dict[str, object]]:
    return [json.loads(line) for line in await corrections.export(who)]


async def test_corrections_are_exported_as_lines_that_the_evaluation_reads(room: Room) -> None:
    lines = await exported(await corrected(room))
    assert [{key: line[key] for key in line if key != "id"} for line in lines] == [
        {
            "kind": "utterance",
            "speaker": "caller",
            "text": SAID.utterance.text,
            "markers": [],
            "not": ["strangulation"],
        },
        {
            "kind": "utterance",
            "speaker": "caller",
            "text": MORE.utterance.text,
            "markers": ["weapon"],
            "not": [],
        },
    ]
    assert CALL not in json.dumps(lines)
    read = [labelled(json.dumps(line)) for line in lines]
    assert [set(one.expect) for one in read] == [set(), {WEAPON}]
    assert read[0].forbidden == {MarkerId("strangulation")}


async def test_an_answer_is_exported_with_its_question(room: Room) -> None:
    asked = said(Party.HANDLER, 0, "are you scared of him", at_ms=12_000)
    yes = said(Party.CALLER, 2, "yeah", at_ms=14_000)
    seen = sighted("fear", "yeah", utterance=2, at_ms=14_000)
    joined = replace(seen, sighting=replace(seen.sighting, answers="are you scared of him"))
    await room.happens(asked, yes, joined)
    await room.corrections.judge(doing(SAM), CALL, Judged(FEAR, Party.CALLER, 2), Verdict.TRUE)
    (line,) = await exported(Corrections(recorder=room.recorder, need_to_know=room.need_to_know))
    assert line["turns"] == [
        {"speaker": "handler", "text": "are you scared of him"},
        {"speaker": "caller", "text": "yeah"},
    ]
    assert labelled(json.dumps(line)).expect == {FEAR: 1}


async def test_no_words_leave_without_the_right_and_every_call_says_that_they_left(room: Room) -> None:
    corrections = await corrected(room)
    with pytest.raises(NoRight):
        await corrections.export(SAM)
    assert room.of_kind(WordsExported) == []
    await corrections.export(EXPORTER)
    assert room.of_kind(WordsExported) == [WordsExported(at_ms=9980, person=SAM.id, purpose="corrections")]


async def test_corrections_are_counted_without_words_and_the_latest_judgement_counts(room: Room) -> None:
    corrections = await corrected(room)
    await room.corrections.judge(doing(SAM), CALL, STRANGLED, Verdict.TRUE)
    assert await corrections.counts(MIDSHIRE) == {
        (MarkerId("strangulation"), Verdict.TRUE): 1,
        (WEAPON, Verdict.MISSED): 1,
    }


async def test_what_a_reviewer_makes_of_the_second_hearing_is_exported_too(room: Room) -> None:
    heard = said(Party.CALLER, 3, "he has a knife under the bed", at_ms=20_000).utterance
    knife = sighted("weapon", "he has a knife", utterance=3, at_ms=20_000).sighting
    again = HeardAgain(
        at_ms=30_000, model="large", how="a larger model", utterances=(heard,), sightings=(knife,)
    )
    await room.happens(CallEnded(at_ms=30_000, why=Ending.HUNG_UP), again)
    judging = Judging(room.room)
    (line,) = [one for one in (await judging.open(SAM, CALL)).review.findings if one.listed is Listed.MISSED]
    corrections = Corrections(recorder=room.recorder, need_to_know=room.need_to_know)
    await judging.judge(doing(SAM, "1"), CALL, line.id, FindingVerdict.AGREED)
    (found,) = await exported(corrections)
    assert (found["text"], found["markers"], found["not"]) == (heard.text, ["weapon"], [])
    await judging.judge(doing(SAM, "2"), CALL, line.id, FindingVerdict.NOT_SO)
    (wrong,) = await exported(corrections)
    assert (wrong["markers"], wrong["not"]) == ([], ["weapon"])
