"""A call's journal as it stands when somebody's turn on it comes, and the checks that acts begin with."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from server.domain.call import CallState, folded
from server.domain.case import Case
from server.domain.events import NO_ACT, Entry, Event
from server.domain.ids import ActId, CallId, PersonId
from server.domain.people import Person, Role
from server.services.control_room import ControlRoom
from server.services.recording import Recorder
from server.services.refusals import ActUsed, BadText, NotYourCall, OffDuty
from server.services.told import Hand, Told

BY = "an act"
"""How it stands in the access log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """Who acts, and under which id of theirs, so that the same act sent twice is done once."""

    person: Person
    act: ActId = NO_ACT

    @property
    def by(self) -> PersonId:
        return self.person.id

    @property
    def hand(self) -> Hand:
        return Hand(person=self.by, act=self.act)


class Page:
    def __init__(self, call: CallId, entries: list[Entry], recorder: Recorder) -> None:
        self.call = call
        self.entries = entries
        self.state: CallState = folded(entries)
        self.at_ms = max((entry.event.at_ms for entry in entries), default=0)
        """People act by the wall clock, which `recorded_at` keeps; in media time, after all that is known."""
        self._recorder = recorder

    async def record(self, *events: Event) -> None:
        await self._recorder.record(self.call, *events)

    def done(self, doing: Doing | Told, same: Callable[[Event], bool]) -> bool:
        """Whether this act is on record already. Raises `ActUsed` if its id stands for another."""
        if doing.act == NO_ACT:
            return False
        past = [entry.event for entry in self.entries if getattr(entry.event, "act", NO_ACT) == doing.act]
        if past and not any(same(event) for event in past):
            raise ActUsed
        return bool(past)

    def case(self) -> Case:
        case = Case(call=self.call)
        for entry in self.entries:
            case.add(entry)
        return case


class Pages:
    """Opens a call for one act at a time."""

    def __init__(self, room: ControlRoom) -> None:
        self._room = room

    @asynccontextmanager
    async def granted(self, person: Person, call: CallId) -> AsyncIterator[Page]:
        """For whoever may read the call: by grant, or as a supervisor of its force. Raises `NotYourCall`."""
        await self._room.need_to_know.admit(person.id, call, by=BY)
        granted = await self._room.duty.grants.granted(call, person.id)
        if not granted and person.role is not Role.SUPERVISOR:
            raise NotYourCall
        async with self._open(call) as page:
            if not page.entries or not (granted or page.state.force == person.force):
                raise NotYourCall
            yield page

    @asynccontextmanager
    async def of_force(self, person: Person, call: CallId) -> AsyncIterator[Page]:
        """For anybody of the call's force. Raises `NotYourCall`."""
        await self._room.need_to_know.admit(person.id, call, by=BY)
        async with self._open(call) as page:
            if not page.entries or page.state.force != person.force:
                raise NotYourCall
            yield page

    @asynccontextmanager
    async def told(self, told: Told, call: CallId) -> AsyncIterator[Page]:
        """For what another system of the call's force tells of it; nothing of the call is shown for it.

        Raises `NotYourCall`.
        """
        async with self._open(call) as page:
            if not page.entries or page.state.force != told.force:
                raise NotYourCall
            yield page

    @asynccontextmanager
    async def _open(self, call: CallId) -> AsyncIterator[Page]:
        async with self._room.turns.of(call):
            yield Page(call, await self._room.recorder.journal.entries(call), self._room.recorder)


def check_on_duty(person: Person) -> None:
    """Handlers are here while they are signed in. Raises `OffDuty`."""
    if person.role is not Role.HANDLER and not person.on_duty:
        raise OffDuty


def line_of_text(text: str, limit: int) -> str:
    """One line as somebody typed it, trimmed. Raises `BadText`."""
    said = " ".join(text.split())
    if not said or len(said) > limit or not said.isprintable():
        raise BadText
    return said


def note_of(text: str, limit: int = 200) -> str:
    """A note may be left out."""
    return line_of_text(text, limit) if text.strip() else ""
