"""A case as it stands when somebody's turn on it comes: need to know is asked first, acts are done once."""

import secrets
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from server.domain.casework.case_file import CaseFile, folded_case
from server.domain.casework.events import CallAdded, CaseEntry, CaseFact, CaseId, CaseOpened, ThingId
from server.domain.events import NO_ACT, Entry
from server.domain.ids import CallId
from server.domain.people import Person, Role
from server.ports.cases import CaseBook, CaseMoved
from server.services.case_refusals import CaseChanged, NoSuchCase
from server.services.control_room import ControlRoom
from server.services.pages import Doing
from server.services.refusals import ActUsed, ReadOnly

BY = "case"
"""How it stands in the access log."""


@dataclass(slots=True)
class CasePage:
    case: CaseId
    entries: list[CaseEntry] = field(repr=False)
    file: CaseFile
    book: CaseBook = field(repr=False)

    async def record(self, *events: CaseFact) -> None:
        """Raises `CaseChanged` where somebody wrote meanwhile."""
        try:
            written = await self.book.append(self.case, events, after=len(self.entries))
        except CaseMoved:
            raise CaseChanged from None
        self.entries += written
        self.file = folded_case(self.entries)

    def done(self, doing: Doing, kind: type[CaseFact]) -> bool:
        """Whether this act is on record already. Raises `ActUsed` if its id stands for another."""
        past = [entry.event for entry in self.entries if doing.act != NO_ACT and entry.event.act == doing.act]
        if past and not any(isinstance(event, kind) for event in past):
            raise ActUsed
        return bool(past)

    def next_id(self, letter: str) -> ThingId:
        """One that nothing in this case has had."""
        return ThingId(f"{letter}{len(self.entries) + 1}")


class CasePages:
    """Opens a case for one act, or one look, at a time."""

    def __init__(self, room: ControlRoom, book: CaseBook) -> None:
        self.room = room
        self.book = book

    def new_case(self) -> CaseId:
        return CaseId(f"case-{secrets.token_hex(6)}")

    @asynccontextmanager
    async def opened(self, person: Person, case: CaseId) -> AsyncIterator[CasePage]:
        """For specialists and supervisors of its force who are barred from none of its calls.

        Raises `NoSuchCase`, as for one that is not there.
        """
        if person.role is Role.HANDLER:
            raise ReadOnly("Specialists and supervisors keep cases.")
        async with self.room.turns.of(CallId(case)):
            entries = await self.book.entries(case)
            file = folded_case(entries)
            if not entries or file.force != person.force or await self._refused(person, case, entries):
                raise NoSuchCase
            yield CasePage(case, entries, file, self.book)

    async def shut_out(self, person: Person) -> frozenset[CallId]:
        """The calls, and cases by their own ids, that the person must not know of."""
        return await self.room.need_to_know.bars.calls_barred(person.id)

    async def refuses(self, person: Person, case: CaseId) -> bool:
        """Whether who asks for what was copied out of a case is barred from it; then it is on record."""
        return await self._refused(person, case, await self.book.entries(case))

    async def meets(self, case: CaseId, barred: Collection[CallId]) -> bool:
        """The same for lists, which nobody asks by case: whether one of these calls was ever in it."""
        return bool(barred) and not set(barred).isdisjoint(_ever(case, await self.book.entries(case)))

    async def calls_of(self, file: CaseFile) -> Mapping[CallId, Sequence[Entry]]:
        """The journals of the case's calls, those that are still there."""
        journal = self.room.recorder.journal
        read = {call: await journal.entries(call) for call in file.calls}
        return {call: entries for call, entries in read.items() if entries}

    async def viewed(self, person: Person, page: CasePage, *, session: str) -> None:
        """On record before a word is shown: the case, and every call whose words it quotes."""
        for call in (CallId(page.case), *page.file.calls):
            await self.room.need_to_know.viewed(person.id, call, by=BY, session=session)

    async def _refused(self, person: Person, case: CaseId, entries: Sequence[CaseEntry]) -> bool:
        """A bar on any call that was ever in it keeps somebody from the whole case."""
        for call in _ever(case, entries):
            if await self.room.need_to_know.refuses(person.id, call, by=BY):
                return True
        return False


def _ever(case: CaseId, entries: Sequence[CaseEntry]) -> Iterable[CallId]:
    """The case by its own id, and every call that was ever in it."""
    added = (entry.event.call for entry in entries if isinstance(entry.event, CallAdded))
    return dict.fromkeys((CallId(case), *added))


def opened_by(doing: Doing) -> CaseOpened:
    return CaseOpened(person=doing.by, act=doing.act, force=doing.person.force)
