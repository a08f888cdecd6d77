"""Training: exercises, sessions, and the desks of the room apart under `/training/room`."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Annotated, TypeVar

import msgspec
from aiohttp import web

from server.domain.ids import CallId, MarkerId, PersonId
from server.domain.papers import PaperId
from server.domain.training.papers import Pause
from server.services.feed_messages import face
from server.services.pages import Doing
from server.services.refusals import NoSuchMarker
from server.services.training import Training
from server.web import acts, call_acts, grade_acts
from server.web.call_acts import Act, Text
from server.web.doors import DOORS, Doors
from server.web.errors import Turned
from server.web.feed import feed
from server.web.listen import listen
from server.web.requests import body_of, json, token_of, who_acts, who_asks
from server.web.stretches import sound_answer, stretch_of
from server.web.training_views import shown_exercise, shown_seen, shown_session

log = logging.getLogger(__name__)

ROOM = "/training/room"
AT_ONCE_BYTES = 262_144
"""So much of a sound is made and sent before the next: what nobody listens to is not made."""
Places = Annotated[tuple["Stop", ...], msgspec.Meta(max_length=12)]
Words = Annotated[tuple[Annotated[str, msgspec.Meta(max_length=80)], ...], msgspec.Meta(max_length=40)]
Group = Annotated[tuple[PersonId, ...], msgspec.Meta(max_length=20)]


class Stop(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    at_ms: Annotated[int, msgspec.Meta(ge=0, le=14_400_000)]
    question: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class OfScript(Act, frozen=True, kw_only=True):
    script: Text
    title: Text = ""
    pauses: Places = ()


class Look(Act, frozen=True, kw_only=True):
    call: CallId
    also: Words = ()


class OfCall(Look, frozen=True, kw_only=True):
    title: Text
    pauses: Places = ()


class Marked(Act, frozen=True, kw_only=True):
    marker: MarkerId
    at_ms: Annotated[int, msgspec.Meta(ge=0, le=14_400_000)]
    did: Annotated[str, msgspec.Meta(max_length=120)] = ""


class Begin(Act, frozen=True, kw_only=True):
    exercise: PaperId
    title: Text = ""
    trainees: Group


class Said(Act, frozen=True, kw_only=True):
    text: Text


class Noted(Said, frozen=True, kw_only=True):
    about: PersonId | None = None


A = TypeVar("A", bound=Act)
Do = Callable[[Training, web.Request, Doing, A], Awaitable[object]]


def routes() -> list[web.RouteDef]:
    session, exercise = "/api/training/sessions/{paper}", "/api/training/exercises/{paper}"
    return [
        web.get("/api/training", overview),
        web.get(session, one_session),
        web.get(exercise, one_exercise),
        web.get(f"{exercise}/sound.wav", exercise_sound),
        _post("/api/training/scripts", OfScript, _of_script),
        _post("/api/training/draft", Look, _draft),
        _post("/api/training/calls", OfCall, _of_call),
        _post(f"{exercise}/approve", Act, _approve),
        _post(f"{exercise}/mark", Marked, _mark),
        _post(f"{exercise}/withdraw", Act, _withdraw),
        _post("/api/training/sessions", Begin, _begin),
        _post(f"{session}/play", Act, _play),
        _post(f"{session}/decide", Said, _decide),
        _post(f"{session}/notes", Noted, _note),
        _post(f"{session}/end", Act, _end),
    ]


def room_app(doors: Doors, training: Training) -> web.Application:
    """The desks of the training room: live ones by their code, and nothing of the live ones' data."""
    apart = training.room
    app = web.Application()
    app[DOORS] = replace(
        doors,
        signing_in=apart.signing_in,
        desks=apart.desks,
        feeds=apart.feeds,
        listening_in=apart.listening_in,
    )
    sockets = (web.get("/feed", feed), web.get("/api/calls/{call}/listen", listen))
    app.add_routes([*acts.routes(), *call_acts.routes(), *grade_acts.routes(), *sockets])
    app.on_shutdown.append(_end_feeds)
    return app


async def _end_feeds(app: web.Application) -> None:
    app[DOORS].feeds.close()
    app[DOORS].listening_in.close()


async def overview(request: web.Request) -> web.StreamResponse:
    """What one may make, begin and join."""
    person = await who_asks(request)
    training, room = _training(request), request.app[DOORS].desks.room
    sessions = [shown_session(one) for one in await training.sessions.mine(person)]
    if person.role == "handler":
        return json({"sessions": sessions, "exercises": [], "scripts": [], "people": []})
    return json(
        {
            "sessions": sessions,
            "exercises": [shown_exercise(one) for one in await training.exercises.of_force(person)],
            "scripts": training.exercises.scripts(),
            "people": [face(one) for one in await room.duty.people.people(person.force)],
        }
    )


async def one_session(request: web.Request) -> web.StreamResponse:
    person = await who_asks(request)
    return json(shown_seen(await _training(request).sessions.see(person, _paper(request))))


async def one_exercise(request: web.Request) -> web.StreamResponse:
    """For whoever is to approve it: all that is said in it, and what is silent."""
    person = await who_asks(request)
    found = await _training(request).exercises.look(person, _paper(request), session=_session_of(request))
    marks = {"marks": found.marks, "specialists": found.specialists, "graded": found.made.graded}
    return json({**shown_exercise(found), **marks, "lines": found.made.lines})


async def exercise_sound(request: web.Request) -> web.StreamResponse:
    """For whoever is to approve it: all that is heard in it."""
    person = await who_asks(request)
    session = _session_of(request)
    sound = await _training(request).exercises.heard(person, _paper(request), session=session)
    begin, end = stretch_of(request, sound.size)
    response = sound_answer(request, begin, end, sound.size)
    await response.prepare(request)
    try:
        for at in range(begin, end, AT_ONCE_BYTES):
            await response.write(await asyncio.to_thread(sound.stretch, at, min(at + AT_ONCE_BYTES, end)))
        await response.write_eof()
    except ConnectionResetError:
        log.debug("a player has what it wanted")
    return response


async def _of_script(training: Training, _request: web.Request, doing: Doing, asked: OfScript) -> object:
    made = await training.exercises.make_of_script(doing, asked.script, asked.title, _pauses(asked.pauses))
    return {"exercise": made}


async def _draft(training: Training, request: web.Request, doing: Doing, asked: Look) -> object:
    session = _session_of(request)
    draft = await training.exercises.draft(doing.person, asked.call, asked.also, session=session)
    taken_out = sorted({one.text for one in draft.masked})
    return {"lines": draft.lines, "taken_out": taken_out, "stand_ins": draft.stand_ins}


async def _of_call(training: Training, _request: web.Request, doing: Doing, asked: OfCall) -> object:
    pauses = _pauses(asked.pauses)
    made = await training.exercises.make_of_call(doing, asked.call, asked.title, asked.also, pauses)
    return {"exercise": made}


async def _approve(training: Training, request: web.Request, doing: Doing, _asked: Act) -> object:
    await training.exercises.approve(doing.person, _paper(request))
    return {}


async def _mark(training: Training, request: web.Request, doing: Doing, asked: Marked) -> object:
    if asked.marker not in request.app[DOORS].markers:
        raise NoSuchMarker
    await training.exercises.mark(doing.person, _paper(request), asked.marker, asked.at_ms, asked.did)
    return {}


async def _withdraw(training: Training, request: web.Request, doing: Doing, _asked: Act) -> object:
    await training.exercises.withdraw(doing.person, _paper(request))
    return {}


async def _begin(training: Training, _request: web.Request, doing: Doing, asked: Begin) -> object:
    begun = await training.sessions.begin(doing.person, asked.exercise, asked.title, asked.trainees)
    return {"session": begun}


async def _play(training: Training, request: web.Request, doing: Doing, _asked: Act) -> object:
    return {"call": await training.sessions.play(doing.person, _paper(request))}


async def _decide(training: Training, request: web.Request, doing: Doing, asked: Said) -> object:
    await training.sessions.decide(doing.person, _paper(request), asked.text)
    return {}


async def _note(training: Training, request: web.Request, doing: Doing, asked: Noted) -> object:
    await training.sessions.note(doing.person, _paper(request), asked.text, asked.about)
    return {}


async def _end(training: Training, request: web.Request, doing: Doing, _asked: Act) -> object:
    await training.sessions.end(doing.person, _paper(request))
    return {}


def _training(request: web.Request) -> Training:
    training = request.app[DOORS].duties.training
    if training is None:
        raise Turned(404, "no-training", "There is no training room here.")
    return training


def _session_of(request: web.Request) -> str:
    """By which views are on record once a session."""
    return token_of(request)[:16]


def _paper(request: web.Request) -> PaperId:
    return PaperId(request.match_info["paper"])


def _pauses(stops: tuple[Stop, ...]) -> list[Pause]:
    return [Pause(at_ms=one.at_ms, question=one.question) for one in stops]


def _post(path: str, kind: type[A], do: Do[A]) -> web.RouteDef:
    async def act(request: web.Request) -> web.StreamResponse:
        person = await who_acts(request)
        asked = await body_of(request, kind)
        return json(await do(_training(request), request, Doing(person=person, act=asked.id), asked))

    return web.post(path, act)
