"""What has a time of its own beside the calls: cases, referrals, feedback, training, the access log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from server.domain.casework.case_file import folded_case
from server.domain.casework.events import CallAdded, CaseEntry, CaseId, ReferralEvent
from server.domain.feedback import FeedbackSent
from server.domain.ids import CallId
from server.domain.papers import PaperEvent, PaperId
from server.domain.retention import RecordClass, Records
from server.domain.searching import Subject
from server.domain.striking import emptied
from server.domain.subject_access import SubjectAsked
from server.domain.training.papers import ExerciseMade, SessionBegun
from server.ports.access import AccessLog
from server.ports.cases import CaseBook
from server.ports.papers import Papers
from server.ports.retention import Audit, Held, Retention
from server.ports.searching import SearchIndex
from server.services.erasing_copies import Copies

EARSHOT = "earshot"
Facts = dict[str, str | int]
PAPERS: Mapping[Records, Sequence[type[PaperEvent]]] = {
    Records.FEEDBACK: (FeedbackSent,),
    Records.TRAINING: (SessionBegun, ExerciseMade),
    Records.SUBJECT_ACCESS: (SubjectAsked,),
}


class Sweep(Protocol):
    """One kind of record whose time can be over."""

    async def due(self, one: RecordClass, now: datetime, *, limit: int) -> list[str]: ...

    async def erase(self, name: str, one: RecordClass) -> None:
        """Raises `Held` where a call under a hold is in it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSweep:
    """Cases that were closed long ago. What is open is never due."""

    cases: CaseBook
    index: SearchIndex
    retention: Retention
    audit: Audit

    async def due(self, one: RecordClass, now: datetime, *, limit: int) -> list[str]:
        return [*await self.cases.closed_before(one.ended_before(now), limit=limit)]

    async def erase(self, name: str, one: RecordClass) -> None:
        case = CaseId(name)
        entries = await self.cases.entries(case)
        await _refuse_held(self.retention, entries)
        await self.index.forget(Subject.CASE, case)
        lines = await self.cases.forget(case)
        facts: Facts = {"class": one.id, "why": one.why, "entries": lines}
        await self.audit.add("case erased", person=EARSHOT, call=CallId(case), facts=facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralSweep:
    """Of a referral that was confirmed or ended long ago, that there was one stays; what was in it goes."""

    cases: CaseBook
    retention: Retention
    audit: Audit

    async def due(self, one: RecordClass, now: datetime, *, limit: int) -> list[str]:
        found: list[str] = []
        for case in await self.cases.every():
            over = await self._over(await self.cases.entries(case), one, now)
            found += [f"{case} {referral}" for referral in over]
            if len(found) >= limit:
                break
        return found[:limit]

    async def erase(self, name: str, one: RecordClass) -> None:
        case, _, referral = name.partition(" ")
        entries = await self.cases.entries(CaseId(case))
        await _refuse_held(self.retention, entries)
        mine = [entry for entry in entries if _referral(entry) == referral]
        await self.cases.rewrite([replace(entry, event=emptied(entry.event)) for entry in mine])
        facts: Facts = {"class": one.id, "why": one.why, "referral": referral, "entries": len(mine)}
        await self.audit.add("referral erased", person=EARSHOT, call=CallId(case), facts=facts)

    async def _over(self, entries: Sequence[CaseEntry], one: RecordClass, now: datetime) -> list[str]:
        over: list[str] = []
        for name, referral in folded_case(entries).referrals.items():
            mine = [entry for entry in entries if _referral(entry) == name]
            late = max(entry.recorded_at for entry in mine) < one.ended_before(now)
            done = referral.confirmed is not None or referral.ended is not None
            if done and late and any(emptied(entry.event) != entry.event for entry in mine):
                over.append(name)
        return over


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperSweep:
    """Feedback and training on which nothing was written for so long. Scripts are nobody's, and stay."""

    papers: Papers
    copies: Copies
    retention: Retention
    audit: Audit

    async def due(self, one: RecordClass, now: datetime, *, limit: int) -> list[str]:
        found: list[str] = []
        for kind in PAPERS[one.of]:
            still = await self.papers.still_since(kind, one.ended_before(now), limit=limit)
            found += [paper for paper in still if kind is not ExerciseMade or await self._call(paper)]
        return found[:limit]

    async def erase(self, name: str, one: RecordClass) -> None:
        paper = PaperId(name)
        call = await self._call(paper)
        if call is not None and await self.retention.held(call) is not None:
            raise Held
        lines = await self.copies.forget_paper(paper)
        facts: Facts = {"class": one.id, "why": one.why, "lines": lines}
        await self.audit.add("paper erased", person=EARSHOT, call=CallId(paper), facts=facts)

    async def _call(self, paper: PaperId) -> CallId | None:
        lines = await self.papers.lines(paper)
        first = lines[0].event if lines else None
        return first.call if isinstance(first, FeedbackSent | ExerciseMade) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessSweep:
    """The list by which looks are found. The audit's chain of them stays: it holds no words."""

    accesses: AccessLog
    audit: Audit

    async def due(self, one: RecordClass, now: datetime, *, limit: int) -> list[str]:
        before = one.ended_before(now)
        return [before.isoformat()][:limit] if await self.accesses.older(before) else []

    async def erase(self, name: str, one: RecordClass) -> None:
        lines = await self.accesses.forget(datetime.fromisoformat(name))
        facts: Facts = {"class": one.id, "why": one.why, "lines": lines}
        await self.audit.add("access log shortened", person=EARSHOT, facts=facts)


def _referral(entry: CaseEntry) -> str | None:
    return entry.event.referral if isinstance(entry.event, ReferralEvent) else None


async def _refuse_held(retention: Retention, entries: Sequence[CaseEntry]) -> None:
    """A hold on any call that was ever in a case holds the case."""
    for entry in entries:
        if isinstance(entry.event, CallAdded) and await retention.held(entry.event.call) is not None:
            raise Held
