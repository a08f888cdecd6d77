"""Referrals that no service has confirmed: chased by people, or else brought to the supervisor."""

import asyncio
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from server.domain.casework.case_file import CaseFile, folded_case
from server.domain.casework.events import CaseId, ReferralEscalated, ThingId
from server.domain.casework.referrals import Referral
from server.domain.ids import CallId, ForceId, PersonId
from server.domain.people import Person, Role
from server.ports.cases import CaseLine, CaseMoved, CasesLost
from server.services.case_pages import CasePages
from server.services.refusals import ReadOnly

log = logging.getLogger(__name__)

EARSHOT = PersonId("earshot")
LOOK_S = 300.0
MOST_CASES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Unconfirmed:
    """A referral whose service should have confirmed it by now."""

    case: CaseId
    referral: ThingId
    service: str
    sent_at: datetime
    due_at: datetime
    chased: int
    escalated: bool
    """Whether it was brought to the supervisor."""


@dataclass(slots=True, kw_only=True)
class _Kept:
    seq: int
    waiting: tuple[tuple[ThingId, Referral], ...]
    calls: frozenset[CallId] = field(default=frozenset())


class Chasing:
    """Looks at every case that changed; those of which nothing waits cost nothing."""

    def __init__(
        self, pages: CasePages, forces: Collection[ForceId], *, escalate_in: timedelta = timedelta(hours=24)
    ) -> None:
        self._pages = pages
        self._forces = forces
        self._escalate_in = escalate_in
        self._kept: dict[CaseId, _Kept] = {}

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.look()
            except (CasesLost, CaseMoved):
                log.warning("referrals not looked at")
            except Exception:  # boundary: a fault here must never end the calls
                log.exception("referrals not looked at")
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Bring to the supervisor what was overdue for so long and nobody chased."""
        for force in self._forces:
            for case, kept in await self._of(force):
                for name, referral in kept.waiting:
                    if self._to_bring(referral):
                        await self._bring(case, name)

    async def overdue(self, person: Person) -> list[Unconfirmed]:
        """The force's, the longest overdue first; of cases that the person may not know of, none."""
        if person.role is Role.HANDLER:
            raise ReadOnly("Specialists and supervisors keep cases.")
        barred, now = await self._pages.shut_out(person), self._pages.room.clock.now()
        found = [
            _seen(case, name, referral)
            for case, kept in await self._of(person.force)
            if CallId(case) not in barred and not barred & kept.calls
            for name, referral in kept.waiting
            if referral.overdue(now)
        ]
        return sorted(found, key=lambda one: one.due_at)

    async def _of(self, force: ForceId) -> Sequence[tuple[CaseId, _Kept]]:
        lines = await self._pages.book.lines(force, limit=MOST_CASES)
        return [(line.case, kept) for line in lines if (kept := await self._level(line)).waiting]

    async def _level(self, line: CaseLine) -> _Kept:
        kept = self._kept.get(line.case)
        if kept is None or kept.seq != line.last_seq:
            file = folded_case(await self._pages.book.entries(line.case))
            kept = _Kept(seq=line.last_seq, waiting=_waiting(file), calls=frozenset(file.calls))
            self._kept[line.case] = kept
        return kept

    def _to_bring(self, referral: Referral) -> bool:
        if referral.due_at is None or referral.brought_for == referral.due_at:
            return False
        return referral.due_at + self._escalate_in <= self._pages.room.clock.now()

    async def _bring(self, case: CaseId, name: ThingId) -> None:
        """In the case's turn: somebody may have chased it just now."""
        async with self._pages.room.turns.of(CallId(case)):
            entries = await self._pages.book.entries(case)
            referral = folded_case(entries).referrals[name]
            if referral.waits and referral.due_at is not None and self._to_bring(referral):
                brought = ReferralEscalated(person=EARSHOT, referral=name, due_at=referral.due_at)
                await self._pages.book.append(case, [brought], after=len(entries))


def _waiting(file: CaseFile) -> tuple[tuple[ThingId, Referral], ...]:
    return tuple((name, one) for name, one in file.referrals.items() if one.waits)


def _seen(case: CaseId, name: ThingId, referral: Referral) -> Unconfirmed:
    assert referral.sent_at is not None and referral.due_at is not None  # noqa: S101, PT018 - it is overdue
    return Unconfirmed(
        case=case,
        referral=name,
        service=referral.begun.name,
        sent_at=referral.sent_at,
        due_at=referral.due_at,
        chased=len(referral.chased),
        escalated=referral.brought_for == referral.due_at,
    )
