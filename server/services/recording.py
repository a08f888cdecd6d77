"""Recording: a fact goes into the journal first, and then everybody hears of it."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.events import Entry, Event
from server.domain.ids import CallId
from server.ports.bus import Bus, Recorded
from server.ports.journal import Journal, JournalLost

log = logging.getLogger(__name__)

PAUSES_S = (0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0)
"""A database that is locked or full for a moment is asked again: a fact is worth waiting for."""


@dataclass(slots=True, kw_only=True)
class Recorder:
    journal: Journal
    bus: Bus
    refused: int = 0
    """How many facts the journal has just refused and is being asked to take again."""

    async def record(self, call: CallId, *events: Event) -> list[Entry]:
        """Append together, then publish. Raises `JournalLost` after the last pause, unpublished."""
        if not events:
            return []
        entries = await self._append(call, events)
        self.bus.publish(Recorded(call=call, entries=tuple(entries)))
        return entries

    async def _append(self, call: CallId, events: Sequence[Event]) -> list[Entry]:
        for pause_s in PAUSES_S:
            try:
                return await self.journal.append(call, events)
            except JournalLost:
                log.warning("journal not written, asking again", extra={"call": call, "pause_s": pause_s})
            self.refused += len(events)
            try:
                await asyncio.sleep(pause_s)
            finally:
                self.refused -= len(events)
        return await self.journal.append(call, events)
