"""A call that is not what it sounds like: odd talk on a police line, and a sign that it is meant."""

import json
from pathlib import Path

import pytest

from server.adapters.language.covert import QUIET_MS
from server.domain.sightings import SPEAKING, Sighting
from server.services.analysing import analysed, parsed
from server.services.evaluating import Labelled, labelled
from tests.adapters.language.calls import draft, reader, turns

CALLS = [labelled(line) for line in Path("models/risk/corpus/dev/covert.jsonl").read_text().splitlines()]
GREETING = "handler: police emergency"
ORDER = f"{GREETING} / caller: hello can I book a table for two"
TOLD = f"{ORDER} / handler: this is the police"


def _sightings(line: str, *, quiet_ms: int = 0) -> list[Sighting]:
    reading = reader().begin()
    found = [one for turn in turns(line) for one in reading.settle(turn)]
    end_ms = turns(line)[-1].words[-1].end_ms
    return [*found, *reading.wait(end_ms + quiet_ms)]


def _raised(line: str, *, quiet_ms: int = 0) -> list[Sighting]:
    """The sightings of a covert call that raise it."""
    found = _sightings(line, quiet_ms=quiet_ms)
    return [one for one in found if one.marker == "covert_call" and one.polarity in SPEAKING and one.stands]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.script.id)
def test_a_covert_call_is_raised_in_time_and_its_look_alikes_are_not(call: Labelled) -> None:
    found = analysed(call.script, reader())
    at = [turn for turn, prompt in found.prompts if prompt.marker == "covert_call"]
    wanted = dict(call.expect)
    assert bool(at) is bool(wanted)
    assert all(turn <= wanted["covert_call"] for turn in at)  # type: ignore[index]
    assert call.domestic in (None, found.domestic)


def test_there_are_enough_of_both_kinds() -> None:
    covert = [call for call in CALLS if call.expect]
    assert (len(covert) >= 12, len(CALLS) - len(covert) >= 12) == (True, True)


def test_odd_talk_alone_is_shown_and_raises_nothing_yet() -> None:
    found = _sightings(f"{GREETING} / caller: can I book a taxi please")
    assert [one.held for one in found if one.marker == "covert_call"] == [True]


def test_where_no_handler_is_heard_an_order_is_an_order() -> None:
    said = "caller: yes hello / caller: can I book a taxi please"
    assert [one for one in _sightings(f"handler: hello / {said}") if one.marker == "covert_call"]
    assert not [one for one in _sightings(said) if one.marker == "covert_call"]


@pytest.mark.parametrize(
    ("line", "sign"),
    [
        (f"{TOLD} / caller: yes that's right at eight", "says yes on being told"),
        (f"{TOLD} / caller: at eight if you have one", "went on after being told"),
        (f"{ORDER} / handler: do you know you've rung the police / caller: yes", "know whom they rang"),
        (f"{ORDER} / handler: okay / caller: it's 14 Hope Street", "gave an address"),
        (f"{ORDER} / handler: are you in danger / caller: yes", "answered yes when asked"),
        (f"{ORDER} / handler: okay / caller: when are you open for an appointment", "went on with it"),
    ],
)
def test_each_sign_beside_odd_talk_raises_it_and_is_named(line: str, sign: str) -> None:
    (raised,) = [one for one in _raised(line) if one.rule == "covert_call/mismatch"]
    assert sign in raised.because
    assert "book a table" in raised.because


@pytest.mark.parametrize(
    "line",
    [
        f"{TOLD} / caller: oh no I'm so sorry I meant to ring the restaurant",
        f"{TOLD} / caller: sorry / handler: no problem / caller: bye",
        f"{GREETING} / caller: sorry wrong number I wanted the taxi firm",
        f"{ORDER} / handler: okay / caller: what",
    ],
)
def test_who_owns_up_to_a_mistake_is_believed(line: str) -> None:
    assert _raised(line) == []


def test_a_yes_after_a_mistake_owned_up_to_raises_it_all_the_same() -> None:
    assert _raised(f"{TOLD} / caller: sorry wrong number / handler: are you in danger / caller: yes")


def test_odd_talk_that_nothing_follows_is_raised_when_the_line_stays_quiet() -> None:
    assert _raised(TOLD, quiet_ms=QUIET_MS - 1) == []
    (raised,) = _raised(TOLD, quiet_ms=QUIET_MS)
    assert "and then nothing" in raised.because


def test_a_call_that_ends_on_odd_talk_is_raised_at_its_end() -> None:
    reading = reader().begin()
    for turn in turns(ORDER):
        reading.settle(turn)
    assert [one.rule for one in reading.wait(0, over=True)] == ["covert_call/mismatch"]
    assert reading.wait(0, over=True) == ()


def test_an_order_where_nobody_is_the_police_is_an_order() -> None:
    said = (
        "other: hello Luigi's / caller: do you deliver to 14 Hope Street / other: yes / caller: lovely thanks"
    )
    assert _raised(said) == []


def test_a_draft_with_the_sign_raises_it_before_it_settles() -> None:
    reading = reader().begin()
    for turn in turns(TOLD):
        reading.settle(turn)
    found = reading.draft(draft("yes that's right at eight", number=1, from_ms=30_000))
    assert "covert_call/mismatch" in {one.rule for one in found if one.stands}


def test_the_questions_of_a_covert_call_are_put_for_a_yes_or_a_no() -> None:
    said = [
        ("handler", "police emergency"),
        ("caller", "can I get a taxi please"),
        ("handler", "do you know you've rung the police"),
        ("caller", "yes"),
        ("handler", "has he got a knife"),
        ("caller", "yes"),
    ]
    script = json.dumps({"id": "c", "turns": [{"speaker": who, "text": text} for who, text in said]})
    prompts = json.loads(analysed(parsed(script), reader()).as_json())["prompts"]
    texts = {one["marker"]: one["text"] for one in prompts}
    markers = {str(id_): marker.prompts for id_, marker in reader().markers.items()}
    assert texts["covert_call"] == markers["covert_call"].yes_no
    assert texts["weapon"] == markers["weapon"].yes_no
