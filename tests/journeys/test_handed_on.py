"""A threat to kill told to the wrong force: it cannot drop out on the way to the right one."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from server.domain.events import Entry, GradeSet, HandlerAssigned, SheetRead, SheetSent
from tests.journeys.front_door import Station, at_the_front_door

POLICE, HERS = "+441632960000", "+447700900121"
THREAT = "threat_to_kill"


@dataclass(slots=True, kw_only=True)
class Handing:
    entries: list[Entry] = field(default_factory=list, repr=False)
    brief: Any = None
    lowered: Any = None
    responsible: str = ""


@pytest.fixture(scope="module")
def handing(tmp_path_factory: pytest.TempPathFactory) -> Handing:
    handing = Handing()

    async def body(station: Station) -> None:
        call = await station.ring("wrong-force", HERS, POLICE)
        await station.tell(call, "grade", "k1", grade="emergency")
        handler = await station.until(call, lambda event: isinstance(event, HandlerAssigned))
        assert isinstance(handler, HandlerAssigned)
        async with await station.visitor(handler.person) as visitor:
            sheets = f"/api/calls/{call}/brief/sheets"
            sent = {
                "kind": "transfer",
                "way": "radio",
                "name": "Eastshire control room",
                "why": "Their address",
            }
            status, said = await visitor.post(sheets, id="s1", **sent)
            assert status == 200, said
            sheet = f"{sheets}/{said['sheet']}/read"
            await visitor.post(sheet, id="s2", by="Inspector Lowe, Eastshire", named=[])
            handing.brief = (await visitor.get(f"/api/calls/{call}/brief"))["view"]
            must = next(
                entry.event.must
                for entry in await station.entries(call)
                if isinstance(entry.event, SheetSent)
            )
            await visitor.post(sheet, id="s3", by="Inspector Lowe, Eastshire", named=list(must))
            handing.responsible = (await visitor.get(f"/api/calls/{call}/brief"))["view"]["responsible"]
        handing.lowered = await station.tell(call, "grade", "k2", grade="scheduled", reason="Handed over")
        handing.entries = await station.entries(call)

    at_the_front_door(tmp_path_factory.mktemp("handing"), body)
    return handing


def test_the_transfer_sheet_carries_the_threat_in_her_own_words_and_what_was_not_asked(
    handing: Handing,
) -> None:
    (sent,) = [one.event for one in handing.entries if isinstance(one.event, SheetSent)]
    assert THREAT in sent.must
    assert "kill me" in str(handing.brief)
    assert "not asked" in str(handing.brief).lower().replace("_", " ")


def test_the_call_is_the_first_forces_until_the_other_has_signed_for_the_threat_by_name(
    handing: Handing,
) -> None:
    missing = [one["marker"] for one in handing.brief["sheets"][0]["missing"]]
    assert (handing.brief["responsible"], THREAT in missing) == ("Demonstration Constabulary", True)
    assert handing.responsible == "Eastshire control room"
    read = [one.event for one in handing.entries if isinstance(one.event, SheetRead)][-1]
    assert (read.by, THREAT in read.named) == ("Inspector Lowe, Eastshire", True)


def test_a_lower_grade_after_the_transfer_is_flagged_for_lack_of_a_second_person(handing: Handing) -> None:
    (waiting,) = handing.lowered["waiting"]
    assert (waiting["done"], THREAT in waiting["against"]) == (True, True)
    graded = [one.event for one in handing.entries if isinstance(one.event, GradeSet)]
    assert graded[-1].unconfirmed
