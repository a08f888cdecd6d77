"""The review queue: calls that somebody should look at again, and why."""

from dataclasses import dataclass
from datetime import datetime

from server.domain.events import ReviewAsked, ReviewDone, ReviewWhy
from server.domain.ids import CallId
from server.domain.people import Person, Role
from server.ports.access import Bars
from server.ports.journal import Journal
from server.services.refusals import ReadOnly


@dataclass(frozen=True, slots=True, kw_only=True)
class ToReview:
    call: CallId
    since: datetime
    whys: tuple[ReviewWhy, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewing:
    journal: Journal
    bars: Bars

    async def queue(self, person: Person) -> list[ToReview]:
        """The calls of the person's force that wait for review, the longest waiting first."""
        if person.role is Role.HANDLER:
            raise ReadOnly
        waiting: dict[CallId, ToReview] = {}
        for entry in await self.journal.of_kinds([ReviewAsked, ReviewDone], force=person.force):
            if isinstance(entry.event, ReviewDone):
                waiting.pop(entry.call, None)
            elif isinstance(entry.event, ReviewAsked):
                before = waiting.get(entry.call)
                waiting[entry.call] = ToReview(
                    call=entry.call,
                    since=before.since if before else entry.recorded_at,
                    whys=(*(before.whys if before else ()), entry.event.why),
                )
        barred = await self.bars.calls_barred(person.id)
        return [one for call, one in waiting.items() if call not in barred]
