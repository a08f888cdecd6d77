"""Subject access: everything held about one person leaves as one bundle, decided item by item, by two."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from server.domain.access import Access, AccessKind
from server.domain.casework.events import CaseEntry, CaseId
from server.domain.events import Purpose
from server.domain.events.keeping import Pictures
from server.domain.history import EarlierCall
from server.domain.ids import CallId, PersonId
from server.domain.memory import naming
from server.domain.papers import PaperEvent, PaperId
from server.domain.people import Person, Right
from server.domain.subject_access import (
    Fate,
    Item,
    ItemDecided,
    ItemKind,
    Settled,
    SubjectApproved,
    SubjectAsked,
    SubjectProposed,
    SubjectRequest,
    SubjectTaken,
    SubjectTurnedDown,
    request_of,
)
from server.ports.papers import PaperMoved, Papers
from server.services.bundling import Bundle
from server.services.case_pages import CasePages
from server.services.control_room import ControlRoom
from server.services.disclosing import MOST_BYTES, Disclosing, NotAgreed, SecondPerson, TooLarge, Wanted
from server.services.pages import Doing, line_of_text, note_of
from server.services.refusals import ActUsed, NoRight, NotYourCall
from server.services.subject_asking import SubjectWanted, asked_for, listed
from server.services.subject_bundling import SubjectMaterial, subject_bundle_of
from server.services.subject_finding import Finder
from server.services.subject_refusals import (
    LessFound,
    MoreFound,
    NoSuchItem,
    NoSuchRequest,
    NotTheirs,
    PutForward,
    ReasonWanted,
    Undecided,
)
from server.services.subject_seen import Decision, SubjectSeen, decided_of

TEXT = 400
REMEMBERED = 32
BY = "subject access"
"""How it stands in the access log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectAccess:
    room: ControlRoom
    papers: Papers
    finder: Finder
    disclosing: Disclosing
    _looked: OrderedDict[tuple[PersonId, PaperId], Sequence[Item]] = field(
        default_factory=OrderedDict, repr=False
    )
    """What each was shown last: one decides about that, and all is looked for anew before it leaves."""

    async def ask(self, doing: Doing, wanted: SubjectWanted) -> PaperId:
        """Take a request on. For whom one looks is on record before anything is found."""
        _check_right(doing.person)
        asked = await asked_for(doing, wanted, self.finder)
        said = f"{BY}: {', '.join((asked.name, *asked.numbers, *asked.addresses))}"
        accesses = self.room.need_to_know.accesses
        await accesses.add(Access(person=doing.by, kind=AccessKind.SEARCHED, by=said))
        digest = hashlib.sha256(f"{doing.by} {doing.act}".encode()).hexdigest()
        paper = PaperId(f"subject-{digest[:24]}")
        try:
            await self.papers.append(paper, [asked], after=0)
        except PaperMoved:
            if (await self.papers.lines(paper))[0].event != asked:
                raise ActUsed from None
        return paper

    async def of_force(self, person: Person) -> list[SubjectRequest]:
        """All of the force's that the person may know of, the newest first."""
        _check_right(person)
        first = await self.papers.beginning_with(SubjectAsked)
        mine = [
            one.paper
            for one in first
            if isinstance(one.event, SubjectAsked) and one.event.force == person.force
        ]
        found = [request_of(paper, await self.papers.lines(paper)) for paper in reversed(mine)]
        barred = await self._cases.shut_out(person)
        return [
            one
            for one in found
            if one is not None and not (one.asked.case and await self._cases.meets(one.asked.case, barred))
        ]

    async def look(self, person: Person, paper: PaperId, *, session: str) -> SubjectSeen:
        """What was found, on record as a view of each of it."""
        request = await self._request(person, paper)
        items = await self.finder.found(person, request.asked)
        for item in items:
            about = item.call or CallId(item.case or "")
            await self.room.need_to_know.viewed(person.id, about, by=BY, session=f"{BY} {paper} {session}")
        self._looked[person.id, paper] = items
        if len(self._looked) > REMEMBERED:
            self._looked.popitem(last=False)
        return SubjectSeen(
            request=request, items=items, decided=decided_of(request), more=bool(request.further(items))
        )

    async def decide(self, doing: Doing, paper: PaperId, item: str, decision: Decision) -> None:
        """What becomes of one item; the latest counts."""
        async with self.room.turns.of(CallId(paper)):
            request = await self._own(doing.person, paper)
            if not request.open:
                raise PutForward
            found = self._looked.get((doing.by, paper))
            if found is None:
                found = await self.finder.found(doing.person, request.asked)
            which = next((one for one in found if one.id == item), None)
            if which is None:
                raise NoSuchItem
            why = note_of(decision.why, TEXT)
            if which.needs_reason(decision.fate) and not why:
                raise ReasonWanted
            names = listed(decision.names)
            event = ItemDecided(person=doing.by, item=item, fate=decision.fate, why=why, names=names)
            await self._add(request, event)

    async def propose(self, doing: Doing, paper: PaperId) -> None:
        """Put it before a second person: each call's disclosure is asked for on the call's own record."""
        async with self.room.turns.of(CallId(paper)):
            request = await self._own(doing.person, paper)
            if not request.open:
                raise PutForward
            found = await self.finder.found(doing.person, request.asked)
            if not found or any(item.id not in request.decided for item in found):
                raise Undecided
            settled = [await self._settled(doing, paper, item, request.decided[item.id]) for item in found]
            await self._add(request, SubjectProposed(person=doing.by, items=tuple(settled)))

    async def settle(self, doing: Doing, paper: PaperId, *, agreed: bool, why: str = "") -> None:
        """A second person agrees, where nothing else is found, or turns it down with a reason."""
        async with self.room.turns.of(CallId(paper)):
            request = await self._request(doing.person, paper)
            if request.asked.person == doing.by:
                raise SecondPerson
            if not request.waits:
                raise NoSuchRequest
            if agreed:
                found = await self.finder.found(doing.person, request.asked)
                if request.further(found):
                    raise MoreFound
                _check_found(request, found)
            event = SubjectApproved(person=doing.by) if agreed else _turned_down(doing, why)
            for call, number in (await self._undecided(doing.person, request, agreed=agreed)).items():
                await self.disclosing.decide(doing.person, call, number, agreed=agreed, act=doing.act)
            await self._add(request, event)

    async def bundle(self, doing: Doing, paper: PaperId) -> Bundle:
        """For whoever took it on, once another agreed; on record, on every call, before it is handed out."""
        request = await self._own(doing.person, paper)
        if request.proposed is None or request.approved_by is None:
            raise NotAgreed
        _check_found(request, await self.finder.found(doing.person, request.asked))
        items = request.proposed.items
        leaving = request.leaving
        calls: dict[CallId, Bundle] = {}
        for call, number in leaving.items():
            unsaid = await self._named_beside(call, leaving)
            calls[call] = await self.disclosing.bundle(
                doing.person, call, number, act=doing.act, unsaid=unsaid
            )
            if sum(len(one.data) for one in calls.values()) > MOST_BYTES:
                raise TooLarge
        material = SubjectMaterial(
            items=items,
            calls=calls,
            cases={one.item.id: await self._case(one) for one in items if one.item.case and one.fate.leaves},
            earlier=await self._earlier(items),
            made_at=self.room.clock.now(),
        )
        bundle = await asyncio.to_thread(subject_bundle_of, material)
        async with self.room.turns.of(CallId(paper)):
            latest = await self._own(doing.person, paper)
            await self._add(latest, SubjectTaken(person=doing.by, digest=bundle.digest))
        accesses = self.room.need_to_know.accesses
        for one in items:
            if one.fate.leaves and one.item.kind is not ItemKind.CALL:
                about = one.item.call or CallId(one.item.case or "")
                by = f"{BY}, digest {bundle.digest}"
                await accesses.add(Access(person=doing.by, kind=AccessKind.EXPORTED, call=about, by=by))
        return bundle

    @property
    def _cases(self) -> CasePages:
        return CasePages(self.room, self.finder.book)

    async def _settled(self, doing: Doing, paper: PaperId, item: Item, decided: ItemDecided) -> Settled:
        """What was found stays in the calls; the paper has what was decided."""
        number = 0
        if item.case is not None:
            number = len(await self.finder.book.entries(item.case))
        elif item.kind is ItemKind.CALL and item.call is not None and decided.fate.leaves:
            redact = decided.fate is Fate.REDACT
            wanted = Wanted(
                purpose=Purpose.SUBJECT_ACCESS,
                why=f"request {paper}",
                redact=redact,
                names=decided.names,
                pictures=Pictures.NONE if redact else Pictures.WHOLE,
            )
            number = await self.disclosing.ask(doing.person, item.call, wanted, act=doing.act)
        kept = replace(item, because=(), others=())
        return Settled(item=kept, fate=decided.fate, why=decided.why, names=decided.names, number=number)

    async def _undecided(self, person: Person, request: SubjectRequest, *, agreed: bool) -> dict[CallId, int]:
        """The calls' disclosures that wait, all looked at before any is decided.

        Who may not know of one of these calls agrees to none, but may turn down what they know of.
        """
        waiting: dict[CallId, int] = {}
        for call, number in request.leaving.items():
            try:
                found = {one.asked: one for one in await self.disclosing.of(person, call)}[number]
            except NotYourCall:
                if agreed:
                    raise
                continue
            if agreed and found.refused_by is not None:
                raise NotAgreed
            if found.waits:
                waiting[call] = number
        return waiting

    async def _named_beside(self, call: CallId, leaving: Mapping[CallId, int]) -> frozenset[CallId]:
        """Other calls that this one's record speaks of, and that do not leave with it."""
        entries = await self.room.recorder.journal.entries(call)
        named = frozenset[CallId]().union(*(naming(entry.event) for entry in entries))
        return named - leaving.keys()

    async def _case(self, one: Settled) -> list[CaseEntry]:
        entries = await self.finder.book.entries(CaseId(one.item.case or ""))
        return entries[: one.number]

    async def _earlier(self, items: Sequence[Settled]) -> dict[CallId, EarlierCall]:
        calls = [one.item.call for one in items if one.item.kind is ItemKind.EARLIER and one.item.call]
        return {one.call: one for one in await self.finder.history.named(calls)}

    async def _own(self, person: Person, paper: PaperId) -> SubjectRequest:
        request = await self._request(person, paper)
        if request.asked.person != person.id:
            raise NotTheirs
        return request

    async def _request(self, person: Person, paper: PaperId) -> SubjectRequest:
        """Raises `NoSuchRequest`, also for who is barred from the case that it was taken on from."""
        _check_right(person)
        request = request_of(paper, await self.papers.lines(paper))
        if request is None or request.asked.force != person.force:
            raise NoSuchRequest
        case = request.asked.case
        if case is not None and await self._cases.refuses(person, case):
            raise NoSuchRequest
        return request

    async def _add(self, request: SubjectRequest, event: PaperEvent) -> None:
        """Raises `PutForward` where somebody wrote meanwhile."""
        try:
            await self.papers.append(request.id, [event], after=request.last_seq)
        except PaperMoved:
            raise PutForward from None


def _check_right(person: Person) -> None:
    if Right.EXPORT not in person.rights:
        raise NoRight


def _check_found(request: SubjectRequest, found: Sequence[Item]) -> None:
    """Raises `LessFound`."""
    if request.missing(found):
        raise LessFound


def _turned_down(doing: Doing, why: str) -> SubjectTurnedDown:
    return SubjectTurnedDown(person=doing.by, why=line_of_text(why, TEXT))
