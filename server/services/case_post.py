"""Referrals that leave by another system: what waits for it, and what it says that the service has."""

from dataclasses import dataclass, field
from datetime import datetime

from server.domain.casework.case_file import folded_case
from server.domain.casework.events import CaseId, ReferralConfirmed, ReferralWay, ThingId
from server.domain.ids import ActId, CallId, ForceId, PersonId
from server.domain.people import Person, Role
from server.services.case_pages import CasePages
from server.services.case_refusals import NoSuchThing
from server.services.pages import line_of_text, note_of

BY = "api"
LINE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    case: CaseId
    referral: ThingId
    service: str
    to: str = field(repr=False)
    letter: str = field(repr=False)
    sent_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    case: CaseId
    referral: ThingId
    by: str = field(repr=False)
    note: str = field(repr=False)
    reader: PersonId
    """The system's key."""
    act: ActId


class CasePost:
    def __init__(self, pages: CasePages) -> None:
        self._pages = pages

    async def waiting(self, force: ForceId, *, reader: PersonId) -> list[Outgoing]:
        """Every one that a person sent this way and no service has confirmed; each look is on record."""
        found = [one for line in await self._pages.book.lines(force) for one in await self._of(line.case)]
        for case in dict.fromkeys(one.case for one in found):
            await self._pages.room.need_to_know.viewed(reader, CallId(case), by=BY, session=reader)
        return found

    async def confirm(self, force: ForceId, given: Confirmation) -> None:
        system = Person(id=given.reader, name=given.reader, role=Role.SPECIALIST, force=force)
        confirmed = ReferralConfirmed(
            person=given.reader,
            act=given.act,
            referral=given.referral,
            by=line_of_text(given.by, LINE),
            note=note_of(given.note, LINE),
        )
        async with self._pages.opened(system, given.case) as page:
            found = page.file.referrals.get(given.referral)
            if found is None or found.sent is None or found.sent.way is not ReferralWay.API:
                raise NoSuchThing
            if found.waits:
                await page.record(confirmed)

    async def _of(self, case: CaseId) -> list[Outgoing]:
        file = folded_case(await self._pages.book.entries(case))
        return [
            Outgoing(
                case=case,
                referral=name,
                service=one.begun.name,
                to=one.sent.to,
                letter=one.sent.text,
                sent_at=one.sent_at,
                due_at=one.due_at,
            )
            for name, one in file.referrals.items()
            if one.waits and one.sent is not None and one.sent_at is not None and one.due_at is not None
            if one.sent.way is ReferralWay.API
        ]
