"""Keeping and letting go: the audit chain, holds, what is due, and the end of keys."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from server.domain.ids import CallId, PersonId
from server.domain.recordings import Part
from server.domain.retention import AuditLine, Hold, RecordClass, Verdict


class Held(Exception):
    """The call is under a legal hold."""


class NotOver(Exception):
    """The call is still going on."""


class Audit(Protocol):
    """Only added to, each line hashed onto the one before. Holds no words; it outlives every call.

    Everything raises `PeopleLost` when the database cannot be reached.
    """

    async def add(
        self, kind: str, *, person: str, call: CallId | None = None, facts: Mapping[str, str | int]
    ) -> AuditLine: ...

    async def lines(self, *, call: CallId | None = None, kind: str | None = None) -> list[AuditLine]: ...

    async def verify(self) -> Verdict: ...


class Retention(Protocol):
    """Everything raises `PeopleLost` when the database cannot be reached."""

    async def hold(self, call: CallId, *, by: PersonId) -> bool:
        """Whether it was not held before. It is in the audit as soon as it holds."""
        ...

    async def lift(self, call: CallId, *, by: PersonId) -> bool: ...

    async def held(self, call: CallId) -> Hold | None: ...

    async def holds(self) -> list[Hold]: ...

    async def due(self, record_class: RecordClass, now: datetime, *, limit: int) -> list[CallId]:
        """Calls of this class whose time is over and that are not erased yet; held ones too."""
        ...

    async def seal(self, call: CallId | None = None, *, limit: int) -> int:
        """Seal what lies in the clear from before there were keys, the oldest first; how many entries."""
        ...

    async def accept_loss(self, masters: Collection[str]) -> int:
        """Give up every key that none of these master keys has wrapped; how many."""
        ...

    async def destroy(
        self, call: CallId, parts: Collection[Part], *, person: str, facts: Mapping[str, str | int]
    ) -> AuditLine:
        """Destroy the keys and write the certificate, both or neither.

        Raises `Held`, `NotOver`, or `UnknownCall`.
        """
        ...
