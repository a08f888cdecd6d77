"""Who asks, whether their own page asks for them, and what they ask: parsed, or turned away."""

from typing import TypeVar

import msgspec
from aiohttp import web

from server.domain.people import Person
from server.services.signing_in import csrf_matches
from server.web.doors import DOORS, Doors
from server.web.errors import Turned

CSRF_HEADER = "X-CSRF-Token"
BODY_LIMIT = 4096
"""Bytes: the longest request a console makes is a sign-in."""

T = TypeVar("T")


def cookie_name(doors: Doors) -> str:
    return "__Host-earshot" if doors.secure else "earshot"


def token_of(request: web.Request) -> str:
    return request.cookies.get(cookie_name(request.app[DOORS]), "")


async def who_asks(request: web.Request) -> Person:
    token = token_of(request)
    person = await request.app[DOORS].signing_in.holder(token) if token else None
    if person is None:
        raise Turned(401, "signed-out", "You are not signed in.")
    return person


def address_of(request: web.Request) -> str:
    """Where the request comes from. Only our own proxy's last word is believed; anybody can write more."""
    if request.app[DOORS].behind_proxy:
        return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return request.remote or ""


def check_origin(request: web.Request) -> None:
    """Only pages that were served under a configured address may post or listen."""
    if request.headers.get("Origin", "") not in request.app[DOORS].public_origins:
        raise Turned(403, "wrong-origin", "This request does not come from a page of this server.")


def check_csrf(request: web.Request) -> None:
    check_origin(request)
    if not csrf_matches(token_of(request), request.headers.get(CSRF_HEADER, "")):
        raise Turned(403, "bad-csrf-token", "This page is out of date. Reload it and try again.")


async def who_acts(request: web.Request) -> Person:
    """Like `who_asks`, for requests that change something."""
    check_origin(request)
    person = await who_asks(request)
    check_csrf(request)
    return person


async def raw_of(request: web.Request, limit: int) -> bytes:
    """The whole body, of JSON, and no more of one that is too long."""
    if request.content_type != "application/json":
        raise Turned(415, "not-json", "The request must be JSON.")
    if request.content_length is not None and request.content_length > limit:
        raise web.HTTPRequestEntityTooLarge(limit, request.content_length)
    raw = b""
    while part := await request.content.readany():  # a body comes in as many parts as the network likes
        raw += part
        if len(raw) > limit:
            raise web.HTTPRequestEntityTooLarge(limit, len(raw))
    return raw


async def body_of(request: web.Request, kind: type[T], limit: int = BODY_LIMIT) -> T:
    raw = await raw_of(request, limit)
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Turned(400, "bad-body", "The request does not hold what it should.") from None


def json(value: object, *, status: int = 200) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(value), content_type="application/json")
