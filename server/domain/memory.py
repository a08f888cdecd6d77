"""What a call remembers: its entities, its links and what they say together, folded from its journal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import MappingProxyType

from server.domain.entities import EntityState, Known
from server.domain.events import (
    CombinationSeen,
    EntityConfirmed,
    EntityHeard,
    EntityRefused,
    EntityTyped,
    Event,
    HistoryLinked,
    LinkClosed,
    LinkConfirmed,
    LinkFound,
    LinkUndone,
    VideoInvited,
    VideoOpened,
)
from server.domain.ids import CallId, EntityId
from server.domain.linking import DAY, TONIGHT, WEEK, YEAR, Combination, LinkState

NO_ENTITIES: Mapping[EntityId, EntityState] = MappingProxyType({})
NO_LINKS: Mapping[CallId, LinkState] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many linked calls came before this one."""

    tonight: int
    day: int
    week: int
    year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    entities: Mapping[EntityId, EntityState] = field(default_factory=lambda: NO_ENTITIES)
    links: Mapping[CallId, LinkState] = field(default_factory=lambda: NO_LINKS)
    combinations: tuple[Combination, ...] = ()

    @property
    def known(self) -> tuple[Known, ...]:
        """What the call can be compared by."""
        return tuple(one.entity.known for one in self.entities.values() if one.counts and one.entity.value)

    @property
    def linked(self) -> tuple[LinkState, ...]:
        """The links that count, the newest call first."""
        return tuple(sorted((one for one in self.links.values() if one.counts), key=_before))

    @property
    def counts(self) -> Counts:
        return counts_of(timedelta(seconds=_before(one)) for one in self.linked)


WITHIN = (TONIGHT, DAY, WEEK, YEAR)


def counts_of(before: Iterable[timedelta]) -> Counts:
    """`before`: how long before this call each came; who came after it is none of them."""
    earlier = [one for one in before if one >= timedelta(0)]
    tonight, day, week, year = (sum(one <= within for one in earlier) for within in WITHIN)
    return Counts(tonight=tonight, day=day, week=week, year=year)


def remembered(memory: Memory, event: Event) -> Memory:
    """The memory after this event. Events that change nothing here leave it as it is."""
    match event:
        case EntityHeard() | EntityTyped():
            return _with_entity(memory, EntityState(entity=event.entity))
        case EntityConfirmed() if event.entity in memory.entities:
            return _with_entity(memory, _confirmed(memory.entities[event.entity], event))
        case EntityRefused() if event.entity in memory.entities:
            state = memory.entities[event.entity]
            return _with_entity(memory, replace(state, refused_by=event.person, confirmed_by=None))
        case CombinationSeen():
            return replace(memory, combinations=(*memory.combinations, event.combination))
        case _:
            return _links_remembered(memory, event)


def naming(event: Event) -> frozenset[CallId]:
    """The other calls that this event tells of, and the case: people are barred from either by its id."""
    match event:
        case VideoOpened():
            return frozenset(CallId(one) for one in (event.from_call, event.case) if one)
        case VideoInvited():
            return frozenset(CallId(one) for one in (event.room, event.case) if one)
        case LinkClosed():
            return frozenset({event.room})
        case _:
            return linking(event)


def linking(event: Event) -> frozenset[CallId]:
    """The earlier calls that this event takes to be about the same people."""
    match event:
        case LinkFound():
            through = (event.link.through,) if event.link.through is not None else ()
            return frozenset({event.link.earlier, *through})
        case LinkConfirmed() | LinkUndone():
            return frozenset({event.earlier})
        case CombinationSeen():
            return frozenset(event.combination.calls)
        case HistoryLinked():
            return frozenset(call for call, _ in event.counted)
        case _:
            return frozenset()


def _links_remembered(memory: Memory, event: Event) -> Memory:
    match event:
        case LinkFound():
            state = memory.links.get(event.link.earlier, LinkState(link=event.link))
            return _with_link(memory, replace(state, link=event.link))
        case LinkConfirmed() if event.earlier in memory.links:
            state = memory.links[event.earlier]
            return _with_link(memory, replace(state, confirmed_by=event.person, undone_by=None))
        case LinkUndone() if event.earlier in memory.links:
            state = memory.links[event.earlier]
            return _with_link(memory, replace(state, undone_by=event.person, confirmed_by=None))
        case _:
            return memory


def _confirmed(state: EntityState, event: EntityConfirmed) -> EntityState:
    entity = state.entity
    if event.value:
        entity = replace(entity, text=event.text, value=event.value)
    return replace(state, entity=entity, confirmed_by=event.person, refused_by=None)


def _with_entity(memory: Memory, state: EntityState) -> Memory:
    return replace(memory, entities=MappingProxyType({**memory.entities, state.entity.id: state}))


def _with_link(memory: Memory, state: LinkState) -> Memory:
    return replace(memory, links=MappingProxyType({**memory.links, state.link.earlier: state}))


def _before(state: LinkState) -> int:
    return state.link.before_s
