"""Remembering: as a call arrives, and as its words bring names and places, find the calls it belongs to."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from server.domain.case import Case
from server.domain.entities import Entity, EntityKind, Known, Origin
from server.domain.events import (
    CallArrived,
    CallEnded,
    EntityHeard,
    Entry,
    Event,
    GradeSet,
    LinkFound,
    MarkerJudged,
    MarkerSighted,
    NoiseLabelled,
    PromptAnswered,
    PromptDismissed,
    PromptRaised,
    PromptsUnresolved,
    PromptUndone,
    PromptWithdrawn,
    RungBack,
    SightingWithdrawn,
    UnitArrived,
    UnitAssigned,
    UnitNotNeeded,
    UnitStoodDown,
    UtteranceHeard,
    WatchRaised,
)
from server.domain.events.memory import MemoryEvent
from server.domain.history import digest
from server.domain.ids import CallId, EntityId, ForceId
from server.domain.speech import Utterance
from server.ports.bus import Notice, Recorded
from server.ports.history import CallHistory, EntityReader, Found, HistoryLost, Matcher
from server.ports.journal import JournalLost
from server.services.control_room import ControlRoom
from server.services.linking import Linking, index_keys

log = logging.getLogger(__name__)

WORKERS = 3
LOOK_S = 5.0
"""How long what failed, or what no notice told of, can wait."""
CONTEXT = 6
"""Turns before one that say what it answers."""
MATTERS = (
    CallArrived | CallEnded | UtteranceHeard | MarkerSighted | SightingWithdrawn | MarkerJudged | MemoryEvent
    | PromptRaised | PromptWithdrawn | PromptDismissed | PromptUndone | PromptsUnresolved | PromptAnswered
    | GradeSet | UnitAssigned | UnitArrived | UnitStoodDown | UnitNotNeeded | NoiseLabelled | RungBack
    | WatchRaised
)  # fmt: skip
"""What an index of earlier calls tells of them, or finds them by."""


@dataclass(slots=True, kw_only=True)
class _Watched:
    """What is kept of a call between two looks."""

    caller: str = field(default="", repr=False)
    doorway: str = ""
    last_seq: int = 0
    said: list[Utterance] = field(default_factory=list, repr=False)
    unread: list[Utterance] = field(default_factory=list, repr=False)
    compared_by: frozenset[Known] | None = None


class Remembering:
    def __init__(
        self, room: ControlRoom, *, history: CallHistory, matcher: Matcher, reader: EntityReader
    ) -> None:
        self._room = room
        self._history = history
        self._matcher = matcher
        self._reader = reader
        self._linking = Linking(room, history=history, matcher=matcher)
        self._watched: dict[CallId, _Watched] = {}
        self._first: dict[CallId, None] = {}
        self._changed: dict[CallId, None] = {}
        self._again: set[CallId] = set()
        self._caught_up: set[CallId] = set()
        self._news = asyncio.Event()

    def follow(self, notice: Notice) -> None:
        """Calls are looked at one by one however much happens on them, so nothing piles up here."""
        if not isinstance(notice, Recorded):
            return
        events = [entry.event for entry in notice.entries]
        if any(isinstance(event, CallArrived) for event in events):
            self._first[notice.call] = None
        elif any(isinstance(event, MATTERS) for event in events):
            self._changed[notice.call] = None
        else:
            return
        self._news.set()

    async def run(self) -> None:
        """Remember until cancelled; begins with what the index lacks of the journal."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._catch_up(), name="history:catch-up")
            for number in range(WORKERS):
                tasks.create_task(self._work(), name=f"history:{number}")

    async def look(self) -> None:
        """Look at every call with news, until there is none."""
        while (call := self._next()) is not None:
            await self._look_safely(call)

    async def _work(self) -> None:
        while True:
            self._news.clear()
            await self.look()
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._news.wait()
            except TimeoutError:
                self._changed |= dict.fromkeys(self._again)
                self._again.clear()

    async def _catch_up(self) -> None:
        """Calls that came before there was an index, or while it could not be written."""
        while True:
            try:
                behind = [call for call in await self._history.behind() if call not in self._caught_up]
            except HistoryLost:
                log.warning("index of earlier calls out of reach")
                await asyncio.sleep(LOOK_S)
                continue
            if not behind:
                return
            for call in behind:
                await self._look_safely(call, past=True)
                self._caught_up.add(call)

    def _next(self) -> CallId | None:
        for waiting in (self._first, self._changed):
            for call in waiting:
                del waiting[call]
                return call
        return None

    async def _look_safely(self, call: CallId, *, past: bool = False) -> None:
        try:
            async with self._room.turns.of(call):
                await self._look(call, past=past)
        except (HistoryLost, JournalLost):
            log.warning("call not remembered yet", extra={"call": call})
            self._again.add(call)
        except Exception:  # boundary: one call's fault must not cost the others their history
            log.exception("call not remembered", extra={"call": call})

    async def _look(self, call: CallId, *, past: bool) -> None:
        case = (await self._room.casebook.level(call)).case
        force, at = case.state.force, case.arrived_at
        if force is None or at is None:
            return
        watched = self._watched.setdefault(call, _Watched())
        _read_on(watched, await self._room.recorder.journal.entries(call, after=watched.last_seq))
        if not (past and case.state.ended):  # what is over is indexed, and its journal left as it is
            await self._room.recorder.record(call, *self._entities(case, watched))
        await self._keep(case, watched, force, at)
        known = frozenset(case.state.memory.known)
        if not case.state.ended or (not past and watched.compared_by != known):
            await self._link(case)
            watched.compared_by = known
            await self._keep(case, watched, force, at)
        if case.state.ended:
            self._watched.pop(call, None)

    async def _link(self, case: Case) -> None:
        events = await self._linking.changes(case)
        await self._room.recorder.record(case.call, *events)
        for event in events:
            # A call that goes on beside this one learns of it too.
            if isinstance(event, LinkFound) and event.link.earlier in self._watched:
                self._changed[event.link.earlier] = None

    async def _keep(self, case: Case, watched: _Watched, force: ForceId, at: datetime) -> None:
        kept = digest(case.call, force, at, watched.doorway, case.state)
        line = [entity.known for entity in self._line(case, watched)]
        kept = replace(kept, known=tuple(dict.fromkeys((*kept.known, *line))))
        await self._history.keep(kept, index_keys(self._matcher, kept))

    def _entities(self, case: Case, watched: _Watched) -> list[Event]:
        memory = case.state.memory
        held = {(one.entity.kind, one.entity.value) for one in memory.entities.values()}
        taken = {EntityId(name) for name in memory.entities}
        events: list[Event] = []
        for entity in (*self._line(case, watched), *self._heard(watched)):
            if (entity.kind, entity.value) in held:
                continue
            held.add((entity.kind, entity.value))
            named = _named(entity, taken)
            taken.add(named.id)
            events.append(EntityHeard(at_ms=max(0, named.start_ms), entity=named))
        return events

    def _line(self, case: Case, watched: _Watched) -> Iterable[Entity]:
        read = self._matcher.read(EntityKind.NUMBER, watched.caller) if watched.caller else None
        if read is None or case.state.force is None:
            return
        shared = read.value in self._room.force(case.state.force).shared_numbers
        yield Entity(
            id=EntityId(""),
            kind=EntityKind.NUMBER,
            text=read.text,
            value=read.value,
            about="caller",
            origin=Origin.LINE,
            shared=shared,
        )

    def _heard(self, watched: _Watched) -> Iterable[Entity]:
        unread, watched.unread = watched.unread, []
        for utterance in unread:
            watched.said = [*watched.said[-CONTEXT:], utterance]
            for found in self._reader.find(watched.said):
                read = self._matcher.read(found.kind, found.text)
                if read is not None:
                    yield _entity(found, read.value, read.text)


def _read_on(watched: _Watched, entries: Sequence[Entry]) -> None:
    for entry in entries:
        watched.last_seq = entry.seq
        match entry.event:
            case CallArrived():
                watched.caller, watched.doorway = entry.event.caller, entry.event.doorway
            case UtteranceHeard() if entry.event.utterance.words:
                watched.unread.append(entry.event.utterance)
            case _:
                pass


def _entity(found: Found, value: str, text: str) -> Entity:
    return Entity(
        id=EntityId(""),
        kind=found.kind,
        text=text,
        value=value,
        about=found.about,
        origin=Origin.HEARD,
        party=found.party,
        utterance=found.utterance,
        start_ms=found.start_ms,
        quote=found.quote,
    )


def _named(entity: Entity, taken: set[EntityId]) -> Entity:
    number = len(taken) + 1
    while EntityId(f"e{number}") in taken:
        number += 1
    return replace(entity, id=EntityId(f"e{number}"))
