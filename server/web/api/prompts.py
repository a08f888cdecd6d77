"""Prompts, and acting on them for a named person, by the same rules as at the desk."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from server.domain.ids import ActId, CallId, PersonId, PromptId
from server.domain.integrations import Scope
from server.domain.prompts import PromptState
from server.ports.people import UnknownPerson
from server.services.desk import Desk
from server.services.pages import Doing
from server.services.refusals import NoSuchPrompt
from server.web.api import shapes
from server.web.api.calls import on_record, state_of
from server.web.api.cursors import paged
from server.web.api.operations import PAGED, Asked, Operation, Posts
from server.web.errors import Turned

T = TypeVar("T", bound=shapes.Act)
Step = Callable[[Desk, Doing, tuple[CallId, PromptId], T], Awaitable[None]]
PROMPT = "/calls/{call}/prompts/{prompt}"
STEPS = Posts(at=PROMPT, scope=Scope.ACT, gives=shapes.Prompt)


async def prompts(asked: Asked) -> shapes.Prompts:
    state = await state_of(asked)
    await on_record(asked)
    items, more = paged([_prompt(prompt) for prompt in state.prompts.values()], asked)
    return shapes.Prompts(items=items, next=more)


async def prompt(asked: Asked) -> shapes.Prompt:
    shown = await _shown(asked)
    await on_record(asked)
    return _prompt(shown)


def _acting(step: Step[T]) -> Callable[[Asked], Awaitable[shapes.Prompt]]:
    async def does(asked: Asked) -> shapes.Prompt:
        shown = await _shown(asked)
        doing = await _doing(asked)
        on = CallId(asked.path("call")), shown.prompt.id
        await step(asked.doors.desks.prompts, doing, on, asked.body)
        if Scope.PROMPTS in asked.key.scopes:
            return await prompt(asked)
        acted_on = _prompt(await _shown(asked))
        return msgspec.structs.replace(acted_on, title="", ask="", quote="")  # acting opens no words

    return does


async def _shown(asked: Asked) -> PromptState:
    state = await state_of(asked)
    shown = state.prompts.get(PromptId(asked.path("prompt")))
    if shown is None:
        raise NoSuchPrompt
    return shown


async def _doing(asked: Asked) -> Doing:
    """The person of the key's force whom the system acts for. The act's id says which key it came by."""
    try:
        person = await asked.doors.desks.room.duty.people.person(PersonId(asked.body.person))
    except UnknownPerson:
        person = None
    if person is None or person.force != asked.key.force:
        raise Turned(404, "no-such-person", "Nobody of this force has this sign-in name.")
    return Doing(person=person, act=ActId(f"{asked.key.id}-{asked.body.id}"))


def _prompt(state: PromptState) -> shapes.Prompt:
    said = state.prompt
    return shapes.Prompt(
        id=said.id,
        marker=said.marker,
        severity=state.severity,
        title=said.title,
        ask=said.ask,
        quote=said.quote,
        party=said.party,
        at_ms=said.at_ms,
        standing=said.standing,
        owner=state.owner,
        asked=state.asked,
        outcome=state.outcome,
        dismissal=state.dismissal,
        escalated=state.escalated,
        open=state.open,
    )


def _step(verb: str, name: str, about: str, takes: type[T], step: Step[T]) -> Operation:
    return STEPS.operation(verb, name, about, takes, _acting(step))


OPERATIONS = (
    Operation(
        method="GET",
        path="/calls/{call}/prompts",
        name="listPrompts",
        about="A call's prompts, in the order in which they were raised.",
        scope=Scope.PROMPTS,
        gives=shapes.Prompts,
        does=prompts,
        params=PAGED,
    ),
    Operation(
        method="GET",
        path=PROMPT,
        name="getPrompt",
        about="One prompt and where it stands.",
        scope=Scope.PROMPTS,
        gives=shapes.Prompt,
        does=prompt,
    ),
    _step(
        "own",
        "ownPrompt",
        "The person owns the prompt.",
        shapes.Act,
        lambda desk, doing, on, _: desk.own(doing, *on),
    ),
    _step(
        "asked",
        "askPrompt",
        "The person put the question to the caller.",
        shapes.Act,
        lambda desk, doing, on, _: desk.ask(doing, *on),
    ),
    _step(
        "answer",
        "answerPrompt",
        "What came of asking.",
        shapes.Answer,
        lambda desk, doing, on, body: desk.answer(doing, *on, body.outcome),
    ),
    _step(
        "dismiss",
        "dismissPrompt",
        "The person puts the prompt aside.",
        shapes.Dismiss,
        lambda desk, doing, on, body: desk.dismiss(doing, *on, body.reason),
    ),
)
