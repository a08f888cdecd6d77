"""Who gets a call: the first specialist on duty, else everybody is told that there is nobody."""

from dataclasses import dataclass

from server.domain.events import Event, HandlerAssigned, NobodyOnDuty, SpecialistAssigned
from server.domain.ids import CallId, ForceId, PersonId
from server.domain.people import Role
from server.ports.bus import Bus, GrantGiven
from server.ports.people import Grants, PeopleBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    people: PeopleBook
    grants: Grants
    bus: Bus

    async def specialist(self, force: ForceId) -> PersonId | None:
        """The specialist who has been on duty longest."""
        for person in await self.people.people(force):
            if person.role is Role.SPECIALIST and person.on_duty:
                return person.id
        return None

    async def assigned(self, force: ForceId, *, handler: PersonId | None, at_ms: int = 0) -> list[Event]:
        """What the journal says of who has the call, from the start."""
        events: list[Event] = []
        if handler is not None:
            events.append(HandlerAssigned(at_ms=at_ms, person=handler))
        specialist = await self.specialist(force)
        if specialist is None:
            events.append(NobodyOnDuty(at_ms=at_ms))
        else:
            events.append(SpecialistAssigned(at_ms=at_ms, person=specialist))
        return events

    async def let_in(self, call: CallId, events: list[Event]) -> None:
        """Give those whom the events name the right to see the call."""
        for event in events:
            if isinstance(event, HandlerAssigned | SpecialistAssigned):
                await self.grants.give(call, event.person)
                self.bus.publish(GrantGiven(call=call, person=event.person))
