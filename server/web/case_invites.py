"""The doors for asking somebody into video from a case: with the same questions and facts."""

from aiohttp import web

from server.domain.casework.events import CaseId
from server.web.invites import invites_of, shown, video_routes
from server.web.requests import json, who_asks


def routes() -> list[web.RouteDef]:
    return video_routes("/api/cases/{case}/video", picture, lambda on: (invites_of(on).cases, _case(on)))


async def picture(request: web.Request) -> web.StreamResponse:
    person, invites = await who_asks(request), invites_of(request)
    call, found = await invites.cases.picture(person, _case(request))
    return json({**shown(found, invites), "call": call})


def _case(request: web.Request) -> CaseId:
    return CaseId(request.match_info["case"])
