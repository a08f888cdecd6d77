"""The journal: the only truth about a call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from server.domain.events import Entry, Event, ReviewWhy
from server.domain.ids import CallId, ForceId
from server.domain.markers import MarkerClass


class JournalLost(Exception):
    """The journal could not be written or read."""


class UnknownCall(Exception):
    """No journal is kept under this call id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLine:
    """One call in a list of calls."""

    call: CallId
    force: ForceId
    doorway: str
    arrived_at: datetime
    ended_at: datetime | None
    last_seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewWaiting:
    """A review that was asked for and is not done."""

    call: CallId
    since: datetime
    why: ReviewWhy | None
    """None: damaged, or written by a newer version. The call waits all the same."""
    severity: MarkerClass = MarkerClass.NONE


class Journal(Protocol):
    async def append(self, call: CallId, events: Sequence[Event]) -> list[Entry]:
        """Record the events together, in this order, with the next numbers of the call.

        A call's first event must be `CallArrived`; anything else raises `UnknownCall`.
        Raises `JournalLost` when nothing was written.
        """
        ...

    async def entries(self, call: CallId, *, after: int = 0, limit: int | None = None) -> list[Entry]:
        """The call's entries with `seq > after`, in order, at most `limit`; empty if it is unknown."""
        ...

    async def line(self, call: CallId) -> CallLine | None:
        """None if the call is unknown."""
        ...

    async def calls(self, *, live: bool | None = None, limit: int = 500) -> list[CallLine]:
        """The newest calls first; `live` keeps only those not ended (true) or ended (false)."""
        ...

    async def page(
        self, force: ForceId, *, live: bool | None = None, before: CallId | None = None, limit: int = 50
    ) -> list[CallLine]:
        """The calls of a force that arrived before this one, the newest first; all for an unknown one."""
        ...

    async def of_kinds(self, kinds: Sequence[type[Event]], *, force: ForceId) -> list[Entry]:
        """All entries of these kinds over all calls of a force, the oldest first.

        Only for the kinds by which calls are found: reviews and judgements.
        """
        ...

    async def lately(self, kind: type[Event], *, since: datetime) -> list[CallId]:
        """The calls that arrived since then and have an entry of this kind, the oldest first."""
        ...

    async def to_review(self, force: ForceId) -> list[ReviewWaiting]:
        """All reviews of a force's calls that were asked for after the call's last one, the oldest first."""
        ...
