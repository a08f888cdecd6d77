"""Silent calls from a telephone that a threatened woman rang from days before: nobody lets them lie."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import Browser, async_playwright, expect

from server.demo.stage import new_sid
from server.domain.events import (
    Entry,
    HandlerAssigned,
    HistoryLinked,
    LegJoined,
    MarkerSighted,
    NoiseLabelled,
    PromptRaised,
    SoundDoubted,
    Watch,
    WatchRaised,
)
from server.domain.ids import CallId
from server.domain.quiet_calls import ABANDONED, QUIET, SILENT
from server.domain.sounds import SoundKind
from tests.chromium import CHROMIUM, FLAGS
from tests.journeys.front_door import Station, at_the_front_door
from tests.journeys.signed_in import page_of

POLICE, HERS = "+441632960000", "+447700900111"
NOBODYS, TAPPERS = "+447700900199", "+447700900188"
RING = "The caller has not been rung back"
THREE_DAYS_MIN = 3 * 24 * 60


@dataclass(slots=True, kw_only=True)
class Silence:
    live: list[Entry] = field(default_factory=list, repr=False)
    after: list[Entry] = field(default_factory=list, repr=False)
    strangers: list[Entry] = field(default_factory=list, repr=False)
    tapped: list[Entry] = field(default_factory=list, repr=False)
    without_reason: Any = None


@pytest.fixture(scope="module")
def silence(tmp_path_factory: pytest.TempPathFactory) -> Silence:
    silence = Silence()

    async def body(station: Station) -> None:
        await station.ring("wrong-force", HERS, POLICE)
        await station.later(THREE_DAYS_MIN)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            await rung_silently(station, browser, silence)
            await browser.close()
        async with asyncio.TaskGroup() as tasks:
            strangers = tasks.create_task(station.ring("silent", NOBODYS, POLICE))
            tapped = tasks.create_task(station.ring("tapping", TAPPERS, POLICE))
        await station.later(1)
        silence.strangers = await station.entries(strangers.result())
        silence.tapped = await station.entries(tapped.result())

    at_the_front_door(tmp_path_factory.mktemp("silence"), body)
    return silence


async def rung_silently(station: Station, browser: Browser, silence: Silence) -> None:
    call = CallId(new_sid())
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(station.ring("silent", HERS, POLICE, sid=call))
        await station.until(call, lambda event: isinstance(event, HistoryLinked))
        await station.until(call, lambda event: isinstance(event, LegJoined))
        await station.later(0.5)
        await station.until(call, lambda event: asks(event, SILENT))
        silence.live = await station.entries(call)
    await station.until(call, lambda event: asks(event, ABANDONED))
    await station.later(3)
    await station.until(call, lambda event: owed(event, Watch.NOT_RUNG_BACK))
    wall = await page_of(station, browser, "supervisor")
    line = wall.locator("watch-list li", has_text=call[-4:].upper())
    await expect(line).to_contain_text(RING)
    await station.tell(call, "rung-back", "k1", answered=True)
    await expect(line.filter(has_text=RING)).to_have_count(0)
    handler = await station.until(call, lambda event: isinstance(event, HandlerAssigned))
    assert isinstance(handler, HandlerAssigned)
    async with await station.visitor(handler.person) as visitor:
        noise = f"/api/calls/{call}/noise"
        silence.without_reason = await visitor.post(noise, id="n1", reason=" ")
        await visitor.post(
            noise, id="n2", reason="Rung back: she gave the safe word, the telephone was in a bag"
        )
    silence.after = await station.entries(call)


def asks(event: object, marker: str) -> bool:
    return isinstance(event, PromptRaised) and event.prompt.marker == marker


def owed(event: object, watch: Watch) -> bool:
    return isinstance(event, WatchRaised) and event.watch is watch


def test_silence_from_a_known_number_asks_while_it_lasts_with_the_forces_policy(silence: Silence) -> None:
    (raised,) = [one.event for one in silence.live if asks(one.event, SILENT)]
    assert isinstance(raised, PromptRaised)
    assert raised.prompt.handler.startswith("Treat as an emergency")
    assert "same mobile, 3 days ago" in raised.prompt.found


def test_a_call_that_breaks_off_is_owed_a_ring_back_until_it_is_rung(silence: Silence) -> None:
    assert any(owed(one.event, Watch.NOT_RUNG_BACK) for one in silence.after)


def test_noise_takes_a_person_and_a_reason(silence: Silence) -> None:
    status, said = silence.without_reason
    assert (status, said["error"]["code"]) == (409, "needs-reason")
    (labelled,) = [one.event for one in silence.after if isinstance(one.event, NoiseLabelled)]
    assert labelled.person.startswith("handler")
    assert "safe word" in labelled.reason


def test_a_strangers_silence_is_left_to_the_operators_procedure(silence: Silence) -> None:
    raised = [one.event.prompt.marker for one in silence.strangers if isinstance(one.event, PromptRaised)]
    assert QUIET.isdisjoint(raised)


def test_taps_when_asked_for_a_sign_are_an_answer_with_what_was_heard_and_when(silence: Silence) -> None:
    (doubted,) = [one.event for one in silence.tapped if isinstance(one.event, SoundDoubted)]
    assert (doubted.sound, doubted.count) == (SoundKind.TAPS, 2)
    (raised,) = [one.event for one in silence.tapped if asks(one.event, "covert_call")]
    assert isinstance(raised, PromptRaised)
    assert raised.prompt.quote == "2 taps"
    (sighted,) = [one.event.sighting for one in silence.tapped if isinstance(one.event, MarkerSighted)]
    assert sighted.because.endswith("s after the handler asked for a sign.")


def test_without_taps_the_same_question_raises_nothing_of_the_kind(silence: Silence) -> None:
    assert not any(asks(one.event, "covert_call") for one in silence.strangers)
