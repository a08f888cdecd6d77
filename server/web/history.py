"""A call's memory for the consoles: what it is about, and the earlier calls that it belongs to."""

from typing import Annotated

import msgspec
from aiohttp import web

from server.domain.entities import EntityKind
from server.domain.ids import CallId, EntityId
from server.services.history import History
from server.web.call_acts import Act, Text, act_of
from server.web.doors import DOORS
from server.web.requests import json, who_asks

Short = Annotated[str, msgspec.Meta(max_length=40)]


class Typed(Act, frozen=True, kw_only=True):
    kind: EntityKind
    text: Text
    about: Short = ""


class Right(Act, frozen=True, kw_only=True):
    text: Text = ""
    """What it should have been; empty: it is right as it stands."""


class Undone(Act, frozen=True, kw_only=True):
    reason: Text = ""


def routes() -> list[web.RouteDef]:
    calls = "/api/calls/{call}"
    return [
        web.get(f"{calls}/history", shown),
        web.post(f"{calls}/entities", typed),
        web.post(f"{calls}/entities/{{entity}}/confirm", confirmed),
        web.post(f"{calls}/entities/{{entity}}/refuse", refused),
        web.post(f"{calls}/links/{{earlier}}/confirm", link_confirmed),
        web.post(f"{calls}/links/{{earlier}}/undo", link_undone),
    ]


async def shown(request: web.Request) -> web.StreamResponse:
    person = await who_asks(request)
    return json(await _history(request).shown(person, _call(request)))


async def typed(request: web.Request) -> web.StreamResponse:
    doing, asked = await act_of(request, Typed)
    entity = await _history(request).type_in(doing, _call(request), asked.kind, asked.text, asked.about)
    return json({"entity": entity})


async def confirmed(request: web.Request) -> web.StreamResponse:
    doing, asked = await act_of(request, Right)
    await _history(request).confirm(doing, _call(request), _entity(request), asked.text)
    return json({})


async def refused(request: web.Request) -> web.StreamResponse:
    doing, _ = await act_of(request, Act)
    await _history(request).refuse(doing, _call(request), _entity(request))
    return json({})


async def link_confirmed(request: web.Request) -> web.StreamResponse:
    doing, _ = await act_of(request, Act)
    await _history(request).confirm_link(doing, _call(request), _earlier(request))
    return json({})


async def link_undone(request: web.Request) -> web.StreamResponse:
    doing, asked = await act_of(request, Undone)
    await _history(request).undo_link(doing, _call(request), _earlier(request), asked.reason)
    return json({})


def _history(request: web.Request) -> History:
    return request.app[DOORS].history


def _call(request: web.Request) -> CallId:
    return CallId(request.match_info["call"])


def _entity(request: web.Request) -> EntityId:
    return EntityId(request.match_info["entity"])


def _earlier(request: web.Request) -> CallId:
    return CallId(request.match_info["earlier"])
