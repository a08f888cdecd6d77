"""Papers: journals of what is no call, such as feedback, exercises and training sessions."""

from collections.abc import Sequence
from typing import Protocol

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
