"""Papers: journals of what is no call, such as feedback, exercises and training sessions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from server.domain.ids import CallId
from server.domain.papers import Line, PaperEvent, PaperId


class PaperMoved(Exception):
    """Somebody else wrote on the paper meanwhile: read it again."""


class PapersLost(Exception):
    """The papers could not be read or written."""


class Papers(Protocol):
    async def append(self, paper: PaperId, events: Sequence[PaperEvent], *, after: int) -> list[Line]:
        """Record the events together as lines `after` + 1 and on. Raises `PaperMoved` or `PapersLost`."""
        ...

    async def lines(self, paper: PaperId) -> list[Line]:
        """In order; none if there is no such paper."""
        ...

    async def beginning_with(self, kind: type[PaperEvent]) -> list[Line]:
        """The first lines of all papers that begin with this kind, the oldest first."""
        ...

    async def of_call(self, call: CallId) -> list[PaperId]:
        """Those that are about this call: feedback on it, exercises made of it."""
        ...

    async def still_since(self, kind: type[PaperEvent], when: datetime, *, limit: int) -> list[PaperId]:
        """Those that begin with this kind, and on which nothing was written since then."""
        ...

    async def forget(self, paper: PaperId) -> int:
        """Destroy the paper's key and take it out; how many lines it had."""
        ...
