import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.events import CallArrived, Entry, LegJoined, PromptAnswered, PromptRaised
from server.domain.events.base import Act, CallEvent
from server.domain.events.grading import ToldAct
from server.domain.ids import CallId, ForceId
from server.domain.prompts import Outcome
from server.domain.speech import Party
from server.services.wire import (
    KINDS,
    BadBody,
    UnknownKind,
    entry_fields,
    entry_json,
    event_body,
    event_from,
    kind_of,
    utc_text,
)
from tests.event_samples import EVENTS

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_every_event_comes_back_as_it_was_recorded(kind: str, data: st.DataObject) -> None:
    event = data.draw(EVENTS[kind])
    assert event_from(kind_of(event), event_body(event)) == event


def test_every_event_of_the_domain_has_a_kind() -> None:
    kinds = [*CallEvent.__subclasses__(), *Act.__subclasses__(), *ToldAct.__subclasses__()]
    assert set(KINDS) == {kind.__name__ for kind in kinds} - {"Act", "ToldAct"}


@pytest.mark.parametrize("kind", KINDS)
def test_no_field_of_an_event_hides_a_field_of_its_entry(kind: str) -> None:
    assert not {field.name for field in fields(KINDS[kind])} & {"seq", "recorded_at", "kind", "call"}


@pytest.mark.parametrize(
    ("old", "outcome"),
    [
        ("confirmed", Outcome.YES),
        ("denied", Outcome.NO),
        ("unclear", Outcome.NOT_HEARD),
        ("acted", Outcome.ACTED),
    ],
)
def test_answers_recorded_under_their_old_names_are_still_read(old: str, outcome: Outcome) -> None:
    body = f'{{"at_ms":7,"prompt":"p1","person":"sam","outcome":"{old}"}}'.encode()
    answered = event_from("PromptAnswered", body)
    assert isinstance(answered, PromptAnswered)
    assert answered.outcome is outcome


def test_an_answer_that_there_never_was_is_a_bad_body() -> None:
    with pytest.raises(BadBody):
        event_from("PromptAnswered", b'{"at_ms":7,"prompt":"p1","person":"sam","outcome":"guilty"}')


def test_fields_that_a_newer_version_added_are_passed_over() -> None:
    body = b'{"at_ms":7,"party":"caller","loudness":{"dbov":-30}}'
    assert event_from("LegJoined", body) == LegJoined(at_ms=7, party=Party.CALLER)


def test_a_kind_that_this_version_does_not_know_is_refused_by_name() -> None:
    with pytest.raises(UnknownKind, match=r"'CallerWept'.*newer version"):
        event_from("CallerWept", b'{"at_ms":7}')


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"at_ms":7}', b'{"at_ms":7,"party":"my husband"}'])
def test_a_damaged_body_is_refused_without_repeating_it(body: bytes) -> None:
    with pytest.raises(BadBody) as refused:
        event_from("LegJoined", body)
    assert str(refused.value) == "the body of a LegJoined event cannot be read"
    assert refused.value.__cause__ is None


def test_an_entry_is_its_number_its_time_and_its_kind_and_then_the_event() -> None:
    event = CallArrived(at_ms=0, force=ForceId("northshire"), doorway="replay", caller="+44", called="999")
    entry = Entry(call=CallId("c1"), seq=1, recorded_at=NOW, event=event)
    assert json.loads(entry_json(entry)) == {
        "seq": 1,
        "recorded_at": "2026-01-02T03:04:05.000000Z",
        "kind": "CallArrived",
        "at_ms": 0,
        "force": "northshire",
        "doorway": "replay",
        "caller": "+44",
        "called": "999",
    }


@given(event=EVENTS["PromptRaised"])
def test_the_line_of_json_holds_exactly_the_fields(event: PromptRaised) -> None:
    entry = Entry(call=CallId("c1"), seq=3, recorded_at=NOW, event=event)
    line = entry_json(entry)
    assert b"\n" not in line
    assert json.loads(line) == entry_fields(entry)


def test_times_are_told_in_utc_so_that_they_sort_as_text() -> None:
    summer = datetime(2026, 7, 1, 1, 0, tzinfo=timezone(timedelta(hours=1)))
    assert utc_text(summer) == "2026-07-01T00:00:00.000000Z"
    assert utc_text(summer) < utc_text(summer + timedelta(microseconds=1))
