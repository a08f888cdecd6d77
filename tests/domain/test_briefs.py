"""The officer's brief: four blocks, nothing that must not be lost left out, readable in twenty seconds."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from server.domain.brief_words import LEAD_WORDS, lead_of, spoken
from server.domain.briefs import MUST_CARRY, Brief, Sureness, brief_of
from server.domain.events import (
    BriefNoted,
    CallEnded,
    CheckResult,
    CrewArrived,
    Ending,
    Entry,
    Event,
    HistoryLinked,
    MarkerJudged,
    MarkerSighted,
    RecordCheck,
    RecordChecked,
    SightingWithdrawn,
    SoundDoubted,
    Verdict,
)
from server.domain.history import EarlierCall, EarlierMarker
from server.domain.ids import CallId, MarkerId
from server.domain.markers import Marker, MarkerClass, PromptTexts
from server.domain.prompts import Standing
from server.domain.said_earlier import MOST, SaidEarlier, said_earlier
from server.domain.sightings import Polarity, Source
from server.domain.sounds import SoundKind
from server.domain.speech import Party
from server.domain.topics import TOPICS, Asking
from tests.stories import MIDSHIRE, SAM, arrived, said, sighted

START = datetime(2026, 8, 27, 21, 10, tzinfo=UTC)
TOPICS_JS = Path(__file__).parents[2] / "server/consoles/shared/topics.js"
THREAT = sighted("threat_to_kill", "he said he will kill me", utterance=0, at_ms=4000)
KNIFE = sighted("weapon", "he has got a knife", utterance=1, at_ms=9000)
ALONE = sighted("separation", "i left him in june", utterance=2, at_ms=12000)


def marker(name: str, severity: MarkerClass) -> Marker:
    texts = PromptTexts(ask="Is it?", yes_no="Is it?", handler="Write it down.", specialist="Check it.")
    return Marker(
        id=MarkerId(name),
        severity=severity,
        title=name.replace("_", " ").capitalize(),
        why="Why.",
        sources=(),
        prompts=texts,
        order=1,
    )


MARKERS = {
    one.id: one
    for one in (
        *(marker(name, MarkerClass.IMMEDIATE) for name in sorted(MUST_CARRY)),
        marker("separation", MarkerClass.HIGH),
        marker("jealousy", MarkerClass.CONTEXTUAL),
    )
}


def entries(*events: Event) -> list[Entry]:
    call = CallId("CA1")
    return [
        Entry(call=call, seq=seq, recorded_at=START + timedelta(seconds=seq), event=event)
        for seq, event in enumerate((arrived(), *events), 1)
    ]


def brief(*events: Event) -> Brief:
    return brief_of(CallId("CA1"), entries(*events), MARKERS)


def changed(seen: MarkerSighted, **changes: object) -> MarkerSighted:
    return replace(seen, sighting=replace(seen.sighting, **changes))  # type: ignore[arg-type]


def said_before(name: str) -> SaidEarlier:
    return SaidEarlier(
        call=CallId("CA0"),
        marker=MarkerId(name),
        title=MARKERS[MarkerId(name)].title,
        severity=MARKERS[MarkerId(name)].severity,
        quote="he said he will kill me",
        said_at=START - timedelta(minutes=65),
    )


def names(lines: Iterable[object]) -> list[str]:
    return [getattr(line, "marker", "") for line in lines]


def test_what_was_heard_stands_apart_from_what_was_heard_of_and_from_the_records() -> None:
    told = changed(KNIFE, source=Source.THIRD_HAND)
    known = changed(ALONE, source=Source.RECORD)
    made = brief(THREAT, told, known)
    assert names(made.heard) == ["threat_to_kill"]
    assert names(made.third_hand) == ["weapon"]
    assert names(made.on_record) == ["separation"]
    assert made.heard[0].quote == "he said he will kill me"
    assert (made.heard[0].at_ms, made.heard[0].party) == (4000, Party.CALLER)


def test_what_must_not_be_lost_comes_first_and_is_to_be_named() -> None:
    made = brief(ALONE, KNIFE, THREAT)
    assert names(made.heard)[-1] == "separation"
    assert set(made.must) == {"threat_to_kill", "weapon"}


def test_a_retraction_stands_beside_the_line_and_takes_nothing_away() -> None:
    back = sighted("minimisation_or_retraction", "it was nothing really", utterance=3, at_ms=20000)
    (line,) = brief(THREAT, back).heard
    assert (line.marker, line.taken_back) == ("threat_to_kill", "it was nothing really")


def test_a_colleague_s_doubt_stands_beside_the_line() -> None:
    judged = MarkerJudged(
        at_ms=1,
        person=SAM.id,
        marker=THREAT.sighting.marker,
        party=Party.CALLER,
        utterance=0,
        verdict=Verdict.NOT,
    )
    made = brief(THREAT, judged)
    assert (made.must, made.heard[0].doubted_by) == (("threat_to_kill",), SAM.id)


def test_words_that_were_heard_differently_are_no_longer_quoted() -> None:
    draft = replace(KNIFE, standing=Standing.DRAFT)
    gone = SightingWithdrawn(
        at_ms=1, marker=MarkerId("weapon"), party=Party.CALLER, utterance=1, heard="in the night"
    )
    assert brief(draft, gone).lines == ()


def test_a_grave_thing_that_the_settled_words_still_say_is_carried_as_doubtful() -> None:
    draft = replace(THREAT, standing=Standing.DRAFT)
    gone = SightingWithdrawn(
        at_ms=1,
        marker=MarkerId("threat_to_kill"),
        party=Party.CALLER,
        utterance=0,
        heard="green lane he said he will kill me",
    )
    made = brief(draft, gone)
    assert [(line.marker, line.sure) for line in made.heard] == [("threat_to_kill", Sureness.DOUBTFUL)]
    assert made.must == ("threat_to_kill",)
    assert brief(draft, gone, changed(THREAT, polarity=Polarity.DENIED)).lines == ()


def test_a_doubtful_word_that_would_be_grave_is_carried_as_doubtful() -> None:
    unsure = changed(KNIFE, polarity=Polarity.UNCERTAIN, doubtful="knife or night")
    made = brief(unsure, changed(ALONE, polarity=Polarity.UNCERTAIN))
    assert [(line.marker, line.sure) for line in made.heard] == [("weapon", Sureness.DOUBTFUL)]


def test_what_was_denied_is_kept_apart() -> None:
    made = brief(changed(KNIFE, polarity=Polarity.DENIED))
    assert (made.lines, names(made.denied)) == ((), ["weapon"])


def test_what_nobody_looked_up_is_said_as_loudly_as_what_was_found() -> None:
    looked = RecordChecked(
        at_ms=1,
        person=SAM.id,
        check=RecordCheck.ORDERS,
        found=CheckResult.SOMETHING,
        text="non-molestation order until May",
        source="PNC",
    )
    made = brief(looked)
    assert RecordCheck.ORDERS not in made.not_checked
    assert RecordCheck.BAIL in made.not_checked
    (record,) = made.records
    assert (record.source, record.checked_at) == ("PNC", START + timedelta(seconds=2))
    assert "NOT CHECKED" in dict(lead_of(made))["Police record"]


def test_what_was_not_asked_is_listed_and_what_was_answered_is_not() -> None:
    asked = said(Party.HANDLER, 0, "has he been drinking", at_ms=1000)
    reply = said(Party.CALLER, 0, "yeah a lot", at_ms=3000)
    silent = said(Party.HANDLER, 1, "is there a court order", at_ms=6000)
    stands = {one.id: one.asking for one in brief(asked, reply, silent).topics}
    assert stands["drink"] is Asking.ANSWERED
    assert stands["orders"] is Asking.ASKED
    assert stands["word"] is Asking.NOT_ASKED


def test_what_is_heard_after_the_crew_has_arrived_stands_apart() -> None:
    made = brief(THREAT, CrewArrived(at_ms=5000, by="PC 1"), KNIFE)
    assert {line.marker: line.after_arrival for line in made.heard} == {
        "threat_to_kill": False,
        "weapon": True,
    }


def test_the_lead_of_the_longest_brief_is_read_in_twenty_seconds_and_names_all_that_must_not_be_lost() -> (
    None
):
    long = "and then he told me again and again that he would " * 3
    grave = [
        sighted(name, f"{long} {name}", utterance=place, at_ms=place * 1000)
        for place, name in enumerate(sorted(MUST_CARRY))
    ]
    others = [sighted("jealousy", long, utterance=40, at_ms=90000), changed(ALONE, source=Source.THIRD_HAND)]
    linked = HistoryLinked(at_ms=1, earlier_calls=3, within_7_days=2, because="same mobile")
    before = [said_before(name) for name in sorted(MUST_CARRY)]
    made = replace(brief(*grave, *others, linked), earlier=tuple(before))
    lead = lead_of(made)
    assert [name for name, _ in lead] == ["Heard now", "Third-hand", "Police record", "Not asked"]
    text = " ".join(f"{name} {text}" for name, text in lead)
    assert len(text.split()) <= LEAD_WORDS
    assert all(MARKERS[one].title in text for one in MUST_CARRY)
    assert "3 earlier calls: " in text


def test_what_was_said_on_an_earlier_call_stands_in_the_police_record_with_words_and_time() -> None:
    linked = HistoryLinked(at_ms=1, earlier_calls=2, within_7_days=2)
    told = replace(brief(linked), earlier=(said_before("threat_to_kill"),))
    record = dict(lead_of(told))["Police record"]
    assert "2 earlier calls: Threat to kill “he said he will kill me”" in record
    out = spoken(told, name="call 8F6E", zone=UTC)
    assert "on an earlier call: quote, he said he will kill me, unquote, at two zero zero five" in out
    assert "2 earlier calls are linked." in out
    unread = replace(brief(linked), earlier_unread=True)
    assert "their words cannot be read now" in dict(lead_of(unread))["Police record"]
    assert "What was said on them cannot be read now." in spoken(unread, name="call 8F6E", zone=UTC)


def test_the_radio_form_of_one_earlier_call_quotes_a_danger_to_life_and_only_names_what_is_none() -> None:
    linked = HistoryLinked(at_ms=1, earlier_calls=1, within_7_days=1)
    told = replace(brief(linked), earlier=(said_before("threat_to_kill"), said_before("separation")))
    out = spoken(told, name="call 8F6E", zone=UTC)
    assert "1 earlier call is linked. Threat to kill, on an earlier call" in out
    assert "Also said on it: separation." in out
    assert out.count("quote, he said") == 1
    unread = replace(brief(linked), earlier_unread=True)
    assert "What was said on it cannot be read now." in spoken(unread, name="call 8F6E", zone=UTC)


def earlier_call(number: int, *said_there: EarlierMarker) -> EarlierCall:
    return EarlierCall(
        call=CallId(f"CA{number}"),
        force=MIDSHIRE,
        at=START + timedelta(hours=number),
        markers=said_there,
    )


def marked(name: str, severity: MarkerClass) -> EarlierMarker:
    return EarlierMarker(marker=MarkerId(name), severity=severity, title=name, quote=f"about {name}")


def test_of_earlier_calls_a_danger_to_life_is_told_first_and_nothing_that_is_only_context() -> None:
    high, grave = MarkerClass.HIGH, MarkerClass.IMMEDIATE
    calls = [
        earlier_call(1, marked("weapon", grave), marked("fear", high)),
        earlier_call(2, *(marked(f"sign {place}", high) for place in range(MOST))),
        earlier_call(3, marked("children", MarkerClass.CONTEXTUAL), replace(marked("x", grave), quote="")),
        earlier_call(4, marked("firearm", grave)),
    ]
    told = said_earlier(calls, {one.call for one in calls[:3]})
    assert [one.quote for one in told[:2]] == ["about weapon", "about sign 0"]
    assert len(told) == MOST
    assert {one.severity for one in told[1:]} == {high}


def test_the_radio_form_says_times_digit_by_digit_and_the_words_as_a_quote() -> None:
    noted = BriefNoted(at_ms=1, person=SAM.id, text="ask for the key word pizza")
    out = spoken(brief(THREAT, noted), name="call 8F6E", zone=UTC)
    assert "quote, he said he will kill me, unquote, at two one one zero" in out
    assert "ask for the key word pizza" in out
    assert "Not checked: court orders" in out


def test_a_brief_of_an_ended_call_says_that_it_is_over() -> None:
    assert brief(CallEnded(at_ms=1, why=Ending.HUNG_UP)).live is False


def test_the_topics_are_those_of_the_handler_s_panel() -> None:
    script = TOPICS_JS.read_text(encoding="utf-8")
    assert re.findall(r'\bid: "(\w+)"', script) == [topic.id for topic in TOPICS]
    assert re.findall(r'label: "([^"]+)"', script) == [topic.label for topic in TOPICS]
    patterns = [re.sub(r"/,?$", "", one) for one in re.findall(r"asked:\s*/(.+)", script)]
    assert patterns == [topic.asked.pattern for topic in TOPICS]
    listed = [set(re.findall(r'"(\w+)"', one)) for one in re.findall(r"markers: \[([^\]]*)\]", script)]
    assert listed == [set(topic.markers) for topic in TOPICS]


def test_what_may_be_whispering_is_said_as_a_doubt_and_makes_no_covert_call() -> None:
    whisper = SoundDoubted(at_ms=4000, sound=SoundKind.WHISPER, party=Party.CALLER, from_ms=2000, to_ms=4000)
    hushed = brief(whisper)
    assert (hushed.whispering, hushed.covert) == (True, False)
    assert "The caller may be whispering." in spoken(hushed, name="call 8F6E", zone=UTC)
    assert not brief(replace(whisper, sound=SoundKind.TAPS)).whispering
