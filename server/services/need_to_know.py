"""Need to know: nobody who is barred from a call learns of it, and whoever sees its words is on record."""

import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime

from server.domain.access import Access, AccessKind
from server.domain.ids import CallId, PersonId
from server.ports.access import AccessLog, Bars
from server.services.refusals import NotYourCall

log = logging.getLogger(__name__)

REMEMBERED = 20_000
"""Views already on record, so that a browser that comes back is not another view of the same session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedToKnow:
    bars: Bars
    accesses: AccessLog
    _viewed: OrderedDict[tuple[PersonId, CallId, str], None] = field(default_factory=OrderedDict, repr=False)

    async def admit(self, person: PersonId, call: CallId, *, by: str) -> None:
        """Raises `NotYourCall`, said as for a call that somebody was never given; the attempt is recorded."""
        if await self.refuses(person, call, by=by):
            raise NotYourCall

    async def refuses(self, person: PersonId, call: CallId, *, by: str) -> bool:
        """Whether the person is barred from what they ask for; if so, that they asked is on record."""
        barred = await self.bars.barred(person, call)
        if barred:
            log.warning("barred person asked for a call", extra={"call": call, "way": by})
            await self.accesses.add(Access(person=person, kind=AccessKind.REFUSED, call=call, by=by))
        return barred

    async def viewed(self, person: PersonId, call: CallId, *, by: str, session: str = "") -> None:
        """Before the first word, once a session. Raises `PeopleLost`: what is not on record is not seen."""
        view = (person, call, session)
        if view in self._viewed:
            return
        await self.accesses.add(Access(person=person, kind=AccessKind.VIEWED, call=call, by=by))
        self._viewed[view] = None
        if len(self._viewed) > REMEMBERED:
            self._viewed.popitem(last=False)

    async def has_viewed(self, person: PersonId, call: CallId, *, since: datetime) -> bool:
        """Whether the person's screen was sent the call's words."""
        viewed = AccessKind.VIEWED
        return bool(await self.accesses.find(since=since, person=person, call=call, kind=viewed))
