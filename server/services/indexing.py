"""Keeping the search index level with what is recorded: ended calls, made anew whenever something is added.

A live call is found from its end on: until then it stands on every board that may show it.
"""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields

from server.domain.call import CallState, folded
from server.domain.casework.case_file import Assessment, CaseFile, folded_case
from server.domain.casework.events import CallAdded, CaseEntry, CaseFact, CaseId
from server.domain.casework.forms import YES
from server.domain.events import (
    CallArrived,
    CallEnded,
    Entry,
    HandlerAssigned,
    HeardAgain,
    ReviewDone,
    ReviewTaken,
    SpecialistAssigned,
    UtteranceHeard,
)
from server.domain.events.keeping import WordsErased
from server.domain.ids import CallId, ForceId, MarkerId, PersonId
from server.domain.markers import MarkerClass
from server.domain.prompts import Outcome
from server.domain.searching import Document, Passage, Subject
from server.ports.bus import Notice, Recorded
from server.ports.cases import CaseBook, CaseLine, CasesLost
from server.ports.following import Following
from server.ports.journal import Journal, JournalLost
from server.ports.searching import SearchIndex, SearchLost

log = logging.getLogger(__name__)

LATEST_CASES = 500
"""So many of a force's cases are looked at for changes; older ones change by a call of theirs."""
LOOK_S = 10.0
"""How long a change can wait that no notice told of."""
ASSESSED = "assessed"
CONFERENCE = "heard at a conference"
REFERRED, CONFIRMED = "referral sent", "referral confirmed"
CLOSED = "closed"
ASIDE, UNRESOLVED, REVIEWED = "put aside", "unresolved at the end", "reviewed"
CALL_OUTCOMES = (*Outcome, ASIDE, UNRESOLVED, REVIEWED)
"""What a call can be found by, beside its grade; and so can each case that it is in."""
CASE_OUTCOMES = (ASSESSED, CONFERENCE, REFERRED, CONFIRMED, CLOSED)
"""What a case can be found by, beside what its forms concluded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """The case book, of which a case is indexed anew whenever it, or a call that is in it, has changed."""

    book: CaseBook
    forces: Sequence[ForceId]
    latest: int = LATEST_CASES
    _seen: dict[CaseId, int] = field(default_factory=dict, repr=False)
    _to_renew: set[CaseId] = field(default_factory=set, repr=False)

    async def catch_up(self, index: SearchIndex, journal: Journal, *, every: bool = False) -> None:
        """Index what was changed last and what is to be renewed; `every` case, where the index is new."""
        for force in self.forces:
            lines = await self.book.lines(force, limit=None if every or self._to_renew else self.latest)
            for at, line in enumerate(lines):
                looked_at = every or at < self.latest
                changed = looked_at and self._seen.get(line.case) != line.last_seq
                if changed or line.case in self._to_renew:
                    self._to_renew.discard(line.case)
                    await self._index(line, index, journal)

    async def _index(self, line: CaseLine, index: SearchIndex, journal: Journal) -> None:
        entries = await self.book.entries(line.case)
        held = [document_of(one, await journal.entries(one)) for one in folded_case(entries).calls]
        await index.put(case_document(line, entries, [one for one in held if one is not None]))
        self._seen[line.case] = line.last_seq

    async def renew(self, call: CallId) -> None:
        """What a call shows and what came of it is found with each case that it is in."""
        self._to_renew.update(await self.book.of_call(call))


class Indexing:
    def __init__(
        self, journal: Journal, following: Following, index: SearchIndex, cases: Cases | None = None
    ) -> None:
        self._journal = journal
        self._cases = cases
        self._following = following
        self._index = index
        self._news = asyncio.Event()

    def follow(self, notice: Notice) -> None:
        if isinstance(notice, Recorded) and any(isinstance(one.event, CallEnded) for one in notice.entries):
            self._news.set()

    async def run(self) -> None:
        """Index until cancelled; a new or lost index is made from the beginning."""
        while True:
            self._news.clear()
            try:
                await self.level()
            except (JournalLost, SearchLost, CasesLost):
                log.warning("search index not level")
            except Exception:  # boundary: a fault here must never end the calls
                log.exception("search index not made")
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._news.wait()
            except TimeoutError:
                continue

    async def level(self) -> None:
        """Calls and cases; in a new index every case first, since its place tells that it is new."""
        if self._cases is not None:
            await self._cases.catch_up(self._index, self._journal, every=await self._index.place() == 0)
        await self.catch_up()
        if self._cases is not None:
            await self._cases.catch_up(self._index, self._journal)

    async def catch_up(self) -> None:
        """Index every call of which something was recorded since the last time."""
        place = await self._index.place()
        while True:
            news, reached = await self._following.after(place)
            for call in dict.fromkeys(one.call for one in news):
                await self.index(call)
            if reached == place:
                return
            place = reached
            await self._index.reach(place)

    async def index(self, call: CallId) -> None:
        entries = await self._journal.entries(call)
        document = document_of(call, entries)
        if document is not None:
            await self._index.put(document)
        elif any(isinstance(one.event, WordsErased) for one in entries):
            await self._index.forget(Subject.CALL, call)
        else:
            return
        if self._cases is not None:
            await self._cases.renew(call)


def document_of(call: CallId, entries: Sequence[Entry]) -> Document | None:
    """None while the call goes on, and once its words are erased."""
    state = folded(entries)
    arrived = [entry for entry in entries if isinstance(entry.event, CallArrived)]
    if not state.ended or state.force is None or not arrived:
        return None
    if any(isinstance(entry.event, WordsErased) for entry in entries):
        return None
    return Document(
        subject=Subject.CALL,
        id=call,
        force=state.force,
        began_at=arrived[0].recorded_at,
        severity=state.severity,
        people=frozenset(_people(entries)),
        markers=frozenset(_markers(entries, state)),
        outcomes=frozenset(_outcomes(entries, state)),
        passages=tuple(_passages(entries, state)),
    )


def case_document(line: CaseLine, entries: Sequence[CaseEntry], calls: Sequence[Document]) -> Document:
    """Whatever was written in it, every call that was ever in it, and what those that still are show."""
    case = folded_case(entries)
    assessed = list(case.assessments.values())
    return Document(
        subject=Subject.CASE,
        id=line.case,
        force=line.force,
        began_at=line.opened_at,
        severity=max((one.severity for one in calls), key=lambda one: one.rank, default=MarkerClass.NONE),
        people=frozenset(entry.event.person for entry in entries),
        markers=frozenset[MarkerId]().union(*(one.markers for one in calls), *map(_answered_yes, assessed)),
        outcomes=frozenset(_case_outcomes(case)).union(*(one.outcomes for one in calls)),
        calls=frozenset(entry.event.call for entry in entries if isinstance(entry.event, CallAdded)),
        passages=tuple(
            Passage(seq=entry.seq, at_ms=0, text=text) for entry in entries if (text := _written(entry.event))
        ),
    )


def _answered_yes(assessment: Assessment) -> frozenset[MarkerId]:
    """Of questions about one marker alone: a yes to one about three does not say which of them it is."""
    form = assessment.begun.kept
    if form is None:
        return frozenset()
    asked = [form.question(name) for name, one in assessment.answers.items() if one.given.answer == YES]
    alone = [one.markers for one in asked if one is not None and len(one.markers) == 1]
    return frozenset[MarkerId]().union(*alone)


def _case_outcomes(case: CaseFile) -> Iterator[str]:
    signed = [one.signed.level for one in case.assessments.values() if one.signed is not None]
    yield from (f"{ASSESSED} {level}" for level in signed)
    if signed:
        yield ASSESSED
    if case.heard:
        yield CONFERENCE
    if any(one.sent is not None for one in case.referrals.values()):
        yield REFERRED
    if any(one.confirmed is not None for one in case.referrals.values()):
        yield CONFIRMED
    if case.closed:
        yield CLOSED


def _written(event: CaseFact) -> str:
    """The event's words are those of its fields that are kept out of logs."""
    kept_out = [getattr(event, one.name) for one in fields(event) if not one.repr]
    return " ".join(value for value in kept_out if isinstance(value, str))


def _people(entries: Sequence[Entry]) -> Iterator[PersonId]:
    for entry in entries:
        if isinstance(entry.event, HandlerAssigned | SpecialistAssigned | ReviewTaken):
            yield entry.event.person


def _markers(entries: Sequence[Entry], state: CallState) -> Iterator[MarkerId]:
    yield from (one.marker for one in state.sightings if one.stands)
    for entry in entries:
        if isinstance(entry.event, HeardAgain):
            yield from (one.marker for one in entry.event.sightings if one.stands)


def _outcomes(entries: Sequence[Entry], state: CallState) -> Iterator[str]:
    for prompt in state.prompts.values():
        if prompt.outcome is not None:
            yield prompt.outcome
        if prompt.dismissal is not None:
            yield ASIDE
    if state.unresolved:
        yield UNRESOLVED
    if state.graded.grade:
        yield f"grade {state.graded.grade}"
    if any(isinstance(entry.event, ReviewDone) for entry in entries):
        yield REVIEWED


def _passages(entries: Sequence[Entry], state: CallState) -> Iterator[Passage]:
    """What was said, as it was heard either time, and whom and what the call is about."""
    for entry in entries:
        match entry.event:
            case UtteranceHeard(utterance=said) if said.words:
                yield Passage(seq=entry.seq, at_ms=said.start_ms, party=said.party, text=said.text)
            case HeardAgain():
                for said in entry.event.utterances:
                    yield Passage(seq=entry.seq, at_ms=said.start_ms, party=said.party, text=said.text)
            case _:
                pass
    for one in state.memory.entities.values():
        if one.counts:
            yield Passage(seq=0, at_ms=one.entity.start_ms, text=f"{one.entity.text} {one.entity.value}")
