"""Minding: what time and duty bring about on live calls, decided on the journal, so that it outlives us."""

import asyncio
import logging
from datetime import datetime, timedelta

from server.domain.case import Case
from server.domain.escalating import aftermath, escalations, next_escalation, promotions, retold
from server.domain.events import (
    CallbackReceived,
    CallEnded,
    Escalation,
    Event,
    GapHeard,
    HistoryLinked,
    NeedNoted,
    PromptDelivered,
    PromptEscalated,
    PromptPainted,
    PromptSeen,
    PromptTimed,
    RiskRaised,
    SpecialistAssigned,
    SpecialistReleased,
    UtteranceHeard,
)
from server.domain.ids import CallId
from server.domain.people import Force
from server.domain.showing import showing
from server.ports.bus import DutyChanged, Notice, Recorded
from server.ports.journal import JournalLost
from server.services.control_room import ControlRoom
from server.services.staffing import Staffing
from server.services.watching import Watching

log = logging.getLogger(__name__)

LOOK_S = 5.0
"""How long a change that no notice told of (the command line, another node) can go unseen."""
BRINGS_NOTHING = (
    CallbackReceived,
    GapHeard,
    PromptDelivered,
    PromptPainted,
    PromptSeen,
    PromptTimed,
    UtteranceHeard,
)
STAFFS = (CallEnded, HistoryLinked, NeedNoted, RiskRaised, SpecialistAssigned, SpecialistReleased)
"""After these, somebody may be wanted, or free."""


class Minding:
    """One task for all calls: each is looked at when something happened on it, or when its time has come."""

    def __init__(self, room: ControlRoom) -> None:
        self._room = room
        self._staffing = Staffing(room)
        self._watching = Watching(room)
        self._changed: dict[CallId, None] = {}
        self._due_at: dict[CallId, datetime] = {}
        self._news = asyncio.Event()
        self._staff = True
        self._look_at = room.clock.now()

    def follow(self, notice: Notice) -> None:
        """Hear of everything that is recorded, and of who comes and goes."""
        self._room.casebook.follow(notice)
        match notice:
            case Recorded() if any(not isinstance(entry.event, BRINGS_NOTHING) for entry in notice.entries):
                self._changed[notice.call] = None
                self._staff = self._staff or any(isinstance(one.event, STAFFS) for one in notice.entries)
                self._news.set()
            case DutyChanged():
                self._staff = True
                self._changed |= dict.fromkeys(self._room.casebook.brought_far())
                self._news.set()
            case _:
                pass

    async def run(self) -> None:
        """Mind the calls until cancelled; begins with those that an earlier run left."""
        self._look_at = self._room.clock.now()
        while True:
            try:
                await self.look()
            except Exception:  # boundary: a round that fails is made again, and the calls go on
                log.exception("round not finished")
            try:
                async with asyncio.timeout(self._pause_s()):
                    await self._news.wait()
            except TimeoutError:
                continue

    async def look(self) -> None:
        """One round: calls with news, calls whose time has come, then whoever waits for a specialist."""
        self._news.clear()
        now = self._room.clock.now()
        if now >= self._look_at:
            self._look_at = now + timedelta(seconds=LOOK_S)
            await self._look_around()
        due = [call for call, at in self._due_at.items() if at <= now]
        changed, self._changed = self._changed, {}
        for call in {**changed, **dict.fromkeys(due)}:
            await self._mind_safely(call)
        if self._staff:
            self._staff = False
            await self._staff_all()

    async def _look_around(self) -> None:
        self._staff = True
        self._changed |= dict.fromkeys(self._room.casebook.brought_far())
        for gone in self._room.casebook.let_go(but=self._due_at.keys()):
            self._due_at.pop(gone, None)
        try:
            self._changed |= dict.fromkeys(await self._room.casebook.open())
        except JournalLost:
            log.warning("live calls cannot be listed")

    def _pause_s(self) -> float:
        now = self._room.clock.now()
        until = min([self._look_at, *self._due_at.values()])
        return max(0.0, (until - now).total_seconds())

    async def _mind_safely(self, call: CallId) -> None:
        try:
            async with self._room.turns.of(call):
                await self._mind(call)
        except Exception:  # boundary: one call's fault must not stop the others' clocks
            log.exception("call not minded", extra={"call": call})
            self._due_at[call] = self._room.clock.now() + timedelta(seconds=LOOK_S)

    async def _mind(self, call: CallId) -> None:
        held = await self._room.casebook.level(call)
        case = held.case
        if case.state.force is None:
            return
        force = self._room.force(case.state.force)
        await self._room.recorder.record(call, *promotions(case))
        # One moment for both: what comes due between two looks at the clock would never be seen.
        now = self._room.clock.now()
        await self._room.recorder.record(call, *await self._escalated(case, force, now), *aftermath(case))
        await self._watching.watch(held, force, now)
        again_at = await self._show(case, force)
        times = (again_at, next_escalation(case, force.rules, now), self._watching.next(case, force, now))
        self._due_at.pop(call, None)
        if any(times):
            self._due_at[call] = min(at for at in times if at is not None)

    async def _escalated(self, case: Case, force: Force, now: datetime) -> list[Event]:
        due = escalations(case, force.rules, now, None)
        far = any(isinstance(one, PromptEscalated) and one.to is Escalation.DUTY_SUPERVISOR for one in due)
        if not (far or case.told):
            return due
        barred = await self._room.need_to_know.bars.people_barred(case.call)
        here = await self._room.duty.supervisors(force.id, but=barred)
        first = here[0] if here else None
        return [*escalations(case, force.rules, now, first), *retold(case, now, here)]

    async def _show(self, case: Case, force: Force) -> datetime | None:
        """Put the next prompt before the handler if it may be; returns when to look again."""
        held = self._room.casebook.held(case.call)
        found = showing(case, force.rules, self._room.clock.now(), held.spoken_at)
        if found.shown is None:
            return found.again_at
        await self._room.recorder.record(case.call, found.shown)
        return showing(case, force.rules, self._room.clock.now(), held.spoken_at).again_at

    async def _staff_all(self) -> None:
        forces = {case.state.force for case in self._room.casebook.cases() if case.state.force is not None}
        for force in sorted(forces):
            await self._staffing.staff(self._room.force(force))
