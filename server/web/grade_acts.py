"""What people do at a screen about a call's grade, and about what became of it in the world."""

import msgspec
from aiohttp import web

from server.domain.ids import CallId, ChangeId
from server.services.dispatching import UnitStep
from server.services.grading import Grades, Stands, Wanted
from server.services.wire import utc_text
from server.web.call_acts import Act, On, Text, post
from server.web.doors import DOORS
from server.web.requests import json, who_asks


class Grade(Act, frozen=True, kw_only=True):
    grade: Text
    reason: Text = ""


class Change(Act, frozen=True, kw_only=True):
    change: ChangeId
    reason: Text = ""


class Unit(Act, frozen=True, kw_only=True):
    unit: Text
    step: UnitStep
    reason: Text = ""


class Rung(Act, frozen=True, kw_only=True):
    answered: bool


class Reason(Act, frozen=True, kw_only=True):
    reason: Text


def routes() -> list[web.RouteDef]:
    call = "/api/calls/{call}"
    return [
        web.get(f"{call}/grade", grade),
        post(f"{call}/grade", Grade, _set),
        post(
            f"{call}/grade/confirm",
            Change,
            lambda on, asked: on.desks.grades.confirm(on.doing, on.call, asked.change),
        ),
        post(
            f"{call}/grade/turn-down",
            Change,
            lambda on, asked: on.desks.grades.turn_down(on.doing, on.call, asked.change, asked.reason),
        ),
        post(f"{call}/units", Unit, _unit),
        post(
            f"{call}/no-unit",
            Reason,
            lambda on, asked: on.desks.dispatch.not_needed(on.doing, on.call, asked.reason),
        ),
        post(
            f"{call}/rung-back",
            Rung,
            lambda on, asked: on.desks.dispatch.rung_back(on.doing, on.call, answered=asked.answered),
        ),
        post(
            f"{call}/noise",
            Reason,
            lambda on, asked: on.desks.dispatch.noise(on.doing, on.call, asked.reason),
        ),
    ]


async def grade(request: web.Request) -> web.StreamResponse:
    """How the call is graded, and what stands against a lower grade, with its words."""
    person = await who_asks(request)
    call = CallId(request.match_info["call"])
    return json(_said(await request.app[DOORS].desks.grades.look(person, call)))


def _said(found: Grades) -> dict[str, object]:
    return {
        "grade": found.grade,
        "scale": found.scale,
        "waiting": [msgspec.to_builtins(one) for one in found.waiting],
        "against": [_stands(one) for one in found.against],
    }


def _stands(stands: Stands) -> dict[str, object]:
    checked = utc_text(stands.checked_at) if stands.checked_at else None
    return {**msgspec.to_builtins(stands.what), "checked_at": checked}


async def _set(on: On, asked: Grade) -> None:
    await on.desks.grades.set(on.doing, on.call, Wanted(grade=asked.grade, reason=asked.reason))


async def _unit(on: On, asked: Unit) -> None:
    await on.desks.dispatch.unit(on.doing, on.call, asked.unit, asked.step, asked.reason)
