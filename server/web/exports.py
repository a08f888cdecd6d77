"""Words that leave the system: with the right to, and only for who has just proved to be themselves."""

from aiohttp import web

from server.web.doors import DOORS
from server.web.requests import token_of, who_acts


def routes() -> list[web.RouteDef]:
    return [web.post("/api/export/corrections", corrections)]


async def corrections(request: web.Request) -> web.StreamResponse:
    """The corrections of one's own force, a line each, as `earshot evaluate` reads them."""
    person = await who_acts(request)
    doors = request.app[DOORS]
    await doors.signing_in.check_proved(token_of(request))
    lines = await doors.corrections.export(person)
    return web.Response(
        text="".join(f"{line}\n" for line in lines),
        content_type="application/x-ndjson",
        headers={"Content-Disposition": 'attachment; filename="corrections.jsonl"'},
    )
