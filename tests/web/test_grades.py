"""Grades and what became of a call, over HTTP: from a panel, and told by the control system."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from server.domain.events import (
    EntityRefused,
    EntityTyped,
    GradeSet,
    NoiseLabelled,
    RungBack,
    UnitAssigned,
    UnitNotNeeded,
)
from server.domain.ids import CallId
from server.domain.integrations import Scope
from server.services.api_keys import ApiKeys
from tests.fakes import FakeClock
from tests.house import House, open_house
from tests.services.grade_room import GRADED_FORCE
from tests.stories import HANNAH, MIDSHIRE, arrived, opened, raised, sighted
from tests.web.visitor import Visitor, code

CALL = CallId("CA1")
HERE = "/api/calls/CA1"
THROAT = sighted("strangulation", "hands round my throat", utterance=0, at_ms=4000)
WHY = "Officer at the scene"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    force = replace(GRADED_FORCE, id=MIDSHIRE)
    async with open_house(tmp_path, force) as house:
        await house.record(CALL, arrived(), *opened(), THROAT, raised(1, THROAT))
        await house.record(CALL, GradeSet(at_ms=4000, person=HANNAH.id, grade="emergency"))
        await house.grant(CALL, HANNAH)
        yield house


@pytest.fixture
async def visitor(house: House) -> AsyncIterator[Visitor]:
    jar = aiohttp.CookieJar(unsafe=True)  # cookies of an address rather than of a name
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        yield Visitor(house, session)


@pytest.fixture
async def control(house: House) -> AsyncIterator["Control"]:
    token = await key(house, [Scope.DISPATCH, Scope.CALLS])
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
        yield Control(house, session)


class Control:
    """The control-room system."""

    def __init__(self, house: House, session: aiohttp.ClientSession) -> None:
        self.house = house
        self.session = session

    async def tell(self, what: str, act: str, **body: object) -> tuple[int, Any]:
        url = f"{self.house.url}/api/v1/calls/{CALL}/{what}"
        async with self.session.post(url, json={"person": "dee", "id": act, **body}) as answer:
            return answer.status, await answer.json(content_type=None)


async def key(house: House, scopes: Sequence[Scope]) -> str:
    return (await ApiKeys(book=house.store.keys, clock=FakeClock()).issue("CAD", MIDSHIRE, scopes))[1]


async def of_kind(house: House, kind: type) -> list[Any]:
    entries = await house.store.journal.entries(CALL)
    return [entry.event for entry in entries if isinstance(entry.event, kind)]


async def test_the_panel_sees_the_scale_and_what_stands_against_a_lower_grade(visitor: Visitor) -> None:
    await visitor.sign_in("hannah")
    status, said = await visitor.get(f"{HERE}/grade")
    assert status == 200
    assert (said["grade"], [one["name"] for one in said["scale"]]) == (
        "emergency",
        ["emergency", "priority", "appointment"],
    )
    (stands,) = said["against"]
    assert (stands["title"], stands["quote"], stands["checked_at"]) == (
        "Strangulation or suffocation",
        "hands round my throat",
        None,
    )


async def test_a_lowering_is_asked_for_by_one_and_confirmed_by_another(
    house: House, visitor: Visitor
) -> None:
    await visitor.sign_in("hannah")
    without = await visitor.post(f"{HERE}/grade", {"id": "a1", "grade": "appointment"})
    assert code(without) == (409, "needs-reason")
    await visitor.post(f"{HERE}/grade", {"id": "a2", "grade": "appointment", "reason": WHY})
    alone = await visitor.post(f"{HERE}/grade/confirm", {"id": "a3", "change": "g1"})
    assert code(alone) == (409, "needs-second-person")
    await visitor.sign_in("sue")
    assert (await visitor.post(f"{HERE}/grade/confirm", {"id": "b1", "change": "g1"}))[0] == 200
    lowered = (await of_kind(house, GradeSet))[-1]
    assert (lowered.grade, lowered.person, lowered.second) == ("appointment", "hannah", "sue")


async def test_what_is_turned_down_is_gone(visitor: Visitor) -> None:
    await visitor.sign_in("hannah")
    await visitor.post(f"{HERE}/grade", {"id": "a2", "grade": "appointment", "reason": WHY})
    await visitor.post(f"{HERE}/grade/turn-down", {"id": "a3", "change": "g1"})
    assert (await visitor.get(f"{HERE}/grade"))[1]["waiting"] == []
    again = await visitor.post(f"{HERE}/grade/confirm", {"id": "a4", "change": "g1"})
    assert code(again) == (409, "no-such-change")


async def test_what_became_of_a_call_is_recorded_from_the_panel(house: House, visitor: Visitor) -> None:
    await visitor.sign_in("hannah")
    await visitor.post(f"{HERE}/units", {"id": "a1", "unit": "BX21", "step": "assigned"})
    await visitor.post(f"{HERE}/rung-back", {"id": "a2", "answered": True})
    await visitor.post(f"{HERE}/noise", {"id": "a3", "reason": "Pocket"})
    await visitor.post(f"{HERE}/no-unit", {"id": "a4", "reason": "At the front counter"})
    for kind in (UnitAssigned, RungBack, NoiseLabelled, UnitNotNeeded):
        assert len(await of_kind(house, kind)) == 1


async def test_the_control_systems_lowering_is_recorded_and_answered_with_what_is_missing(
    house: House, control: Control
) -> None:
    status, said = await control.tell("grade", "k1", grade="appointment", reason=WHY)
    assert (status, said["grade"]) == (200, "appointment")
    assert said["waiting"] == [
        {
            "change": "g1",
            "grade": "appointment",
            "was": "emergency",
            "by": "dee",
            "done": True,
            "against": ["strangulation"],
        }
    ]
    status, said = await control.tell("grade/confirm", "k2", person="kim", change="g1")
    assert (status, said["waiting"]) == (200, [])
    assert "throat" not in str(said)


async def test_the_control_system_tells_of_units_queues_and_rings_back(
    house: House, control: Control
) -> None:
    await control.tell("units", "k1", unit="BX21", step="assigned")
    await control.tell("rung-back", "k2", answered=False)
    status, said = await control.tell("queue", "k3", queue="dispatch east")
    assert (status, said["units"], said["queue"]) == (200, ["BX21"], "dispatch east")
    (unit,) = await of_kind(house, UnitAssigned)
    assert (unit.person, unit.system) == ("dee", "CAD")


async def test_a_key_without_the_scope_tells_nothing(house: House, control: Control) -> None:
    control.session.headers["Authorization"] = f"Bearer {await key(house, [Scope.CALLS])}"
    status, said = await control.tell("grade", "k1", grade="appointment")
    assert (status, said["code"]) == (403, "wrong-scope")


async def test_noise_without_a_reason_is_refused_whoever_says_it(control: Control) -> None:
    status, said = await control.tell("noise", "k1", reason="")
    assert (status, said["code"]) == (409, "needs-reason")


async def test_what_the_control_system_has_typed_is_known_once_by_whom_and_can_be_withdrawn(
    house: House, control: Control
) -> None:
    asked: dict[str, object] = {"kind": "address", "text": "24 Maple Road, Leeds LS6 2AB"}
    status, said = await control.tell("entities", "t1", **asked)
    assert (status, said) == (200, {"entity": "t1"})
    assert await control.tell("entities", "t1", **asked) == (200, {"entity": "t1"}), "the same act again"
    assert await control.tell("entities", "t2", **asked) == (200, {"entity": "t1"}), "the same place again"
    assert await control.tell("entities", "t3", kind="vehicle", text="a red car") == (200, {"entity": "t2"})
    typed, unread = await of_kind(house, EntityTyped)
    assert (unread.entity.text, unread.entity.value) == ("a red car", ""), "kept, and compared by nothing"
    assert (typed.person, typed.system, typed.entity.value) == ("dee", "CAD", "|24|maple road|leeds|ls62ab")
    status, said = await control.tell("grade", "t1", grade="emergency")
    assert (status, said["code"]) == (409, "act-used")
    assert (await control.tell("entities/t1/withdraw", "t4"))[0] == 200
    (refused,) = await of_kind(house, EntityRefused)
    assert (refused.entity, refused.system) == ("t1", "CAD")
    assert (await control.tell("entities/t9/withdraw", "t5"))[0] == 404
