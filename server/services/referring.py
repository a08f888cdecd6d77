"""Referrals: drafted from what is known, sent by a person alone, and chased until they are confirmed."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from server.domain.casework.case_file import CaseFile
from server.domain.casework.directory import Helper
from server.domain.casework.events import (
    CaseFact,
    CaseId,
    Consent,
    ConsentNoted,
    Known,
    PartyId,
    ReferralBegun,
    ReferralCarried,
    ReferralChased,
    ReferralConfirmed,
    ReferralEnded,
    ReferralFilled,
    ReferralSent,
    ReferralWay,
    ThingId,
)
from server.domain.casework.files import CaseFiles
from server.domain.casework.letter import letter
from server.domain.casework.referrals import Referral, missing
from server.domain.ids import ForceId
from server.ports.channels import Mail, MailChannel, NotSent
from server.services.case_pages import CasePage, CasePages
from server.services.case_refusals import NoSuchService, NoSuchThing, NotReady
from server.services.pages import Doing, line_of_text, note_of
from server.services.refusals import BadText, NoChannel

LINE, TEXT, FACTS = 200, 800, 30
_ADDRESS = re.compile(r"[^\s@<>,;]{1,64}@[^\s@<>,;]{1,180}\.[^\s@<>,;.]{2,24}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    service: str
    party: PartyId
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    way: ReferralWay
    to: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralRules:
    files: Callable[[ForceId], CaseFiles]
    mail: MailChannel | None = None
    confirm_in: timedelta = timedelta(hours=24)
    """How long a service has before it is to be chased."""


class Referring:
    def __init__(self, pages: CasePages, rules: ReferralRules) -> None:
        self._pages = pages
        self._clock = pages.room.clock
        self.rules = rules

    async def begin(self, doing: Doing, case: CaseId, asked: Begin) -> ThingId:
        """Only to a service that somebody has checked lately. Raises `NoSuchService`."""
        helper = self._helper(doing, asked.service)
        async with self._pages.opened(doing.person, case) as page:
            if page.done(doing, ReferralBegun):
                return next(name for name, one in page.file.referrals.items() if one.begun.act == doing.act)
            if asked.party not in page.file.parties:
                raise NoSuchThing
            name = page.next_id("r")
            await page.record(
                ReferralBegun(
                    person=doing.by,
                    act=doing.act,
                    referral=name,
                    service=helper.id,
                    name=helper.name,
                    needs=tuple(need for need in asked.needs if need in helper.needs),
                    party=asked.party,
                )
            )
            return name

    async def fill(self, doing: Doing, case: CaseId, filled: ReferralFilled) -> None:
        asked = note_of(filled.help, TEXT)
        facts = tuple(line_of_text(fact, TEXT) for fact in filled.facts[:FACTS])
        made = replace(filled, person=doing.by, act=doing.act, help=asked, facts=facts)
        await self._on_draft(doing, case, made)

    async def consent(self, doing: Doing, case: CaseId, noted: ConsentNoted) -> None:
        why = note_of(noted.why, TEXT)
        if noted.consent is Consent.YES and noted.basis is not None:
            raise BadText("With their agreement it needs no other basis.")
        made = replace(noted, person=doing.by, act=doing.act, why=why)
        await self._on_draft(doing, case, made)

    async def send(self, doing: Doing, case: CaseId, referral: ThingId, asked: Send) -> None:
        """By this person's act. Raises `NotReady` with every gap by name."""
        async with self._pages.opened(doing.person, case) as page:
            found = _referral(page, referral)
            if page.done(doing, ReferralSent) or found.sent is not None:
                return
            gaps = self.gaps(page.file, found)
            if gaps:
                raise NotReady(f"Still to be said: {'; '.join(gaps)}.")
            to = self._address(doing, found, asked)
            text = letter(page.file, found, force=self._pages.room.force(doing.person.force).name)
            sent = ReferralSent(
                person=doing.by,
                act=doing.act,
                referral=referral,
                way=asked.way,
                to=to,
                text=text,
                due_at=self._clock.now() + self.rules.confirm_in,
            )
            await page.record(sent)
            if asked.way is ReferralWay.EMAIL:
                await page.record(await self._carried(doing, sent))

    async def chase(self, doing: Doing, case: CaseId, referral: ThingId, note: str) -> None:
        """Somebody asked the service again: it has as long again."""
        chased = ReferralChased(
            person=doing.by,
            act=doing.act,
            referral=referral,
            note=line_of_text(note, LINE),
            due_at=self._clock.now() + self.rules.confirm_in,
        )
        await self._on_waiting(doing, case, chased)

    async def confirm(self, doing: Doing, case: CaseId, referral: ThingId, by: str, note: str = "") -> None:
        confirmed = ReferralConfirmed(
            person=doing.by,
            act=doing.act,
            referral=referral,
            by=line_of_text(by, LINE),
            note=note_of(note, LINE),
        )
        await self._on_waiting(doing, case, confirmed)

    async def end(self, doing: Doing, case: CaseId, referral: ThingId, why: str) -> None:
        ended = ReferralEnded(person=doing.by, act=doing.act, referral=referral, why=line_of_text(why, LINE))
        async with self._pages.opened(doing.person, case) as page:
            if _referral(page, referral).ended is None and not page.done(doing, ReferralEnded):
                await page.record(ended)

    def gaps(self, file: CaseFile, referral: Referral) -> tuple[str, ...]:
        party = file.parties.get(referral.begun.party)
        contact = file.contacts.get(referral.begun.party)
        reachable = contact is not None and (
            contact[0].phone_safe is Known.YES or bool(contact[0].when or contact[0].others)
        )
        return missing(referral, name=party.name if party else "", contact_known=reachable)

    async def _on_draft(self, doing: Doing, case: CaseId, made: ReferralFilled | ConsentNoted) -> None:
        async with self._pages.opened(doing.person, case) as page:
            found = _referral(page, made.referral)
            if page.done(doing, type(made)):
                return
            if found.sent is not None or found.ended is not None:
                raise NotReady("It has been sent, or ended. Begin a new one.")
            await page.record(made)

    async def _on_waiting(self, doing: Doing, case: CaseId, made: ReferralChased | ReferralConfirmed) -> None:
        async with self._pages.opened(doing.person, case) as page:
            found = _referral(page, made.referral)
            if page.done(doing, type(made)):
                return
            if not found.waits:
                raise NotReady("No service has yet to confirm this.")
            await page.record(made)

    async def _carried(self, doing: Doing, sent: ReferralSent) -> CaseFact:
        made = ReferralCarried(person=doing.by, referral=sent.referral, carried="failed")
        if self.rules.mail is None:
            return made
        try:
            receipt = await self.rules.mail.send(
                Mail(to=sent.to, subject="A referral for you, in confidence", text=sent.text)
            )
        except NotSent as refused:
            return replace(made, why=str(refused))
        return replace(made, carried=receipt.carriage.value, reference=receipt.reference)

    def _address(self, doing: Doing, referral: Referral, asked: Send) -> str:
        if asked.way is not ReferralWay.EMAIL:
            return line_of_text(asked.to, LINE) if asked.to.strip() else ""
        if self.rules.mail is None:
            raise NoChannel
        to = asked.to.strip() or self._helper(doing, referral.begun.service).email
        if not _ADDRESS.fullmatch(to):
            raise BadText("Give the service's e-mail address.")
        return to

    def _helper(self, doing: Doing, name: str) -> Helper:
        directory = self.rules.files(doing.person.force).directory
        helper = directory.helper(name, self._clock.now().date())
        if helper is None:
            raise NoSuchService
        return helper


def _referral(page: CasePage, referral: ThingId) -> Referral:
    found = page.file.referrals.get(referral)
    if found is None:
        raise NoSuchThing
    return found
