"""Referrals that a person sent by another system: it fetches them, passes them on, and says who has them."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from server.domain.casework.events import CaseId, ThingId
from server.domain.ids import ActId, PersonId
from server.domain.integrations import Scope
from server.services.case_post import Confirmation, Outgoing
from server.web.api import shapes
from server.web.api.cursors import paged
from server.web.api.operations import PAGED, Asked, Operation
from server.web.api.plain import plain


class Referral(shapes.Given, frozen=True, kw_only=True):
    """One referral, word for word as a person sent it."""

    case: str
    referral: str
    service: str
    to: str
    letter: str
    sent_at: datetime
    due_at: datetime
    """When the service should have confirmed."""


class Referrals(shapes.Given, frozen=True, kw_only=True):
    items: list[Referral]
    next: str | None


class Received(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The service has it, and who has it there."""

    id: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,40}$")]
    by: Annotated[str, Meta(min_length=1, max_length=200)]
    note: Annotated[str, Meta(max_length=200)] = ""


async def referrals(asked: Asked) -> Referrals:
    waiting = await asked.doors.cases.post.waiting(asked.key.force, reader=_reader(asked))
    items, more = paged([_referral(one) for one in waiting], asked)
    return Referrals(items=items, next=more)


async def received(asked: Asked) -> Referrals:
    confirmation = Confirmation(
        case=CaseId(asked.path("case")),
        referral=ThingId(asked.path("referral")),
        by=plain(asked.body.by, instead=asked.key.system),
        note=plain(asked.body.note),
        reader=_reader(asked),
        act=ActId(f"{asked.key.id}-{asked.body.id}"),
    )
    await asked.doors.cases.post.confirm(asked.key.force, confirmation)
    return Referrals(items=[], next=None)


def _reader(asked: Asked) -> PersonId:
    return PersonId(f"key:{asked.key.id}")


def _referral(one: Outgoing) -> Referral:
    return Referral(
        case=one.case,
        referral=one.referral,
        service=one.service,
        to=one.to,
        letter=one.letter,
        sent_at=one.sent_at,
        due_at=one.due_at,
    )


OPERATIONS = (
    Operation(
        method="GET",
        path="/referrals",
        name="listReferrals",
        about="Referrals that people sent this way and that no service has confirmed. They hold words.",
        scope=Scope.REFERRALS,
        gives=Referrals,
        does=referrals,
        params=PAGED,
    ),
    Operation(
        method="POST",
        path="/cases/{case}/referrals/{referral}/received",
        name="confirmReferral",
        about="The service says that it has the referral, and who has it there.",
        scope=Scope.REFERRALS,
        takes=Received,
        gives=Referrals,
        does=received,
    ),
)
