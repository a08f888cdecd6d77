"""The search index: what can be found again, made from what is recorded, and made anew at any time."""

from collections.abc import Sequence
from typing import Protocol

from server.domain.searching import Document, Hit, Query, Subject, Within


class SearchLost(Exception):
    """The index could not be read or written."""


class SearchIndex(Protocol):
    async def put(self, document: Document) -> None:
        """In place of what was there of the same call or case."""
        ...

    async def forget(self, subject: Subject, name: str) -> None:
        """Leaves nothing of it in the file. Forgetting what is not there does nothing."""
        ...

    async def place(self) -> int:
        """Up to which row of the journal it was made; 0: from the beginning."""
        ...

    async def reach(self, place: int) -> None: ...

    async def find(
        self, query: Query, within: Within, *, before: Hit | None = None, limit: int = 50
    ) -> Sequence[Hit]:
        """The newest first, those that began before `before`. Raises `SearchLost`."""
        ...
