"""Everything that can happen to a case: facts in the past tense, each recorded once, in its own journal."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from server.domain.casework.base import CaseEvent, CaseId, PartyId, ThingId
from server.domain.casework.forms import Form
from server.domain.casework.referral_events import (
    Basis,
    Consent,
    ConsentNoted,
    ReferralBegun,
    ReferralCarried,
    ReferralChased,
    ReferralConfirmed,
    ReferralEnded,
    ReferralEscalated,
    ReferralEvent,
    ReferralFilled,
    ReferralSent,
    ReferralWay,
)
from server.domain.events import CheckResult
from server.domain.ids import CallId, ForceId

__all__ = [
    "AddressNoted",
    "AnswerGiven",
    "AssessmentBegun",
    "AssessmentSigned",
    "Basis",
    "CallAdded",
    "CallRemoved",
    "CaseClosed",
    "CaseEntry",
    "CaseEvent",
    "CaseFact",
    "CaseId",
    "CaseOpened",
    "CaseReopened",
    "Consent",
    "ConsentNoted",
    "FearNoted",
    "JudgementNoted",
    "Known",
    "MaracHeard",
    "OrderChecked",
    "OrderNoted",
    "PartyId",
    "PartyNoted",
    "PartyRole",
    "ReferralBegun",
    "ReferralCarried",
    "ReferralChased",
    "ReferralConfirmed",
    "ReferralEnded",
    "ReferralEscalated",
    "ReferralEvent",
    "ReferralFilled",
    "ReferralSent",
    "ReferralWay",
    "SafeContactNoted",
    "ThingId",
]


class PartyRole(StrEnum):
    """What somebody is in this case, as a person says; in another case they may be another."""

    VICTIM = "victim"
    SUSPECT = "suspect"
    CHILD = "child"
    OTHER = "other"


class Known(StrEnum):
    YES = "yes"
    NO = "no"
    NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened(CaseEvent):
    force: ForceId


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAdded(CaseEvent):
    call: CallId
    because: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRemoved(CaseEvent):
    """It is not about these people after all. That it was here stays on record."""

    call: CallId
    why: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyNoted(CaseEvent):
    """Who somebody is; the latest of a party stands, all are kept."""

    party: PartyId
    role: PartyRole
    name: str = field(repr=False)
    born: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressNoted(CaseEvent):
    address: ThingId
    text: str = field(repr=False)
    of: PartyId | None = None
    suspect_knows: Known = Known.NOT_KNOWN
    """Whether the suspect knows of it: nothing is ever sent to one that they know, or may know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNoted(CaseEvent):
    """An order, bail or a notice, as somebody says that it is; whether anybody looked is another event."""

    order: ThingId
    kind: str
    terms: str = field(default="", repr=False)
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChecked(CaseEvent):
    order: ThingId
    found: CheckResult
    source: str
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FearNoted(CaseEvent):
    """Who is afraid of whom, and how one knows. There is no `mutual`: each fear is a fact of its own."""

    who: PartyId
    of: PartyId
    afraid: Known
    words: str = field(default="", repr=False)
    """What was said or seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeContactNoted(CaseEvent):
    """How to reach somebody without putting them in danger; it is to be asked again each time."""

    party: PartyId
    phone_safe: Known
    when: str = field(default="", repr=False)
    word: str = field(default="", repr=False)
    """What shows them who rings."""
    others: str = field(default="", repr=False)
    """Who else can see or hear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentBegun(CaseEvent):
    assessment: ThingId
    form: str
    version: str
    kept: Form | None = None
    """The form as it was then: its file may change or go. None: begun before forms were kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerGiven(CaseEvent):
    """A person's answer; the latest of a question stands, all are kept."""

    assessment: ThingId
    question: str
    answer: str
    note: str = field(default="", repr=False)
    shown: int = 0
    """How many suggestions stood beside the question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentSigned(CaseEvent):
    """It is what this person makes of it, and no longer changes: a new one follows it."""

    assessment: ThingId
    level: str
    judgement: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaracHeard(CaseEvent):
    """The case was before a conference on that day."""

    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgementNoted(CaseEvent):
    """A professional judgement that this belongs before a conference, and why."""

    refer: bool
    why: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClosed(CaseEvent):
    why: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReopened(CaseEvent):
    pass


CaseFact = (
    CaseOpened
    | CallAdded
    | CallRemoved
    | PartyNoted
    | AddressNoted
    | OrderNoted
    | OrderChecked
    | FearNoted
    | SafeContactNoted
    | AssessmentBegun
    | AnswerGiven
    | AssessmentSigned
    | MaracHeard
    | JudgementNoted
    | CaseClosed
    | CaseReopened
    | ReferralBegun
    | ReferralFilled
    | ConsentNoted
    | ReferralSent
    | ReferralCarried
    | ReferralChased
    | ReferralEscalated
    | ReferralConfirmed
    | ReferralEnded
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEntry:
    """One line of a case's journal."""

    case: CaseId
    seq: int
    """Counts from 1 within the case, without gaps."""
    recorded_at: datetime
    """Aware, UTC."""
    event: CaseFact
