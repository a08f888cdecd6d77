"""Carrying one call: its line, its ears and its end, in one task that owns them all."""

import asyncio
import logging
from dataclasses import dataclass

from server.domain.events import (
    CallEnded,
    DigitPressed,
    Ending,
    Event,
    GapCause,
    GapHeard,
    LegLeft,
    LineLost,
    LineOpened,
)
from server.domain.speech import Party
from server.ports.clock import Clock
from server.ports.journal import JournalLost
from server.services.lines import LiveLine, Lost, Noted, Opened, Signal, Stopped
from server.services.listening import Listening
from server.services.live_call import LiveCall
from server.services.tap import Tap
from server.services.watch import Watch

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimits:
    grace_s: float = 60.0
    """How long a call waits for a new line after the last one was lost."""
    limit_s: float = 4 * 3600.0
    """No call lasts longer: a line that never says stop must not be carried for ever."""
    flush_s: float = 5.0
    """How long the last words may take when the server stops, and a leg's new ear waits for its old one;"""
    late_s: float = 60.0
    """and at a call's end on a machine that lags: no sound that came is thrown away while ears get on."""
    quiet_s: float = 10.0
    """An open line that brings nothing of a leg for so long is said to be deaf: silence would be sent."""
    tick_s: float = 2.0
    tap_ms: int = 10_000
    """How much of a leg is held for an ear that lags; beyond it the oldest sound goes."""
    goodbye_s: float = 1.0
    """How long a call reported as over waits for its line to say stop."""


class Carrying:
    """Takes the line's signals in order and records them; starts and ends the ears."""

    def __init__(self, *, call: LiveCall, listening: Listening, clock: Clock, limits: CallLimits) -> None:
        self.call = call
        self._listening = listening
        self._clock = clock
        self._limits = limits
        self._signals: asyncio.Queue[Signal] = asyncio.Queue()
        self._line: LiveLine | None = None
        self._epoch = call.state.epoch
        self._ears: dict[asyncio.Task[None], tuple[Party, Tap]] = {}
        self._ending: Ending | None = None
        self._closing = False
        self.finishing = False
        """Whether the call is past taking a new line."""
        self._deadline_s = float("inf")
        self._look_at_s = clock.monotonic_s() + limits.tick_s
        self._limit_at_s = clock.monotonic_s() + limits.limit_s
        self.watch = Watch(call=call, clock=clock, bus=listening.bus, quiet_s=limits.quiet_s)

    def open_line(self) -> LiveLine:
        """A new line; an earlier one is silenced and its last words settle."""
        if self._line is not None:
            self._line.silence()
        self._epoch += 1
        offset_ms = self._offset_ms() if self._epoch > 1 else 0
        tap_ms = self._limits.tap_ms
        self._line = LiveLine(
            call=self.call, signals=self._signals, offset_ms=offset_ms, tap_ms=tap_ms, epoch=self._epoch
        )
        reached_ms = tuple(sorted(self.call.reached_ms.items())) if self._epoch > 1 else ()
        self._signals.put_nowait(Opened(epoch=self._epoch, at_ms=offset_ms, reached_ms=reached_ms))
        return self._line

    def hang_up(self, why: Ending) -> None:
        """The call is over; a line that is still open has a moment to say so itself."""
        self._ending = self._ending or why
        self._deadline_s = self._clock.monotonic_s() + (self._limits.goodbye_s if self._connected else 0.0)
        self._signals.put_nowait(Noted(events=()))

    def await_line(self) -> None:
        """Begin without a line: end if none comes."""
        self._deadline_s = self._clock.monotonic_s() + self._limits.grace_s

    def close(self) -> None:
        """The server stops: settle the last words, and leave the call open for the next start."""
        self._closing = True
        self._signals.put_nowait(Stopped(epoch=self._epoch))

    async def run(self) -> None:
        async with asyncio.TaskGroup() as ears:
            while True:
                signal = await self._next()
                if signal is None or isinstance(signal, Stopped):
                    if isinstance(signal, Stopped) and signal.epoch != self._epoch:
                        continue
                    break
                await self._take(signal, ears)
            self.finishing = True
            await self._finish()

    @property
    def _connected(self) -> bool:
        return self._line is not None

    async def _next(self) -> Signal | None:
        """The next signal; `None` when the call's time is up."""
        while (now_s := self._clock.monotonic_s()) < (until_s := min(self._deadline_s, self._limit_at_s)):
            if now_s >= self._look_at_s:
                await self._record(*self.watch.look(self._line))
                await self._waited(over=False)
                self._look_at_s = self._clock.monotonic_s() + self._limits.tick_s
                continue
            try:
                async with asyncio.timeout(min(until_s, self._look_at_s) - now_s):
                    return await self._signals.get()
            except TimeoutError:
                continue
        return None

    async def _take(self, signal: Signal, ears: asyncio.TaskGroup) -> None:
        match signal:
            case Opened():
                await self._opened(signal)
            case Lost():
                await self._lost(signal)
            case Noted():
                self._start_ears(signal, ears)
                await self._record(*signal.events)
                for event in signal.events:
                    if isinstance(event, DigitPressed):
                        await self._pressed(event)
            case Stopped():
                return

    async def _pressed(self, pressed: DigitPressed) -> None:
        found = self.call.reading.press(pressed.digit, party=pressed.party, at_ms=pressed.at_ms)
        async with self.call.turn:
            await self._record(*self.call.attention.told(self.call.state, found))

    async def _waited(self, *, over: bool) -> None:
        """What it brings that nothing more was said, as far as both sides have been listened to."""
        heard_ms = min((self.call.heard_ms.get(party, 0) for party in self.call.state.legs), default=0)
        async with self.call.turn:
            found = self.call.reading.wait(heard_ms, over=over)
            await self._record(*self.call.attention.told(self.call.state, found))

    async def _opened(self, opened: Opened) -> None:
        if self._ending is None:
            self._deadline_s = float("inf")
        events: list[Event] = [LineOpened(at_ms=opened.at_ms, epoch=opened.epoch)]
        events.extend(
            _gap(party, reached_ms, opened.at_ms, GapCause.BREAK) for party, reached_ms in opened.reached_ms
        )
        await self._record(*events)

    async def _lost(self, lost: Lost) -> None:
        if lost.epoch != self._epoch:
            return
        self._line = None
        self._deadline_s = self._clock.monotonic_s() + (0.0 if self._ending else self._limits.grace_s)
        await self._record(LineLost(at_ms=self.call.media_ms, epoch=lost.epoch, why=lost.why))

    def _start_ears(self, noted: Noted, ears: asyncio.TaskGroup) -> None:
        for party, tap in noted.taps:
            before = [task for task, (whose, _) in self._ears.items() if whose is party]
            name = f"ear:{self.call.id}:{party}"
            if self._line is not None:
                self._line.began(party, now_s=self._clock.monotonic_s())
            task = ears.create_task(self._hear(party, tap, before), name=name)
            self._ears[task] = (party, tap)
            task.add_done_callback(lambda done: self._ears.pop(done, None) and None)

    async def _hear(self, party: Party, tap: Tap, before: list[asyncio.Task[None]]) -> None:
        """Listen once the same leg's earlier ear has settled its last words, so that turns stay in order."""
        if before:
            await asyncio.wait(before, timeout=self._limits.flush_s)
        await self._listening.hear(self.call, party, tap)

    async def _finish(self) -> None:
        """Flush, finals, close: the last words settle before the call ends."""
        if self._line is not None:
            self._line.silence()
        for task, (party, _) in (await self._settle_last_words()).items():
            task.cancel()
            log.error("last words did not settle", extra={"call": self.call.id, "party": party})
            from_ms, to_ms = self.call.settled_ms.get(party, 0), self.call.reached_ms.get(party, 0)
            await self._record(_gap(party, from_ms, to_ms, GapCause.UNHEARD))
        if not self._closing:
            await self._waited(over=True)
        at_ms = self.call.media_ms
        left = [LegLeft(at_ms=at_ms, party=party) for party in sorted(self.call.state.legs)]
        if self._closing:
            await self._record(LineLost(at_ms=at_ms, epoch=self._epoch, why="the server stopped"))
            return
        await self._record(*left, CallEnded(at_ms=at_ms, why=self._why()))

    async def _settle_last_words(self) -> dict[asyncio.Task[None], tuple[Party, Tap]]:
        """Wait for the ears, which give up when they cannot get on; returns those still at it."""
        if self._ears:
            bound_s = self._limits.flush_s if self._closing else self._limits.late_s
            await asyncio.wait(dict(self._ears), timeout=bound_s)
        return dict(self._ears)

    def _why(self) -> Ending:
        if self._ending is not None:
            return self._ending
        if self._clock.monotonic_s() >= self._limit_at_s:
            return Ending.TOO_LONG
        return Ending.LINE_LOST if self._line is None else Ending.HUNG_UP

    async def lost(self, why: str) -> None:
        """Say that nobody carries the call any more."""
        if self._line is not None:
            self._line.silence()
        await self._record(LineLost(at_ms=self.call.media_ms, epoch=self._epoch, why=why))

    async def _record(self, *events: Event) -> None:
        try:
            await self.call.record(*events)
        except JournalLost:
            log.exception("facts not recorded", extra={"call": self.call.id, "facts": len(events)})

    def _offset_ms(self) -> int:
        """Where on the call's timeline a later line begins: never before sound that was already heard."""
        opened_at = self.call.line_opened_at
        if opened_at is None:
            return self.call.media_ms
        since_ms = round((self._clock.now() - opened_at).total_seconds() * 1000)
        return max(self.call.media_ms, since_ms)


def _gap(party: Party, from_ms: int, to_ms: int, cause: GapCause) -> GapHeard:
    return GapHeard(at_ms=from_ms, party=party, from_ms=from_ms, to_ms=to_ms, cause=cause)
