"""Who is here to take a call, and the right to see it."""

import asyncio
import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from server.domain.assigning import Candidate
from server.domain.events import Event, HandlerAssigned, SpecialistAssigned
from server.domain.ids import CallId, ForceId, PersonId
from server.domain.people import Force, Person, Role
from server.ports.bus import Bus, GrantGiven
from server.ports.people import Grants, PeopleBook, PeopleLost

log = logging.getLogger(__name__)

PAUSES_S = (0.1, 0.2, 0.5, 1.0, 2.0, 4.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    people: PeopleBook
    grants: Grants
    bus: Bus

    async def candidates(self, force: Force, loads: Mapping[PersonId, int], now: datetime) -> list[Candidate]:
        """The force's specialists on duty, those first who came first."""
        return [
            Candidate(person=person, calls=loads.get(person.id, 0), until=force.rota.until(person.id, now))
            for person in await self._on_duty(force.id, Role.SPECIALIST)
        ]

    async def supervisors(self, force: ForceId, *, but: Collection[PersonId] = ()) -> list[PersonId]:
        """Those on duty who may know of it, the one who has been here longest first."""
        return [
            person.id
            for person in await self._on_duty(force, Role.SUPERVISOR)
            if not person.on_break and person.id not in but
        ]

    async def working(self, force: ForceId) -> set[PersonId]:
        """Who may own prompts: whoever is on duty, and handlers, who are here while they are signed in."""
        everybody = await self.people.people(force)
        return {person.id for person in everybody if person.on_duty or person.role is Role.HANDLER}

    async def let_in(self, call: CallId, events: Iterable[Event]) -> None:
        """Give those whom the events name the right to see the call. Raises `PeopleLost`, after some tries.

        Who was given a call and cannot see it is worse than nobody: a busy database is asked again.
        """
        for event in events:
            if isinstance(event, HandlerAssigned | SpecialistAssigned):
                await self._give(call, event.person)
                self.bus.publish(GrantGiven(call=call, person=event.person))

    async def _give(self, call: CallId, person: PersonId) -> None:
        for pause_s in PAUSES_S:
            try:
                return await self.grants.give(call, person)
            except PeopleLost:
                log.warning("grant not written, asking again", extra={"call": call, "pause_s": pause_s})
            await asyncio.sleep(pause_s)
        return await self.grants.give(call, person)

    async def _on_duty(self, force: ForceId, role: Role) -> list[Person]:
        return [
            person for person in await self.people.people(force) if person.role is role and person.on_duty
        ]
