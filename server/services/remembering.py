"""Remembering: as a call arrives, and as its words bring names and places, find the calls it belongs to."""

import asyncio
import logging
from dataclasses import replace
from datetime import datetime

from server.domain.case import Case
from server.domain.events import (
    CallArrived,
    CallEnded,
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
    VideoInvited,
    VideoOpened,
    WatchRaised,
)
from server.domain.events.memory import MemoryEvent
from server.domain.events.transferring import TransferReceived
from server.domain.history import digest
from server.domain.ids import CallId, ForceId
from server.ports.bus import Notice, Recorded
from server.ports.history import CallHistory, EntityReader, HistoryLost, Matcher
from server.ports.journal import JournalLost
from server.services.call_entities import Finding, Watched
from server.services.control_room import ControlRoom
from server.services.linking import Linking, index_keys

log = logging.getLogger(__name__)

WORKERS = 3
LOOK_S = 5.0
"""How long what failed, or what no notice told of, can wait."""
MATTERS = (
    CallArrived | CallEnded | UtteranceHeard | MarkerSighted | SightingWithdrawn | MarkerJudged | MemoryEvent
    | PromptRaised | PromptWithdrawn | PromptDismissed | PromptUndone | PromptsUnresolved | PromptAnswered
    | GradeSet | UnitAssigned | UnitArrived | UnitStoodDown | UnitNotNeeded | NoiseLabelled | RungBack
    | WatchRaised | TransferReceived | VideoInvited | VideoOpened
)  # fmt: skip
"""What an index of earlier calls tells of them, or finds them by."""


class Remembering:
    def __init__(
        self, room: ControlRoom, *, history: CallHistory, matcher: Matcher, reader: EntityReader
    ) -> None:
        self._room = room
        self._history = history
        self._matcher = matcher
        self._finding = Finding(matcher=matcher, reader=reader)
        self._linking = Linking(room, history=history, matcher=matcher)
        self._watched: dict[CallId, Watched] = {}
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
        watched = self._watched.setdefault(call, Watched())
        await self._read_on(call, watched)
        if not (past and case.state.ended):  # what is over is indexed, and its journal left as it is
            shared = self._room.force(force).shared_numbers
            await self._record(call, *self._finding.news(watched, case.state.memory, shared))
        await self._keep(case, watched, force, at)
        known = frozenset(case.state.memory.known)
        if not case.state.ended or (not past and watched.compared_by != known):
            await self._link(case, watched)
            watched.compared_by = known
            await self._keep(case, watched, force, at)
        if case.state.ended:
            self._watched.pop(call, None)

    async def _read_on(self, call: CallId, watched: Watched) -> None:
        journal = self._room.recorder.journal
        entries = await journal.entries(call, after=watched.last_seq)
        self._room.casebook.take(call, entries)
        watched.read_on(entries)
        if watched.asked_from is not None:
            watched.asked_in(call, await journal.entries(watched.asked_from))

    async def _record(self, call: CallId, *events: Event) -> None:
        """The case has it at once: what it does not know of would be found, and recorded, over and over."""
        self._room.casebook.take(call, await self._room.recorder.record(call, *events))
        await self._room.casebook.level(call)

    async def _link(self, case: Case, watched: Watched) -> None:
        events = await self._linking.changes(case, watched.tied)
        await self._record(case.call, *events)
        for event in events:
            # A call that goes on beside this one learns of it too.
            if isinstance(event, LinkFound) and event.link.earlier in self._watched:
                self._changed[event.link.earlier] = None

    async def _keep(self, case: Case, watched: Watched, force: ForceId, at: datetime) -> None:
        kept = digest(case.call, force, at, watched.channel, case.state)
        shared = self._room.force(force).shared_numbers
        line = [entity.known for entity in self._finding.line(watched, shared)]
        kept = replace(kept, known=tuple(dict.fromkeys((*kept.known, *line))))
        await self._history.keep(kept, index_keys(self._matcher, kept))
