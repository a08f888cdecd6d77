"""The video rooms of this node: opened by the first who comes, kept while somebody may come back, ended."""

import asyncio
import logging

from server.domain.events import Ending, Entry, Event, LinkClosed, SpecialistAssigned
from server.domain.ids import CallId, ParticipantId
from server.domain.room import VIDEO, Admission
from server.domain.seats import Leaving, Seat
from server.domain.video_links import Closing
from server.ports.bus import Notice, Recorded
from server.ports.journal import JournalLost
from server.services.live_room import OVER, REMOVED, SUPERSEDED, LiveRoom, Seated, Wire
from server.services.room_opening import Opening
from server.services.room_refusals import NoSuchRoom, Restarting, RoomFull, TooManyRooms

log = logging.getLogger(__name__)

TICK_S = 0.5
LIVE_READ = 10_000
TALKING_GUESTS = 1
"""One leg hears guests; two voices on it at once could not be told apart."""
GUEST_TALKS = (
    "Another guest speaks here. Whoever sent this link can ask them to leave, or send you one to watch."
)
_WHY = {Closing.LEFT: Leaving.LEFT, Closing.QUICK_EXIT: Leaving.QUICK_EXIT, Closing.OVER: Leaving.OVER}


class Rooms:
    """Start `run` once the switchboard runs, then `revive`; `close` before the switchboard closes."""

    def __init__(self, opening: Opening) -> None:
        self.opening = opening
        self.rules = opening.rules
        self._tasks: asyncio.TaskGroup | None = None
        self._calls = opening.calls
        self._control = opening.control_room
        self._rooms: dict[CallId, LiveRoom] = {}
        self._one_opens = asyncio.Lock()
        self._taken_up = False
        """Whether it is known here which rooms are open: not yet at the start, no more at the end."""

    @property
    def open_rooms(self) -> tuple[LiveRoom, ...]:
        return tuple(self._rooms.values())

    def of(self, room: CallId) -> LiveRoom:
        """Raises `NoSuchRoom`, or `Restarting`."""
        self._check_taken_up()
        found = self._rooms.get(room)
        if found is None or found.state.over:
            raise NoSuchRoom
        return found

    def follow(self, notice: Notice) -> None:
        """Every fact of a room's call changes the room, whoever recorded it."""
        if not isinstance(notice, Recorded):
            return
        for entry in notice.entries:
            room = self._rooms.get(notice.call)
            if room is not None:
                room.follow(entry.event)
            if isinstance(entry.event, LinkClosed) and entry.event.room in self._rooms:
                closed = entry.event
                gone = ParticipantId(closed.link), _WHY.get(closed.why, Leaving.REMOVED)
                self._rooms[closed.room].leaving.append(gone)

    async def join(self, admission: Admission, wire: Wire) -> tuple[LiveRoom, Seated]:
        """Sit down. Whoever sat in the same place before, in another browser or page, goes.

        Raises `Refused`, `CallOver`, or `JournalLost`.
        """
        self._check_taken_up()
        async with self._one_opens:
            room = self._rooms.get(admission.room) or await self._open(admission)
        async with self._control.turns.of(room.id):
            if room.state.over:
                raise NoSuchRoom
            self._check_space(room, admission)
            await self.record(room, *room.joined(admission), *self._assigned(room, admission))
            earlier = room.seated.get(admission.participant)
            seated = Seated(admission=admission, wire=wire)
            room.seated[admission.participant] = seated
        self.opening.keep(room, self._tasks)
        if earlier is not None:
            earlier.wire.close(SUPERSEDED, "superseded")
        await self._let_in(room, admission)
        await self.look(room)
        return room, seated

    async def drop(self, room: LiveRoom, seated: Seated) -> None:
        """The socket closed; the place is kept."""
        if room.seated.get(seated.id) is not seated:
            return
        del room.seated[seated.id]
        if room.bridge is not None:
            room.bridge.disconnect(seated.id)
        if self._taken_up and not room.state.over:
            await self.look(room)

    async def leave(self, room: LiveRoom, participant: ParticipantId, why: Leaving) -> None:
        """Somebody goes for good: by their own act, or by another's. A link can bring them in again."""
        async with self._control.turns.of(room.id):
            await self.record(room, *room.left(participant, why))
            seated = room.seated.pop(participant, None)
            room.away_since_s.pop(participant, None)
        if room.bridge is not None:
            room.bridge.disconnect(participant)
        if seated is not None:
            seated.wire.close(OVER if why is not Leaving.REMOVED else REMOVED, why)
        room.arrange()

    async def end(self, room: LiveRoom, why: str = "ended") -> None:
        """The call is over for everybody."""
        if self._rooms.pop(room.id, None) is None:
            return
        async with self._control.turns.of(room.id):
            over = [event for one in room.state.present for event in room.left(one.id, Leaving.OVER)]
            await self.record(room, *over)
        await self._calls.hang_up(room.id, Ending.HUNG_UP)
        await self._empty(room, why)

    async def record(self, room: LiveRoom, *events: Event) -> list[Entry]:
        return await room.call.record(*events)

    async def look(self, room: LiveRoom) -> None:
        """Record who came and went since the last look, and show everybody."""
        room.stirred = False
        async with self._control.turns.of(room.id):
            await self.record(room, *room.presence())
        room.note_absences()
        room.arrange()

    async def run(self) -> None:
        """Look after the rooms, and write what is recorded, until cancelled."""
        async with asyncio.TaskGroup() as self._tasks:
            await self._look_after()

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            for room in self.open_rooms:
                try:
                    await self.mind(room)
                except JournalLost:
                    log.warning("room not looked after, the journal hangs", extra={"room": room.id})
                except Exception:  # boundary: one room's fault must not leave the others alone
                    log.exception("room not looked after", extra={"room": room.id})

    async def mind(self, room: LiveRoom) -> None:
        if room.state.over:
            self._rooms.pop(room.id, None)
            await self._empty(room, "over")
            return
        while room.leaving:
            participant, why = room.leaving.pop()
            await self.leave(room, participant, why)
        if room.stirred:
            await self.look(room)
        room.note_absences()
        for participant in room.gone(self.rules.wait_s):
            await self.leave(room, participant, Leaving.GONE)
        quiet_s = room.quiet_since_s
        if quiet_s is not None and room.clock.monotonic_s() - quiet_s >= self.rules.wait_s:
            await self.end(room, "nobody came back")

    async def revive(self) -> None:
        """Take up the rooms that an earlier run left open: whoever was there is awaited again."""
        for line in await self._control.recorder.journal.calls(live=True, limit=LIVE_READ):
            if line.doorway != VIDEO or line.call not in self._calls.live:
                continue
            entries = await self._control.recorder.journal.entries(line.call)
            room = self._rooms[line.call] = await self.opening.carried(line.call, line.force)
            for entry in entries:
                room.follow(entry.event)
            self.opening.keep(room, self._tasks)
            await self.look(room)
        self._taken_up = True

    async def close(self) -> None:
        """Let go of everybody; the next start takes the rooms up."""
        self._taken_up = False
        for room in self.open_rooms:
            await self._empty(room, "restarting", code=1012)
        self._rooms.clear()

    async def _open(self, admission: Admission) -> LiveRoom:
        """For a victim or guest; who is signed in comes to a room that is open."""
        if admission.person is not None:
            raise NoSuchRoom
        if len(self._rooms) >= self.rules.rooms:
            raise TooManyRooms
        room = self._rooms[admission.room] = await self.opening.open(admission)
        await self.opening.note(room, admission)
        return room

    def _check_taken_up(self) -> None:
        if not self._taken_up:
            raise Restarting

    def _check_space(self, room: LiveRoom, admission: Admission) -> None:
        others = [one for one in room.state.present if one.id != admission.participant]
        if len(others) >= self.rules.participants:
            raise RoomFull
        guests = [one for one in others if one.seat is Seat.GUEST and one.talks]
        if admission.seat is Seat.GUEST and admission.talks and len(guests) >= TALKING_GUESTS:
            raise RoomFull(GUEST_TALKS)

    def _assigned(self, room: LiveRoom, admission: Admission) -> list[Event]:
        person = admission.person
        if admission.seat is not Seat.SPECIALIST or person is None or room.call.state.specialist == person:
            return []
        because = ("joined the video call",)
        return [SpecialistAssigned(at_ms=room.at_ms, person=person, because=because, by=person)]

    async def _let_in(self, room: LiveRoom, admission: Admission) -> None:
        if admission.person is not None and admission.seat is Seat.SPECIALIST:
            granted = SpecialistAssigned(at_ms=room.at_ms, person=admission.person)
            await self._control.duty.let_in(room.id, [granted])

    async def _empty(self, room: LiveRoom, why: str, *, code: int = OVER) -> None:
        for seated in tuple(room.seated.values()):
            if code == OVER:
                seated.wire.send({"type": "over", "why": why})
            seated.wire.close(code, why)
        room.seated.clear()
        if room.bridge is not None:
            await room.bridge.close()
        if room.recorder is not None:
            room.recorder.end()
