"""Following: going through everything that is recorded on calls, in order, each follower at its own pace."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from server.domain.ids import CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """That something was recorded. What it was stands in the call's journal."""

    call: CallId
    kind: str


class Following(Protocol):
    async def news(self, follower: str, kinds: Sequence[str], *, limit: int = 500) -> tuple[list[News], int]:
        """What comes after the follower's place, and the place that it then has. Raises `JournalLost`.

        A new follower begins now: what was recorded before is not its business.
        """
        ...

    async def after(self, place: int, *, limit: int = 500) -> tuple[list[News], int]:
        """The same for one who keeps their place themselves; 0 is the beginning. Raises `JournalLost`."""
        ...

    async def reach(self, follower: str, place: int) -> None:
        """The follower is done up to here. Raises `JournalLost`."""
        ...
