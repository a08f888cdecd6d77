"""A case's assessments and referrals."""

from typing import Annotated

import msgspec
from aiohttp import web

from server.domain.casework.events import (
    Basis,
    Consent,
    ConsentNoted,
    PartyId,
    ReferralFilled,
    ReferralWay,
)
from server.services.assessing import Reply
from server.services.referring import Begin, Send
from server.web.call_acts import Act, Note, Text
from server.web.cases import CASE, On, post

Facts = Annotated[tuple[Text, ...], msgspec.Meta(max_length=30)]


class NewForm(Act, frozen=True, kw_only=True):
    form: Text


class Answer(Act, frozen=True, kw_only=True):
    question: Text
    answer: Text
    note: Text = ""


class Sign(Act, frozen=True, kw_only=True):
    level: Text
    judgement: Text


class NewReferral(Act, frozen=True, kw_only=True):
    service: Text
    party: PartyId
    needs: Annotated[tuple[Text, ...], msgspec.Meta(max_length=20)] = ()


class Fill(Act, frozen=True, kw_only=True):
    help: Text = ""
    facts: Facts = ()


class Agreed(Act, frozen=True, kw_only=True):
    consent: Consent
    basis: Basis | None = None
    why: Text = ""


class Out(Act, frozen=True, kw_only=True):
    way: ReferralWay
    to: Text = ""


class Confirmed(Act, frozen=True, kw_only=True):
    by: Text
    note: Text = ""


def routes() -> list[web.RouteDef]:
    return [*_forms(), *_drafts(), *_sent()]


def _forms() -> list[web.RouteDef]:
    forms = f"{CASE}/assessments"
    return [
        post(forms, NewForm, _begin_form),
        post(
            f"{forms}/{{thing}}/answers",
            Answer,
            lambda on, asked: on.desk.forms.answer(
                on.doing,
                on.case,
                on.thing,
                Reply(question=asked.question, answer=asked.answer, note=asked.note),
            ),
        ),
        post(
            f"{forms}/{{thing}}/sign",
            Sign,
            lambda on, asked: on.desk.forms.sign(on.doing, on.case, on.thing, asked.level, asked.judgement),
        ),
    ]


def _drafts() -> list[web.RouteDef]:
    referral = f"{CASE}/referrals"
    return [
        post(referral, NewReferral, _begin_referral),
        post(f"{referral}/{{thing}}/fill", Fill, _fill),
        post(f"{referral}/{{thing}}/consent", Agreed, _agreed),
        post(
            f"{referral}/{{thing}}/send",
            Out,
            lambda on, asked: on.desk.referrals.send(
                on.doing, on.case, on.thing, Send(way=asked.way, to=asked.to)
            ),
        ),
    ]


def _sent() -> list[web.RouteDef]:
    referral = f"{CASE}/referrals/{{thing}}"
    return [
        post(
            f"{referral}/chase",
            Note,
            lambda on, asked: on.desk.referrals.chase(on.doing, on.case, on.thing, asked.note),
        ),
        post(
            f"{referral}/confirm",
            Confirmed,
            lambda on, asked: on.desk.referrals.confirm(on.doing, on.case, on.thing, asked.by, asked.note),
        ),
        post(
            f"{referral}/end",
            Note,
            lambda on, asked: on.desk.referrals.end(on.doing, on.case, on.thing, asked.note),
        ),
    ]


async def _begin_form(on: On, asked: NewForm) -> object:
    return {"assessment": await on.desk.forms.begin(on.doing, on.case, asked.form)}


async def _begin_referral(on: On, asked: NewReferral) -> object:
    begin = Begin(service=asked.service, party=asked.party, needs=asked.needs)
    return {"referral": await on.desk.referrals.begin(on.doing, on.case, begin)}


async def _fill(on: On, asked: Fill) -> None:
    filled = ReferralFilled(person=on.doing.by, referral=on.thing, help=asked.help, facts=asked.facts)
    await on.desk.referrals.fill(on.doing, on.case, filled)


async def _agreed(on: On, asked: Agreed) -> None:
    noted = ConsentNoted(
        person=on.doing.by, referral=on.thing, consent=asked.consent, basis=asked.basis, why=asked.why
    )
    await on.desk.referrals.consent(on.doing, on.case, noted)
