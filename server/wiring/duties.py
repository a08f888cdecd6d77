"""What specialists do beside live calls, with what runs behind it while the server does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.services.duties import Duties
from server.wiring.core import Core
from server.wiring.hearing_again import second_hearing_of


@asynccontextmanager
async def duties_of(core: Core) -> AsyncIterator[Duties]:
    second = second_hearing_of(core)
    leave = core.bus.subscribe(second.follow)
    async with asyncio.TaskGroup() as tasks:
        running = (
            [tasks.create_task(second.run(), name="second-hearing")]
            if core.settings.review.hear_again
            else []
        )
        try:
            yield Duties.of(core.room, core.store.papers)
        finally:
            leave()
            for task in running:
                task.cancel()
