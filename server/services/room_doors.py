"""Who of the signed-in may sit down in a video room, and where: the specialist talks, the others receive."""

from dataclasses import dataclass
from typing import Protocol

from server.domain.ids import CallId, ParticipantId
from server.domain.people import Person, Role
from server.domain.room import Admission, Participant
from server.domain.seats import Seat
from server.services.control_room import ControlRoom
from server.services.live_room import LiveRoom
from server.services.pages import check_on_duty
from server.services.refusals import AlreadyTaken, NotYourCall, ReadOnly
from server.services.room_acts import RoomActs
from server.services.room_refusals import NoSuchRoom
from server.services.rooms import Rooms

_SEATS = {Role.SPECIALIST: Seat.SPECIALIST, Role.HANDLER: Seat.HANDLER, Role.SUPERVISOR: Seat.SUPERVISOR}


class Admitting(Protocol):
    """The link service, as the rooms' door asks it."""

    async def admit(self, token: str, browser_secret: str) -> Admission:
        """The place that this link and this browser open. Raises `Refused`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """What the web's doors into video rooms need."""

    acts: RoomActs
    doors: "RoomDoors"
    admitting: Admitting

    @property
    def rooms(self) -> Rooms:
        return self.doors.rooms


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomDoors:
    rooms: Rooms
    control_room: ControlRoom

    async def admission(self, person: Person, room: CallId, *, session: str = "") -> Admission:
        """Raises `Refused`. A view is in the access log before the first picture."""
        live = self._of_force(person, room)
        need = self.control_room.need_to_know
        await need.admit(person.id, room, by="video call")
        opened = live.state.opened
        from_call = opened.from_call if opened is not None else None
        if from_call is not None:
            await need.admit(person.id, from_call, by="video call")
        if person.role is Role.HANDLER and not await self._granted(person, room, from_call):
            raise NotYourCall
        check_on_duty(person)
        sitting = live.state.sitting(Seat.SPECIALIST)
        if person.role is Role.SPECIALIST and sitting is not None and sitting.person != person.id:
            raise AlreadyTaken(sitting.person or person.id)
        await need.viewed(person.id, room, by="video call", session=session)
        return Admission(
            room=room,
            force=person.force,
            participant=ParticipantId(person.id),
            seat=_SEATS[person.role],
            talks=person.role is Role.SPECIALIST,
            name=person.name,
            person=person.id,
            from_call=from_call,
        )

    async def seen(self, person: Person) -> list[dict[str, object]]:
        """The rooms that this person may see, those that wait longest first."""
        return [
            _line(live)
            for live in self.rooms.open_rooms
            if live.force == person.force and await self._may_know(person, live)
        ]

    async def room_to_end(self, person: Person, room: CallId) -> LiveRoom:
        """For whoever leads the call. Raises `Refused`."""
        live = self._of_force(person, room)
        await self.control_room.need_to_know.admit(person.id, room, by="video call")
        sitting = live.state.sitting(Seat.SPECIALIST)
        leads = sitting is not None and sitting.person == person.id
        if not leads and person.role is not Role.SUPERVISOR:
            raise ReadOnly("The specialist in the call, or a supervisor, may do this.")
        return live

    async def may_stay(self, person: Person, room: CallId) -> bool:
        """Whether somebody who sits there may still know of it."""
        live = self._of_force(person, room)
        return await self._may_know(person, live)

    def _of_force(self, person: Person, room: CallId) -> LiveRoom:
        try:
            live = self.rooms.of(room)
        except NoSuchRoom:
            live = None
        if live is None or live.force != person.force:
            raise NoSuchRoom
        return live

    async def _may_know(self, person: Person, live: LiveRoom) -> bool:
        bars = self.control_room.need_to_know.bars
        from_call = live.state.opened.from_call if live.state.opened is not None else None
        for call in (live.id, from_call):
            if call is not None and await bars.barred(person.id, call):
                return False
        return person.role is not Role.HANDLER or await self._granted(person, live.id, from_call)

    async def _granted(self, person: Person, room: CallId, from_call: CallId | None) -> bool:
        grants = self.control_room.duty.grants
        if await grants.granted(room, person.id):
            return True
        return from_call is not None and await grants.granted(from_call, person.id)


def _line(live: LiveRoom) -> dict[str, object]:
    opened = live.state.opened
    victim = live.state.sitting(Seat.VICTIM)
    return {
        "call": live.id,
        "from_call": opened.from_call if opened is not None else None,
        "case": opened.case if opened is not None else "",
        "state": live.state.stage,
        "since": live.call.line_opened_at,
        "victim": victim.here if victim is not None else None,
        "participants": [_face(one) for one in live.state.present],
    }


def _face(one: Participant) -> dict[str, object]:
    return {
        "id": one.id,
        "seat": one.seat,
        "name": one.name,
        "talks": one.talks,
        "here": one.here,
        "camera": one.camera,
        "microphone": one.microphone,
    }
