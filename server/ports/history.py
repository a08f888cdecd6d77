"""The control room's memory: an index of earlier calls, and what compares calls by."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from server.domain.entities import EntityKind, Known
from server.domain.history import EarlierCall
from server.domain.ids import CallId, ForceId
from server.domain.linking import Agreement
from server.domain.speech import Party, Utterance


class HistoryLost(Exception):
    """The index of earlier calls could not be read or written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was made of something heard or typed."""

    value: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something in the words that calls can be compared by."""

    kind: EntityKind
    text: str = field(repr=False)
    about: str = ""
    party: Party
    utterance: int
    start_ms: int
    quote: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What came of an import."""

    rows: int
    new: int
    """The others were held already."""


Comparing = Callable[[Sequence[Known]], list[Agreement]]
"""What agrees with another call, and what speaks against it."""


class Matcher(Protocol):
    def read(self, kind: EntityKind, text: str) -> Reading | None:
        """None for what is none of its kind, or is withheld."""
        ...

    def keys(self, known: Iterable[Known], at: datetime) -> frozenset[str]:
        """What a call that knows this is kept under."""
        ...

    def sought(self, known: Iterable[Known], at: datetime) -> frozenset[str]:
        """What to look under for calls that may be about the same people."""
        ...

    def comparing(self, mine: Sequence[Known], *, shared: frozenset[str]) -> Comparing:
        """What a call that knows this is compared with others by."""
        ...


class EntityReader(Protocol):
    def find(self, said: Sequence[Utterance]) -> list[Found]:
        """What the last of these turns holds; those before it say what it answers."""
        ...


class CallHistory(Protocol):
    """Raises `HistoryLost`."""

    async def keep(self, earlier: EarlierCall, keys: Collection[str]) -> None:
        """Put a call into the index, in the place of what it held of it."""
        ...

    async def keep_all(self, earlier: Sequence[tuple[EarlierCall, Collection[str]]]) -> None:
        """All of them or none."""
        ...

    async def bring_in(self, batch: str, earlier: Iterable[tuple[EarlierCall, Collection[str]]]) -> Brought:
        """Add an import, found once it is settled; calls that are held already stay as they are."""
        ...

    async def settle(self, batch: str) -> None:
        """All of the batch is found from now on."""
        ...

    async def drop_unsettled(self, force: ForceId) -> int:
        """What imports left that broke off; how many calls."""
        ...

    async def under(
        self, keys: Collection[str], *, forces: Collection[ForceId], since: datetime
    ) -> list[EarlierCall]:
        """The calls of these forces that are kept under any of these keys, the newest first."""
        ...

    async def busy(self, *, forces: Collection[ForceId], at: datetime) -> int:
        """How many calls these forces had in the twelve hours up to then; counted to `BUSY_NIGHT`."""
        ...

    async def named(self, calls: Collection[CallId]) -> list[EarlierCall]:
        """Those of these calls that the index holds, the newest first."""
        ...

    async def behind(self, *, limit: int = 500) -> list[CallId]:
        """Calls of which the journal holds more than the index was made from."""
        ...

    async def forget(self, call: CallId) -> None:
        """Nothing of the call is left in the index."""
        ...
