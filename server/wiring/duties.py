"""What specialists do beside live calls, with what runs behind it while the server does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.services.duties import Duties
from server.services.indexing import Cases, Indexing
from server.wiring.core import Core
from server.wiring.erasing import erasing_of, nightly_of
from server.wiring.hearing_again import second_hearing_of
from server.wiring.searching import search_of
from server.wiring.training import training_of


@asynccontextmanager
async def duties_of(core: Core) -> AsyncIterator[Duties]:
    second = second_hearing_of(core)
    async with (
        search_of(core) as index,
        training_of(core) as training,
        asyncio.TaskGroup() as tasks,
    ):
        cases = Cases(book=core.store.cases, forces=[force.id for force in core.forces])
        indexing = Indexing(core.store.journal, core.store.following, index, cases)
        leaving = [core.bus.subscribe(one) for one in (second.follow, indexing.follow)]
        running = [tasks.create_task(indexing.run(), name="indexing")]
        if core.settings.vault.erase:
            erasing = erasing_of(core.store, core.vault, index, training.played)
            nightly = nightly_of(core.settings, erasing)
            running.append(tasks.create_task(nightly.run(), name="nightly"))
        if core.settings.review.hear_again:
            running.append(tasks.create_task(second.run(), name="second-hearing"))
        try:
            yield Duties.of(core.room, core.store.papers, index, training)
        finally:
            for leave in leaving:
                leave()
            for task in running:
                task.cancel()
