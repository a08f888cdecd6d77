"""What a case shows: people, calls with their words, orders, fears, forms with suggestions, referrals."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.domain.briefs import Line, brief_of
from server.domain.casework.case_file import Assessment, CaseFile, Order
from server.domain.casework.directory import Match, Nation, matches, suggested_needs
from server.domain.casework.events import (
    AddressNoted,
    CaseId,
    FearNoted,
    JudgementNoted,
    PartyNoted,
    SafeContactNoted,
    ThingId,
)
from server.domain.casework.files import CaseFiles
from server.domain.casework.forms import Calls, Form, Suggestion, suggestions
from server.domain.casework.letter import letter
from server.domain.casework.marac import Criterion, MaracText, criteria
from server.domain.casework.referrals import Referral
from server.domain.events import Entry
from server.domain.ids import CallId, ForceId, MarkerId, PersonId
from server.domain.markers import Marker
from server.domain.people import Person
from server.services.case_pages import CasePage, CasePages
from server.services.casework import Casework, LinkedCall
from server.services.referring import Referring
from server.services.sheet_views import call_name


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCall:
    call: CallId
    name: str
    because: str
    arrived_at: datetime | None
    live: bool
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    noted: SafeContactNoted
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentView:
    id: ThingId
    stands: Assessment
    form: Form | None
    """As it was begun. None: it was not kept then, and has changed since; what was answered stands."""
    suggested: Mapping[str, Sequence[Suggestion]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralView:
    id: ThingId
    stands: Referral
    gaps: Sequence[str]
    letter: str
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedView:
    id: str
    title: str
    suggested: Sequence[Suggestion]


@dataclass(frozen=True, slots=True, kw_only=True)
class MaracView:
    text: MaracText
    criteria: Sequence[Criterion]
    heard: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    case: CaseId
    seq: int
    now: datetime
    opened_at: datetime | None
    opened_by: PersonId | None
    closed: bool
    parties: Sequence[PartyNoted]
    addresses: Sequence[AddressNoted]
    orders: Sequence[Order]
    fears: Sequence[FearNoted]
    contacts: Sequence[Contact]
    calls: Sequence[CaseCall]
    linked: Sequence[LinkedCall]
    forms: Sequence[Form]
    assessments: Sequence[AssessmentView]
    referrals: Sequence[ReferralView]
    needs: Sequence[NeedView]
    unchecked_services: int
    """How many are not shown, since nobody has checked them lately."""
    judgement: JudgementNoted | None
    marac: MaracView | None
    """None: the nation is not known, or says nothing of it."""
    nation: str


class CaseViews:
    def __init__(
        self,
        pages: CasePages,
        desks: tuple[Casework, Referring],
        files: Callable[[ForceId], CaseFiles],
        markers: Mapping[MarkerId, Marker],
    ) -> None:
        self._pages = pages
        self._casework, self._referring = desks
        self._files = files
        self._markers = markers

    async def view(
        self, person: Person, case: CaseId, *, nation: Nation | None = None, session: str = ""
    ) -> CaseView:
        async with self._pages.opened(person, case) as page:
            await self._pages.viewed(person, page, session=session)
            calls = await self._pages.calls_of(page.file)
        linked = await self._linked(person, page.file)
        return self._made(page, calls, linked, nation or self._files(person.force).nation)

    async def services(
        self, person: Person, case: CaseId, needs: Sequence[str], nation: Nation
    ) -> list[Match]:
        """Whom the nation has for these needs, each with why."""
        async with self._pages.opened(person, case):
            today = self._pages.room.clock.now().date()
            return matches(self._files(person.force).directory, needs, nation, today)

    async def _linked(self, person: Person, file: CaseFile) -> list[LinkedCall]:
        """Calls that belong to those of the case by the machine or a person, and are not in it."""
        found: dict[CallId, LinkedCall] = {}
        for call in file.calls:
            for one in await self._casework.linked(person, call):
                if one.call not in file.calls and one.force == person.force:
                    found.setdefault(one.call, one)
        return list(found.values())

    def _made(
        self, page: CasePage, calls: Calls, linked: Sequence[LinkedCall], nation: Nation | None
    ) -> CaseView:
        file, now = page.file, self._pages.room.clock.now()
        files = self._files(file.force or ForceId(""))
        heard = suggested_needs(files.directory, calls)
        return CaseView(
            case=page.case,
            seq=file.last_seq,
            now=now,
            opened_at=file.opened_at,
            opened_by=file.opened_by,
            closed=file.closed,
            parties=list(file.parties.values()),
            addresses=list(file.addresses.values()),
            orders=list(file.orders.values()),
            fears=file.afraid,
            contacts=[Contact(noted=noted, at=at) for noted, at in file.contacts.values()],
            calls=[self._call(call, file, entries) for call, entries in calls.items()],
            linked=linked,
            forms=list(files.forms.values()),
            assessments=_assessments(file, files, calls),
            referrals=[self._referral(file, name, one, now) for name, one in file.referrals.items()],
            needs=[
                NeedView(id=need.id, title=need.title, suggested=heard.get(need.id, ()))
                for need in files.directory.needs
            ],
            unchecked_services=len(files.directory.unshown(now.date())),
            judgement=file.judgement,
            marac=_marac(file, files, calls, now, nation),
            nation=nation or "",
        )

    def _call(self, call: CallId, file: CaseFile, entries: Sequence[Entry]) -> CaseCall:
        brief = brief_of(call, entries, self._markers)
        return CaseCall(
            call=call,
            name=call_name(call),
            because=file.calls[call].because,
            arrived_at=brief.arrived_at,
            live=brief.live,
            lines=brief.lines,
        )

    def _referral(self, file: CaseFile, name: ThingId, referral: Referral, now: datetime) -> ReferralView:
        sent = referral.sent.text if referral.sent else ""
        force = self._pages.room.force(file.force or ForceId("")).name
        return ReferralView(
            id=name,
            stands=referral,
            gaps=() if referral.sent else self._referring.gaps(file, referral),
            letter=sent or letter(file, referral, force=force),
            overdue=referral.overdue(now),
        )


def _assessments(file: CaseFile, files: CaseFiles, calls: Calls) -> list[AssessmentView]:
    views = []
    for name, one in file.assessments.items():
        form = one.begun.kept or files.forms.get(one.begun.form)
        same = form if form is not None and form.version == one.begun.version else None
        suggested = suggestions(same, calls) if same is not None and one.signed is None else {}
        views.append(AssessmentView(id=name, stands=one, form=same, suggested=suggested))
    return views


def _marac(
    file: CaseFile, files: CaseFiles, calls: Calls, now: datetime, nation: Nation | None
) -> MaracView | None:
    """In the words of the nation whose law holds, and by its criteria alone."""
    text = files.maracs.get(nation) if nation is not None else None
    if text is None:
        return None
    reports = [entries[0].recorded_at for entries in calls.values()]
    found = criteria(file, reports, files.forms.values(), now)
    return MaracView(
        text=text,
        criteria=[one for one in found if one.name in text.criteria],
        heard=[day.isoformat() for day in file.heard],
    )
