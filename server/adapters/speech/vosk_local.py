"""Hears every leg of the node with Vosk, in worker processes on this machine."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable
from types import TracebackType
from typing import Self

from server.adapters.speech.leg import Leg
from server.adapters.speech.models.structure import is_demonstration
from server.adapters.speech.options import HearingOptions
from server.adapters.speech.pool import Pool
from server.domain.speech import AudioFrame
from server.ports.speech import EngineHealth, Hearing, HearingLost


class VoskTranscriber:
    """Owns its workers from entering to leaving `async with`; legs still heard then end with `HearingLost`.

    Entering does not wait for the workers: a leg that comes first is kept and heard when one is ready.
    """

    def __init__(self, options: HearingOptions) -> None:
        self._options = options
        self._demonstration = is_demonstration(options.model)
        self._legs: dict[Leg, asyncio.Task[None]] = {}
        self._pool: Pool | None = None

    async def __aenter__(self) -> Self:
        self._pool = Pool(self._options, asyncio.get_running_loop().time)
        self._tasks = asyncio.TaskGroup()
        await self._tasks.__aenter__()
        self._keeper = self._tasks.create_task(self._pool.keep(), name="speech-workers")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool = None
        for task in self._legs.values():
            task.cancel()
        self._keeper.cancel()
        await self._tasks.__aexit__(None, None, None)

    async def wait_ready(self, *, timeout_s: float) -> None:
        """Wait for all workers but the spares. Raises `HearingLost` if they do not load the model in time."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._running.wait_ready(self._options.workers)
        except TimeoutError as error:
            raise HearingLost("the speech workers are not ready") from error

    async def transcribe(self, frames: AsyncIterable[AudioFrame]) -> AsyncGenerator[Hearing, None]:
        leg = Leg(frames, self._running, self._options)
        task = self._tasks.create_task(leg.run(), name="leg")
        self._legs[leg] = task
        try:
            while (hearing := await leg.outbox.get()) is not None:
                yield hearing
        finally:
            del self._legs[leg]
            task.cancel()
            await asyncio.wait([task])

    def health(self) -> EngineHealth:
        pool = self._pool
        return EngineHealth(
            model=self._options.model.name,
            demonstration=self._demonstration,
            workers=self._options.workers,
            workers_ready=min(pool.ready, self._options.workers) if pool else 0,
            restarts=pool.restarts if pool else 0,
            legs=len(self._legs),
        )

    @property
    def worker_pids(self) -> list[int]:
        """The processes that hear, the busiest first."""
        return self._running.pids

    @property
    def _running(self) -> Pool:
        if self._pool is None:
            raise HearingLost("hearing has not been started")
        return self._pool
