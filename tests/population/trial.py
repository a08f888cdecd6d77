"""A control room's memory, to put a made-up town's calls through."""

from bisect import insort
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile

from server.adapters.matching.matcher import LibraryMatcher
from server.domain.candidates import PER_KEY, candidates
from server.domain.history import EarlierCall
from server.domain.ids import CallId, ForceId
from server.domain.linking import TONIGHT
from server.domain.people import Force
from server.ports.history import Brought
from server.services.linking import Linking
from tests.population.linked import FORCE, Trial
from tests.services.room import Room


@dataclass(slots=True)
class MemoryHistory:
    """The index without a database: what it finds is the same, and it is found at once."""

    calls: dict[CallId, EarlierCall] = field(default_factory=dict)
    keys: dict[str, list[CallId]] = field(default_factory=dict)
    times: list[datetime] = field(default_factory=list)

    async def keep(self, earlier: EarlierCall, keys: Collection[str]) -> None:
        await self.keep_all([(earlier, keys)])

    async def keep_all(self, earlier: Sequence[tuple[EarlierCall, Collection[str]]]) -> None:
        for call, keys in earlier:
            if call.call not in self.calls:
                insort(self.times, call.at)
            self.calls[call.call] = call
            for key in keys:
                self.keys.setdefault(key, []).append(call.call)

    async def bring_in(self, batch: str, earlier: Iterable[tuple[EarlierCall, Collection[str]]]) -> Brought:
        new = list(earlier)
        await self.keep_all(new)
        return Brought(rows=len(new), new=len(new))

    async def settle(self, batch: str) -> None:
        return None

    async def drop_unsettled(self, force: ForceId) -> int:
        return 0

    async def under(
        self, keys: Collection[str], *, forces: Collection[ForceId], since: datetime
    ) -> list[EarlierCall]:
        found = [self._under(key, forces, since)[:PER_KEY] for key in keys]
        return [self.calls[call] for call in candidates(found)]

    def _under(self, key: str, forces: Collection[ForceId], since: datetime) -> list[tuple[CallId, int]]:
        calls = [self.calls[call] for call in self.keys.get(key, []) if call in self.calls]
        kept = [one for one in calls if one.force in forces and one.at >= since]
        kept.sort(key=lambda one: one.at, reverse=True)
        return [(one.call, int(one.at.timestamp())) for one in kept]

    async def busy(self, *, forces: Collection[ForceId], at: datetime) -> int:
        newest = takewhile(lambda when: when >= at - TONIGHT, reversed(self.times))
        return sum(when <= at for when in newest)

    async def named(self, calls: Collection[CallId]) -> list[EarlierCall]:
        kept = [self.calls[call] for call in calls if call in self.calls]
        return sorted(kept, key=lambda one: one.at, reverse=True)

    async def behind(self, *, limit: int = 500) -> list[CallId]:
        return []

    async def forget(self, call: CallId) -> None:
        self.calls.pop(call, None)


def trial() -> Trial:
    room = Room(force=Force(id=FORCE, name="Midshire Police", numbers=(), desks=()))
    history = MemoryHistory()
    return Trial(Linking(room.room, history=history, matcher=LibraryMatcher()), history)
