"""The speech workers of a node: enough of them, alive, and a spare one ready to take over."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from server.adapters.speech.hand import Hand
from server.adapters.speech.options import HearingOptions
from server.adapters.speech.process import Launch, SpeechProcess, start_process
from server.adapters.speech.session import Session

log = logging.getLogger(__name__)

WATCH_S = 0.1
ASLEEP_S = 0.5
"""A watch this late means that the node itself did not run: no worker is to blame."""
WEIGH_S = 5.0
MAX_PATIENCE_S = 8.0
CALM_S = 10.0
"""A seat whose worker has not been slow for this long has the usual patience again."""
MAX_BACKOFF_S = 8.0


@dataclass(slots=True)
class Seat:
    """A place that always has a worker in it, or one on its way."""

    patience_s: float
    hand: Hand | None = None
    failures: int = 0
    slow_s: float = 0.0
    """When its worker last kept somebody waiting."""


class Pool:
    def __init__(self, options: HearingOptions, clock: Callable[[], float]) -> None:
        self._options = options
        self._clock = clock
        self._seats = [Seat(options.stall_s) for _ in range(options.workers + options.spares)]
        self._processes: set[SpeechProcess] = set()
        self._changed = asyncio.Event()
        self.restarts = 0

    @property
    def ready(self) -> int:
        return sum(hand.listening for hand in self._hands)

    @property
    def pids(self) -> list[int]:
        """Of the workers that have legs first, then the others."""
        return [hand.pid for hand in sorted(self._hands, key=lambda hand: -hand.legs)]

    async def keep(self) -> None:
        """Keep every seat filled, until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                for index, seat in enumerate(self._seats):
                    tasks.create_task(self._fill(seat), name=f"speech-worker:{index}")
                tasks.create_task(self._watch(), name="speech-watch")
        finally:
            # A worker that was just being ended when the cancelling came is ended here after all.
            for process in tuple(self._processes):
                await process.end()

    async def open(self, wake: Callable[[], None], *, within_s: float) -> Session | None:
        """Give a leg a recogniser on the least busy worker; None if none is ready in time."""
        try:
            async with asyncio.timeout(within_s):
                while (hand := self._chosen()) is None:
                    await self._next_change()
        except TimeoutError:
            return None
        return hand.open(wake)

    def release(self, session: Session) -> None:
        """Let the recogniser go, whether or not it still listens."""
        for hand in self._hands:
            hand.release(session)

    async def wait_ready(self, count: int) -> None:
        while self.ready < count:
            await self._next_change()

    @property
    def _hands(self) -> list[Hand]:
        return [seat.hand for seat in self._seats if seat.hand]

    def _chosen(self) -> Hand | None:
        ready = [hand for hand in self._hands if hand.listening]
        busy = [hand for hand in ready if hand.legs]
        if len(busy) >= self._options.workers:
            ready = busy  # the rest are spares
        return min(ready, key=lambda hand: hand.legs, default=None)

    async def _next_change(self) -> None:
        await self._changed.wait()

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def _fill(self, seat: Seat) -> None:
        while True:
            try:
                process = await start_process(
                    Launch(
                        model=self._options.model,
                        threads=self._options.threads,
                        niceness=self._options.niceness,
                    )
                )
            except OSError:
                log.exception("speech worker did not start")
                await self._back_off(seat)
                continue
            self._processes.add(process)
            seat.hand = hand = Hand(process, self._clock)
            await hand.serve(self._tell)
            self._processes.discard(process)
            seat.hand = None
            await self._after(seat, hand)

    async def _after(self, seat: Seat, hand: Hand) -> None:
        if hand.retiring:
            log.info("speech worker retired", extra={"worker": hand.pid})
            return
        self.restarts += 1
        log.warning("speech worker lost", extra={"worker": hand.pid, "status": hand.exit_status})
        if hand.ready_s is None:
            await self._back_off(seat)
        else:
            seat.failures = 0

    async def _back_off(self, seat: Seat) -> None:
        seat.failures += 1
        await asyncio.sleep(min(MAX_BACKOFF_S, 0.25 * 2**seat.failures))

    async def _watch(self) -> None:
        watched_s = weighed_s = self._clock()
        while True:
            await asyncio.sleep(WATCH_S)
            now_s = self._clock()
            asleep = now_s - watched_s > WATCH_S + ASLEEP_S
            watched_s = now_s
            for seat in self._seats:
                if seat.hand and asleep:
                    seat.hand.excuse(now_s)
                if seat.hand and not seat.hand.dead:
                    self._check(seat, seat.hand, now_s)
            if now_s - weighed_s >= WEIGH_S:
                weighed_s = now_s
                self._retire_one(now_s)

    def _check(self, seat: Seat, hand: Hand, now_s: float) -> None:
        if hand.ready_s is None:
            if now_s - hand.signed_s > self._options.start_s:
                hand.replace("speech worker did not start")
            return
        silent_s, stuck_s = hand.silent_for_s(now_s), hand.stuck_for_s(now_s)
        if silent_s > seat.patience_s or stuck_s > max(seat.patience_s, self._options.stuck_s):
            # On a machine with no time left, killing makes things worse, for what was not settled is heard
            # again: each stall in a row earns the next worker of this seat, and of no other, more patience.
            # Its legs are by then with the worker of another seat, which has the usual.
            seat.patience_s, seat.slow_s = min(MAX_PATIENCE_S, seat.patience_s * 2), now_s
            hand.replace("speech worker stalled")
            hand.excuse(now_s)
        elif max(silent_s, stuck_s) > self._options.stall_s / 2:
            seat.slow_s = now_s
        elif now_s - seat.slow_s > CALM_S:
            seat.patience_s = self._options.stall_s

    def _retire_one(self, now_s: float) -> None:
        if self.ready < 2 or any(hand.retiring for hand in self._hands):
            return  # never without another to take the legs
        for hand in self._hands:
            if hand.listening and self._outworn(hand, now_s):
                hand.retire()
                return

    def _outworn(self, hand: Hand, now_s: float) -> bool:
        aged = hand.ready_s is not None and now_s - hand.ready_s > self._options.max_age_s
        return aged or hand.grown_mb > self._options.max_growth_mb
