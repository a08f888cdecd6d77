"""Recording: a fact goes into the journal first, and then everybody hears of it."""

from dataclasses import dataclass

from server.domain.events import Entry, Event
from server.domain.ids import CallId
from server.ports.bus import Bus, Recorded
from server.ports.journal import Journal


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorder:
    journal: Journal
    bus: Bus

    async def record(self, call: CallId, *events: Event) -> list[Entry]:
        """Append together, then publish. Raises what the journal raises; nothing is published then."""
        if not events:
            return []
        entries = await self.journal.append(call, events)
        self.bus.publish(Recorded(call=call, entries=tuple(entries)))
        return entries
