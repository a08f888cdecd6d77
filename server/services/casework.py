"""Cases as people keep them: who is in them, where, under which orders, who fears whom, which calls."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from server.domain.call import folded
from server.domain.casework.case_file import CaseFile, folded_case
from server.domain.casework.events import (
    AddressNoted,
    CallAdded,
    CallRemoved,
    CaseClosed,
    CaseFact,
    CaseId,
    CaseReopened,
    FearNoted,
    JudgementNoted,
    MaracHeard,
    OrderChecked,
    OrderNoted,
    PartyId,
    PartyNoted,
    PartyRole,
    SafeContactNoted,
)
from server.domain.events import CheckResult, Entry
from server.domain.ids import CallId, ForceId
from server.domain.memory import Memory, remembered
from server.domain.people import Person, Role
from server.ports.cases import CaseLine
from server.services.case_pages import CasePage, CasePages, opened_by
from server.services.case_refusals import NoSuchThing
from server.services.pages import Doing, line_of_text, note_of
from server.services.refusals import BadText, NotYourCall, ReadOnly

LINE, TEXT = 120, 400
"""Characters of a name or number, and of anything said about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSummary:
    """A case in the list."""

    case: CaseId
    opened_at: datetime
    changed_at: datetime
    closed: bool
    victims: Sequence[str] = field(repr=False)
    suspects: Sequence[str] = field(repr=False)
    calls: int
    not_checked: int
    """Orders that nobody has checked."""
    overdue: int
    """Referrals that no service has confirmed in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedCall:
    """An earlier call that may belong in the case: linked by the machine, or confirmed by a person."""

    call: CallId
    force: ForceId
    because: str = field(repr=False)
    confirmed: bool


class Casework:
    def __init__(self, pages: CasePages) -> None:
        self._pages = pages
        self._clock = pages.room.clock

    async def open(self, doing: Doing, call: CallId) -> CaseId:
        """A case for this call and those that a person has confirmed to belong to it."""
        await self._check_call(doing.person, call)
        for known in await self._pages.book.of_call(call):
            async with self._pages.opened(doing.person, known) as page:
                if not page.file.closed:
                    return known
        case = self._pages.new_case()
        own = doing.person.force
        confirmed = [
            one for one in await self.linked(doing.person, call) if one.confirmed and one.force == own
        ]
        added = [CallAdded(person=doing.by, act=doing.act, call=call)]
        added += [CallAdded(person=doing.by, call=one.call, because=one.because) for one in confirmed]
        await self._pages.book.append(case, [opened_by(doing), *added], after=0)
        return case

    async def cases(self, person: Person, *, call: CallId | None = None) -> list[CaseSummary]:
        """The force's cases that the person may know of, those changed last first."""
        if person.role is Role.HANDLER:
            raise ReadOnly("Specialists and supervisors keep cases.")
        barred = await self._pages.shut_out(person)
        calls = await self._pages.book.calls(person.force)
        return [
            await self._summary(line)
            for line in await self._pages.book.lines(person.force)
            if CallId(line.case) not in barred
            and not barred & set(calls.get(line.case, ()))
            and (call is None or call in calls.get(line.case, ()))
        ]

    async def linked(self, person: Person, call: CallId) -> list[LinkedCall]:
        """Earlier calls about the same people, as the call has them, those kept from them left out."""
        barred = await self._pages.shut_out(person)
        entries = await self._pages.room.recorder.journal.entries(call)
        return [one for one in _links(entries) if one.call not in barred]

    async def add_call(self, doing: Doing, case: CaseId, call: CallId, because: str = "") -> None:
        await self._check_call(doing.person, call)
        added = CallAdded(person=doing.by, act=doing.act, call=call, because=note_of(because))
        async with self._pages.opened(doing.person, case) as page:
            if call not in page.file.calls and not page.done(doing, CallAdded):
                await page.record(added)

    async def remove_call(self, doing: Doing, case: CaseId, call: CallId, why: str) -> None:
        removed = CallRemoved(person=doing.by, act=doing.act, call=call, why=line_of_text(why, TEXT))
        async with self._pages.opened(doing.person, case) as page:
            if call in page.file.calls:
                await page.record(removed)

    async def party(self, doing: Doing, case: CaseId, noted: PartyNoted) -> PartyId:
        """Add somebody, or say anew who they are: an empty id is a new one."""
        async with self._pages.opened(doing.person, case) as page:
            if page.done(doing, PartyNoted):
                return next(one for one, had in page.file.parties.items() if had.act == doing.act)
            known = noted.party or PartyId(page.next_id("p"))
            if noted.party and noted.party not in page.file.parties:
                raise NoSuchThing
            await page.record(
                replace(
                    noted,
                    person=doing.by,
                    act=doing.act,
                    party=known,
                    name=line_of_text(noted.name, LINE),
                    born=note_of(noted.born, LINE),
                    number=note_of(noted.number, LINE),
                    note=note_of(noted.note, TEXT),
                )
            )
            return known

    async def address(self, doing: Doing, case: CaseId, noted: AddressNoted) -> None:
        def made(page: CasePage) -> CaseFact:
            self._check_party(page.file, noted.of)
            place = noted.address or page.next_id("a")
            text = line_of_text(noted.text, TEXT)
            return replace(noted, person=doing.by, act=doing.act, address=place, text=text)

        await self._record(doing, case, AddressNoted, made)

    async def order(self, doing: Doing, case: CaseId, noted: OrderNoted) -> None:
        def made(page: CasePage) -> CaseFact:
            return replace(
                noted,
                person=doing.by,
                act=doing.act,
                order=noted.order or page.next_id("o"),
                kind=line_of_text(noted.kind, LINE),
                terms=note_of(noted.terms, TEXT),
            )

        await self._record(doing, case, OrderNoted, made)

    async def order_checked(self, doing: Doing, case: CaseId, checked: OrderChecked) -> None:
        def made(page: CasePage) -> CaseFact:
            if checked.order not in page.file.orders:
                raise NoSuchThing
            if checked.found is CheckResult.SOMETHING and not checked.text.strip():
                raise BadText("Say what was found.")
            source, text = line_of_text(checked.source, LINE), note_of(checked.text, TEXT)
            return replace(checked, person=doing.by, act=doing.act, source=source, text=text)

        await self._record(doing, case, OrderChecked, made)

    async def fear(self, doing: Doing, case: CaseId, noted: FearNoted) -> None:
        """One direction at a time: two who fear each other are two facts, each with its own words."""

        def made(page: CasePage) -> CaseFact:
            self._check_party(page.file, noted.who)
            self._check_party(page.file, noted.of)
            if noted.who == noted.of:
                raise BadText("Somebody is afraid of somebody else.")
            return replace(noted, person=doing.by, act=doing.act, words=line_of_text(noted.words, TEXT))

        await self._record(doing, case, FearNoted, made)

    async def contact(self, doing: Doing, case: CaseId, noted: SafeContactNoted) -> None:
        def made(page: CasePage) -> CaseFact:
            self._check_party(page.file, noted.party)
            if page.file.parties[noted.party].role is PartyRole.SUSPECT:
                raise BadText("Safe contact is for whoever may be in danger.")
            when, word, others = (note_of(text, LINE) for text in (noted.when, noted.word, noted.others))
            return replace(noted, person=doing.by, act=doing.act, when=when, word=word, others=others)

        await self._record(doing, case, SafeContactNoted, made)

    async def marac_heard(self, doing: Doing, case: CaseId, noted: MaracHeard) -> None:
        made = replace(noted, person=doing.by, act=doing.act)
        if noted.on > self._clock.now().date():
            raise BadText("That day is still to come.")
        await self._record(doing, case, MaracHeard, lambda _: made)

    async def judged(self, doing: Doing, case: CaseId, noted: JudgementNoted) -> None:
        made = replace(noted, person=doing.by, act=doing.act, why=line_of_text(noted.why, TEXT))
        await self._record(doing, case, JudgementNoted, lambda _: made)

    async def close(self, doing: Doing, case: CaseId, why: str) -> None:
        made = CaseClosed(person=doing.by, act=doing.act, why=line_of_text(why, TEXT))
        await self._record(doing, case, CaseClosed, lambda page: None if page.file.closed else made)

    async def reopen(self, doing: Doing, case: CaseId) -> None:
        made = CaseReopened(person=doing.by, act=doing.act)
        await self._record(doing, case, CaseReopened, lambda page: made if page.file.closed else None)

    async def _record(
        self,
        doing: Doing,
        case: CaseId,
        kind: type[CaseFact],
        made: Callable[[CasePage], CaseFact | None],
    ) -> None:
        async with self._pages.opened(doing.person, case) as page:
            if not page.done(doing, kind) and (fact := made(page)) is not None:
                await page.record(fact)

    async def _check_call(self, person: Person, call: CallId) -> None:
        """A call of one's own force that one is not kept from."""
        if person.role is Role.HANDLER:
            raise ReadOnly("Specialists and supervisors keep cases.")
        await self._pages.room.need_to_know.admit(person.id, call, by="case")
        entries = await self._pages.room.recorder.journal.entries(call)
        if not entries or folded(entries[:1]).force != person.force:
            raise NotYourCall

    def _check_party(self, file: CaseFile, party: PartyId | None) -> None:
        if party is not None and party not in file.parties:
            raise NoSuchThing

    async def _summary(self, line: CaseLine) -> CaseSummary:
        file = folded_case(await self._pages.book.entries(line.case))
        now = self._clock.now()
        return CaseSummary(
            case=line.case,
            opened_at=line.opened_at,
            changed_at=line.changed_at,
            closed=file.closed,
            victims=[one.name for one in file.of_role(PartyRole.VICTIM)],
            suspects=[one.name for one in file.of_role(PartyRole.SUSPECT)],
            calls=len(file.calls),
            not_checked=sum(one.checked_at is None for one in file.orders.values()),
            overdue=sum(one.overdue(now) for one in file.referrals.values()),
        )


def _links(entries: Iterable[Entry]) -> list[LinkedCall]:
    """As the call's journal has them now, the newest first: undone ones are gone."""
    memory = Memory()
    for entry in entries:
        memory = remembered(memory, entry.event)
    return [
        LinkedCall(
            call=state.link.earlier,
            force=state.link.force,
            because="; ".join(state.link.reasons),
            confirmed=state.confirmed_by is not None,
        )
        for state in memory.linked
    ]
