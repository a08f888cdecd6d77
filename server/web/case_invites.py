"""The doors for asking somebody into video from a case: with the same questions and facts."""

from aiohttp import web

from server.domain.casework.events import CaseId
from server.domain.ids import LinkId
from server.services.inviting_cases import CaseInviting
from server.web.call_acts import Act
from server.web.invites import Invite, Safety, act_of, answers_of, invites_of, shown, wanted_of
from server.web.requests import json, who_asks

VIDEO = "/api/cases/{case}/video"


def routes() -> list[web.RouteDef]:
    return [
        web.get(VIDEO, picture),
        web.post(f"{VIDEO}/safety", safety),
        web.post(f"{VIDEO}/invite", invite),
        web.post(f"{VIDEO}/links/{{link}}/revoke", revoke),
    ]


async def picture(request: web.Request) -> web.StreamResponse:
    person, invites = await who_asks(request), invites_of(request)
    call, found = await invites.cases.picture(person, _case(request))
    return json({**shown(found, invites), "call": call})


async def safety(request: web.Request) -> web.StreamResponse:
    doing, asked = await act_of(request, Safety)
    await _cases(request).ask_safety(doing, _case(request), answers_of(asked))
    return json({})


async def invite(request: web.Request) -> web.StreamResponse:
    doing, asked = await act_of(request, Invite)
    return json(await _cases(request).invite(doing, _case(request), wanted_of(asked)))


async def revoke(request: web.Request) -> web.StreamResponse:
    doing, _ = await act_of(request, Act)
    await _cases(request).revoke(doing, _case(request), LinkId(request.match_info["link"]))
    return json({})


def _cases(request: web.Request) -> CaseInviting:
    return invites_of(request).cases


def _case(request: web.Request) -> CaseId:
    return CaseId(request.match_info["case"])
