"""What people do with a call's memory: say what it is about, and which earlier calls it belongs to."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from server.domain.call import CallState
from server.domain.entities import Entity, EntityKind, EntityState, Known, Origin
from server.domain.events import (
    EntityConfirmed,
    EntityRefused,
    EntityTyped,
    LinkConfirmed,
    LinkUndone,
)
from server.domain.history import EarlierCall, EarlierMarker, channel_of
from server.domain.ids import CallId, EntityId, ForceId, PersonId
from server.domain.linking import Combination, LinkState, Strength, ago
from server.domain.memory import Counts
from server.domain.people import Person
from server.domain.withholding import memory_for
from server.ports.history import CallHistory, Matcher, Reading
from server.services.control_room import ControlRoom
from server.services.pages import Doing, Page, Pages, line_of_text, note_of
from server.services.refusals import BadText, NoSuchEntity, NotLinked
from server.services.told import Told, told_text

TEXT_LIMIT = 120
ABOUT_LIMIT = 40
UNREAD = "unreadable"
BY = "history"
"""How it stands in the access log that an earlier call was shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLink:
    """A linked call as people see it: whoever may not know of it is not shown it."""

    call: CallId
    force: ForceId
    at: datetime
    ago: str
    channel: str
    outcome: str
    grade: str
    live: bool
    imported: bool
    markers: tuple[EarlierMarker, ...]
    reasons: tuple[str, ...]
    confidence: float
    strength: Strength
    counts: bool
    confirmed_by: PersonId | None
    undone_by: PersonId | None
    through: CallId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    number: int
    """Which call about these people this is, of the last twelve hours."""
    counts: Counts
    links: tuple[ShownLink, ...]
    """The newest first; with those that are only possible, and those that somebody undid."""
    entities: tuple[EntityState, ...] = field(repr=False)
    combinations: tuple[Combination, ...]


class History:
    def __init__(self, room: ControlRoom, *, history: CallHistory, matcher: Matcher) -> None:
        self._room = room
        self._pages = Pages(room)
        self._history = history
        self._matcher = matcher

    async def shown(self, person: Person, call: CallId) -> Shown:
        """A call's memory. That each earlier call was looked at is on record first."""
        async with self._pages.granted(person, call) as page:
            state = page.state
        barred = await self._room.need_to_know.bars.calls_barred(person.id)
        memory = memory_for(state.memory, barred)
        earlier = await self._history.named(list(memory.links))
        for one in earlier:
            await self._room.need_to_know.viewed(person.id, one.call, by=BY)
        return Shown(
            number=memory.counts.tonight + 1,
            counts=memory.counts,
            links=tuple(_shown(memory.links[one.call], one) for one in earlier),
            entities=tuple(memory.entities.values()),
            combinations=memory.combinations,
        )

    async def type_in(
        self, by: Doing | Told, call: CallId, kind: EntityKind, text: str, about: str = ""
    ) -> EntityId:
        """Say whom or what the call is about. Raises `BadText` for what is none of its kind.

        What another system says is kept as it stands there; what is none of its kind links nothing.
        """
        if isinstance(by, Told):
            read, whose = self._told(kind, text), told_text(about, ABOUT_LIMIT)
        else:
            read, whose = self._read(kind, text), note_of(about, ABOUT_LIMIT)
        async with self._page(by, call) as page:
            if page.done(by, lambda event: isinstance(event, EntityTyped)):
                return _typed_as(page, by)
            held = _held(page.state, Known(kind=kind, value=read.value, about=whose))
            if held is not None:
                return held
            entity = Entity(
                id=_next_id(page.state),
                kind=kind,
                text=read.text,
                value=read.value,
                about=whose,
                origin=Origin.TYPED,
            )
            await page.record(
                EntityTyped(
                    at_ms=page.at_ms,
                    person=by.hand.person,
                    act=by.act,
                    system=by.hand.system,
                    entity=entity,
                )
            )
            return entity.id

    async def confirm(self, doing: Doing, call: CallId, entity: EntityId, text: str = "") -> None:
        """Say that it is right, or what it should have been."""
        async with self._pages.granted(doing.person, call) as page:
            state = _entity(page, entity)
            if page.done(doing, lambda event: isinstance(event, EntityConfirmed)):
                return
            read = self._read(state.entity.kind, text) if text.strip() else Reading(value="", text="")
            same = state.confirmed_by is not None and read.value in ("", state.entity.value)
            if not same:
                await page.record(
                    EntityConfirmed(
                        at_ms=page.at_ms,
                        person=doing.by,
                        act=doing.act,
                        entity=entity,
                        text=read.text,
                        value=read.value,
                    )
                )

    async def refuse(self, by: Doing | Told, call: CallId, entity: EntityId) -> None:
        """Say that it is wrong."""
        async with self._page(by, call) as page:
            state = _entity(page, entity)
            if not page.done(by, lambda event: isinstance(event, EntityRefused)) and state.counts:
                hand = by.hand
                await page.record(
                    EntityRefused(
                        at_ms=page.at_ms,
                        person=hand.person,
                        act=hand.act,
                        system=hand.system,
                        entity=entity,
                    )
                )

    async def confirm_link(self, doing: Doing, call: CallId, earlier: CallId) -> None:
        """Say that the earlier call is about the same people."""
        await self._room.need_to_know.admit(doing.by, earlier, by=BY)
        async with self._pages.granted(doing.person, call) as page:
            state = _link(page, earlier)
            done = page.done(doing, lambda event: isinstance(event, LinkConfirmed))
            if not done and state.confirmed_by is None:
                await page.record(
                    LinkConfirmed(at_ms=page.at_ms, person=doing.by, act=doing.act, earlier=earlier)
                )

    async def undo_link(self, doing: Doing, call: CallId, earlier: CallId, reason: str = "") -> None:
        """Say that it is not; the machine does not link the two again."""
        said = note_of(reason)
        await self._room.need_to_know.admit(doing.by, earlier, by=BY)
        async with self._pages.granted(doing.person, call) as page:
            state = _link(page, earlier)
            done = page.done(doing, lambda event: isinstance(event, LinkUndone))
            if not done and state.undone_by is None:
                await page.record(
                    LinkUndone(at_ms=page.at_ms, person=doing.by, act=doing.act, earlier=earlier, reason=said)
                )

    def _page(self, by: Doing | Told, call: CallId) -> AbstractAsyncContextManager[Page]:
        return self._pages.told(by, call) if isinstance(by, Told) else self._pages.granted(by.person, call)

    def _read(self, kind: EntityKind, text: str) -> Reading:
        read = self._matcher.read(kind, line_of_text(text, TEXT_LIMIT))
        if read is None:
            raise BadText(f"This cannot be read as {'an' if kind[0] in 'ao' else 'a'} {kind}.")
        return read

    def _told(self, kind: EntityKind, text: str) -> Reading:
        said = told_text(text, TEXT_LIMIT)
        return self._matcher.read(kind, said) or Reading(value="", text=said or UNREAD)


def _shown(state: LinkState, one: EarlierCall) -> ShownLink:
    link = state.link
    return ShownLink(
        call=one.call,
        force=one.force,
        at=one.at,
        ago=ago(timedelta(seconds=link.before_s)),
        channel=channel_of(one),
        outcome=one.outcome,
        grade=one.grade,
        live=one.live,
        imported=one.imported,
        markers=one.markers,
        reasons=link.reasons,
        confidence=link.confidence,
        strength=link.strength,
        counts=state.counts,
        confirmed_by=state.confirmed_by,
        undone_by=state.undone_by,
        through=link.through,
    )


def _next_id(state: CallState) -> EntityId:
    """Apart from those that are heard: both are named without asking each other."""
    typed = sum(one.entity.origin is Origin.TYPED for one in state.memory.entities.values())
    return EntityId(f"t{typed + 1}")


def _held(state: CallState, known: Known) -> EntityId | None:
    """Under which id the same was typed before, and still counts."""
    held = (
        name
        for name, one in state.memory.entities.items()
        if one.counts and one.entity.origin is Origin.TYPED and one.entity.known == known
    )
    return next(held, None) if known.value else None


def _typed_as(page: Page, by: Doing | Told) -> EntityId:
    (typed,) = [
        entry.event.entity.id
        for entry in page.entries
        if isinstance(entry.event, EntityTyped) and entry.event.act == by.act
    ]
    return typed


def _entity(page: Page, entity: EntityId) -> EntityState:
    state = page.state.memory.entities.get(entity)
    if state is None:
        raise NoSuchEntity
    return state


def _link(page: Page, earlier: CallId) -> LinkState:
    state = page.state.memory.links.get(earlier)
    if state is None:
        raise NotLinked
    return state
