"""Where one referral stands: drafted, agreed to or not, sent by a person, chased until it is confirmed."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from server.domain.casework.events import (
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
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    begun: ReferralBegun
    begun_at: datetime
    help: str = field(default="", repr=False)
    facts: tuple[str, ...] = field(default=(), repr=False)
    consent: ConsentNoted | None = None
    sent: ReferralSent | None = None
    sent_at: datetime | None = None
    carried: ReferralCarried | None = None
    chased: tuple[tuple[datetime, str], ...] = ()
    due_at: datetime | None = None
    """When the service should have confirmed, as it stands after the last chase."""
    brought_for: datetime | None = None
    """For which of these times it was brought to the supervisor."""
    confirmed: ReferralConfirmed | None = None
    confirmed_at: datetime | None = None
    ended: ReferralEnded | None = None

    @property
    def waits(self) -> bool:
        """Whether a service has yet to say that it has it."""
        return self.sent is not None and self.confirmed is None and self.ended is None

    def overdue(self, now: datetime) -> bool:
        return self.waits and self.due_at is not None and self.due_at <= now


def begun_by(event: ReferralBegun, at: datetime) -> Referral:
    return Referral(begun=event, begun_at=at)


def moved(referral: Referral, event: ReferralEvent, at: datetime) -> Referral:
    match event:
        case ReferralFilled():
            return replace(referral, help=event.help, facts=event.facts)
        case ConsentNoted():
            return replace(referral, consent=event)
        case ReferralSent() | ReferralChased():
            return _out(referral, event, at)
        case _:
            return _answered(referral, event, at)


def _answered(referral: Referral, event: ReferralEvent, at: datetime) -> Referral:
    match event:
        case ReferralCarried():
            return replace(referral, carried=event)
        case ReferralEscalated():
            return replace(referral, brought_for=event.due_at)
        case ReferralConfirmed():
            return replace(referral, confirmed=event, confirmed_at=at)
        case ReferralEnded():
            return replace(referral, ended=event)
        case _:
            return referral


def _out(referral: Referral, event: ReferralSent | ReferralChased, at: datetime) -> Referral:
    if isinstance(event, ReferralSent):
        return replace(referral, sent=event, sent_at=at, due_at=event.due_at)
    return replace(referral, chased=(*referral.chased, (at, event.note)), due_at=event.due_at)


def missing(referral: Referral, *, name: str, contact_known: bool) -> tuple[str, ...]:
    """What keeps it from being sent, each by its plain name; none: a person may send it."""
    consent = referral.consent.consent if referral.consent else None
    without = consent is not None and consent is not Consent.YES
    gaps = {
        "the person's name": not name,
        "how they can safely be reached": not contact_known,
        "what help is asked for": not referral.help,
        "the facts that it rests on": not referral.facts,
        "whether they agree: yes, no, not asked, or unsafe to ask": consent is None,
        "the lawful basis for going without their agreement": without
        and (referral.consent is None or referral.consent.basis is None),
        "why it is necessary without their agreement": without
        and (referral.consent is None or not referral.consent.why),
    }
    return tuple(gap for gap, is_missing in gaps.items() if is_missing)
