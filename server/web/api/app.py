"""The API as an application of its own, mounted under `/api/v1`."""

from aiohttp import web

from server.services.integrations import Integrations
from server.web.api import calls, dispatch, house, memory, prompts, referrals, search, sheets
from server.web.api.openapi import document
from server.web.api.problems import say_problem
from server.web.api.serving import served
from server.web.doors import DOORS, Doors

PREFIX = "/api/v1"
OPERATIONS = (
    *calls.OPERATIONS,
    *prompts.OPERATIONS,
    *dispatch.OPERATIONS,
    *memory.OPERATIONS,
    *sheets.OPERATIONS,
    *referrals.OPERATIONS,
    *house.OPERATIONS,
    *search.OPERATIONS,
)


def api_app(doors: Doors, integrations: Integrations) -> web.Application:
    app = web.Application(middlewares=[say_problem])
    app[DOORS] = doors
    said = document(OPERATIONS)

    async def openapi(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=said, content_type="application/json")

    app.add_routes([web.get("/openapi.json", openapi, allow_head=False)])
    for operation in OPERATIONS:
        app.add_routes([web.route(operation.method, operation.path, served(operation, integrations))])
    return app
