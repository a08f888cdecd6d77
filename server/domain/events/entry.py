"""An event with its place in a journal."""

from dataclasses import dataclass
from datetime import datetime

from server.domain.events.union import Event
from server.domain.ids import CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a call's journal."""

    call: CallId
    seq: int
    """Counts from 1 within the call, without gaps."""
    recorded_at: datetime
    """Aware, UTC."""
    event: Event
