"""Since when a call wants what is watched for, by the times of its journal, so that watches outlive us."""

from dataclasses import dataclass, field
from datetime import datetime

from server.domain.call import CallState
from server.domain.events import (
    DowngradeAsked,
    Entry,
    GradeSet,
    QueueMoved,
    UnitStoodDown,
    UtteranceHeard,
)
from server.domain.handed_over import HandedOver, handed_over
from server.domain.ids import ChangeId, SheetId
from server.domain.markers import MarkerClass
from server.domain.room import VIDEO
from server.domain.speech import Party
from server.domain.taking_over import received
from server.domain.transfers import Received


@dataclass(slots=True, kw_only=True)
class WatchTimes:
    wanted_since: datetime | None = None
    """When the call first showed a high or immediate marker, or belonged to earlier calls."""
    unitless_since: datetime | None = None
    """When the last unit stood down."""
    queued_since: datetime | None = None
    asked_since: dict[ChangeId, datetime] = field(default_factory=dict)
    """Each lowering of the grade that was held up or flagged."""
    caller_words: int = 0
    handed_over: dict[SheetId, HandedOver] = field(default_factory=dict)
    """The transfer sheets that went to another force's server."""
    received: Received | None = None
    """What another force's server handed over to us."""

    def note(self, entry: Entry, state: CallState) -> None:
        """`state` is the call after this entry."""
        if self.wanted_since is None and in_danger(state):
            self.wanted_since = entry.recorded_at
        handed_over(self.handed_over, entry)
        self.received = received(self.received, entry)
        match entry.event:
            case UnitStoodDown() if not state.dispatched.units:
                self.unitless_since = entry.recorded_at
            case QueueMoved():
                self.queued_since = entry.recorded_at
            case DowngradeAsked():
                self.asked_since[entry.event.change] = entry.recorded_at
            case GradeSet() if entry.event.unconfirmed:
                self.asked_since[entry.event.change] = entry.recorded_at
            case UtteranceHeard(utterance=said) if said.party is Party.CALLER:
                self.caller_words += len(said.words)
            case _:
                pass


def in_danger(state: CallState) -> bool:
    """Whether the call shows a marker that matters, or is about people who have called before."""
    return state.severity.rank >= MarkerClass.HIGH.rank or linked(state)


def linked(state: CallState) -> bool:
    """Not of a video call: its people were asked in, and the calls that they made are watched themselves."""
    return state.doorway != VIDEO and (state.earlier_calls > 0 or bool(state.memory.linked))
