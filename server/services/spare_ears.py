"""Ears that are opened when somebody needs them and closed when nobody has for a while."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing

from server.domain.speech import AudioFrame
from server.ports.speech import EngineHealth, Hearing, HearingLost, Transcriber
from server.services.second_hearing import READY_S, Ears

log = logging.getLogger(__name__)

UNUSED_S = 60.0


class SpareEars:
    """A `Transcriber` over an engine that is there only while it is wanted."""

    def __init__(self, ears: Ears) -> None:
        self._ears = ears
        self._users = 0
        self._wanted = asyncio.Event()
        self._left = asyncio.Event()
        self._open = asyncio.Event()
        self._engine: Transcriber | None = None

    async def run(self) -> None:
        """Open and close the engine, in one task, until cancelled."""
        while True:
            await self._wanted.wait()
            try:
                async with self._ears.open() as engine:
                    await engine.wait_ready(timeout_s=READY_S)
                    self._engine = engine
                    self._open.set()
                    await self._until_unused()
            except HearingLost:
                log.warning("spare ears cannot be had")
                await asyncio.sleep(1)
            finally:
                self._engine = None
                self._open.clear()

    async def transcribe(self, frames: AsyncIterable[AudioFrame]) -> AsyncGenerator[Hearing, None]:
        self._users += 1
        self._wanted.set()
        try:
            await self._open.wait()
            if self._engine is None:
                raise HearingLost("the spare ears were closed")
            async with aclosing(self._engine.transcribe(frames)) as hearings:
                async for hearing in hearings:
                    yield hearing
        finally:
            self._users -= 1
            self._left.set()

    async def wait_ready(self, *, timeout_s: float) -> None:
        async with asyncio.timeout(timeout_s):
            self._wanted.set()
            await self._open.wait()

    def health(self) -> EngineHealth:
        if self._engine is not None:
            return self._engine.health()
        return EngineHealth(
            model=self._ears.model, demonstration=False, workers=0, workers_ready=0, restarts=0, legs=0
        )

    async def _until_unused(self) -> None:
        while True:
            self._left.clear()
            try:
                async with asyncio.timeout(UNUSED_S):
                    await self._left.wait()
            except TimeoutError:
                if self._users == 0:
                    self._wanted.clear()
                    return
