"""Serving an operation: who asks, how often, for what, and whether they may; then what it gives."""

import logging
from collections.abc import Mapping
from typing import Any

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from server.domain.integrations import ApiKey, Scope
from server.services.integrations import Integrations
from server.web.api.operations import Asked, Operation, Param
from server.web.api.problems import TooOften
from server.web.errors import Turned
from server.web.requests import address_of, body_of

log = logging.getLogger(__name__)


def served(operation: Operation, integrations: Integrations) -> Handler:
    async def serve(request: web.Request) -> web.StreamResponse:
        key = await _holder(request, integrations)
        _check_scope(key, operation.scope)
        query = _query(request, operation.params)
        body = await body_of(request, operation.takes) if operation.takes is not None else None
        given = await operation.does(Asked(request=request, key=key, query=query, body=body))
        log.info("integration served", extra={"key": key.id, "operation": operation.name})
        return web.Response(body=msgspec.json.encode(given), content_type="application/json")

    return serve


async def _holder(request: web.Request, integrations: Integrations) -> ApiKey:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip() if scheme.lower() == "bearer" else ""
    if not integrations.keys.was_good(token):
        _take(integrations.strangers.wait_s(address_of(request)))
    key = await integrations.keys.holder(token)
    if key is None:
        _take(integrations.strangers.take(address_of(request)))
        raise Turned(401, "no-key", "This needs a key: Authorization: Bearer earshot_…")
    _take(integrations.rates.take(key.id))
    return key


def _take(wait_s: float) -> None:
    if wait_s > 0:
        raise TooOften(wait_s)


def _check_scope(key: ApiKey, scope: Scope) -> None:
    if scope not in key.scopes:
        raise Turned(403, "wrong-scope", f"This key does not open {scope}.")


def _query(request: web.Request, params: tuple[Param, ...]) -> Mapping[str, Any]:
    known = {param.name: param for param in params}
    for name in request.query:
        if name not in known or len(request.query.getall(name)) > 1:
            raise Turned(400, "bad-parameter", "A parameter is not known here, or comes twice.")
    return {name: known[name].value(given) for name, given in request.query.items()}
