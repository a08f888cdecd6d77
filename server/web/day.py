"""How late prompts and hearing were today, for the supervisor's wall."""

from aiohttp import web

from server.domain.people import Role
from server.services.refusals import ReadOnly
from server.web.doors import DOORS
from server.web.requests import json, who_asks


def routes() -> list[web.RouteDef]:
    return [web.get("/api/day", day)]


async def day(request: web.Request) -> web.StreamResponse:
    person = await who_asks(request)
    if person.role is not Role.SUPERVISOR:
        raise ReadOnly("Only supervisors see the day's figures.")
    book = request.app[DOORS].daybook
    quarters = [
        {
            "from": begins,
            "latency_ms": measured.latency_ms,
            "prompts": measured.prompts,
            "backlog_ms": measured.backlog_ms,
        }
        for begins, measured in book.quarters(person.force)
    ]
    return json({"now": book.now(person.force), "quarters": quarters})
