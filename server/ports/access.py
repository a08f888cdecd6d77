"""Need to know: who is kept from which call, and the record of who looked."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from server.domain.access import Access, AccessKind
from server.domain.ids import CallId, PersonId


class Bars(Protocol):
    """Stronger than any grant and any role. A bar may stand before the account or the call that it names."""

    async def bar(self, person: PersonId, calls: Collection[CallId], *, by: str) -> None:
        """Barring twice is barring once. It is in the access log as soon as it holds."""
        ...

    async def unbar(self, person: PersonId, calls: Collection[CallId], *, by: str) -> None: ...

    async def barred(self, person: PersonId, call: CallId) -> bool: ...

    async def calls_barred(self, person: PersonId) -> frozenset[CallId]: ...

    async def people_barred(self, call: CallId) -> frozenset[PersonId]: ...


class AccessLog(Protocol):
    """Only added to until its time is over; it outlives the account, and is in no call's journal."""

    async def add(self, access: Access) -> None:
        """On record on return. Raises `PeopleLost`."""
        ...

    async def find(
        self,
        *,
        since: datetime,
        person: PersonId | None = None,
        call: CallId | None = None,
        kind: AccessKind | None = None,
    ) -> list[Access]:
        """The oldest first."""
        ...

    async def older(self, than: datetime) -> bool:
        """Whether there is anything from before then."""
        ...

    async def forget(self, before: datetime) -> int:
        """Shorten the list by what is older; how many lines. In the audit's chain they stay."""
        ...
