"""Signing in, by password or by the force's own provider, proving it again, and signing out."""

import msgspec
from aiohttp import web

from server.ports.identity import Answer
from server.services.refusals import Refused
from server.services.signing_in import token_hash
from server.services.single_sign_on import NotSignedInThere, SingleSignOn
from server.web.doors import DOORS
from server.web.requests import address_of, body_of, check_origin, cookie_name, json, token_of, who_acts

BACK = "/sign-in/oidc/done"
"""Where the provider sends people back to, under the public URL."""
ON_THE_WAY_S = 600
LONGEST = 4096
ARRIVED = (
    b'<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>Signed in</title>'
    b'<meta http-equiv="refresh" content="0;url=/console"><p><a href="/console">Go on</a></p></html>'
)
"""A page and not a redirect: a browser keeps a strict cookie back as long as the way began elsewhere."""


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    password: str


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    password: str


def routes() -> list[web.RouteDef]:
    return [
        web.post("/sign-in", sign_in),
        web.post("/sign-out", sign_out),
        web.get("/sign-in/ways", ways),
        web.get("/sign-in/oidc", begin),
        web.get(BACK, finish),
        web.post("/api/prove", prove),
    ]


async def sign_in(request: web.Request) -> web.StreamResponse:
    check_origin(request)
    asked = await body_of(request, SignIn)
    token = await request.app[DOORS].signing_in.sign_in(asked.name, asked.password, address_of(request))
    response = json({"console": "/console"})
    _let_in(request, response, token)
    return response


async def sign_out(request: web.Request) -> web.StreamResponse:
    await who_acts(request)
    doors = request.app[DOORS]
    token = token_of(request)
    await doors.signing_in.sign_out(token)
    doors.feeds.sign_out(token_hash(token))
    doors.listening_in.sign_out(token_hash(token))
    response = json({"console": "/sign-in"})
    response.del_cookie(cookie_name(doors), path="/", httponly=True, samesite="Strict", secure=doors.secure)
    return response


async def ways(request: web.Request) -> web.StreamResponse:
    """What the sign-in page offers; the provider's label is empty where there is none."""
    doors = request.app[DOORS]
    return json({"provider": doors.sign_in_label if doors.single_sign_on is not None else ""})


async def begin(request: web.Request) -> web.StreamResponse:
    """Off to the provider; with `again=1` the person has to prove there that it is them."""
    try:
        begun = await _provider(request).begin(again=request.query.get("again") == "1")
    except Refused as refused:
        return _back(refused)
    response = web.Response(status=303, headers={"Location": begun.address})
    # Lax, since the browser comes back from another site.
    response.set_cookie(
        _way_name(request),
        begun.browser,
        path="/",
        max_age=ON_THE_WAY_S,
        httponly=True,
        samesite="Lax",
        secure=request.app[DOORS].secure,
    )
    return response


async def finish(request: web.Request) -> web.StreamResponse:
    """Back from the provider, with a code or with a refusal."""
    provider = _provider(request)
    said = {name: request.query.get(name, "")[:LONGEST] for name in ("state", "code", "iss")}
    browser = request.cookies.get(_way_name(request), "")
    try:
        if not said["code"] or not browser:
            raise NotSignedInThere
        answer = Answer(code=said["code"], issuer=said["iss"])
        token = await provider.finish(said["state"], answer, browser=browser)
    except Refused as refused:
        return _back(refused)
    response = web.Response(body=ARRIVED, content_type="text/html", charset="utf-8")
    _let_in(request, response, token)
    response.del_cookie(_way_name(request), path="/", httponly=True, secure=request.app[DOORS].secure)
    return response


async def prove(request: web.Request) -> web.StreamResponse:
    await who_acts(request)
    asked = await body_of(request, Proof)
    await request.app[DOORS].signing_in.prove(token_of(request), asked.password, address_of(request))
    return json({})


def _provider(request: web.Request) -> SingleSignOn:
    provider = request.app[DOORS].single_sign_on
    if provider is None:
        raise web.HTTPNotFound
    return provider


def _way_name(request: web.Request) -> str:
    return "__Host-earshot-way" if request.app[DOORS].secure else "earshot-way"


def _back(refused: Refused) -> web.Response:
    """To the sign-in page, which knows the sentence of each code."""
    return web.Response(status=303, headers={"Location": f"/sign-in?why={refused.code}"})


def _let_in(request: web.Request, response: web.Response, token: str) -> None:
    doors = request.app[DOORS]
    response.set_cookie(
        cookie_name(doors), token, path="/", httponly=True, samesite="Strict", secure=doors.secure
    )
