"""Finding everything that is held about one person: their cases, calls, referrals and earlier records."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from server.domain.call import CallState, folded
from server.domain.casework.case_file import CaseFile, folded_case
from server.domain.casework.events import CallAdded, CaseEntry, CaseId, PartyId, PartyRole
from server.domain.entities import EntityKind, Known
from server.domain.events import CallArrived, Entry, WordsErased
from server.domain.history import EarlierCall
from server.domain.ids import CallId, ForceId
from server.domain.linking import LinkState
from server.domain.memory import Memory, remembered
from server.domain.people import Person
from server.domain.subject_access import Item, ItemKind, SubjectAsked
from server.ports.cases import CaseBook
from server.ports.history import CallHistory, Comparing, Matcher
from server.services.control_room import ControlRoom
from server.services.linking import linked_to

EVER = datetime(1970, 1, 1, tzinfo=UTC)
ALL_CASES = 1_000_000
MACHINE_ONLY = "Found by the machine only: nobody has confirmed that it is about them."
SUSPECT = "They are the suspect here: what the victim said, where they are and that they rang is in it."
OTHERS_LINE = "It came from another number: somebody else's voice and words may be in it."
CONTACT = "It says how somebody else can safely be reached, and where they live."
GIVEN = "they were named as a person of this case"


@dataclass(slots=True)
class Reason:
    """Why a call is taken to be about them."""

    confirmed: bool = False
    because: list[str] = field(default_factory=list, repr=False)

    def add(self, because: str, *, confirmed: bool) -> None:
        self.confirmed = self.confirmed or confirmed
        if because not in self.because:
            self.because.append(because)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOf:
    """A case that the person is in, or may be."""

    case: CaseId
    file: CaseFile
    party: PartyId | None
    confirmed: bool
    because: tuple[str, ...] = field(repr=False)

    @property
    def is_suspect(self) -> bool:
        return self.party is not None and self.file.parties[self.party].role is PartyRole.SUSPECT

    @property
    def others(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.file.parties.values() if one.party != self.party)


@dataclass(frozen=True, slots=True)
class Sought:
    """Whom is looked for, and what of the force's the looking person may not know of."""

    force: ForceId
    known: tuple[Known, ...] = field(repr=False)
    barred: Collection[CallId] = field(repr=False)
    agrees: Comparing = field(repr=False)

    def words(self, theirs: Sequence[Known]) -> tuple[str, ...]:
        """What agrees with them, the weightiest first; none: nothing does."""
        found = sorted(self.agrees(theirs), key=lambda one: -one.bits)
        return tuple(one.words for one in found if one.words and one.bits > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    room: ControlRoom
    book: CaseBook
    history: CallHistory
    matcher: Matcher

    async def found(self, person: Person, asked: SubjectAsked) -> list[Item]:
        """Of all that this person may know of, the newest first."""
        known = self.known(asked)
        sought = Sought(
            asked.force,
            known,
            await self.room.need_to_know.bars.calls_barred(person.id),
            self.matcher.comparing(known, shared=frozenset()),
        )
        cases = await self._cases(sought, asked)
        reasons = await self._calls(sought, cases)
        items = [item for one in cases for item in _items_of(one)]
        for call, reason in reasons.items():
            item = await self._call(sought, call, reason, [one for one in cases if call in one.file.calls])
            items += [item] if item is not None else []
        return sorted(items, key=lambda item: (item.at, item.id), reverse=True)

    def known(self, asked: SubjectAsked) -> tuple[Known, ...]:
        """What they can be found by."""
        given = (
            *((EntityKind.PERSON, name) for name in (asked.name,)),
            *((EntityKind.NUMBER, number) for number in asked.numbers),
            *((EntityKind.ADDRESS, address) for address in asked.addresses),
        )
        return tuple(self._known(given))

    def _known(self, given: Iterable[tuple[EntityKind, str]]) -> list[Known]:
        read = ((kind, self.matcher.read(kind, text)) for kind, text in given if text)
        return [Known(kind=kind, value=reading.value) for kind, reading in read if reading is not None]

    async def _cases(self, sought: Sought, asked: SubjectAsked) -> list[CaseOf]:
        found: list[CaseOf] = []
        for line in await self.book.lines(sought.force, limit=ALL_CASES):
            entries = await self.book.entries(line.case)
            if not sought.barred or not _ever(line.case, entries) & set(sought.barred):
                one = self._case(sought, asked, line.case, folded_case(entries))
                found += [one] if one is not None else []
        return found

    def _case(self, sought: Sought, asked: SubjectAsked, case: CaseId, file: CaseFile) -> CaseOf | None:
        if case == asked.case and asked.party in file.parties:
            return CaseOf(case=case, file=file, party=asked.party, confirmed=True, because=(GIVEN,))
        for party in file.parties.values():
            given = ((EntityKind.PERSON, party.name), (EntityKind.NUMBER, party.number))
            if words := sought.words(self._known(given)):
                return CaseOf(case=case, file=file, party=party.party, confirmed=False, because=words)
        places = self._known((EntityKind.ADDRESS, one.text) for one in file.addresses.values())
        if words := sought.words(places):
            return CaseOf(case=case, file=file, party=None, confirmed=False, because=words)
        return None

    async def _calls(self, sought: Sought, cases: Sequence[CaseOf]) -> Mapping[CallId, Reason]:
        reasons: dict[CallId, Reason] = {}
        for one in cases:
            for call in one.file.calls:
                reasons.setdefault(call, Reason()).add(f"in {one.case}", confirmed=one.confirmed)
        await self._linked(sought, reasons)
        looked = self.matcher.sought(sought.known, self.room.clock.now())
        for earlier in await self.history.under(looked, forces={sought.force}, since=EVER):
            if words := sought.words(earlier.known):
                reasons.setdefault(earlier.call, Reason()).add("; ".join(words), confirmed=False)
        return {call: reason for call, reason in reasons.items() if call not in sought.barred}

    async def _linked(self, sought: Sought, reasons: dict[CallId, Reason]) -> None:
        """What links lead to: on through those that a person confirmed, and one step by the machine's.

        Nothing leads through a call that the looking person may not know of: the reason would name it.
        """
        waiting = [one for one, reason in reasons.items() if reason.confirmed and one not in sought.barred]
        for call in waiting:  # grows while it is gone through
            for other, link in await self._links(sought, call):
                sure = link.confirmed_by is not None
                reason = reasons.setdefault(other, Reason())
                if sure and not reason.confirmed:
                    waiting.append(other)
                how = f"confirmed by {link.confirmed_by}" if sure else "; ".join(link.link.reasons)
                reason.add(f"linked with {call}: {how}", confirmed=sure)

    async def _links(self, sought: Sought, call: CallId) -> list[tuple[CallId, LinkState]]:
        """The links of this call, and those of later calls that lead to it."""
        own = _memory(await self.room.recorder.journal.entries(call)).linked
        found = [(one.link.earlier, one) for one in own if one.link.force == sought.force]
        later = await self.history.under({linked_to(call)}, forces={sought.force}, since=EVER)
        for one in later:
            memory = _memory(await self.room.recorder.journal.entries(one.call))
            if (link := memory.links.get(call)) is not None and link.counts:
                found.append((one.call, link))
        return [
            (other, state)
            for other, state in found
            if other not in sought.barred and state.link.through not in sought.barred
        ]

    async def _call(
        self, sought: Sought, call: CallId, reason: Reason, cases: Sequence[CaseOf]
    ) -> Item | None:
        """None for what goes on, and for what was erased."""
        entries = await self.room.recorder.journal.entries(call)
        if not entries:
            return _earlier(await self.history.named([call]), sought, reason)
        state = folded(entries)
        erased = any(isinstance(entry.event, WordsErased) for entry in entries)
        if erased or not state.ended or state.force != sought.force:
            return None
        return Item(
            id=f"call {call}",
            kind=ItemKind.CALL,
            at=entries[0].recorded_at,
            call=call,
            confirmed=reason.confirmed,
            because=tuple(reason.because),
            others=self._others(sought, state, cases),
            cautions=(
                *_unconfirmed(confirmed=reason.confirmed),
                *self._cautions(sought, entries, state, cases),
            ),
        )

    def _others(self, sought: Sought, state: CallState, cases: Sequence[CaseOf]) -> tuple[str, ...]:
        entities = [one.entity for one in state.memory.entities.values() if one.counts]
        named = [
            one.text
            for one in entities
            if one.kind is EntityKind.PERSON and not sought.words([replace(one.known, about="")])
        ]
        return tuple(dict.fromkeys((*named, *(name for one in cases for name in one.others))))

    def _cautions(
        self, sought: Sought, entries: Sequence[Entry], state: CallState, cases: Sequence[CaseOf]
    ) -> tuple[str, ...]:
        entities = [one.entity for one in state.memory.entities.values() if one.counts]
        accused = [one.known for one in entities if one.about == "suspect"]
        suspect = any(one.is_suspect for one in cases) or bool(accused and sought.words(accused))
        arrived = next((entry.event for entry in entries if isinstance(entry.event, CallArrived)), None)
        line = self._known([(EntityKind.NUMBER, arrived.caller)] if arrived else [])
        own = bool(line) and set(line) <= set(sought.known)
        return ((SUSPECT,) if suspect else ()) + (() if own else (OTHERS_LINE,))


def _items_of(one: CaseOf) -> list[Item]:
    """The case, and each referral that was made for them."""
    cautions = _unconfirmed(confirmed=one.confirmed) + ((SUSPECT,) if one.is_suspect else ())
    file = one.file
    reached = any(party != one.party for party in file.contacts) or any(
        place.of != one.party for place in file.addresses.values()
    )
    case = Item(
        id=f"case {one.case}",
        kind=ItemKind.CASE,
        at=file.opened_at or EVER,
        case=one.case,
        party=one.party,
        confirmed=one.confirmed,
        because=one.because,
        others=one.others,
        cautions=cautions + ((CONTACT,) if reached else ()),
    )
    referrals = [
        replace(
            case,
            id=f"referral {one.case} {name}",
            kind=ItemKind.REFERRAL,
            at=referral.begun_at,
            referral=name,
            cautions=cautions,
        )
        for name, referral in file.referrals.items()
        if one.party is not None and referral.begun.party == one.party
    ]
    return [case, *referrals]


def _earlier(named: Sequence[EarlierCall], sought: Sought, reason: Reason) -> Item | None:
    """A record that was brought in from before this server."""
    record = next((one for one in named if one.imported and one.force == sought.force), None)
    if record is None:
        return None
    return Item(
        id=f"earlier {record.call}",
        kind=ItemKind.EARLIER,
        at=record.at,
        call=record.call,
        confirmed=reason.confirmed,
        because=tuple(reason.because),
        cautions=_unconfirmed(confirmed=reason.confirmed),
    )


def _unconfirmed(*, confirmed: bool) -> tuple[str, ...]:
    return () if confirmed else (MACHINE_ONLY,)


def _memory(entries: Iterable[Entry]) -> Memory:
    memory = Memory()
    for entry in entries:
        memory = remembered(memory, entry.event)
    return memory


def _ever(case: CaseId, entries: Iterable[CaseEntry]) -> set[CallId]:
    """The case by its own id, and every call that was ever in it."""
    return {CallId(case)} | {entry.event.call for entry in entries if isinstance(entry.event, CallAdded)}
