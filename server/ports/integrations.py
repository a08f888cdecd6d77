"""What is kept of other systems: their keys, what they are still to be told, and the way to tell them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from server.domain.events import Entry, Event
from server.domain.ids import ForceId
from server.domain.integrations import ApiKey, Endpoint, Posting


class KeyExists(Exception):
    """There is a key under this id."""


class UnknownKey(Exception):
    """There is no key under this id."""


class IntegrationsLost(Exception):
    """Keys or postings could not be read or written."""


class NotTaken(Exception):
    """The other system did not take a posting; the message says why, without what was posted."""


class KeyBook(Protocol):
    async def add(self, key: ApiKey, *, secret_hash: str) -> None:
        """Raises `KeyExists`."""
        ...

    async def find(self, key: str) -> tuple[ApiKey, str] | None:
        """The key under this id and the hash of its secret."""
        ...

    async def keys(self) -> list[ApiKey]:
        """In the order in which they were made."""
        ...

    async def revoke(self, key: str, at: datetime) -> None:
        """Revoking twice is revoking once. Raises `UnknownKey`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the journal has for an endpoint, and how far this reaches."""

    entries: tuple[Entry, ...]
    place: int


class Outbox(Protocol):
    """What endpoints are still to be told. It follows the journal, so nothing recorded is forgotten."""

    async def facts(
        self, endpoint: str, force: ForceId, kinds: Sequence[type[Event]], *, limit: int = 200
    ) -> Facts:
        """What was recorded on this force's calls since the endpoint's place; a new one starts at the end."""
        ...

    async def queue(self, endpoint: str, postings: Sequence[Posting], *, place: int) -> None:
        """Keep these, and that the journal has been followed to this place: both or neither."""
        ...

    async def due(self, endpoint: str, *, now: datetime, limit: int = 50) -> list[Posting]:
        """Those whose time has come, the oldest first."""
        ...

    async def taken(self, posting: str) -> None: ...

    async def put_off(self, posting: Posting) -> None:
        """Keep what this try changed: the number of tries, the next time or the end, and why."""
        ...

    async def waiting(self, endpoint: str | None = None) -> list[Posting]:
        """Everything not taken, the oldest first."""
        ...

    async def counts(self) -> dict[str, tuple[int, int]]:
        """By endpoint, how many wait and how many were given up."""
        ...

    async def again(self, endpoint: str, *, now: datetime) -> int:
        """Try those that were given up from the beginning; returns how many."""
        ...

    async def keep_only(self, endpoints: Collection[str]) -> int:
        """Let go of everything about other endpoints, as if they had never been; returns how many."""
        ...

    async def forget(self, endpoint: str) -> int:
        """Let go of those that were given up; returns how many."""
        ...


class Courier(Protocol):
    async def post(
        self, endpoint: Endpoint, posting: Posting, *, headers: Collection[tuple[str, str]]
    ) -> None:
        """Hand it over. Raises `NotTaken`."""
        ...
