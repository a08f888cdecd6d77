"""What the control system tells of a call: grade, units, queue, rings back and noise.

What it tells has happened already: it is recorded, and flagged where something is missing, not refused.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from server.domain.call import CallState
from server.domain.grades import Downgrade
from server.domain.ids import ActId, CallId, ChangeId, PersonId
from server.domain.integrations import Scope
from server.services.desks import Desks
from server.services.grading import Wanted
from server.services.told import Hand, Told
from server.web.api import shapes
from server.web.api.calls import line_of, state_of
from server.web.api.operations import Asked, Operation, Posts

T = TypeVar("T", bound=shapes.Act)
TOLD = Posts(at="/calls/{call}", scope=Scope.DISPATCH, gives=shapes.Graded)
Tell = Callable[[Desks, Told, CallId, T], Awaitable[None]]


async def grade(asked: Asked) -> shapes.Graded:
    return _graded(await state_of(asked))


def _telling(tell: Tell[T]) -> Callable[[Asked], Awaitable[shapes.Graded]]:
    async def does(asked: Asked) -> shapes.Graded:
        await line_of(asked)
        await tell(asked.doors.desks, told_by(asked), CallId(asked.path("call")), asked.body)
        return _graded(await state_of(asked))

    return does


def told_by(asked: Asked) -> Told:
    """Whom the system names, under an id that begins with its key's."""
    hand = Hand(
        person=PersonId(asked.body.person),
        act=ActId(f"{asked.key.id}-{asked.body.id}"),
        system=asked.key.system,
    )
    return Told(force=asked.key.force, hand=hand)


def _graded(state: CallState) -> shapes.Graded:
    return shapes.Graded(
        grade=state.graded.grade,
        by=state.graded.by,
        waiting=[_waiting(one) for one in state.graded.waiting.values()],
        units=sorted(state.dispatched.units),
        queue=state.dispatched.queue,
        owed=sorted(state.dispatched.watches),
    )


def _waiting(downgrade: Downgrade) -> shapes.Downgrade:
    return shapes.Downgrade(
        change=downgrade.change,
        grade=downgrade.grade,
        was=downgrade.was,
        by=downgrade.asked_by,
        done=downgrade.done,
        against=list(downgrade.against),
    )


async def _grade(desks: Desks, told: Told, call: CallId, body: shapes.Grade) -> None:
    second = PersonId(body.second) if body.second else None
    await desks.grades.told(told, call, Wanted(grade=body.grade, reason=body.reason, second=second))


async def _confirm(desks: Desks, told: Told, call: CallId, body: shapes.Change) -> None:
    await desks.grades.told_confirmed(told, call, ChangeId(body.change))


async def _unit(desks: Desks, told: Told, call: CallId, body: shapes.Unit) -> None:
    await desks.dispatch.unit(told, call, body.unit, body.step, body.reason)


async def _not_needed(desks: Desks, told: Told, call: CallId, body: shapes.Reason) -> None:
    await desks.dispatch.not_needed(told, call, body.reason)


async def _rung_back(desks: Desks, told: Told, call: CallId, body: shapes.RungBack) -> None:
    await desks.dispatch.rung_back(told, call, answered=body.answered)


async def _queue(desks: Desks, told: Told, call: CallId, body: shapes.Queue) -> None:
    await desks.dispatch.queued(told, call, body.queue)


async def _noise(desks: Desks, told: Told, call: CallId, body: shapes.Reason) -> None:
    await desks.dispatch.noise(told, call, body.reason)


def _tell(path: str, name: str, about: str, takes: type[T], tell: Tell[T]) -> Operation:
    return TOLD.operation(path, name, about, takes, _telling(tell))


OPERATIONS = (
    Operation(
        method="GET",
        path="/calls/{call}/grade",
        name="getGrade",
        about="How the call is graded, which lowering waits for a second person, and what is owed.",
        scope=Scope.CALLS,
        gives=shapes.Graded,
        does=grade,
    ),
    _tell(
        "grade",
        "setGrade",
        "The call was graded. A lowering against standing markers is flagged without a reason and a second.",
        shapes.Grade,
        _grade,
    ),
    _tell("grade/confirm", "confirmDowngrade", "The second person of a lowering.", shapes.Change, _confirm),
    _tell("units", "tellUnit", "A unit was assigned, has arrived, or stood down.", shapes.Unit, _unit),
    _tell("no-unit", "tellNoUnit", "Nobody is sent, for this reason.", shapes.Reason, _not_needed),
    _tell("rung-back", "tellRungBack", "The caller was rung back.", shapes.RungBack, _rung_back),
    _tell("queue", "tellQueue", "The log of the call lies in this queue now.", shapes.Queue, _queue),
    _tell("noise", "labelNoise", "A person says that nobody needed help, and why.", shapes.Reason, _noise),
)
