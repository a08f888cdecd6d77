"""What handing calls over to other forces needs of the world: a way to ask, and marks that outlive us."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the other server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class PeerLine(Protocol):
    async def ask(self, url: str, body: str, *, headers: Collection[tuple[str, str]]) -> Answer:
        """Post it and read the answer. Raises `NotTaken`, which says why, when there is none."""
        ...


class Marks(Protocol):
    """Numbers that only grow, by name."""

    async def place(self, follower: str) -> int | None:
        """None: there is none yet. Raises `JournalLost`."""
        ...

    async def reach(self, follower: str, place: int) -> None:
        """Raises `JournalLost`."""
        ...
