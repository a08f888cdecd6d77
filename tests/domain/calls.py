"""A case to move through time by hand."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from server.domain.case import Case
from server.domain.events import Entry, Event
from server.domain.ids import CallId
from tests.stories import arrived, opened

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@dataclass
class Told:
    """A case that is told what happened and how long after the call began."""

    case: Case = field(default_factory=lambda: Case(call=CallId("CA1")))

    def __post_init__(self) -> None:
        self.happens(0, arrived(), *opened())

    def happens(self, after_s: float, *events: Event) -> "Told":
        for event in events:
            self.case.add(
                Entry(
                    call=self.case.call,
                    seq=self.case.state.last_seq + 1,
                    recorded_at=at(after_s),
                    event=event,
                )
            )
        return self


def at(after_s: float) -> datetime:
    return START + timedelta(seconds=after_s)
