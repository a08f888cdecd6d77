"""The doors into video rooms: sockets for those with a link and for the signed in, the list, and the end."""

import msgspec
from aiohttp import web

from server.domain.ids import ActId, CallId, ParticipantId
from server.domain.room import Admission
from server.services.room_doors import Video
from server.services.room_opening import StillAsked
from server.services.room_refusals import NoSuchRoom
from server.services.signing_in import token_hash
from server.web.doors import DOORS
from server.web.requests import body_of, check_origin, json, token_of, who_acts, who_asks
from server.web.video_socket import serve
from server.web.visits import secret_of


class _Act(msgspec.Struct, frozen=True):
    id: str


class _Still(msgspec.Struct, frozen=True):
    id: str
    participant: str


def routes() -> list[web.RouteDef]:
    """Before the pages behind links, which take every other address of theirs."""
    return [
        web.get("/v/{token}/signal", by_link),
        web.get("/api/video", rooms),
        web.get("/api/video/{room}/signal", signed_in),
        web.post("/api/video/{room}/end", end),
        web.post("/api/video/{room}/still", still),
    ]


async def by_link(request: web.Request) -> web.StreamResponse:
    check_origin(request)
    video = _video(request)
    token, secret = request.match_info["token"], secret_of(request)

    async def admits() -> Admission:
        return await video.admitting.admit(token, secret)

    return await serve(request, video.acts, admits)


async def signed_in(request: web.Request) -> web.StreamResponse:
    check_origin(request)
    person, video, room = await who_asks(request), _video(request), _room(request)
    session = token_of(request)

    async def admits() -> Admission:
        return await video.doors.admission(person, room, session=token_hash(session))

    async def stays() -> bool:
        holder = await request.app[DOORS].signing_in.holder(session)
        return holder is not None and await video.doors.may_stay(holder, room)

    return await serve(request, video.acts, admits, stays)


async def rooms(request: web.Request) -> web.Response:
    return json({"rooms": await _video(request).doors.seen(await who_asks(request))})


async def end(request: web.Request) -> web.Response:
    person, video = await who_acts(request), _video(request)
    await body_of(request, _Act)
    await video.rooms.end(await video.doors.room_to_end(person, _room(request)))
    return json({})


async def still(request: web.Request) -> web.Response:
    """One picture, kept and on record; its bytes are had from the recording."""
    person, video = await who_acts(request), _video(request)
    asked = await body_of(request, _Still)
    room = await video.doors.room_to_end(person, _room(request))
    doing = StillAsked(person=person.id, act=ActId(asked.id), participant=ParticipantId(asked.participant))
    kept = await video.rooms.opening.still(room, doing)
    return json({"still": kept.place.number, "digest": kept.digest, "at_ms": kept.place.from_ms})


def _video(request: web.Request) -> Video:
    """Raises `NoSuchRoom` where there is no video on this node."""
    video = request.app[DOORS].video
    if video is None:
        raise NoSuchRoom
    return video


def _room(request: web.Request) -> CallId:
    return CallId(request.match_info["room"])
