"""The numbers of those whom a call is about: none gets a colleague's link, and a suspect's gets no link."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from server.domain.casework.case_file import CaseFile, folded_case
from server.domain.casework.events import CaseId, PartyRole
from server.domain.entities import EntityKind
from server.domain.events import CallArrived, Event, VideoInvited, VideoOpened
from server.domain.ids import CallId
from server.domain.invitations import number_of
from server.domain.memory import Memory, remembered
from server.ports.cases import CaseBook
from server.ports.journal import Journal
from server.services.refusals import SuspectsNumber, TheirNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class TheirNumbers:
    journal: Journal
    cases: CaseBook

    async def check(self, to: str, call: CallId, *, guest: bool) -> None:
        """Raises `SuspectsNumber`, or of a guest's link `TheirNumber`.

        Theirs are the callers', those that links of theirs went to and the victims', of every case of the
        call with all its calls. Of a video call, those of the call that it came from as well.
        """
        events, files = await self._known(call)
        if to in _numbers(_noted(files, PartyRole.SUSPECT)):
            raise SuspectsNumber
        if not guest:
            return
        for other in {one for file in files for one in file.calls} - {call}:
            events += await self._events(other)
        if to in _numbers(_told(events)) | _numbers(_noted(files, PartyRole.VICTIM)):
            raise TheirNumber

    async def of_anybody(self, call: CallId) -> set[str]:
        """Those of everybody of the call's cases too, whatever they are in them, and those said or typed."""
        events, files = await self._known(call)
        memory = Memory()
        for event in events:
            memory = remembered(memory, event)
        said = [one.value for one in memory.known if one.kind is EntityKind.NUMBER]
        noted = [number for role in PartyRole for number in _noted(files, role)]
        return _numbers([*_told(events), *said, *noted])

    async def _known(self, call: CallId) -> tuple[list[Event], list[CaseFile]]:
        """The call's events, with those of the one that it came from, and the cases of both."""
        events = await self._events(call)
        opened = next((event for event in events if isinstance(event, VideoOpened)), None)
        cases = set(await self.cases.of_call(call))
        if opened is not None and opened.from_call is not None:
            events += await self._events(opened.from_call)
            cases.update(await self.cases.of_call(opened.from_call))
        if opened is not None and opened.case:
            cases.add(CaseId(opened.case))
        return events, [folded_case(await self.cases.entries(case)) for case in cases]

    async def _events(self, call: CallId) -> list[Event]:
        return [entry.event for entry in await self.journal.entries(call)]


def _numbers(told: Iterable[str]) -> set[str]:
    return {number for one in told if (number := number_of(one)) is not None}


def _noted(files: Iterable[CaseFile], role: PartyRole) -> Iterator[str]:
    for file in files:
        yield from (party.number for party in file.of_role(role))


def _told(events: Iterable[Event]) -> Iterator[str]:
    for event in events:
        if isinstance(event, CallArrived):
            yield event.caller
        elif isinstance(event, VideoInvited) and not event.guest:
            yield event.to
