"""Waiting for what must come to be on record."""

import asyncio

from server.domain.events import Event
from server.domain.ids import CallId
from tests.house import House

PATIENCE_S = 30


async def recorded(house: House, call: CallId, kind: type[Event]) -> Event:
    """The call's latest event of this kind, as soon as there is one."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            for entry in reversed(await house.store.journal.entries(call)):
                if isinstance(entry.event, kind):
                    return entry.event
            await asyncio.sleep(0.02)
