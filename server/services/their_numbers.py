"""The numbers of those whom a call is about, to which no link goes as if it were a colleague's."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from server.domain.casework.case_file import folded_case
from server.domain.casework.events import CaseId, PartyRole
from server.domain.events import CallArrived, Event, VideoInvited, VideoOpened
from server.domain.ids import CallId
from server.domain.invitations import number_of
from server.ports.cases import CaseBook
from server.ports.journal import Journal


@dataclass(frozen=True, slots=True, kw_only=True)
class TheirNumbers:
    journal: Journal
    cases: CaseBook

    async def of(self, call: CallId) -> frozenset[str]:
        """The caller's, wherever a link of theirs was sent, and the victims' of every case of the call.

        Of a video call, those of the call that it came from as well.
        """
        events = await self._events(call)
        opened = next((event for event in events if isinstance(event, VideoOpened)), None)
        cases = set(await self.cases.of_call(call))
        if opened is not None and opened.from_call is not None:
            events += await self._events(opened.from_call)
            cases.update(await self.cases.of_call(opened.from_call))
        if opened is not None and opened.case:
            cases.add(CaseId(opened.case))
        told = [*_told(events), *[number for case in cases for number in await self._victims(case)]]
        return frozenset(number for one in told if (number := number_of(one)) is not None)

    async def _events(self, call: CallId) -> list[Event]:
        return [entry.event for entry in await self.journal.entries(call)]

    async def _victims(self, case: CaseId) -> list[str]:
        file = folded_case(await self.cases.entries(case))
        return [party.number for party in file.of_role(PartyRole.VICTIM)]


def _told(events: Iterable[Event]) -> Iterator[str]:
    for event in events:
        if isinstance(event, CallArrived):
            yield event.caller
        elif isinstance(event, VideoInvited) and not event.guest:
            yield event.to
