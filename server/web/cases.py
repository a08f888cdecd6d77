"""Cases: who is in them and what is known, as specialists and supervisors keep it."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import TypeVar

from aiohttp import web

from server.domain.casework.directory import Nation
from server.domain.casework.events import (
    AddressNoted,
    CaseId,
    FearNoted,
    JudgementNoted,
    Known,
    MaracHeard,
    OrderChecked,
    OrderNoted,
    PartyId,
    PartyNoted,
    PartyRole,
    SafeContactNoted,
    ThingId,
)
from server.domain.events import CheckResult
from server.domain.ids import CallId
from server.services.case_desk import CaseDesk
from server.services.pages import Doing
from server.web.call_acts import Act, Note, Text
from server.web.doors import DOORS
from server.web.errors import Turned
from server.web.requests import body_of, json, token_of, who_acts, who_asks

LIMIT = 32_768
"""Bytes: the facts of a referral are longer than what else a page sends."""
CASE = "/api/cases/{case}"


class Open(Act, frozen=True, kw_only=True):
    call: CallId


class AddCall(Open, frozen=True, kw_only=True):
    because: Text = ""


class Party(Act, frozen=True, kw_only=True):
    party: PartyId = PartyId("")
    """Empty: somebody new."""
    role: PartyRole
    name: Text
    born: Text = ""
    number: Text = ""
    note: Text = ""


class Address(Act, frozen=True, kw_only=True):
    address: ThingId = ThingId("")
    text: Text
    of: PartyId | None = None
    suspect_knows: Known = Known.NOT_KNOWN


class Order(Act, frozen=True, kw_only=True):
    order: ThingId = ThingId("")
    kind: Text
    terms: Text = ""
    until: date | None = None


class Checked(Act, frozen=True, kw_only=True):
    found: CheckResult
    source: Text
    text: Text = ""


class Fear(Act, frozen=True, kw_only=True):
    who: PartyId
    of: PartyId
    afraid: Known
    words: Text


class Contact(Act, frozen=True, kw_only=True):
    party: PartyId
    phone_safe: Known
    when: Text = ""
    word: Text = ""
    others: Text = ""


class Heard(Act, frozen=True, kw_only=True):
    on: date


class Judgement(Act, frozen=True, kw_only=True):
    refer: bool
    why: Text


A = TypeVar("A", bound=Act)
Do = Callable[["On", A], Awaitable[object]]


class On:
    """Who acts on which case."""

    def __init__(self, request: web.Request, doing: Doing) -> None:
        named = request.match_info
        self.desk: CaseDesk = request.app[DOORS].cases
        self.doing = doing
        self.case = CaseId(named.get("case", ""))
        self.thing = ThingId(named.get("thing", ""))
        self.call = CallId(named.get("call", ""))


def routes() -> list[web.RouteDef]:
    return [*_looks(), *_calls(), *_people(), *_known()]


def _looks() -> list[web.RouteDef]:
    return [
        web.get("/api/cases", cases),
        web.get("/api/referrals/overdue", overdue),
        web.get(CASE, case),
        web.get(f"{CASE}/services", services),
    ]


def _calls() -> list[web.RouteDef]:
    return [
        post("/api/cases", Open, _open),
        post(
            f"{CASE}/calls",
            AddCall,
            lambda on, asked: on.desk.cases.add_call(on.doing, on.case, asked.call, asked.because),
        ),
        post(
            f"{CASE}/calls/{{call}}/remove",
            Note,
            lambda on, asked: on.desk.cases.remove_call(on.doing, on.case, on.call, asked.note),
        ),
        post(f"{CASE}/close", Note, lambda on, asked: on.desk.cases.close(on.doing, on.case, asked.note)),
        post(f"{CASE}/reopen", Act, lambda on, _: on.desk.cases.reopen(on.doing, on.case)),
    ]


def _people() -> list[web.RouteDef]:
    return [
        post(f"{CASE}/parties", Party, _party),
        post(f"{CASE}/addresses", Address, _address),
        post(f"{CASE}/fears", Fear, _fear),
        post(f"{CASE}/contacts", Contact, _contact),
    ]


def _known() -> list[web.RouteDef]:
    return [
        post(f"{CASE}/orders", Order, _order),
        post(f"{CASE}/orders/{{thing}}/checked", Checked, _checked),
        post(f"{CASE}/marac", Heard, _heard),
        post(f"{CASE}/judgement", Judgement, _judged),
    ]


async def overdue(request: web.Request) -> web.Response:
    """Referrals that no service has confirmed in time, without a word of what is in them."""
    person = await who_asks(request)
    found = await request.app[DOORS].cases.chasing.overdue(person)
    return json({"referrals": found})


async def cases(request: web.Request) -> web.StreamResponse:
    """The force's cases that one may know of; with `call`, those it is in, and what is linked to it."""
    person = await who_asks(request)
    desk = request.app[DOORS].cases.cases
    call = CallId(request.query["call"]) if "call" in request.query else None
    linked = await desk.linked(person, call) if call is not None else []
    return json({"cases": await desk.cases(person, call=call), "linked": linked})


async def case(request: web.Request) -> web.StreamResponse:
    person = await who_asks(request)
    nation = _nation(request) if "nation" in request.query else None
    wanted = CaseId(request.match_info["case"])
    views = request.app[DOORS].cases.views
    return json(await views.view(person, wanted, nation=nation, session=token_of(request)))


async def services(request: web.Request) -> web.StreamResponse:
    person = await who_asks(request)
    needs = request.query.get("needs", "")[:1000].split(",")
    views = request.app[DOORS].cases.views
    found = await views.services(person, CaseId(request.match_info["case"]), needs, _nation(request))
    return json({"services": found})


async def _open(on: On, asked: Open) -> object:
    return {"case": await on.desk.cases.open(on.doing, asked.call)}


async def _party(on: On, asked: Party) -> object:
    noted = PartyNoted(
        person=on.doing.by,
        party=asked.party,
        role=asked.role,
        name=asked.name,
        born=asked.born,
        number=asked.number,
        note=asked.note,
    )
    return {"party": await on.desk.cases.party(on.doing, on.case, noted)}


async def _address(on: On, asked: Address) -> None:
    noted = AddressNoted(
        person=on.doing.by,
        address=asked.address,
        text=asked.text,
        of=asked.of,
        suspect_knows=asked.suspect_knows,
    )
    await on.desk.cases.address(on.doing, on.case, noted)


async def _order(on: On, asked: Order) -> None:
    noted = OrderNoted(
        person=on.doing.by, order=asked.order, kind=asked.kind, terms=asked.terms, until=asked.until
    )
    await on.desk.cases.order(on.doing, on.case, noted)


async def _checked(on: On, asked: Checked) -> None:
    checked = OrderChecked(
        person=on.doing.by, order=on.thing, found=asked.found, source=asked.source, text=asked.text
    )
    await on.desk.cases.order_checked(on.doing, on.case, checked)


async def _fear(on: On, asked: Fear) -> None:
    noted = FearNoted(person=on.doing.by, who=asked.who, of=asked.of, afraid=asked.afraid, words=asked.words)
    await on.desk.cases.fear(on.doing, on.case, noted)


async def _contact(on: On, asked: Contact) -> None:
    noted = SafeContactNoted(
        person=on.doing.by,
        party=asked.party,
        phone_safe=asked.phone_safe,
        when=asked.when,
        word=asked.word,
        others=asked.others,
    )
    await on.desk.cases.contact(on.doing, on.case, noted)


async def _heard(on: On, asked: Heard) -> None:
    await on.desk.cases.marac_heard(on.doing, on.case, MaracHeard(person=on.doing.by, on=asked.on))


async def _judged(on: On, asked: Judgement) -> None:
    noted = JudgementNoted(person=on.doing.by, refer=asked.refer, why=asked.why)
    await on.desk.cases.judged(on.doing, on.case, noted)


def _nation(request: web.Request) -> Nation:
    try:
        return Nation(request.query.get("nation", ""))
    except ValueError:
        raise Turned(400, "bad-parameter", f"nation: one of {', '.join(Nation)}.") from None


def post(path: str, kind: type[A], do: Do[A]) -> web.RouteDef:
    async def act(request: web.Request) -> web.StreamResponse:
        person = await who_acts(request)
        asked = await body_of(request, kind, LIMIT)
        done = await do(On(request, Doing(person=person, act=asked.id)), asked)
        return json(done or {})

    return web.post(path, act)
