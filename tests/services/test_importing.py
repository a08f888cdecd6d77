"""A force's history is brought in whole or not at all; a line for each bad row repeats nothing of it."""

from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from server.adapters.matching.matcher import LibraryMatcher
from server.adapters.store import Store, open_store
from server.domain.entities import EntityKind, Known
from server.domain.history import EarlierCall
from server.domain.ids import CallId, ForceId, MarkerId
from server.services.importing import About, FileChanged, Importing, Report, Told
from tests.fakes import FakeClock
from tests.house import marker

FORCE = ForceId("midshire")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
GOOD = {
    "ref": "MP-1",
    "at": "2026-02-01 22:15",
    "channel": "999",
    "grade": "Grade 1",
    "outcome": "arrest",
    "caller": "07700 900123",
    "address": "24 Maple Road, Leeds LS6 2AB",
    "people": "Khaola Saleem (mother)",
    "markers": "weapon",
    "quotes": "he has a knife",
}
MOBILE = "n:+447700900123"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(f"sqlite:{tmp_path / 'import.db'}", clock=FakeClock()) as store:
        yield store


def told(*rows: dict[str, str]) -> Iterable[Told]:
    return (Told(number=number, fields=row) for number, row in enumerate(rows, 2))


def importing(store: Store) -> Importing:
    return Importing(
        About(force=FORCE, zone="Europe/London", now=NOW),
        history=store.history,
        matcher=LibraryMatcher(),
        markers={MarkerId("weapon"): marker("weapon")},
    )


async def brought(store: Store, *rows: dict[str, str], dry_run: bool = False) -> Report:
    return await importing(store).bring_in(lambda: told(*rows), dry_run=dry_run)


async def found(store: Store, key: str = MOBILE) -> list[EarlierCall]:
    return await store.history.under([key], forces=[FORCE], since=datetime(2025, 1, 1, tzinfo=UTC))


async def test_a_good_row_is_found_by_number_address_and_name(store: Store) -> None:
    report = await brought(store, GOOD)
    assert (report.brought_in, report.bad) == (1, [])
    (call,) = await found(store)
    assert call.at == datetime(2026, 2, 1, 22, 15, tzinfo=UTC)
    assert (call.call, call.outcome, call.grade, call.imported) == (
        "record:midshire:MP-1",
        "arrest",
        "Grade 1",
        True,
    )
    assert call.markers[0].quote == "he has a knife"
    assert Known(kind=EntityKind.PERSON, value="khaola|saleem", about="mother") in call.known


async def test_one_bad_row_and_nothing_is_brought_in(store: Store) -> None:
    bad = [
        {**GOOD, "ref": "MP-2", "caller": "a secret"},
        {**GOOD, "ref": "MP-3", "at": "yesterday"},
        {**GOOD, "ref": "MP-4", "markers": "unheard_of"},
        {**GOOD, "ref": "MP-5", "colour": "red"},
        {"ref": "MP-6", "at": "2026-02-01 22:15"},
        GOOD,
    ]
    report = await brought(store, GOOD, *bad)
    assert [line.partition(":")[0] for line in report.bad] == [f"row {number}" for number in range(3, 9)]
    assert not any("secret" in line or "yesterday" in line for line in report.bad)
    assert await found(store) == []


async def test_a_dry_run_judges_and_brings_in_nothing(store: Store) -> None:
    report = await brought(store, GOOD, dry_run=True)
    assert (report.rows, report.bad, report.brought_in) == (1, [], 0)
    assert await found(store) == []


async def test_the_same_file_again_changes_nothing(store: Store) -> None:
    await brought(store, GOOD)
    report = await brought(store, GOOD, {**GOOD, "ref": "MP-2"})
    assert (report.brought_in, report.held) == (1, 1)
    assert len(await found(store)) == 2


async def test_what_an_import_left_that_broke_off_is_not_found_and_goes(store: Store) -> None:
    half = EarlierCall(call=CallId("record:midshire:half"), force=FORCE, at=NOW, imported=True)
    await store.history.bring_in("import-broken", [(half, [MOBILE])])
    assert await found(store) == []
    assert await store.history.named([half.call]) == []
    await brought(store, GOOD)
    assert [call.call for call in await found(store)] == ["record:midshire:MP-1"]


async def test_a_call_that_is_forgotten_is_found_by_nothing(store: Store) -> None:
    await brought(store, GOOD, {**GOOD, "ref": "MP-2"})
    await store.history.forget(CallId("record:midshire:MP-1"))
    assert [call.call for call in await found(store)] == ["record:midshire:MP-2"]


async def test_another_force_finds_nothing_of_it(store: Store) -> None:
    await brought(store, GOOD)
    since = datetime(2025, 1, 1, tzinfo=UTC)
    assert await store.history.under([MOBILE], forces=[ForceId("northshire")], since=since) == []


@pytest.mark.parametrize("at", ["01/02/2026 22:15", "1/2/2026 22:15:00", "2026-02-01T22:15Z"])
async def test_days_are_read_as_spreadsheets_here_write_them(store: Store, at: str) -> None:
    assert (await brought(store, {**GOOD, "at": at})).bad == []
    assert [call.at for call in await found(store)] == [datetime(2026, 2, 1, 22, 15, tzinfo=UTC)]


@pytest.mark.parametrize(
    "at",
    ["02/13/2026 22:15", "46054.927", "2026-02-01", "20260201", "0001-01-01 00:00", "1/2/26 22:15", "22:15"],
)
async def test_a_day_that_may_be_another_or_has_no_time_is_refused(store: Store, at: str) -> None:
    [line] = (await brought(store, {**GOOD, "at": at})).bad
    assert line.startswith("row 2: at:")


@pytest.mark.parametrize("nobody", ["Unknown", "N/K", "not known", "-", "unknown male (suspect)"])
async def test_nobody_s_name_links_no_strangers(store: Store, nobody: str) -> None:
    assert (await brought(store, {**GOOD, "suspect": nobody, "people": nobody})).bad == []
    assert [one.kind for one in (await found(store))[0].known] == [EntityKind.NUMBER, EntityKind.ADDRESS]


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("victim", "#N/A"),
        ("address", "#REF!"),
        ("caller", "4.477E+11"),
        ("outcome", "a\ud800b"),
        ("grade", "1\x00"),
    ],
)
async def test_what_a_spreadsheet_spoilt_is_a_bad_row(store: Store, column: str, text: str) -> None:
    [line] = (await brought(store, {**GOOD, column: text})).bad
    assert line.startswith(f"row 2: {column}:")


def in_turn(times: Iterator[list[dict[str, str]]]) -> Iterable[Told]:
    return told(*next(times))


async def test_a_file_that_changes_while_it_is_read_leaves_nothing_to_be_found(store: Store) -> None:
    for later in ([GOOD, {**GOOD, "ref": "MP-2", "at": "never"}], [GOOD], []):
        times = iter([[GOOD, {**GOOD, "ref": "MP-2"}], later])
        with pytest.raises(FileChanged):
            await importing(store).bring_in(partial(in_turn, times), dry_run=False)
        assert await found(store) == []
    assert (await brought(store, GOOD)).brought_in == 1
    assert len(await found(store)) == 1
