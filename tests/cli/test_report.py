"""What a force has to answer for over some days, from a terminal, on a database of its own."""

import asyncio
import json
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from server.adapters.store import open_store
from server.adapters.vault import AesSealer
from server.cli.main import app
from server.domain.events import (
    CallEnded,
    CheckResult,
    DowngradeConfirmed,
    Ending,
    Event,
    GradeSet,
    PromptAnswered,
    PromptWithdrawn,
    RecordCheck,
    RecordChecked,
    SightingWithdrawn,
    UnitArrived,
)
from server.domain.ids import CallId, ChangeId, ForceId, MarkerId, PromptId
from server.domain.prompts import Outcome, Standing
from server.domain.recordings import Part
from server.domain.speech import Party
from tests.fakes import START, FakeClock
from tests.stories import HANNAH, SAM, arrived, raised, said, sighted

WORDS = "he had his hands round my throat"
THROAT = sighted("strangulation", WORDS, utterance=0, at_ms=4000)
TOLD = (arrived(ForceId("demo")), said(Party.CALLER, 0, WORDS, at_ms=4000), THROAT, raised(1, THROAT))
LOOKED = RecordChecked(
    at_ms=0, person=SAM.id, check=RecordCheck.ORDERS, found=CheckResult.NOTHING, source="PNC"
)
LOWERED = GradeSet(
    at_ms=0,
    person=HANNAH.id,
    grade="scheduled",
    was="emergency",
    lowered=True,
    change=ChangeId("c1"),
    unconfirmed=True,
    against=(MarkerId("strangulation"),),
)
CONFIRMED = DowngradeConfirmed(at_ms=0, person=SAM.id, change=ChangeId("c1"))
ENDED = CallEnded(at_ms=9000, why=Ending.HUNG_UP)
ANSWERED = PromptAnswered(at_ms=0, person=SAM.id, prompt=PromptId("p1"), outcome=Outcome.YES)
THERE = UnitArrived(at_ms=0, person=HANNAH.id, unit="X1")
DAY_S = 86_400
Told = tuple[str, float, Sequence[Event]]
CALLS: Sequence[Told] = (
    ("CA1", 0, (*TOLD, LOOKED)),
    ("CA1", 600, (LOWERED, CONFIRMED, THERE, ENDED)),
    ("CA2", 700, (*TOLD, ANSWERED)),
    ("CA2", 820, (THERE, ENDED)),
    ("CA3", 2 * DAY_S, TOLD),
)


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    url = f"sqlite:{tmp_path}/earshot.db"
    monkeypatch.setenv("EARSHOT_STORE__URL", url)
    monkeypatch.setenv("EARSHOT_VAULT__KEY_FILE", f"{tmp_path}/vault.key")
    record(*CALLS)


def record(*calls: Told) -> None:
    async def recorded() -> None:
        clock, now_s = FakeClock(), 0.0
        async with open_store(os.environ["EARSHOT_STORE__URL"], clock=clock) as store:
            for call, at_s, events in calls:
                clock.advance(at_s - now_s)
                now_s = at_s
                await store.journal.append(CallId(call), events)

    asyncio.run(recorded())


def report(*more: str, force: str = "demo") -> str:
    day = START.date().isoformat()
    given = ("report", "--force", force, "--from", day, "--to", day, *more)
    done = CliRunner().invoke(app, given)
    assert done.exit_code == (0 if force == "demo" else 1), done.output
    return done.stdout or done.output


def as_json() -> Any:  # noqa: ANN401 - whatever is printed
    return json.loads(report("--json"))


def test_each_marker_says_how_soon_somebody_came_and_which_prompts_were_missed() -> None:
    (throat,) = as_json()["markers"]
    assert throat == {
        "marker": "strangulation",
        "calls": 2,
        "attended": 2,
        "median_s": 600,
        "nine_in_ten_s": 600,
        "raised": 2,
        "missed": 1,
        "lowered": 1,
    }


def test_a_marker_that_stood_in_no_call_keeps_its_prompts_and_lends_it_no_arrival() -> None:
    knife = sighted("weapon", "he has a knife", utterance=1, at_ms=2000, standing=Standing.DRAFT)
    heard = "he has a knife for the bread"  # which a brief still carries, in doubt
    gone = SightingWithdrawn(
        at_ms=5000, marker=MarkerId("weapon"), party=Party.CALLER, utterance=1, heard=heard
    )
    back = PromptWithdrawn(at_ms=5000, prompt=PromptId("p1"), heard=heard)
    settled = said(Party.CALLER, 1, heard, at_ms=2000)
    told = (arrived(ForceId("demo")), knife, raised(1, knife), settled, gone, back)
    record(("CA4", 900, (*told, LOWERED, THERE, ENDED)))
    throat, weapon = as_json()["markers"]
    assert (weapon["marker"], weapon["calls"], weapon["attended"], weapon["median_s"]) == (
        "weapon",
        0,
        0,
        None,
    )
    assert (weapon["raised"], weapon["missed"]) == (1, 0)
    assert (throat["calls"], throat["lowered"]) == (2, 2)


def test_calls_that_cannot_be_read_are_counted_and_cost_no_other_call_its_report(tmp_path: Path) -> None:
    assert as_json()["not_readable"] == 0

    async def erased() -> None:
        sealer = AesSealer([bytes(32)])
        async with open_store(f"sqlite:{tmp_path}/earshot.db", clock=FakeClock(), sealer=sealer) as store:
            await store.retention.destroy(CallId("CA1"), {Part.WORDS}, person="sue", facts={})

    asyncio.run(erased())
    record(("CA5", 960, (*TOLD, ENDED)))
    with closing(sqlite3.connect(tmp_path / "earshot.db")) as database, database:
        database.execute(
            "INSERT INTO journal (call, seq, kind, body, recorded_at)"
            " SELECT call, max(seq) + 1, kind, '{', recorded_at FROM journal WHERE call = 'CA2'"
        )
    found = as_json()
    assert ([one["call"] for one in found["calls"]], found["not_readable"]) == (["CA5"], 2)
    assert "1 calls, not readable: 2" in report()


def test_each_lowering_against_a_marker_names_both_people() -> None:
    second, first = as_json()["calls"]
    assert second["lowered"] == []
    (lowered,) = first["lowered"]
    assert (lowered["was"], lowered["grade"], lowered["against"]) == (
        "emergency",
        "scheduled",
        ["strangulation"],
    )
    assert (lowered["by"], lowered["second"]) == ("hannah", "sam")


def test_what_was_looked_up_says_by_whom_and_what_was_not_is_listed() -> None:
    _, first = as_json()["calls"]
    (looked,) = first["looked"]
    assert (looked["check"], looked["found"], looked["by"]) == ("court orders", "none found", "sam")
    assert "bail" in first["not_looked"]
    assert "court orders" not in first["not_looked"]
    assert "Where they are" in first["not_asked"]


def test_it_holds_no_words_and_only_the_days_and_the_force_that_were_asked_for() -> None:
    for said_of_it in (report(), report("--json")):
        assert "CA1" in said_of_it
        assert "CA3" not in said_of_it
        assert "throat" not in said_of_it
    assert "There is no such force" in report(force="nowhere")
    assert START.date() != (START + timedelta(days=2)).date()
