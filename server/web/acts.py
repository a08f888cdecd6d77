"""What the consoles ask of the server: signing in and out, steps on prompts, taking calls, duty."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec
from aiohttp import web

from server.domain.ids import CallId, PromptId
from server.domain.people import Person
from server.domain.prompts import Dismissal, Outcome
from server.services.desk import Desk
from server.services.feed_messages import face
from server.services.signing_in import csrf_token, token_hash
from server.web.doors import DOORS
from server.web.requests import (
    address_of,
    body_of,
    check_origin,
    cookie_name,
    json,
    token_of,
    who_acts,
    who_asks,
)

T = TypeVar("T")
Ask = Callable[[web.Request], Awaitable[web.StreamResponse]]
Step = Callable[[Desk, Person, tuple[CallId, PromptId], T], Awaitable[None]]


class _Closed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Requests hold what they name and nothing else."""


class SignIn(_Closed, frozen=True):
    name: str
    password: str


class Nothing(_Closed, frozen=True):
    pass


class Answer(_Closed, frozen=True):
    outcome: Outcome


class Dismiss(_Closed, frozen=True):
    reason: Dismissal = Dismissal.NO_REASON


class Undo(_Closed, frozen=True):
    step: int


class Duty(_Closed, frozen=True):
    on_duty: bool


def routes() -> list[web.RouteDef]:
    prompt = "/api/calls/{call}/prompts/{prompt}"
    return [
        web.post("/sign-in", sign_in),
        web.post("/sign-out", sign_out),
        web.get("/api/session", session),
        web.get("/api/markers", legend),
        web.post("/api/calls/{call}/take", take),
        web.post("/api/duty", duty),
        web.post(f"{prompt}/own", _step(Nothing, lambda desk, who, on, _: desk.own(who, *on))),
        web.post(
            f"{prompt}/answer",
            _step(Answer, lambda desk, who, on, asked: desk.answer(who, *on, asked.outcome)),
        ),
        web.post(
            f"{prompt}/dismiss",
            _step(Dismiss, lambda desk, who, on, asked: desk.dismiss(who, *on, asked.reason)),
        ),
        web.post(f"{prompt}/undo", _step(Undo, lambda desk, who, on, asked: desk.undo(who, *on, asked.step))),
    ]


async def sign_in(request: web.Request) -> web.StreamResponse:
    check_origin(request)
    doors = request.app[DOORS]
    asked = await body_of(request, SignIn)
    token = await doors.signing_in.sign_in(asked.name, asked.password, address_of(request))
    response = json({"console": "/console"})
    response.set_cookie(
        cookie_name(doors), token, path="/", httponly=True, samesite="Strict", secure=doors.secure
    )
    return response


async def sign_out(request: web.Request) -> web.StreamResponse:
    await who_acts(request)
    doors = request.app[DOORS]
    token = token_of(request)
    await doors.signing_in.sign_out(token)
    doors.feeds.sign_out(token_hash(token))
    response = json({"console": "/sign-in"})
    response.del_cookie(cookie_name(doors), path="/", httponly=True, samesite="Strict", secure=doors.secure)
    return response


async def session(request: web.Request) -> web.StreamResponse:
    """Who is signed in, the token for their requests, and what must stand on every screen."""
    person = await who_asks(request)
    health = request.app[DOORS].engine_health()
    return json(
        {
            "person": face(person),
            "force": person.force,
            "csrf": csrf_token(token_of(request)),
            "model": health.model,
            "demonstration": health.demonstration,
        }
    )


async def legend(request: web.Request) -> web.StreamResponse:
    await who_asks(request)
    markers = sorted(
        request.app[DOORS].markers.values(), key=lambda marker: (-marker.severity.rank, marker.order)
    )
    return json(
        [
            {
                "id": marker.id,
                "severity": marker.severity,
                "title": marker.title,
                "why": marker.why,
                "sources": marker.sources,
            }
            for marker in markers
        ]
    )


async def take(request: web.Request) -> web.StreamResponse:
    person = await who_acts(request)
    await body_of(request, Nothing)
    await request.app[DOORS].desk.take(person, CallId(request.match_info["call"]))
    return json({})


async def duty(request: web.Request) -> web.StreamResponse:
    person = await who_acts(request)
    asked = await body_of(request, Duty)
    await request.app[DOORS].desk.set_duty(person, on_duty=asked.on_duty)
    return json({})


def _step(kind: type[T], act: Step[T]) -> Ask:
    async def ask(request: web.Request) -> web.StreamResponse:
        person = await who_acts(request)
        asked = await body_of(request, kind)
        on = CallId(request.match_info["call"]), PromptId(request.match_info["prompt"])
        await act(request.app[DOORS].desk, person, on, asked)
        return json({})

    return ask
