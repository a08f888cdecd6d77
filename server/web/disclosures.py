"""The doors through which a call leaves: one asks, another agrees, each just proved to be themselves."""

from typing import Annotated

import msgspec
from aiohttp import web

from server.domain.disclosure import Disclosure
from server.domain.events import Purpose
from server.domain.events.keeping import Pictures
from server.domain.holding import HoldState
from server.domain.ids import ActId, CallId
from server.domain.people import Person
from server.services.disclosing import NoSuchDisclosure, Wanted
from server.services.wire import utc_text
from server.web.doors import DOORS
from server.web.kept import safekeeping_of
from server.web.requests import body_of, json, token_of, who_acts, who_asks


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    purpose: Purpose
    why: str
    redact: bool
    names: Annotated[tuple[str, ...], msgspec.Meta(max_length=50)] = ()
    pictures: Pictures | None = None
    """None: all of them, but none in a redacted copy."""

    @property
    def wanted(self) -> Wanted:
        pictures = self.pictures or (Pictures.NONE if self.redact else Pictures.WHOLE)
        return Wanted(
            purpose=self.purpose, why=self.why, redact=self.redact, names=self.names, pictures=pictures
        )


class Step(msgspec.Struct, frozen=True, kw_only=True):
    id: str


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    why: str


PATH = "/api/calls/{call}/disclosures"


def routes() -> list[web.RouteDef]:
    return [
        web.get(PATH, listed),
        web.post(PATH, ask),
        web.post(PATH + "/{asked}/approve", approve),
        web.post(PATH + "/{asked}/refuse", refuse),
        web.post(PATH + "/{asked}/bundle", bundle),
        web.post("/api/calls/{call}/hold", hold),
        web.post("/api/calls/{call}/hold/lift", lift),
        web.post("/api/calls/{call}/hold/agree", agree),
        web.get("/api/calls/{call}/keeping", keeping),
    ]


async def listed(request: web.Request) -> web.Response:
    person = await who_asks(request)
    found = await safekeeping_of(request).disclosing.of(person, _call(request))
    return json({"disclosures": [_shown(one) for one in found]})


async def ask(request: web.Request) -> web.Response:
    person = await proved(request)
    wanted = await body_of(request, Ask)
    asked = await safekeeping_of(request).disclosing.ask(
        person,
        _call(request),
        wanted.wanted,
        act=ActId(wanted.id),
    )
    return json({"asked": asked})


async def approve(request: web.Request) -> web.Response:
    return await _decide(request, agreed=True)


async def refuse(request: web.Request) -> web.Response:
    return await _decide(request, agreed=False)


async def bundle(request: web.Request) -> web.Response:
    person = await proved(request)
    step = await body_of(request, Step)
    made = await safekeeping_of(request).disclosing.bundle(
        person, _call(request), _asked(request), act=ActId(step.id)
    )
    return web.Response(
        body=made.data,
        content_type="application/zip",
        headers={"Content-Disposition": 'attachment; filename="call.zip"', "Digest-Of-Hashes": made.digest},
    )


async def hold(request: web.Request) -> web.Response:
    person = await _may_hold(request)
    wanted = await body_of(request, Hold)
    holding = safekeeping_of(request).holding
    await holding.place(_call(request), by=person.id, why=wanted.why, act=ActId(wanted.id))
    return json({})


async def lift(request: web.Request) -> web.Response:
    person = await _may_hold(request)
    wanted = await body_of(request, Hold)
    holding = safekeeping_of(request).holding
    await holding.ask_lift(_call(request), by=person.id, why=wanted.why, act=ActId(wanted.id))
    return json({})


async def agree(request: web.Request) -> web.Response:
    person = await _may_hold(request)
    step = await body_of(request, Step)
    await safekeeping_of(request).holding.agree_lift(_call(request), by=person.id, act=ActId(step.id))
    return json({})


async def keeping(request: web.Request) -> web.Response:
    person, kept = await who_asks(request), safekeeping_of(request)
    await kept.disclosing.of(person, _call(request))
    seen = await kept.holding.seen(_call(request))
    return json(
        {
            "held": _held(seen.held),
            "until": [
                {"title": one.title, "what": one.what, "until": utc_text(one.until), "why": one.why}
                for one in seen.until
            ],
            "certificate": [
                {"kind": one.kind, "at": one.at, "by": one.person, "facts": one.facts, "digest": one.digest}
                for one in seen.certificate
            ],
        }
    )


async def _decide(request: web.Request, *, agreed: bool) -> web.Response:
    person = await proved(request)
    step = await body_of(request, Step)
    disclosing = safekeeping_of(request).disclosing
    await disclosing.decide(person, _call(request), _asked(request), agreed=agreed, act=ActId(step.id))
    return json({})


async def proved(request: web.Request) -> Person:
    person = await who_acts(request)
    await request.app[DOORS].signing_in.check_proved(token_of(request))
    return person


async def _may_hold(request: web.Request) -> Person:
    """Whoever may disclose may hold: both are what is done for a court."""
    person = await proved(request)
    await safekeeping_of(request).disclosing.of(person, _call(request))
    return person


def _held(held: HoldState | None) -> dict[str, object] | None:
    if held is None:
        return None
    return {
        "by": held.by,
        "at": utc_text(held.at),
        "why": held.why,
        "lift_by": held.lift_by,
        "lift_why": held.lift_why,
    }


def _asked(request: web.Request) -> int:
    given = request.match_info["asked"]
    if not given.isascii() or not given.isdigit() or len(given) > 9:
        raise NoSuchDisclosure
    return int(given)


def _call(request: web.Request) -> CallId:
    return CallId(request.match_info["call"])


def _shown(one: Disclosure) -> dict[str, object]:
    return {
        "asked": one.asked,
        "by": one.by,
        "purpose": one.purpose,
        "why": one.why,
        "redact": one.redact,
        "names": one.names,
        "pictures": one.pictures,
        "approved_by": one.approved_by,
        "refused_by": one.refused_by,
        "taken": one.taken,
    }
