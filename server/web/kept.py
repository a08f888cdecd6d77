"""The doors to calls that are over: their sound, their disclosure, what may be erased."""

from aiohttp import web

from server.services.safekeeping import Safekeeping
from server.web.doors import DOORS


def safekeeping_of(request: web.Request) -> Safekeeping:
    safekeeping = request.app[DOORS].safekeeping
    if safekeeping is None:
        raise web.HTTPNotFound
    return safekeeping
