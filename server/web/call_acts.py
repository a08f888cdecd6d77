"""What people do on calls, each act under the browser's own id, so that one sent twice is done once."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import msgspec
from aiohttp import web

from server.domain.events import NO_ACT, Quiet, Reply, Verdict
from server.domain.ids import ActId, CallId, MarkerId, PersonId, PromptId, WhisperId
from server.domain.prompts import Dismissal, Outcome
from server.domain.speech import Party
from server.domain.whispers import Judged
from server.services.correcting import Span
from server.services.desks import Desks
from server.services.pages import Doing
from server.web.doors import DOORS, Doors
from server.web.requests import body_of, json, who_acts

Ask = Callable[[web.Request], Awaitable[web.StreamResponse]]
Place = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
Text = Annotated[str, msgspec.Meta(max_length=1000)]


class Act(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Requests hold what they name and nothing else."""

    id: Annotated[ActId, msgspec.Meta(max_length=64, pattern="^[A-Za-z0-9_-]*$")] = NO_ACT


class Answer(Act, frozen=True, kw_only=True):
    outcome: Outcome


class Dismiss(Act, frozen=True, kw_only=True):
    reason: Dismissal = Dismissal.NO_REASON


class Undo(Act, frozen=True, kw_only=True):
    step: int


class Release(Act, frozen=True, kw_only=True):
    note: Text = ""
    holder: PersonId = PersonId("")
    """Whose call a supervisor releases or hands over; else one's own."""


class HandOver(Release, frozen=True, kw_only=True):
    to: PersonId


class Need(Act, frozen=True, kw_only=True):
    need: Text


class Hush(Act, frozen=True, kw_only=True):
    why: Quiet
    on: bool


class Note(Act, frozen=True, kw_only=True):
    note: Text = ""


class Words(Act, frozen=True, kw_only=True):
    party: Party
    utterance: Place
    from_word: Place
    to_word: Place

    @property
    def span(self) -> Span:
        return Span(
            party=self.party, utterance=self.utterance, from_word=self.from_word, to_word=self.to_word
        )


class Mark(Words, frozen=True, kw_only=True):
    marker: MarkerId


class Question(Words, frozen=True, kw_only=True):
    marker: MarkerId | None = None
    ask: Text = ""


class Judge(Act, frozen=True, kw_only=True):
    marker: MarkerId
    party: Party
    utterance: Place
    verdict: Verdict
    after: int | None = None


class Whisper(Act, frozen=True, kw_only=True):
    text: Text
    prompt: PromptId | None = None


class Said(Act, frozen=True, kw_only=True):
    reply: Reply


A = TypeVar("A", bound=Act)
Do = Callable[["On", A], Awaitable[object]]


async def act_of(request: web.Request, kind: type[A]) -> tuple[Doing, A]:
    """Who asks for what, of a page that may."""
    person = await who_acts(request)
    asked = await body_of(request, kind)
    return Doing(person=person, act=asked.id), asked


class On:
    """Who acts on what: the request without its body."""

    def __init__(self, request: web.Request, doing: Doing) -> None:
        named = request.match_info
        self.doors: Doors = request.app[DOORS]
        self.desks: Desks = self.doors.desks
        self.doing = doing
        self.call = CallId(named["call"])
        self.prompt = PromptId(named.get("prompt", ""))
        self.whisper = WhisperId(named.get("whisper", ""))


def routes() -> list[web.RouteDef]:
    return [*_calls(), *_prompts(), *_words()]


def _calls() -> list[web.RouteDef]:
    calls = "/api/calls/{call}"
    return [
        post(f"{calls}/take", Act, lambda on, _: on.desks.calls.take(on.doing, on.call)),
        post(
            f"{calls}/release",
            Release,
            lambda on, asked: on.desks.calls.release(on.doing, on.call, asked.holder, asked.note),
        ),
        post(
            f"{calls}/hand-over",
            HandOver,
            lambda on, asked: on.desks.calls.hand_over(on.doing, on.call, asked.holder, asked.to, asked.note),
        ),
        post(f"{calls}/needs", Need, lambda on, asked: on.desks.calls.need(on.doing, on.call, asked.need)),
        post(
            f"{calls}/quiet",
            Hush,
            lambda on, asked: on.desks.calls.quiet(on.doing, on.call, asked.why, on=asked.on),
        ),
        post(f"{calls}/review", Act, lambda on, _: on.desks.calls.review(on.doing, on.call)),
        post(
            f"{calls}/reviewed",
            Note,
            lambda on, asked: on.desks.calls.reviewed(on.doing, on.call, asked.note),
        ),
    ]


def _prompts() -> list[web.RouteDef]:
    prompt = "/api/calls/{call}/prompts/{prompt}"
    return [
        post(f"{prompt}/own", Act, lambda on, _: on.desks.prompts.own(on.doing, on.call, on.prompt)),
        post(f"{prompt}/drop", Act, lambda on, _: on.desks.prompts.drop(on.doing, on.call, on.prompt)),
        post(f"{prompt}/asked", Act, lambda on, _: on.desks.prompts.ask(on.doing, on.call, on.prompt)),
        post(f"{prompt}/share", Act, lambda on, _: on.desks.prompts.share(on.doing, on.call, on.prompt)),
        post(
            f"{prompt}/answer",
            Answer,
            lambda on, asked: on.desks.prompts.answer(on.doing, on.call, on.prompt, asked.outcome),
        ),
        post(
            f"{prompt}/dismiss",
            Dismiss,
            lambda on, asked: on.desks.prompts.dismiss(on.doing, on.call, on.prompt, asked.reason),
        ),
        post(
            f"{prompt}/undo",
            Undo,
            lambda on, asked: on.desks.prompts.undo(on.doing, on.call, on.prompt, asked.step),
        ),
    ]


def _words() -> list[web.RouteDef]:
    calls = "/api/calls/{call}"
    whisper = f"{calls}/whispers/{{whisper}}"
    return [
        post(f"{calls}/prompts", Question, _ask),
        post(
            f"{calls}/markers",
            Mark,
            lambda on, asked: on.desks.corrections.mark(on.doing, on.call, asked.span, asked.marker),
        ),
        post(f"{calls}/judgements", Judge, _judge),
        post(f"{calls}/whispers", Whisper, _whisper),
        post(f"{whisper}/read", Act, lambda on, _: on.desks.whispers.read(on.doing, on.call, on.whisper)),
        post(
            f"{whisper}/reply",
            Said,
            lambda on, asked: on.desks.whispers.reply(on.doing, on.call, on.whisper, asked.reply),
        ),
    ]


async def _ask(on: On, asked: Question) -> object:
    raised = await on.desks.corrections.ask(on.doing, on.call, asked.span, asked.marker, asked.ask)
    return {"prompt": raised}


async def _judge(on: On, asked: Judge) -> None:
    judged = Judged(asked.marker, asked.party, asked.utterance)
    await on.desks.corrections.judge(on.doing, on.call, judged, asked.verdict, asked.after)


async def _whisper(on: On, asked: Whisper) -> object:
    return {"whisper": await on.desks.whispers.send(on.doing, on.call, asked.text, asked.prompt)}


def post(path: str, kind: type[A], do: Do[A]) -> web.RouteDef:
    async def act(request: web.Request) -> web.StreamResponse:
        person = await who_acts(request)
        asked = await body_of(request, kind)
        done = await do(On(request, Doing(person=person, act=asked.id)), asked)
        return json(done or {})

    return web.post(path, act)
