"""The doors for a request for everything held about somebody: each step by who may export."""

from typing import Annotated

import msgspec
from aiohttp import web

from server.domain.casework.events import CaseId, PartyId
from server.domain.ids import ActId
from server.domain.papers import PaperId
from server.domain.people import Person
from server.domain.subject_access import Fate, Item, SubjectRequest
from server.services.pages import Doing
from server.services.subject_access import SubjectAccess
from server.services.subject_asking import SubjectWanted
from server.services.subject_seen import Decision, SubjectSeen
from server.services.wire import utc_text
from server.web.disclosures import proved
from server.web.doors import DOORS
from server.web.kept import safekeeping_of
from server.web.requests import body_of, json, token_of, who_asks

Few = Annotated[tuple[str, ...], msgspec.Meta(max_length=12)]
Names = Annotated[tuple[str, ...], msgspec.Meta(max_length=50)]


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    why: str
    name: str = ""
    numbers: Few = ()
    addresses: Few = ()
    case: CaseId | None = None
    party: PartyId | None = None

    @property
    def wanted(self) -> SubjectWanted:
        return SubjectWanted(
            name=self.name,
            numbers=self.numbers,
            addresses=self.addresses,
            case=self.case,
            party=self.party,
            why=self.why,
        )


class Decide(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    item: str
    fate: Fate
    why: str = ""
    names: Names = ()


class Step(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    why: str = ""


PATH = "/api/subjects"


def routes() -> list[web.RouteDef]:
    one = PATH + "/{paper}"
    return [
        web.get(PATH, listed),
        web.post(PATH, ask),
        web.get(one, looked),
        web.post(f"{one}/decide", decide),
        web.post(f"{one}/propose", propose),
        web.post(f"{one}/approve", approve),
        web.post(f"{one}/turn-down", turn_down),
        web.post(f"{one}/bundle", bundle),
    ]


async def listed(request: web.Request) -> web.Response:
    person = await who_asks(request)
    found = await _subjects(request).of_force(person)
    return json({"requests": [_request(one) for one in found]})


async def ask(request: web.Request) -> web.Response:
    person = await proved(request)
    given = await body_of(request, Ask)
    made = await _subjects(request).ask(_doing(person, given.id), given.wanted)
    return json({"request": made})


async def looked(request: web.Request) -> web.Response:
    person = await who_asks(request)
    seen = await _subjects(request).look(person, _paper(request), session=token_of(request)[:16])
    people = await request.app[DOORS].desks.room.duty.people.people(person.force)
    return json({**_seen(seen), "people": {one.id: one.name for one in people}})


async def decide(request: web.Request) -> web.Response:
    person = await proved(request)
    given = await body_of(request, Decide)
    decision = Decision(fate=given.fate, why=given.why, names=given.names)
    await _subjects(request).decide(_doing(person, given.id), _paper(request), given.item, decision)
    return json({})


async def propose(request: web.Request) -> web.Response:
    person = await proved(request)
    step = await body_of(request, Step)
    await _subjects(request).propose(_doing(person, step.id), _paper(request))
    return json({})


async def approve(request: web.Request) -> web.Response:
    return await _settle(request, agreed=True)


async def turn_down(request: web.Request) -> web.Response:
    return await _settle(request, agreed=False)


async def bundle(request: web.Request) -> web.Response:
    person = await proved(request)
    step = await body_of(request, Step)
    made = await _subjects(request).bundle(_doing(person, step.id), _paper(request))
    headers = {
        "Content-Disposition": 'attachment; filename="subject-access.zip"',
        "Digest-Of-Hashes": made.digest,
    }
    return web.Response(body=made.data, content_type="application/zip", headers=headers)


async def _settle(request: web.Request, *, agreed: bool) -> web.Response:
    person = await proved(request)
    step = await body_of(request, Step)
    doing = _doing(person, step.id)
    await _subjects(request).settle(doing, _paper(request), agreed=agreed, why=step.why)
    return json({})


def _subjects(request: web.Request) -> SubjectAccess:
    return safekeeping_of(request).subjects


def _paper(request: web.Request) -> PaperId:
    return PaperId(request.match_info["paper"])


def _doing(person: Person, act: str) -> Doing:
    return Doing(person=person, act=ActId(act))


def _request(one: SubjectRequest) -> dict[str, object]:
    return {
        "id": one.id,
        "by": one.asked.person,
        "asked_at": utc_text(one.asked_at),
        "name": one.asked.name,
        "numbers": one.asked.numbers,
        "addresses": one.asked.addresses,
        "case": one.asked.case,
        "why": one.asked.why,
        "open": one.open,
        "waits": one.waits,
        "approved_by": one.approved_by,
        "turned_down": None
        if one.turned_down is None
        else {"by": one.turned_down.person, "why": one.turned_down.why},
        "taken": one.taken,
    }


def _seen(seen: SubjectSeen) -> dict[str, object]:
    return {
        **_request(seen.request),
        "more": seen.more,
        "items": [_item(one, seen) for one in seen.items],
    }


def _item(one: Item, seen: SubjectSeen) -> dict[str, object]:
    decided = seen.decided.get(one.id)
    return {
        "id": one.id,
        "kind": one.kind,
        "at": utc_text(one.at),
        "call": one.call,
        "case": one.case,
        "confirmed": one.confirmed,
        "because": one.because,
        "others": one.others,
        "cautions": one.cautions,
        "decided": None
        if decided is None
        else {"fate": decided.fate, "why": decided.why, "names": decided.names},
    }
