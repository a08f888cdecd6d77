"""Calls of a made-up town put through the real index and the real rules, and what came of it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from server.adapters.matching.matcher import LibraryMatcher
from server.domain.entities import Entity, EntityKind, EntityState, Known, Origin
from server.domain.history import EarlierCall
from server.domain.ids import CallId, EntityId, ForceId
from server.domain.linking import Link, Strength
from server.domain.memory import Memory
from server.ports.history import CallHistory
from server.services.linking import Linking, index_keys
from tests.population.calls import Told

FORCE = ForceId("midshire")
NIGHT = timedelta(hours=12)


@dataclass(slots=True)
class Outcome:
    """Pairs of calls of one night: linked rightly, linked wrongly, and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    nameless: int = 0
    """Of those missed: neither call, nor any between them, gave what the other could be known by."""
    calls_linked: int = 0
    calls_alone: int = 0
    """Calls of an incident that were linked to none of those before them."""
    why_wrong: Counter[str] = field(default_factory=Counter)
    why_missed: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    bands: dict[int, list[int]] = field(default_factory=dict)
    """Of the links by stated confidence, in tenths: how many, and how many right."""

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Of the pairs that the calls gave anything to know by."""
        return self.right / max(1, self.right + self.missed - self.nameless)

    @property
    def recall_of_all(self) -> float:
        return self.right / max(1, self.right + self.missed)


class Trial:
    def __init__(self, linking: Linking, history: CallHistory) -> None:
        self._linking = linking
        self._history = history
        self._matcher = LibraryMatcher()
        self._told: dict[CallId, Told] = {}
        self.outcome = Outcome()

    @property
    def heard(self) -> int:
        return len(self._told)

    async def hear(self, calls: Iterable[Told]) -> None:
        """Each call as it comes: linked to those before it, then kept for those after it."""
        for call in calls:
            memory = self._memory(call)
            found = await self._linking.found(CallId(call.id), FORCE, call.at, memory)
            self._judge(call, found)
            self._told[CallId(call.id)] = call
            linked = tuple(link.earlier for link in found if link.strength is Strength.LINKED)
            await self._keep(call, memory.known, linked)

    async def remember(self, calls: Sequence[Told]) -> None:
        """Calls of long ago: kept, and linked to nothing."""
        kept = [self._kept(call, self._memory(call).known, ()) for call in calls]
        await self._history.keep_all([(one, self._matcher.keys(one.known, one.at)) for one in kept])

    def _kept(self, call: Told, known: tuple[Known, ...], linked: tuple[CallId, ...]) -> EarlierCall:
        return EarlierCall(call=CallId(call.id), force=FORCE, at=call.at, known=known, linked=linked)

    async def _keep(self, call: Told, known: tuple[Known, ...], linked: tuple[CallId, ...]) -> None:
        kept = self._kept(call, known, linked)
        await self._history.keep(kept, index_keys(self._matcher, kept))

    def _memory(self, call: Told) -> Memory:
        entities: dict[EntityId, EntityState] = {}
        for number, (kind, text, about, _) in enumerate(call.said):
            read = self._matcher.read(kind, text)
            if read is None:
                continue
            name = EntityId(f"e{number}")
            entity = Entity(id=name, kind=kind, text=text, value=read.value, about=about, origin=Origin.TYPED)
            entities[name] = EntityState(entity=entity)
        return Memory(entities=entities)

    def _judge(self, call: Told, found: list[Link]) -> None:
        night = {
            other: told for other, told in self._told.items() if timedelta(0) <= call.at - told.at <= NIGHT
        }
        truly = {other for other, told in night.items() if told.incident == call.incident}
        linked = {
            link.earlier: link for link in found if link.strength is Strength.LINKED and link.earlier in night
        }
        self.outcome.right += len(truly & linked.keys())
        self.outcome.wrong += len(linked.keys() - truly)
        self.outcome.missed += len(truly - linked.keys())
        if truly:
            self.outcome.calls_linked += bool(truly & linked.keys())
            self.outcome.calls_alone += not truly & linked.keys()
        self._band(found, truly, night)
        for other in linked.keys() - truly:
            link = linked[other]
            said = (
                "through another call"
                if link.through
                else " + ".join(one.split(",")[0] for one in link.reasons)
            )
            self.outcome.why_wrong[f"{said} [{call.hard or night[other].hard or 'chance'}]"] += 1
            self.outcome.examples.append(f"wrong: {said}\n    {_said(night[other])}\n    {_said(call)}")
        possible = {link.earlier: link for link in found}
        common = _in_common(call, [night[other] for other in truly])
        for other in truly - linked.keys():
            if night[other].id not in common:
                self.outcome.nameless += 1
                continue
            self.outcome.why_missed[_shared(call, night[other])] += 1
            near = possible.get(other)
            stated = near.confidence if near else 0
            self.outcome.examples.append(f"missed: {stated}\n    {_said(night[other])}\n    {_said(call)}")

    def _band(self, found: list[Link], truly: set[CallId], night: dict[CallId, Told]) -> None:
        for link in found:
            if link.earlier in night:
                band = self.outcome.bands.setdefault(min(9, int(link.confidence * 10)), [0, 0])
                band[0] += 1
                band[1] += link.earlier in truly


def _in_common(call: Told, others: Sequence[Told]) -> set[str]:
    """The calls that gave something which this one gave, or one that did: all that can be linked."""
    reached, facts = {call.id}, _facts(call)
    while near := [one for one in others if one.id not in reached and facts & _facts(one)]:
        reached |= {one.id for one in near}
        facts |= {fact for one in near for fact in _facts(one)}
    return reached


def _facts(call: Told) -> set[str]:
    return {fact for _, _, _, fact in call.said if fact}


def _said(call: Told) -> str:
    return f"{call.id} {call.caller}: " + "; ".join(text for _, text, _, _ in call.said)


def _shared(one: Told, other: Told) -> str:
    """What two calls that were not linked gave to know."""
    kinds = [{kind for kind, _, _, _ in call.said} for call in (one, other)]
    both = kinds[0] & kinds[1]
    words = [kind.value for kind in EntityKind if kind in both]
    return f"{'/'.join(sorted((one.caller, other.caller)))}: both gave {', '.join(words) or 'nothing alike'}"
