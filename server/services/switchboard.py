"""Where calls come in from every doorway, and are carried until they end."""

import asyncio
import logging
from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

from server.domain.call import applied
from server.domain.events import (
    CallArrived,
    CallbackReceived,
    Ending,
    GapCause,
    HandlerAssigned,
    SpecialistAssigned,
)
from server.domain.ids import CallId, ForceId, PersonId
from server.domain.people import Desk, Force
from server.domain.speech import AudioFrame, Party
from server.ports.bus import DutyChanged, Notice, Recorded
from server.ports.clock import Clock
from server.ports.journal import Journal, JournalLost, UnknownCall
from server.ports.language import Reader
from server.ports.people import UnknownPerson
from server.services.carrying import CallLimits, Carrying
from server.services.duty import Duty
from server.services.listening import Listening
from server.services.live_call import LiveCall
from server.services.recording import Recorder

log = logging.getLogger(__name__)


class CallOver(Exception):
    """The call has ended; nothing more can be added to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A call as its doorway announces it."""

    call: CallId
    force: ForceId
    doorway: str
    caller: str = field(default="", repr=False)
    called: str = field(default="", repr=False)
    handler: PersonId | None = None
    """Whose desk the call was connected to, where the doorway knows."""


class Line(Protocol):
    """One transport that carries the sound of a call's legs. Nothing here ever waits."""

    def join(self, party: Party) -> None:
        """Start hearing this party; joining twice is joining once."""
        ...

    def hear(self, frame: AudioFrame) -> None:
        """Offer sound in media order. When the ears lag, the oldest sound goes, and is recorded."""
        ...

    def gap(self, party: Party, *, from_ms: int, to_ms: int, cause: GapCause) -> None: ...

    def press(self, party: Party, digit: str, *, at_ms: int) -> None: ...

    def stop(self) -> None:
        """The source said that the sound is over: flush the last words, then end the call."""
        ...

    def lose(self, why: str) -> None:
        """The transport went away: keep the call for a new line, then end it."""
        ...


class Lines(Protocol):
    """What a doorway may ask of the switchboard."""

    async def arrive(self, arrival: Arrival) -> None:
        """Open the call and record its arrival; arriving twice is arriving once."""
        ...

    async def open_line(self, call: CallId) -> Line:
        """Connect a transport. An earlier line of the same call is superseded.

        Raises `UnknownCall` if the call never arrived, `CallOver` if it has ended.
        """
        ...

    async def callback(self, call: CallId, *, about: str, status: str, code: str = "") -> None:
        """Journal what the provider says about the call or its stream. Raises `UnknownCall`."""
        ...

    async def hang_up(self, call: CallId, why: Ending) -> None:
        """The provider says that the call is over. Hanging up twice is hanging up once."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What every call of the node shares."""

    journal: Journal
    recorder: Recorder
    reader: Reader
    listening: Listening
    duty: Duty
    clock: Clock
    limits: CallLimits


class Switchboard:
    """The live calls of this node. Implements `Lines`.

    `run` owns every call's task: start it before the first doorway opens, and `close`
    it after the last one has shut.
    """

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._live: dict[CallId, Carrying] = {}
        self._arriving: dict[CallId, asyncio.Lock] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self._closed = asyncio.Event()
        self._over = asyncio.Event()
        self._desk_turns: Counter[str] = Counter()

    @property
    def live(self) -> dict[CallId, LiveCall]:
        return {call: carrying.call for call, carrying in self._live.items()}

    async def run(self, started: asyncio.Event) -> None:
        """Carry calls until closed; calls left open by an earlier run are taken up first."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            await self._revive()
            started.set()
            await self._closed.wait()
            for carrying in self._live.values():
                carrying.close()
        self._tasks = None
        self._over.set()

    def close(self) -> None:
        """Take no more calls, and settle the last words of those that are live."""
        self._closed.set()

    async def closed(self) -> None:
        """Wait until every call has settled after `close`."""
        await self._over.wait()

    async def arrive(self, arrival: Arrival) -> None:
        lock = self._arriving.setdefault(arrival.call, asyncio.Lock())
        try:
            async with lock:
                await self._arrive(arrival)
        finally:
            self._arriving.pop(arrival.call, None)

    async def open_line(self, call: CallId) -> Line:
        return (await self._carrying(call)).open_line()

    async def callback(self, call: CallId, *, about: str, status: str, code: str = "") -> None:
        at_ms = self._live[call].call.media_ms if call in self._live else 0
        event = CallbackReceived(at_ms=at_ms, about=about, status=status, code=code)
        await self._exchange.recorder.record(call, event)

    async def hang_up(self, call: CallId, why: Ending) -> None:
        if call in self._live:
            self._live[call].hang_up(why)

    def choose_desk(self, force: Force) -> Desk:
        """The desk whose handler has the fewest live calls; among equals, each in turn."""
        busy = Counter(carrying.call.state.handler for carrying in self._live.values())
        desk = min(force.desks, key=lambda desk: (busy[desk.handler], self._desk_turns[desk.dial]))
        self._desk_turns[desk.dial] += 1
        return desk

    def follow(self, notice: Notice) -> None:
        """Hear of what others did: who took a call, and who came on duty."""
        if isinstance(notice, Recorded) and notice.call in self._live:
            for entry in notice.entries:
                if isinstance(entry.event, HandlerAssigned | SpecialistAssigned):
                    call = self._live[notice.call].call
                    call.state = applied(call.state, entry.event)
        elif isinstance(notice, DutyChanged) and notice.on_duty and self._tasks is not None:
            self._tasks.create_task(self._staff_for(notice.person), name=f"staff:{notice.person}")

    async def _staff_for(self, person: PersonId) -> None:
        try:
            await self.staff((await self._exchange.duty.people.person(person)).force)
        except (JournalLost, UnknownPerson):
            log.exception("waiting calls not assigned", extra={"person": person})

    async def staff(self, force: ForceId) -> None:
        """Somebody came on duty: give them the live calls that have nobody."""
        for carrying in tuple(self._live.values()):
            call = carrying.call
            if call.state.force != force or call.state.specialist is not None:
                continue
            if await self._exchange.duty.specialist(force) is None:
                return
            events = await self._exchange.duty.assigned(force, handler=None, at_ms=call.media_ms)
            await call.record(*events)
            await self._exchange.duty.let_in(call.id, events)

    async def _arrive(self, arrival: Arrival) -> None:
        if arrival.call in self._live:
            return
        call = self._new(arrival.call)
        if entries := await self._exchange.journal.entries(arrival.call):
            call.revive(entries)
            if not call.state.ended:  # an arrival cut off after it was recorded
                self._carry(call)
            return
        arrived = CallArrived(
            at_ms=0,
            force=arrival.force,
            doorway=arrival.doorway,
            caller=arrival.caller,
            called=arrival.called,
        )
        staffing = await self._exchange.duty.assigned(arrival.force, handler=arrival.handler)
        await call.record(arrived, *staffing)
        self._carry(call)
        await self._exchange.duty.let_in(call.id, staffing)

    async def _carrying(self, call: CallId) -> Carrying:
        if call in self._live and not self._live[call].finishing:
            return self._live[call]
        if await self._exchange.journal.entries(call):
            raise CallOver
        raise UnknownCall

    async def _revive(self) -> None:
        for line in await self._exchange.journal.calls(live=True):
            call = self._new(line.call)
            call.revive(await self._exchange.journal.entries(line.call))
            self._carry(call).await_line()

    def _new(self, call: CallId) -> LiveCall:
        return LiveCall(id=call, recorder=self._exchange.recorder, reading=self._exchange.reader.begin())

    def _carry(self, call: LiveCall) -> Carrying:
        if self._tasks is None:
            raise CallOver
        shared = self._exchange
        carrying = Carrying(call=call, listening=shared.listening, clock=shared.clock, limits=shared.limits)
        self._live[call.id] = carrying
        self._tasks.create_task(self._carry_to_end(carrying), name=f"call:{call.id}")
        return carrying

    async def _carry_to_end(self, carrying: Carrying) -> None:
        try:
            await carrying.run()
        except Exception:  # boundary: one call's fault must not end the others
            log.exception("call dropped", extra={"call": carrying.call.id})
        finally:
            del self._live[carrying.call.id]
