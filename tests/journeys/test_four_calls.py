"""Four calls in one night, by two telephones and from two addresses, are one case: through Twilio's door."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from server.demo.stage import new_sid
from server.domain.brief_words import LEAD_WORDS
from server.domain.combining import HIGH_AND_LINKED, LINKED_CALLS, TOGETHER, TWO_HIGH
from server.domain.entities import EntityKind
from server.domain.events import (
    CallArrived,
    CallEnded,
    CombinationSeen,
    CryDoubted,
    DowngradeAsked,
    DowngradeTurnedDown,
    EntityHeard,
    EntityTyped,
    Entry,
    Event,
    HandlerAssigned,
    HistoryLinked,
    LineOpened,
    LinkFound,
    PromptRaised,
    PromptsUnresolved,
    RecordingEnded,
    ReviewAsked,
    ReviewWhy,
    UtteranceHeard,
    Watch,
    WatchEnded,
    WatchRaised,
)
from server.domain.ids import CallId, MarkerId
from server.domain.markers import MarkerClass
from server.domain.review import Listed
from tests.chromium import CHROMIUM, FLAGS
from tests.journeys.front_door import Hold, Station, at_the_front_door, heard_as
from tests.journeys.pictures import picture
from tests.journeys.signed_in import page_of

TAIL_MS, QUIET_MS, LAST_MS, BREATH_MS = 6000, 1000, 1500, 200
"""The open line after the last word, how much of it lies before the scream, and how much after the hold;
how much of the third call comes after what is done while it goes on."""
POLICE = "+441632960000"
HERS, MOTHERS = "+447700900101", "+447700900102"
SHE, MOTHER = "Amira Haddad", "Salma Haddad"
HOME, MOTHERS_HOME = "14 Harbour Road", "22 Park Road"
SAID = (
    ("physical_assault", "hit me in the face"),
    ("threat_to_kill", "kill me"),
    ("stalking_harassment", "following me"),
)
"""What the brief of the fourth call has to carry of each that came before."""
BLOCKS = ("Heard now", "Third-hand", "Police record", "Not asked")
REASON = "She is driving to the station"


@dataclass(slots=True, kw_only=True)
class Night:
    calls: list[CallId] = field(default_factory=list)
    journals: list[list[Entry]] = field(default_factory=list, repr=False)
    refused: Any = None
    asked: Any = None
    against: list[Any] = field(default_factory=list)
    doubted: tuple[str, ...] = ()
    """What the desk and the panel showed of the scream while its line was open,"""
    desk_gone: str = ""
    """and what Twilio was told when the desk hung up then."""
    desk: str = ""
    panel: str = ""
    paper: str = ""
    """The brief's own page."""
    queue: list[Any] = field(default_factory=list)
    review: Any = None
    brief: Any = None


def of_kind(entries: list[Entry], *kinds: type[Event]) -> list[Any]:
    return [entry.event for entry in entries if isinstance(entry.event, kinds)]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    night = Night()

    async def body(station: Station) -> None:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            await live_through(station, browser, night)
            await browser.close()

    at_the_front_door(tmp_path_factory.mktemp("night"), body)
    return night


async def live_through(station: Station, browser: Browser, night: Night) -> None:
    first = await station.ring("night-1", HERS, POLICE)
    await write_down(station, first, (("person", SHE, "caller"), ("address", HOME, "victim")))
    await station.tell(first, "grade", "k1", grade="emergency")
    await station.tell(first, "units", "k2", unit="BX21", step="arrived")
    await station.later(41)
    second = await station.ring("night-2", HERS, POLICE)
    named = (("person", SHE, "caller"), ("person", MOTHER, "mother"))
    await write_down(station, second, (*named, ("address", MOTHERS_HOME, "mother")))
    await station.tell(second, "grade", "k3", grade="emergency")
    await station.later(55)
    async with on_the_line(station, "night-3", BREATH_MS) as third:
        await write_down(station, third, named)
        await station.until(third, lambda event: isinstance(event, HistoryLinked) and event.earlier_calls > 1)
        await lower(station, third, night)
        await station.until(third, _together)
    await station.later(50)
    fourth = await last_call(station, browser, night)
    night.calls = [first, second, third, fourth]
    night.journals = [await station.entries(call) for call in night.calls]


def _together(event: Event) -> bool:
    return isinstance(event, CombinationSeen) and event.combination.name == TOGETHER


@asynccontextmanager
async def on_the_line(station: Station, name: str, before_end_ms: int) -> AsyncIterator[CallId]:
    """Her mother's telephone; the call stays so long before its end for as long as one is in here."""
    call = CallId(new_sid())
    hold = Hold(at_ms=length_ms(name, MOTHERS) - before_end_ms)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(station.ring(name, MOTHERS, POLICE, sid=call, hold=hold))
        await station.until(call, lambda event: isinstance(event, LineOpened))
        yield call
        hold.go_on.set()


async def write_down(station: Station, call: CallId, told: tuple[tuple[str, str, str], ...]) -> None:
    """What the handler takes down: of which kind, as it was given, and whose."""
    handler = await station.until(call, lambda event: isinstance(event, HandlerAssigned))
    assert isinstance(handler, HandlerAssigned)
    async with await station.visitor(handler.person) as visitor:
        for place, (kind, text, about) in enumerate(told):
            status, said = await visitor.post(
                f"/api/calls/{call}/entities", id=f"e{place}", kind=kind, text=text, about=about
            )
            assert status == 200, said


async def lower(station: Station, call: CallId, night: Night) -> None:
    """The handler wants a lower grade; the supervisor, who reads what stands against it, does not."""
    await station.tell(call, "grade", "k4", grade="emergency")
    handler = await station.until(call, lambda event: isinstance(event, HandlerAssigned))
    assert isinstance(handler, HandlerAssigned)
    async with await station.visitor(handler.person) as visitor:
        night.refused = await visitor.post(f"/api/calls/{call}/grade", id="g1", grade="scheduled")
        night.asked = await visitor.post(
            f"/api/calls/{call}/grade", id="g2", grade="scheduled", reason=REASON
        )
    async with await station.visitor("supervisor") as visitor:
        night.against = (await visitor.get(f"/api/calls/{call}/grade"))["against"]
        await visitor.post(
            f"/api/calls/{call}/grade/turn-down", id="g3", change="g1", reason="He threatened to kill her"
        )


async def last_call(station: Station, browser: Browser, night: Night) -> CallId:
    desk = await page_of(station, browser, "specialist")
    async with on_the_line(station, "night-4", LAST_MS) as call:
        await desk.goto(f"{station.url}/desk?call={call}")
        await expect(desk.locator("#call-title")).to_contain_text(call[-4:].upper())
        await expect(desk.locator("call-number")).to_contain_text("Call 4 tonight")
        panel = await panel_of(station, browser, call)
        await screamed((desk, panel), night)
        night.desk_gone = await station.desk_hangs_up(call)
    await station.until(call, lambda event: isinstance(event, PromptsUnresolved))
    await expect(desk.locator("sound-doubt")).to_contain_text("The call ended right after it.")
    await station.later(7)
    await station.until(
        call, lambda event: isinstance(event, WatchRaised) and event.watch is Watch.UNANSWERED
    )
    await expect(desk.locator("watch-list")).to_contain_text("Prompts were left unanswered")
    for name in (TOGETHER, TWO_HIGH, HIGH_AND_LINKED):
        await expect(desk.locator("call-history")).to_contain_text(name)
    await owed_on_the_wall(station, browser, call)
    night.desk, night.panel = await desk.inner_text("body"), await panel.inner_text("body")
    async with await station.visitor("specialist") as visitor:
        night.queue = (await visitor.get("/api/review"))["calls"]
        night.review = await visitor.get(f"/api/review/{call}")
        night.brief = (await visitor.get(f"/api/calls/{call}/brief"))["view"]
    await desk.goto(f"{station.url}/brief/{call}")
    await expect(desk.locator("brief-sheet")).to_contain_text("on an earlier call")
    await picture(desk, "four-calls-brief")
    night.paper = await desk.inner_text("body")
    return call


async def owed_on_the_wall(station: Station, browser: Browser, call: CallId) -> None:
    """No unit, and in no dispatch queue: until the control system tells otherwise."""
    wall = await page_of(station, browser, "supervisor")
    owed = wall.locator("watch-list li", has_text=call[-4:].upper())
    for text in ("No unit is assigned", "The log is in no dispatch queue", "Prompts were left unanswered"):
        await expect(owed).to_contain_text(text)
    await station.tell(call, "units", "k5", unit="BX22", step="assigned")
    await expect(owed).not_to_contain_text("No unit is assigned")
    await station.tell(call, "queue", "k6", queue="dispatch")
    await expect(owed).not_to_contain_text("The log is in no dispatch queue")


async def panel_of(station: Station, browser: Browser, call: CallId) -> Page:
    handler = await station.until(call, lambda event: isinstance(event, HandlerAssigned))
    assert isinstance(handler, HandlerAssigned)
    panel = await page_of(station, browser, handler.person)
    await panel.goto(f"{station.url}/panel?call={call}")
    await expect(panel.locator("call-number")).to_contain_text("Call 4 tonight")
    return panel


async def screamed(screens: tuple[Page, ...], night: Night) -> None:
    """While the line is open: on both screens, to be heard again by the specialist alone."""
    for screen, mays in zip(screens, (1, 0), strict=True):
        await expect(screen.locator("sound-doubt")).to_contain_text("A loud cry or noise may have been")
        await expect(screen.locator("sound-doubt button:visible")).to_have_count(mays)
        await picture(screen, f"scream-{'desk' if mays else 'panel'}")
    night.doubted = tuple([await screen.inner_text("sound-doubt") for screen in screens])


def length_ms(name: str, caller: str) -> int:
    return len(heard_as(name, caller).inbound) // 8


def test_the_second_call_is_linked_to_the_first_before_a_word_is_said(night: Night) -> None:
    entries = night.journals[1]
    (link, *_) = of_kind(entries, LinkFound)
    assert (link.link.earlier, link.link.reasons[0]) == (night.calls[0], "same mobile, 41 min ago")
    kinds = [type(entry.event) for entry in entries]
    assert kinds.index(LinkFound) < kinds.index(UtteranceHeard)


def test_another_telephone_and_place_are_linked_by_who_is_named(night: Night) -> None:
    earlier = {one.link.earlier for one in of_kind(night.journals[2], LinkFound)}
    assert earlier >= {night.calls[0], night.calls[1]}


def places(entries: list[Entry], *kinds: type[Event]) -> set[str]:
    """The addresses, each in its normal form."""
    found = [one.entity for one in of_kind(entries, *kinds)]
    return {one.value for one in found if one.kind is EntityKind.ADDRESS}


def test_her_own_address_is_typed_and_her_mothers_heard_typed_and_heard_again(night: Night) -> None:
    home, mothers = places(night.journals[0], EntityTyped), places(night.journals[1], EntityTyped)
    assert len(home) == len(mothers) == 1
    assert home != mothers
    assert mothers <= places(night.journals[1], EntityHeard)
    assert mothers <= places(night.journals[3], EntityHeard)
    assert places(night.journals[2], EntityTyped) == set()


def test_lowering_the_third_calls_grade_while_it_goes_on_meets_the_second_calls_threat(night: Night) -> None:
    status, said = night.refused
    assert (status, said["error"]["code"]) == (409, "needs-reason")
    assert night.asked[0] == 200
    threats = [one for one in night.against if one["marker"] == "threat_to_kill"]
    assert [one["call"] for one in threats] == [night.calls[1]]
    assert "kill me" in threats[0]["quote"]
    (asked,) = of_kind(night.journals[2], DowngradeAsked)
    assert (asked.was, asked.grade, asked.reason) == ("emergency", "scheduled", REASON)
    kinds = [type(entry.event) for entry in night.journals[2]]
    assert kinds.count(DowngradeTurnedDown) == 1
    assert kinds.index(DowngradeAsked) < kinds.index(DowngradeTurnedDown) < kinds.index(CallEnded)


def test_the_fourth_call_is_the_fourth_tonight_on_every_screen(night: Night) -> None:
    assert of_kind(night.journals[3], HistoryLinked)[-1].tonight == 3
    for text in (night.desk, night.panel):
        assert "call 4 tonight" in text.lower()


def test_what_a_strangers_call_would_hold_back_is_prompted_in_the_fourth(night: Night) -> None:
    raised = {one.prompt.marker for one in of_kind(night.journals[3], PromptRaised)}
    assert "perpetrator_at_door" in raised


def test_what_stands_together_over_the_calls_is_said_as_soon_as_it_does(night: Night) -> None:
    seen = [{one.combination.name for one in of_kind(entries, CombinationSeen)} for entries in night.journals]
    assert seen[0] == set()
    assert seen[1] == {TWO_HIGH, HIGH_AND_LINKED}
    assert seen[2] == seen[3] == {TOGETHER, TWO_HIGH, HIGH_AND_LINKED}
    for entries in night.journals[2:]:
        prompts = [one.prompt for one in of_kind(entries, PromptRaised)]
        assert [one.severity for one in prompts if one.marker == LINKED_CALLS] == [MarkerClass.IMMEDIATE]


def test_what_nobody_saw_to_is_brought_to_people_by_its_kind(night: Night) -> None:
    raised = {one.watch for one in of_kind(night.journals[3], WatchRaised)}
    assert raised >= {Watch.NO_UNIT, Watch.WRONG_QUEUE, Watch.UNANSWERED}
    ended = {one.watch for one in of_kind(night.journals[3], WatchEnded)}
    assert ended >= {Watch.NO_UNIT, Watch.WRONG_QUEUE}


def test_the_open_line_is_kept_to_its_last_sound(night: Night) -> None:
    whole_ms = length_ms("night-4", MOTHERS)
    (ended,) = of_kind(night.journals[3], CallEnded)
    assert ended.at_ms >= whole_ms - 100
    kept = {one.stream: one.to_ms for one in of_kind(night.journals[3], RecordingEnded)}
    assert kept["caller"] >= whole_ms - 100


def test_the_scream_at_its_end_is_doubted_and_the_line_held_open(night: Night) -> None:
    (cry,) = of_kind(night.journals[3], CryDoubted)
    scream_ms = length_ms("night-4", MOTHERS) - TAIL_MS + QUIET_MS
    assert scream_ms - 200 <= cry.from_ms <= scream_ms + 600
    assert all("Keep the line open." in text for text in night.doubted)
    assert "<Pause" in night.desk_gone
    assert Watch.NOT_RUNG_BACK in {one.watch for one in of_kind(night.journals[3], WatchRaised)}


def test_what_nobody_answered_is_listed_brought_to_somebody_and_reviewed(night: Night) -> None:
    entries = night.journals[3]
    *_, unresolved = of_kind(entries, PromptsUnresolved)
    prompts = {one.prompt.id: one.prompt for one in of_kind(entries, PromptRaised)}
    open_ones = [prompts[prompt] for prompt in unresolved.prompts]
    assert {one.marker for one in open_ones} >= {"perpetrator_at_door", "weapon", LINKED_CALLS}
    assert all(one.title in night.desk for one in open_ones)
    (queued,) = [one for one in night.queue if one["call"] == night.calls[3]]
    assert of_kind(entries, ReviewAsked)
    assert sorted(queued["whys"]) == night.review["whys"]
    assert ReviewWhy.UNRESOLVED in night.review["whys"]
    left = {one["marker"] for one in night.review["findings"] if one["list"] == Listed.NOT_ACTED}
    assert left >= {"perpetrator_at_door", "weapon"}


def test_the_brief_has_its_four_blocks_to_be_read_in_twenty_seconds(night: Night) -> None:
    lead = night.brief["lead"]
    assert tuple(name for name, _ in lead) == BLOCKS
    assert sum(len(f"{name} {text}".split()) for name, text in lead) <= LEAD_WORDS
    assert dict(lead)["Third-hand"] == "nothing"
    assert "3 earlier calls: " in dict(lead)["Police record"]
    assert "Threat to kill “" in dict(lead)["Police record"]
    assert "NOT CHECKED" in dict(lead)["Police record"]
    assert night.brief["brief"]["topics"]
    assert all(name in night.paper for name in BLOCKS)


def test_the_brief_carries_the_words_of_all_four_calls_and_when_they_were_said(night: Night) -> None:
    brief = night.brief["brief"]
    heard = {one["marker"]: one for one in brief["heard"]}
    assert "front door" in heard["perpetrator_at_door"]["quote"]
    assert "knife" in heard["weapon"]["quote"]
    came, gone = (time_of(night.journals[3], kind) for kind in (CallArrived, CallEnded))
    assert all(came <= datetime.fromisoformat(one["said_at"]) <= gone for one in heard.values())
    earlier = {(one["call"], one["marker"]): one for one in brief["earlier"]}
    for place, (marker, words) in enumerate(SAID):
        one, entries = earlier[night.calls[place], MarkerId(marker)], night.journals[place]
        assert words in one["quote"]
        (prompt,) = [
            raised.prompt for raised in of_kind(entries, PromptRaised) if raised.prompt.marker == marker
        ]
        said_at = time_of(entries, CallArrived) + timedelta(milliseconds=prompt.start_ms)
        assert datetime.fromisoformat(one["said_at"]) == said_at
    assert all(f"“{one['quote']}”" in night.paper for one in (*earlier.values(), *heard.values()))


def time_of(entries: list[Entry], kind: type[Event]) -> datetime:
    return next(entry.recorded_at for entry in entries if isinstance(entry.event, kind))


def test_nothing_anywhere_speaks_of_a_risk_score(night: Night) -> None:
    screens = (night.desk, night.panel, night.paper, *night.doubted)
    told = (night.brief, night.review, night.queue, night.against, night.journals)
    for text in (*screens, *map(str, told)):
        assert "risk score" not in text.lower()
