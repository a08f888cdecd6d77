"""The review queue: calls that somebody should look at again, and why."""

from dataclasses import dataclass
from datetime import datetime

from server.domain.events import ReviewWhy
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
    """None that can be read: damaged, or written by a newer version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewing:
    journal: Journal
    bars: Bars

    async def queue(self, person: Person) -> list[ToReview]:
        """The calls of the person's force that wait for review, the longest waiting first."""
        if person.role is Role.HANDLER:
            raise ReadOnly
        waiting: dict[CallId, ToReview] = {}
        for asked in await self.journal.to_review(person.force):
            before = waiting.get(asked.call)
            waiting[asked.call] = ToReview(
                call=asked.call,
                since=before.since if before else asked.since,
                whys=(*(before.whys if before else ()), *((asked.why,) if asked.why else ())),
            )
        barred = await self.bars.calls_barred(person.id)
        return [one for call, one in waiting.items() if call not in barred]
