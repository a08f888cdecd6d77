"""A shift at the consoles: real calls by Twilio's door, a real server process, and nothing but keyboards."""

import signal
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from server.domain.events import (
    Escalation,
    ListeningBegan,
    ListeningEnded,
    NobodyOnDuty,
    PromptAnswered,
    PromptAsked,
    PromptEscalated,
    PromptOwned,
    PromptRaised,
    PromptUndone,
    ReviewAsked,
    ReviewWhy,
    SpecialistAssigned,
    UtteranceHeard,
    WhisperSent,
)
from server.domain.ids import CallId, MarkerId
from tests.journeys.keyboard import PASSWORD, PATIENCE_MS, Consoles
from tests.journeys.station import Station, open_station
from tests.stories import HANNAH, SAM, SUE, TESS

pytestmark = pytest.mark.asyncio(loop_scope="session")

ON_SHIFT = (SAM, SUE)
SIGN = "Non-fatal strangulation"
QUESTION = "ask about her neck"
NOTE = "she is at her sister's"


HANG = "() => { const until = Date.now() + 12000; setTimeout(() => { while (Date.now() < until); }); }"
LOUD = "() => { const { levels } = document.querySelector('listen-in').heard; return levels.caller > 0.05; }"


async def spoken(station: Station, call: CallId) -> list[str]:
    """Every line of the call, as it is on record."""
    return [heard.utterance.text for heard in await station.events(call, UtteranceHeard)]


def call_name(call: CallId) -> str:
    """As screens name it."""
    return f"Call {call[-4:].upper()}"


@pytest_asyncio.fixture(loop_scope="session")
async def station(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Station]:
    async with open_station(tmp_path_factory.mktemp("station"), PASSWORD) as station:
        yield station


@pytest_asyncio.fixture(loop_scope="session")
async def everybody(station: Station, browser: Browser) -> Consoles:
    return Consoles(station, browser)


@pytest_asyncio.fixture(loop_scope="session")
async def consoles(everybody: Consoles, station: Station) -> AsyncIterator[Consoles]:
    """Sam and Sue are on duty, and nobody else."""
    async with station.store() as store:
        for person in (SAM, TESS, SUE):
            await store.people.set_duty(person.id, on_duty=person in ON_SHIFT)
    yield everybody
    await everybody.close()


async def test_a_call_comes_to_the_specialist_who_owns_its_prompt_and_whispers(
    station: Station, consoles: Consoles
) -> None:
    hannah, sam = await consoles.of(HANNAH), await consoles.of(SAM)
    async with station.ringing() as call:
        await hannah.shows("handler-prompt", SIGN)
        await sam.shows("prompt-card", SIGN)
        await sam.shows(".why", "Why me: the only one free")
        await sam.press("t")
        await sam.shows(".card-owner", "Owned by you")
        await hannah.shows(".card-owner", "Sam has this")
        await sam.press("w")
        await sam.type(QUESTION)
        await sam.press("Enter")
        await hannah.shows("whisper-card", QUESTION)
        await sam.shows("whisper-box", "Read by Hannah")
        await hannah.push("Will ask")
        await sam.shows("whisper-box", "Answered: will ask")
    (assigned,) = await station.events(call, SpecialistAssigned)
    (owned,) = await station.events(call, PromptOwned)
    assert (assigned.person, owned.person) == (SAM.id, SAM.id)


async def test_a_handler_asks_answers_and_takes_it_back(station: Station, consoles: Consoles) -> None:
    hannah, sam = await consoles.of(HANNAH), await consoles.of(SAM)
    async with station.ringing() as call:
        await hannah.shows("handler-prompt", SIGN)
        await hannah.press("a")
        await sam.shows(".card-owner", "Owned by Hannah, asked")
        await hannah.press("1")
        await sam.shows(".queue-done", SIGN)
        await hannah.press("u", "2")
        await hannah.shows("#done", "said no")
        await sam.shows(".queue-done", SIGN)
    steps = await station.events(call, PromptOwned, PromptAsked, PromptAnswered, PromptUndone)
    assert [type(step) for step in steps] == [
        PromptOwned,
        PromptAsked,
        PromptAnswered,
        PromptUndone,
        PromptAnswered,
    ]


async def test_what_nobody_takes_comes_to_the_wall_and_the_supervisor_takes_it(
    station: Station, consoles: Consoles
) -> None:
    sue = await consoles.of(SUE)
    async with station.ringing() as call:
        await sue.shows("brought-list", "brought to the duty supervisor")
        await sue.press("g")
        await sue.shows("prompt-card", "Nobody has taken it: brought to the duty supervisor")
        await sue.press("t")
        await sue.shows(".card-owner", "Owned by you")
        await sue.press("1")
        await station.recorded(call, PromptAnswered)
    steps = await station.events(call, PromptEscalated)
    assert [(step.to, step.person) for step in steps] == [
        (Escalation.SUPERVISOR, None),
        (Escalation.DUTY_SUPERVISOR, SUE.id),
    ]


async def test_a_call_is_handed_over_with_its_prompt_and_reassigned_from_the_wall(
    station: Station, consoles: Consoles
) -> None:
    sam, sue = await consoles.of(SAM), await consoles.of(SUE)
    async with station.ringing() as call:
        await sam.shows("prompt-card", SIGN)
        await sam.press("t")
        await sam.shows(".card-owner", "Owned by you")
        tess = await consoles.of(TESS)
        await tess.push("Off duty")
        await tess.shows("#duty", "On duty")
        await sam.press("n")
        await sam.press("Tab")
        await sam.type(NOTE)
        await sam.press("Enter")
        await tess.shows("prompt-card", "Owned by you")
        await tess.shows("call-head", f"Handed over by Sam: “{NOTE}”")
        await sue.push(f"Reassign {call_name(call)}")
        await sue.press("Tab", "Enter")
        await sue.shows("wall-board", "Sam")
        await sam.shows("prompt-card", "Owned by you")
    given = [event.person for event in await station.events(call, SpecialistAssigned)]
    assert given == [SAM.id, TESS.id, SAM.id]


async def test_with_nobody_on_duty_it_is_said_and_the_first_to_come_gets_the_call(
    station: Station, consoles: Consoles
) -> None:
    hannah, sam, sue = await consoles.of(HANNAH), await consoles.of(SAM), await consoles.of(SUE)
    await sam.push("On duty")
    await sam.shows("#duty", "Off duty")
    async with station.ringing() as call:
        await station.recorded(call, NobodyOnDuty)
        await hannah.shows("status-banners", "Nobody is on duty for this call as specialist")
        await sue.shows("wall-board", "nobody on duty")
        await sam.push("Off duty")
        await sam.shows(".why", "Why me")
        await sam.shows("review-list", call_name(call))
    asked = await station.events(call, ReviewAsked)
    assert ReviewWhy.NOBODY_ON_DUTY in {event.why for event in asked}


async def test_a_server_that_is_killed_in_the_middle_forgets_no_prompt_no_owner_and_no_timer(
    station: Station, consoles: Consoles
) -> None:
    sam, sue = await consoles.of(SAM), await consoles.of(SUE)
    async with station.ringing() as call:
        await sam.shows("prompt-card", SIGN)
        await expect(sam.part(".row-said")).not_to_have_count(0, timeout=PATIENCE_MS)
        await station.stop(signal.SIGKILL)
        await sam.shows("#connection", "Disconnected")
        await station.start()
        await sam.is_live()
        told = await station.recorded(call, PromptEscalated, times=2)
        assert told[-1].after_ms >= 8000
        await sue.shows("brought-list", "brought to the duty supervisor")
        await sam.press("t")
        await sam.shows(".card-owner", "Owned by you")
        assert await sam.words() == await spoken(station, call)
    seqs = [entry.seq for entry in await station.entries(call)]
    assert seqs == list(range(1, len(seqs) + 1))
    assert len(await station.events(call, PromptOwned)) == 1
    raised = [event.prompt.marker for event in await station.events(call, PromptRaised)]
    assert raised.count(MarkerId("strangulation")) == 1


async def test_two_browsers_of_one_person_are_one_person(station: Station, consoles: Consoles) -> None:
    one, other = await consoles.of(SAM), await consoles.of(SAM, again=True)
    async with station.ringing() as call:
        await one.shows("prompt-card", SIGN)
        await other.shows("prompt-card", SIGN)
        await one.press("t")
        await other.shows(".card-owner", "Owned by you")
        await other.press("w")
        await other.type(QUESTION)
        await other.press("Enter")
        await one.shows("whisper-box", QUESTION)
        await other.press("Escape")
        await one.press("1")
        await other.shows(".queue-done", SIGN)
    (owned,) = await station.events(call, PromptOwned)
    (answered,) = await station.events(call, PromptAnswered)
    (whispered,) = await station.events(call, WhisperSent)
    assert {owned.person, answered.person, whispered.person} == {SAM.id}


async def test_a_browser_that_hangs_delays_nobody_and_then_has_everything_once(
    station: Station, consoles: Consoles
) -> None:
    hannah, sam = await consoles.of(HANNAH), await consoles.of(SAM)
    async with station.ringing() as call:
        await expect(sam.part("call-list li")).not_to_have_count(0, timeout=PATIENCE_MS)
        await sam.page.evaluate(HANG)
        await hannah.shows("handler-prompt", SIGN)
        await hannah.press("t")
        await station.recorded(call, PromptOwned)
        await sam.shows(".card-owner", "Owned by Hannah")
        await station.recorded(call, UtteranceHeard)
        await sam.counts(".row-said", len(await spoken(station, call)))
        assert await sam.words() == await spoken(station, call)


async def test_a_browser_that_was_cut_off_comes_back_with_what_it_did_and_nothing_twice(
    station: Station, consoles: Consoles
) -> None:
    sam = await consoles.of(SAM)
    async with station.ringing() as call:
        await sam.shows("prompt-card", SIGN)
        await sam.cut_off()
        await sam.press("t")
        await sam.shows(".unrecorded", "1 not recorded yet")
        assert await station.events(call, PromptOwned) == []
        await sam.put_back()
        await sam.shows(".card-owner", "Owned by you")
        await expect(sam.part(".unrecorded")).to_have_text("", timeout=PATIENCE_MS)
        await sam.counts(".row-said", len(await spoken(station, call)))
        assert await sam.words() == await spoken(station, call)
    assert len(await station.events(call, PromptOwned)) == 1


async def test_a_live_call_is_heard_in_the_browser_and_that_is_on_record(
    station: Station, consoles: Consoles
) -> None:
    sam = await consoles.of(SAM)
    async with station.ringing() as call:
        await sam.shows("prompt-card", SIGN)
        await sam.press("i")
        await sam.page.wait_for_function(LOUD)
        await sam.press("p")
        await station.recorded(call, ListeningEnded)
    (began,) = await station.events(call, ListeningBegan)
    assert (began.person, began.live) == (SAM.id, False)


async def test_who_is_barred_from_a_call_sees_nothing_of_it_and_their_try_is_on_record(
    station: Station, consoles: Consoles
) -> None:
    sam, sue = await consoles.of(SAM), await consoles.of(SUE)
    async with station.ringing() as call:
        await sam.shows("prompt-card", SIGN)
        await sue.shows("wall-board", call_name(call))
        await station.earshot("users", "bar", SUE.id, "--call", call, "--by", "the inspector")
        await expect(sue.part("wall-board")).not_to_contain_text(call_name(call), timeout=PATIENCE_MS)
        await sue.page.goto(f"{station.url}/desk?call={call}")
        await sue.is_live()
        await sue.shows("#told", "You have not been given this call")
        await expect(sue.part("main")).not_to_contain_text(call_name(call))
        await sue.counts(".row-said", 0)
    log = await station.earshot("users", "access-log", "--person", SUE.id, "--kind", "refused")
    assert call in log
