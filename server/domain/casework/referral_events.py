"""Referrals: what is drafted, agreed to, sent, chased and confirmed."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from server.domain.casework.base import CaseEvent, PartyId, ThingId


class Consent(StrEnum):
    YES = "yes"
    NO = "no"
    NOT_ASKED = "not asked"
    UNSAFE = "unsafe to ask"


class Basis(StrEnum):
    """On what a referral rests that the person has not agreed to; a human names it, and says why."""

    SERIOUS_HARM = "to prevent serious harm: necessary and proportionate"
    CHILD = "to safeguard a child"
    ADULT_AT_RISK = "to safeguard an adult at risk"
    VITAL = "vital interests"


class ReferralWay(StrEnum):
    EMAIL = "email"
    API = "api"
    PRINT = "print"
    TELEPHONE = "telephone"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralEvent(CaseEvent):
    referral: ThingId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralBegun(ReferralEvent):
    service: str
    """Its id in the directory."""
    name: str
    needs: tuple[str, ...]
    party: PartyId
    """Whom it is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralFilled(ReferralEvent):
    """What is asked for, and the facts that were chosen to go with it; the latest stands."""

    help: str = field(repr=False)
    facts: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentNoted(ReferralEvent):
    consent: Consent
    basis: Basis | None = None
    """Named where it goes without consent."""
    why: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralSent(ReferralEvent):
    """A person sent it. Nothing ever sends one by itself."""

    way: ReferralWay
    to: str = field(default="", repr=False)
    text: str = field(repr=False)
    """What went, word for word."""
    due_at: datetime
    """When the service should have confirmed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralCarried(ReferralEvent):
    carried: str
    reference: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralChased(ReferralEvent):
    note: str = field(default="", repr=False)
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralEscalated(ReferralEvent):
    """Nobody chased it after its time: it was brought to the supervisor. A chase sets it a new time."""

    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralConfirmed(ReferralEvent):
    """The service says that it has it, and who has it there."""

    by: str = field(repr=False)
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralEnded(ReferralEvent):
    """It is not to be sent, or the service cannot take it."""

    why: str = field(repr=False)
