"""What the demonstration prints when its calls are done."""

import io

from rich.console import Console

from server.demo.report import CallReport, reported, show
from server.demo.stage import DemoCall
from server.domain.callscript import read_script
from server.domain.events import Event, PromptDelivered, PromptRaised, PromptTimed, UtteranceHeard
from server.domain.ids import PersonId
from server.domain.speech import Party, Utterance, Word
from tests.demo.journals import CALL, journal, prompt

SCRIPT = """
title: A knife
audio: knife.wav
00:01.000 handler: what is happening
00:04.000 caller: he's got a knife
expect: weapon within 2s of 00:05.100
"""


def demo_call(script: str = SCRIPT) -> DemoCall:
    return DemoCall(id=CALL, name="knife", caller="", script=read_script(script), inbound=b"", outbound=b"")


def heard(party: Party, text: str) -> UtteranceHeard:
    words = tuple(Word(text=word, start_ms=0, end_ms=1, confidence=1.0) for word in text.split())
    return UtteranceHeard(at_ms=1, utterance=Utterance(party=party, number=0, words=words, heard_to_ms=1))


def events() -> list[Event]:
    asked = prompt("weapon", at_ms=5000)
    return [
        heard(Party.HANDLER, "what is happening it"),
        heard(Party.CALLER, "he's got a night"),
        PromptRaised(at_ms=5500, prompt=asked),
        PromptTimed(at_ms=5500, prompt=asked.id, received_ms=20, draft_ms=400, sighted_ms=790, raised_ms=800),
        PromptDelivered(at_ms=5500, prompt=asked.id, person=PersonId("handler"), after_ms=820),
    ]


def printed(report: CallReport) -> str:
    output = io.StringIO()
    show(Console(file=output, width=120), [report])
    return output.getvalue()


def test_words_are_scored_by_leg() -> None:
    scores = reported(demo_call(), journal(events())).scores
    assert (scores[Party.CALLER].wrong, scores[Party.CALLER].spoken) == (1, 4)
    assert (scores[Party.HANDLER].added, scores[Party.HANDLER].spoken) == (1, 3)


def test_delays_count_from_the_true_end_of_the_word_and_not_from_where_it_was_heard() -> None:
    report = reported(demo_call(), journal(events()))
    assert report.held
    row = next(line for line in printed(report).splitlines() if line.strip().startswith("weapon"))
    assert row.split() == ["weapon", "00:05", "690", "700", "720", "\N{EN DASH}", "held"]


def test_a_missing_prompt_is_named_and_breaks_the_report() -> None:
    report = reported(demo_call(), journal([]))
    assert not report.held
    assert "missing" in printed(report)
    assert "Expectations broken in: knife" in printed(report)


def test_a_prompt_in_a_call_that_must_stay_quiet_breaks_the_report() -> None:
    quiet = SCRIPT.replace("expect: weapon within 2s of 00:05.100", "expect: none")
    report = reported(demo_call(quiet), journal(events()))
    assert not report.held
    assert "not expected" in printed(report)


def test_a_quiet_call_says_that_nothing_was_raised() -> None:
    quiet = SCRIPT.replace("expect: weapon within 2s of 00:05.100", "expect: none")
    report = reported(demo_call(quiet), journal(events()[:2]))
    assert report.held
    assert "none expected, none raised" in printed(report)


def test_a_call_that_could_not_be_played_breaks_the_report_whatever_was_raised() -> None:
    report = reported(demo_call(), journal(events()), fault="the server answered 403")
    assert not report.held
    assert "the server answered 403" in printed(report)
