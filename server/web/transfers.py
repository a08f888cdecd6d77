"""Transfers between forces: the door for the other force's server, and for whoever here takes a call over."""

import logging
from typing import Annotated

import msgspec
from aiohttp import web

from server.domain.ids import MarkerId
from server.services.refusals import Refused
from server.services.transfer_refusals import BadSheet
from server.services.transfer_wire import LONGEST, PATH
from server.services.transfers import Transfers
from server.web.call_acts import Act, On, post
from server.web.doors import DOORS, Doors
from server.web.errors import Turned
from server.web.requests import raw_of

log = logging.getLogger(__name__)


class Acknowledge(Act, frozen=True, kw_only=True):
    named: Annotated[tuple[MarkerId, ...], msgspec.Meta(max_length=40)] = ()
    """None: that we have the call, where nothing has to be named."""


def routes() -> list[web.RouteDef]:
    return [
        web.post(PATH, take_over),
        post("/api/calls/{call}/transfer/acknowledge", Acknowledge, _acknowledge),
    ]


async def take_over(request: web.Request) -> web.StreamResponse:
    """For servers, which sign what they say: no cookie, no session. Answers a signed receipt."""
    raw = await raw_of(request, LONGEST)
    try:
        body = raw.decode()
    except UnicodeDecodeError:
        raise BadSheet from None
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        receipt, signed = await _transfers(request.app[DOORS]).taking.receive(headers, body)
    except Refused as refused:
        # Whoever runs this server has to see a wrong secret or clock before somebody rings to ask.
        log.warning("transfer refused", extra={"code": refused.code, "remote": request.remote})
        raise
    return web.Response(body=receipt.encode(), content_type="application/json", headers=dict(signed))


async def _acknowledge(on: On, asked: Acknowledge) -> None:
    await _transfers(on.doors).taking.acknowledge(on.doing, on.call, asked.named)


def _transfers(doors: Doors) -> Transfers:
    if doors.transfers is None:
        raise Turned(404, "not-found", "There is nothing here.")
    return doors.transfers
