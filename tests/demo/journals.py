"""Journals for tests: events in order, as one call's entries."""

from collections.abc import Sequence
from datetime import UTC, datetime

from server.domain.events import Entry, Event
from server.domain.ids import CallId, MarkerId, PromptId
from server.domain.markers import MarkerClass
from server.domain.prompts import Prompt, Standing
from server.domain.speech import Party

CALL = CallId("CA1")


def journal(events: Sequence[Event], *, call: CallId = CALL) -> list[Entry]:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return [Entry(call=call, seq=seq, recorded_at=at, event=event) for seq, event in enumerate(events, 1)]


def prompt(marker: str = "weapon", *, at_ms: int = 5000) -> Prompt:
    return Prompt(
        id=PromptId("p1"),
        marker=MarkerId(marker),
        severity=MarkerClass.IMMEDIATE,
        title="",
        ask="What weapon is it?",
        yes_no="",
        handler="",
        specialist="",
        quote="got a knife",
        party=Party.CALLER,
        utterance=0,
        at_ms=at_ms,
        start_ms=at_ms - 1000,
        standing=Standing.DRAFT,
    )
