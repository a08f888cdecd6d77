"""Where one case stands: a fold over its journal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import TypeVar

from server.domain.casework.events import (
    AddressNoted,
    AnswerGiven,
    AssessmentBegun,
    AssessmentSigned,
    CallAdded,
    CallRemoved,
    CaseClosed,
    CaseEntry,
    CaseFact,
    CaseOpened,
    CaseReopened,
    FearNoted,
    JudgementNoted,
    MaracHeard,
    OrderChecked,
    OrderNoted,
    PartyId,
    PartyNoted,
    PartyRole,
    ReferralBegun,
    ReferralEvent,
    SafeContactNoted,
    ThingId,
)
from server.domain.casework.referrals import Referral, begun_by, moved
from server.domain.ids import CallId, ForceId, PersonId

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    noted: OrderNoted
    checked: OrderChecked | None = None
    checked_at: datetime | None = None
    """None: nobody has looked, which is as much to be said as that there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    given: AnswerGiven
    at: datetime
    before: tuple[str, ...] = ()
    """What was answered before, the oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    begun: AssessmentBegun
    begun_at: datetime
    answers: Mapping[str, Answered] = field(default_factory=dict)
    signed: AssessmentSigned | None = None
    signed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    last_seq: int = 0
    force: ForceId | None = None
    opened_at: datetime | None = None
    opened_by: PersonId | None = None
    changed_at: datetime | None = None
    calls: Mapping[CallId, CallAdded] = field(default_factory=lambda: MappingProxyType({}))
    parties: Mapping[PartyId, PartyNoted] = field(default_factory=lambda: MappingProxyType({}))
    addresses: Mapping[ThingId, AddressNoted] = field(default_factory=lambda: MappingProxyType({}))
    orders: Mapping[ThingId, Order] = field(default_factory=lambda: MappingProxyType({}))
    fears: Mapping[str, FearNoted] = field(default_factory=lambda: MappingProxyType({}))
    contacts: Mapping[PartyId, tuple[SafeContactNoted, datetime]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    assessments: Mapping[ThingId, Assessment] = field(default_factory=lambda: MappingProxyType({}))
    referrals: Mapping[ThingId, Referral] = field(default_factory=lambda: MappingProxyType({}))
    heard: tuple[date, ...] = ()
    """The days on which it was before a conference."""
    judgement: JudgementNoted | None = None
    closed: bool = False

    def of_role(self, role: PartyRole) -> tuple[PartyNoted, ...]:
        return tuple(one for one in self.parties.values() if one.role is role)

    @property
    def afraid(self) -> tuple[FearNoted, ...]:
        """Every fear as it was last put on record. Two fears stand as two: nothing joins them."""
        return tuple(self.fears.values())


def folded_case(entries: Iterable[CaseEntry], case: CaseFile | None = None) -> CaseFile:
    case = case or CaseFile()
    for entry in entries:
        case = replace(_applied(case, entry), last_seq=entry.seq, changed_at=entry.recorded_at)
    return case


def _applied(case: CaseFile, entry: CaseEntry) -> CaseFile:
    event = entry.event
    if isinstance(event, ReferralEvent):
        return _referred(case, event, entry.recorded_at)
    for change in (_opened, _people, _orders, _assessed):
        case = change(case, event, entry.recorded_at)
    return case


def _referred(case: CaseFile, event: ReferralEvent, at: datetime) -> CaseFile:
    before = case.referrals.get(event.referral)
    if isinstance(event, ReferralBegun):
        return replace(case, referrals=_set(case.referrals, event.referral, begun_by(event, at)))
    if before is None:
        return case
    return replace(case, referrals=_set(case.referrals, event.referral, moved(before, event, at)))


def _opened(case: CaseFile, event: CaseFact, at: datetime) -> CaseFile:
    match event:
        case CaseOpened():
            return replace(case, force=event.force, opened_at=at, opened_by=event.person)
        case CallAdded():
            return replace(case, calls=_set(case.calls, event.call, event))
        case CallRemoved():
            left = {call: added for call, added in case.calls.items() if call != event.call}
            return replace(case, calls=MappingProxyType(left))
        case MaracHeard():
            return replace(case, heard=(*case.heard, event.on))
        case JudgementNoted():
            return replace(case, judgement=event)
        case CaseClosed() | CaseReopened():
            return replace(case, closed=isinstance(event, CaseClosed))
        case _:
            return case


def _people(case: CaseFile, event: CaseFact, at: datetime) -> CaseFile:
    match event:
        case PartyNoted():
            return replace(case, parties=_set(case.parties, event.party, event))
        case AddressNoted():
            return replace(case, addresses=_set(case.addresses, event.address, event))
        case FearNoted():
            return replace(case, fears=_set(case.fears, f"{event.who} of {event.of}", event))
        case SafeContactNoted():
            return replace(case, contacts=_set(case.contacts, event.party, (event, at)))
        case _:
            return case


def _orders(case: CaseFile, event: CaseFact, at: datetime) -> CaseFile:
    match event:
        case OrderNoted():
            before = case.orders.get(event.order)
            order = replace(before, noted=event) if before else Order(noted=event)
            return replace(case, orders=_set(case.orders, event.order, order))
        case OrderChecked() if event.order in case.orders:
            order = replace(case.orders[event.order], checked=event, checked_at=at)
            return replace(case, orders=_set(case.orders, event.order, order))
        case _:
            return case


def _assessed(case: CaseFile, event: CaseFact, at: datetime) -> CaseFile:
    match event:
        case AssessmentBegun():
            begun = Assessment(begun=event, begun_at=at)
            return replace(case, assessments=_set(case.assessments, event.assessment, begun))
        case AnswerGiven() | AssessmentSigned() if event.assessment in case.assessments:
            after = _answered(case.assessments[event.assessment], event, at)
            return replace(case, assessments=_set(case.assessments, event.assessment, after))
        case _:
            return case


def _answered(assessment: Assessment, event: AnswerGiven | AssessmentSigned, at: datetime) -> Assessment:
    if isinstance(event, AssessmentSigned):
        return replace(assessment, signed=event, signed_at=at)
    last = assessment.answers.get(event.question)
    before = (*last.before, last.given.answer) if last else ()
    answered = Answered(given=event, at=at, before=before)
    return replace(assessment, answers={**assessment.answers, event.question: answered})


def _set(held: Mapping[K, V], key: K, value: V) -> Mapping[K, V]:
    return MappingProxyType({**held, key: value})
