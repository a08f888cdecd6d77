"""Where calls come in from every doorway, and are carried until they end."""

import asyncio
import logging
from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol
from weakref import WeakValueDictionary

from server.domain.attention import Attention
from server.domain.call import folded
from server.domain.events import (
    CallArrived,
    CallbackReceived,
    Ending,
    GapCause,
    HandlerAssigned,
)
from server.domain.ids import CallId, ForceId, PersonId
from server.domain.people import Desk, Force
from server.domain.room import VIDEO
from server.domain.speech import AudioFrame, Party
from server.domain.transfers import TRANSFER
from server.ports.bus import Notice, Recorded
from server.ports.clock import Clock
from server.ports.journal import Journal, UnknownCall
from server.services.carrying import CallLimits, Carrying
from server.services.duty import Duty
from server.services.keeping_sound import SoundKeeping
from server.services.lines import LiveLine
from server.services.listening import Listening
from server.services.live_call import LiveCall
from server.services.readers import Readers
from server.services.recording import Recorder
from server.services.sounds import CallSound, Sounds

log = logging.getLogger(__name__)

REVIVED = 10_000
"""Calls taken up after a restart at most."""
STREAM_FAILED = "stream-error"


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
    readers: Readers
    listening: Listening
    duty: Duty
    clock: Clock
    limits: CallLimits
    sounds: Sounds = field(default_factory=Sounds)
    keeping: SoundKeeping | None = None


class Switchboard:
    """The live calls of this node. Implements `Lines`.

    `run` owns every call's task: start it before the first doorway opens, and `close`
    it after the last one has shut.
    """

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._live: dict[CallId, Carrying] = {}
        self._arriving: WeakValueDictionary[CallId, asyncio.Lock] = WeakValueDictionary()
        self._tasks: asyncio.TaskGroup | None = None
        self._closed = asyncio.Event()
        self._over = asyncio.Event()
        self._desk_turns: Counter[str] = Counter()

    @property
    def live(self) -> dict[CallId, LiveCall]:
        return {call: carrying.call for call, carrying in self._live.items()}

    async def run(self, started: asyncio.Event) -> None:
        """Carry calls until closed."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
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

    async def revive(self) -> None:
        """Take up the calls that an earlier run left open. They end if no line comes within the grace."""
        for line in await self._exchange.journal.calls(live=True, limit=REVIVED):
            if line.doorway == TRANSFER:
                continue  # it never had a line here: it ends when it is over at the other force
            async with self._turn(line.call):
                try:
                    if await self._taken_up(line.call):
                        self._live[line.call].await_line()
                except Exception:  # boundary: one call that cannot be read must not keep the others unheard
                    log.exception("call not taken up", extra={"call": line.call})

    async def arrive(self, arrival: Arrival) -> None:
        """Goes on to its end though whoever asked has stopped waiting."""
        if self._tasks is None:
            raise CallOver
        task = self._tasks.create_task(self._arrived(arrival), name=f"arrive:{arrival.call}")
        if fault := await asyncio.shield(task):
            raise fault

    async def open_line(self, call: CallId) -> LiveLine:
        return (await self._carrying(call)).open_line()

    async def callback(self, call: CallId, *, about: str, status: str, code: str = "") -> None:
        at_ms = self._live[call].call.media_ms if call in self._live else 0
        event = CallbackReceived(at_ms=at_ms, about=about, status=status, code=code)
        await self._exchange.recorder.record(call, event)
        if about == "stream" and status == STREAM_FAILED and call in self._live:
            self._live[call].watch.expect_no_line()

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
        """Hear of what others did on a call that is carried here."""
        if isinstance(notice, Recorded) and notice.call in self._live:
            for entry in notice.entries:
                self._live[notice.call].call.follow(entry)

    def _turn(self, call: CallId) -> asyncio.Lock:
        return self._arriving.setdefault(call, asyncio.Lock())

    async def _arrived(self, arrival: Arrival) -> Exception | None:
        """What went wrong is handed to whoever asked: it must not end the other calls' tasks."""
        try:
            async with self._turn(arrival.call):
                if not await self._taken_up(arrival.call):
                    await self._arrive(arrival)
        except Exception as fault:  # noqa: BLE001 - raised again where the arrival was asked for
            return fault
        return None

    async def _arrive(self, arrival: Arrival) -> None:
        call = self._new(arrival.call, arrival.force)
        arrived = CallArrived(
            at_ms=0,
            force=arrival.force,
            doorway=arrival.doorway,
            caller=arrival.caller,
            called=arrival.called,
        )
        person = arrival.handler
        assigned = [HandlerAssigned(at_ms=0, person=person)] if person is not None else []
        await call.record(arrived, *assigned)
        self._carry(call)
        await self._exchange.duty.let_in(call.id, assigned)

    async def _carrying(self, call: CallId) -> Carrying:
        async with self._turn(call):
            if not await self._taken_up(call):
                raise UnknownCall
        if call not in self._live or self._live[call].finishing:
            raise CallOver
        return self._live[call]

    async def _taken_up(self, call: CallId) -> bool:
        """Whether the call has arrived; if it is recorded and not over, it is carried from now on."""
        if call in self._live:
            return True
        entries = await self._exchange.journal.entries(call)
        if not entries:
            return False
        live = self._new(call, folded(entries).force)
        live.revive(entries)
        if not live.state.ended:
            self._carry(live)
            await self._exchange.duty.let_in(call, [entry.event for entry in entries])
        return True

    def _new(self, call: CallId, force: ForceId | None) -> LiveCall:
        reader = self._exchange.readers.of(force)
        return LiveCall(
            id=call,
            recorder=self._exchange.recorder,
            reading=reader.begin(),
            attention=Attention(markers=reader.markers),
        )

    def _carry(self, call: LiveCall) -> Carrying:
        if self._tasks is None:
            raise CallOver
        shared = self._exchange
        call.sound = shared.sounds.begin(call.id, call.state.force)
        # A video call is kept by its own rules: only of those who agreed to it.
        by_policy = shared.keeping is not None and shared.keeping.policy_of(call.state.force).calls
        if shared.keeping is not None and by_policy and call.state.doorway != VIDEO:
            call.sound.recorded = True
            self._tasks.create_task(_keep(shared.keeping, call, call.sound), name=f"keep:{call.id}")
        carrying = Carrying(call=call, listening=shared.listening, clock=shared.clock, limits=shared.limits)
        self._live[call.id] = carrying
        self._tasks.create_task(self._carry_to_end(carrying), name=f"call:{call.id}")
        return carrying

    async def _carry_to_end(self, carrying: Carrying) -> None:
        try:
            await carrying.run()
        except Exception:  # boundary: one call's fault must not end the others
            log.exception("call dropped", extra={"call": carrying.call.id})
            await carrying.lost("a fault in carrying")
        finally:
            if self._live.get(carrying.call.id) is carrying:
                del self._live[carrying.call.id]
                self._exchange.sounds.end(carrying.call.id)


async def _keep(keeping: SoundKeeping, call: LiveCall, sound: CallSound) -> None:
    try:
        await keeping.keep(call.id, sound, lambda: call.state.ended)
    except Exception:  # boundary: what keeps a call's sound must not end the calls
        log.exception("sound not kept", extra={"call": call.id})
