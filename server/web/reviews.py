"""Decision review: one call with its three lists, what the reviewer makes of it, feedback and actions."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, TypeVar

import msgspec
from aiohttp import web

from server.domain.events import FindingVerdict
from server.domain.ids import ActionId, CallId, FeedbackId, FindingId, PersonId
from server.services.duties import Duties
from server.services.pages import Doing
from server.web.call_acts import Act, Note
from server.web.doors import DOORS
from server.web.requests import body_of, json, token_of, who_acts, who_asks
from server.web.review_views import action_values, feedback_values, review_values

LongText = Annotated[str, msgspec.Meta(max_length=1500)]


class Judge(Act, frozen=True, kw_only=True):
    finding: FindingId
    verdict: FindingVerdict
    note: LongText = ""


class Feed(Act, frozen=True, kw_only=True):
    to: PersonId
    well: LongText
    next_time: LongText = ""


class Answer(Act, frozen=True, kw_only=True):
    text: LongText


class Open(Act, frozen=True, kw_only=True):
    what: LongText
    owner: PersonId
    due: date


A = TypeVar("A", bound=Act)
Do = Callable[[Duties, web.Request, Doing, A], Awaitable[object]]


def routes() -> list[web.RouteDef]:
    review = "/api/review/{call}"
    return [
        web.get(review, one),
        web.get("/api/feedback", feedback),
        web.get("/api/actions", actions),
        _post(f"{review}/findings", Judge, _judge),
        _post(f"{review}/feedback", Feed, _feed),
        _post(f"{review}/actions", Open, _open),
        _post(f"{review}/actions/{{action}}/done", Note, _done),
        _post("/api/feedback/{feedback}/read", Act, _read),
        _post("/api/feedback/{feedback}/answer", Answer, _answer),
    ]


async def one(request: web.Request) -> web.StreamResponse:
    person = await who_asks(request)
    doors = request.app[DOORS]
    call = _call(request)
    found = await doors.duties.judging.open(person, call, session=token_of(request)[:16])
    theirs = await doors.duties.feedback.mine(person, call)
    people = await doors.desks.room.duty.people.people(person.force)
    return json(review_values(found, people, theirs))


async def feedback(request: web.Request) -> web.StreamResponse:
    """What was written to the person, and by them."""
    person = await who_asks(request)
    found = await request.app[DOORS].duties.feedback.mine(person)
    return json({"feedback": [feedback_values(one) for one in found]})


async def actions(request: web.Request) -> web.StreamResponse:
    person = await who_asks(request)
    doors = request.app[DOORS]
    found = await doors.duties.judging.actions(person)
    return json(
        {"today": doors.desks.room.clock.now().date(), "actions": [action_values(line) for line in found]}
    )


async def _judge(duties: Duties, request: web.Request, doing: Doing, asked: Judge) -> object:
    await duties.judging.judge(doing, _call(request), asked.finding, asked.verdict, asked.note)
    return {}


async def _feed(duties: Duties, request: web.Request, doing: Doing, asked: Feed) -> object:
    made = await duties.feedback.send(doing, _call(request), asked.to, asked.well, asked.next_time)
    return {"feedback": made}


async def _open(duties: Duties, request: web.Request, doing: Doing, asked: Open) -> object:
    return {"action": await duties.judging.act(doing, _call(request), asked.what, asked.owner, asked.due)}


async def _done(duties: Duties, request: web.Request, doing: Doing, asked: Note) -> object:
    action = ActionId(request.match_info["action"])
    await duties.judging.done(doing, _call(request), action, asked.note)
    return {}


async def _read(duties: Duties, request: web.Request, doing: Doing, _asked: Act) -> object:
    await duties.feedback.read(doing.person, FeedbackId(request.match_info["feedback"]))
    return {}


async def _answer(duties: Duties, request: web.Request, doing: Doing, asked: Answer) -> object:
    await duties.feedback.answer(doing, FeedbackId(request.match_info["feedback"]), asked.text)
    return {}


def _call(request: web.Request) -> CallId:
    return CallId(request.match_info["call"])


def _post(path: str, kind: type[A], do: Do[A]) -> web.RouteDef:
    async def act(request: web.Request) -> web.StreamResponse:
        person = await who_acts(request)
        asked = await body_of(request, kind)
        doing = Doing(person=person, act=asked.id)
        return json(await do(request.app[DOORS].duties, request, doing, asked))

    return web.post(path, act)
