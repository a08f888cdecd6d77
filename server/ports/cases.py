"""The case book: a journal for each case, and which calls are in which."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from server.domain.casework.events import CaseEntry, CaseFact, CaseId
from server.domain.ids import CallId, ForceId


class CasesLost(Exception):
    """The case book could not be read or written."""


class CaseMoved(Exception):
    """Somebody else wrote in the case meanwhile: read it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One case in a list of cases."""

    case: CaseId
    force: ForceId
    opened_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    last_seq: int


class CaseBook(Protocol):
    async def append(self, case: CaseId, events: Sequence[CaseFact], *, after: int) -> list[CaseEntry]:
        """Record the events together as entries `after` + 1 and on.

        A case's first event must be `CaseOpened`. Raises `CaseMoved` or `CasesLost`.
        """
        ...

    async def entries(self, case: CaseId) -> list[CaseEntry]:
        """In order; none if there is no such case. Raises `CasesLost`."""
        ...

    async def lines(self, force: ForceId, *, limit: int | None = 500) -> list[CaseLine]:
        """The force's cases, those changed last first; with no limit, all."""
        ...

    async def rewrite(self, entries: Sequence[CaseEntry]) -> None:
        """Put these in the place of the entries of the same numbers. Only for what has to be erased."""
        ...

    async def forget(self, case: CaseId) -> int:
        """Destroy the case's key and take it out; how many entries it had."""
        ...

    async def every(self) -> list[CaseId]:
        """All forces' cases, the oldest first."""
        ...

    async def closed_before(self, when: datetime, *, limit: int) -> list[CaseId]: ...

    async def of_call(self, call: CallId, *, ever: bool = False) -> list[CaseId]:
        """The cases that this call is in, with `ever` those that it was taken out of too."""
        ...

    async def calls(self, force: ForceId) -> dict[CaseId, list[CallId]]:
        """Which calls are in which case of the force."""
        ...
