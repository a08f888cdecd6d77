"""What the consoles ask of the server beside calls: duty, the legend, reviews."""

import msgspec
from aiohttp import web

from server.domain.events import NO_ACT
from server.domain.ids import ActId
from server.services.feed_messages import face
from server.services.signing_in import csrf_token
from server.web.doors import DOORS
from server.web.requests import body_of, json, token_of, who_acts, who_asks


class _Closed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Requests hold what they name and nothing else."""


class Duty(_Closed, frozen=True):
    on_duty: bool
    id: ActId = NO_ACT
    """Set by browsers for every act; coming twice is coming once without it."""


class Break(_Closed, frozen=True):
    on_break: bool
    id: ActId = NO_ACT


def routes() -> list[web.RouteDef]:
    return [
        web.get("/api/session", session),
        web.get("/api/markers", legend),
        web.get("/api/force", force),
        web.get("/api/review", review),
        web.post("/api/duty", duty),
        web.post("/api/break", rest),
    ]


async def session(request: web.Request) -> web.StreamResponse:
    """Who is signed in, the token for their requests, and what must stand on every screen."""
    person = await who_asks(request)
    health = request.app[DOORS].engine_health()
    return json(
        {
            "person": face(person),
            "force": person.force,
            "rights": sorted(person.rights),
            "provider": request.app[DOORS].single_sign_on is not None,
            "csrf": csrf_token(token_of(request)),
            "model": health.model,
            "demonstration": health.demonstration,
            "recording": request.app[DOORS].desks.room.force(person.force).recording.calls,
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


async def force(request: web.Request) -> web.StreamResponse:
    """What one's force has set: grades, services, rota, and the rules that prompts go by."""
    person = await who_asks(request)
    room = request.app[DOORS].desks.room
    own = room.force(person.force)
    return json(
        {
            "id": own.id,
            "name": own.name,
            "grades": own.grades,
            "services": own.services,
            "rota": own.rota,
            "rules": own.rules,
            "checklist": dict(own.checklist),
            "next_shift": own.rota.next_start(room.clock.now()),
        }
    )


async def review(request: web.Request) -> web.StreamResponse:
    person = await who_asks(request)
    return json({"calls": await request.app[DOORS].desks.reviews.queue(person)})


async def duty(request: web.Request) -> web.StreamResponse:
    person = await who_acts(request)
    asked = await body_of(request, Duty)
    await request.app[DOORS].desks.calls.set_duty(person, on_duty=asked.on_duty)
    return json({})


async def rest(request: web.Request) -> web.StreamResponse:
    person = await who_acts(request)
    asked = await body_of(request, Break)
    await request.app[DOORS].desks.calls.set_break(person, on_break=asked.on_break)
    return json({})
