import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from server.adapters.bus.local import LocalBus
from server.domain.access import Access
from server.domain.combining import TWO_HIGH
from server.domain.events import (
    CallEnded,
    CombinationSeen,
    Ending,
    Entry,
    Escalation,
    Event,
    HistoryLinked,
    NeedNoted,
    PromptDelivered,
    PromptEscalated,
    PromptPainted,
    PromptSeen,
    PromptShared,
    PromptsUnresolved,
    ReviewAsked,
    ReviewWhy,
    RiskRaised,
    SpecialistAssigned,
)
from server.domain.ids import CallId, ForceId, PromptId
from server.domain.linking import Combination
from server.domain.markers import MarkerClass
from server.domain.people import Person, Role
from server.domain.speech import Party
from server.ports.bus import BacklogSeen, DraftHeard, DutyChanged, GrantGiven, Notice, Recorded
from server.ports.journal import JournalLost
from server.ports.people import PeopleLost
from server.services import patience, screens
from server.services.board import Board
from server.services.deliveries import Deliveries
from server.services.feed_writing import Sources
from server.services.feeds import SCREENS_EACH, Feeds
from server.services.followed import TAIL
from server.services.patience import BrowserStalled
from server.services.recording import Recorder
from server.services.refusals import TooManyScreens
from server.services.screens import Screen
from tests.fakes import FakeAccessLog, FakeClock, FakeGrants, FakeJournal, FakePeople, need_to_know
from tests.stories import HANNAH, HARRY, SAM, SUE, arrived, draft, person, raised, said, sighted

CALL = CallId("CA1")
OTHER = CallId("CA2")
P1 = PromptId("p1")
THROAT = sighted("strangulation", "hands round my throat", utterance=0, at_ms=4000)


class FakePromptClock:
    """Every prompt is this many milliseconds after its words; `None` is not remembered."""

    after: int | None = 700

    def after_ms(self, call: CallId, prompt: PromptId) -> int | None:
        return self.after


class Browser:
    """What came to one browser; `hold` makes it stop reading."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.reading = asyncio.Event()
        self.reading.set()
        self.screen: Screen | None = None

    async def send(self, text: str) -> None:
        await self.reading.wait()
        self.messages.append(json.loads(text))

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["type"] == kind]

    def seqs(self, call: CallId = CALL) -> list[int]:
        return [
            event["seq"]
            for message in self.of("events")
            if message["call"] == call
            for event in message["events"]
        ]

    async def until(self, reached: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not reached():
                await asyncio.sleep(0)


class Studio:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.journal = FakeJournal(self.clock)
        self.bus = LocalBus()
        self.people = FakePeople()
        self.grants = FakeGrants(self.people)
        self.need_to_know = need_to_know(self.people)
        self.recorder = Recorder(journal=self.journal, bus=self.bus)
        self.prompt_clock = FakePromptClock()
        self.deliveries = Deliveries(recorder=self.recorder, clock=self.clock, prompt_clock=self.prompt_clock)
        self.feeds = self.fresh_feeds()

    def fresh_feeds(self) -> Feeds:
        """As after a restart: nothing remembered but what the journal keeps."""
        board = Board(journal=self.journal, clock=self.clock)
        return Feeds(
            Sources(
                board=board,
                grants=self.grants,
                people=self.people,
                bus=self.bus,
                clock=self.clock,
                deliveries=self.deliveries,
                need_to_know=self.need_to_know,
            )
        )

    async def record(self, *events: Event, call: CallId = CALL) -> None:
        await self.recorder.record(call, *events)

    @asynccontextmanager
    async def watching(self, who: Person, resume: dict[CallId, int] | None = None) -> AsyncIterator[Browser]:
        browser = Browser()
        browser.screen = await self.feeds.join(who, resume or {}, session=f"session of {who.id}")
        async with asyncio.TaskGroup() as tasks:
            writer = tasks.create_task(self.feeds.write(browser.screen, browser.send))
            await browser.until(lambda: bool(browser.of("live")))
            yield browser
            writer.cancel()
        self.feeds.leave(browser.screen)


@pytest.fixture
async def studio() -> AsyncIterator[Studio]:
    studio = Studio()
    for who in (HANNAH, HARRY, SAM, SUE):
        await studio.people.add(who, password_hash="")
    await studio.grants.give(CALL, HANNAH.id)
    await studio.grants.give(CALL, SAM.id)
    await studio.record(arrived())

    def hear(notice: Notice) -> None:
        studio.feeds.hear(notice)  # whichever feeds are the studio's now

    leave = studio.bus.subscribe(hear)
    async with asyncio.TaskGroup() as tasks:
        telling = tasks.create_task(studio.deliveries.run())
        yield studio
        telling.cancel()
    leave()


async def test_a_snapshot_comes_first_and_then_events_by_number(studio: Studio) -> None:
    await studio.record(said(Party.CALLER, 0, "help me", at_ms=1000))
    async with studio.watching(HANNAH) as browser:
        assert [message["type"] for message in browser.messages] == [
            "hello",
            "people",
            "lines",
            "events",
            "live",
        ]
        await studio.record(said(Party.CALLER, 1, "he is here", at_ms=3000))
        await browser.until(lambda: len(browser.seqs()) == 3)
    assert browser.seqs() == [1, 2, 3]
    assert browser.of("events")[-1]["events"][0]["utterance"]["words"][0]["text"] == "he"


async def test_a_browser_that_comes_back_gets_what_it_missed_and_nothing_twice(studio: Studio) -> None:
    await studio.record(*(said(Party.CALLER, n, f"word {n}", at_ms=n * 1000) for n in range(9)))
    async with studio.watching(HANNAH, {CALL: 4}) as browser:
        await studio.record(said(Party.CALLER, 9, "last", at_ms=9000))
        await browser.until(lambda: 11 in browser.seqs())
    assert browser.seqs() == [5, 6, 7, 8, 9, 10, 11]


async def test_a_call_longer_than_what_is_kept_in_memory_is_read_from_the_journal(studio: Studio) -> None:
    many = TAIL + 50
    await studio.record(*(said(Party.CALLER, n, "word", at_ms=n * 1000) for n in range(many)))
    async with studio.watching(HANNAH) as browser:
        pass
    assert browser.seqs() == list(range(1, many + 2))


async def test_a_browser_ahead_of_the_journal_is_told_to_begin_again(studio: Studio) -> None:
    async with studio.watching(HANNAH, {CALL: 40}) as browser:
        pass
    assert [message["type"] for message in browser.messages][3:5] == ["reset", "events"]
    assert browser.seqs() == [1]


async def test_hints_out_of_order_or_lost_lose_nothing(studio: Studio) -> None:
    async with studio.watching(HANNAH) as browser:
        silent = [said(Party.CALLER, n, "word", at_ms=n * 1000) for n in range(3)]
        await studio.journal.append(CALL, silent)
        await studio.record(said(Party.CALLER, 3, "heard of", at_ms=4000))
        await browser.until(lambda: len(browser.seqs()) == 5)
        await studio.journal.append(CALL, [said(Party.CALLER, 4, "not heard of", at_ms=5000)])
        async with asyncio.TaskGroup() as tasks:
            sweeping = tasks.create_task(studio.feeds.run())
            await browser.until(lambda: len(browser.seqs()) == 6)
            sweeping.cancel()
    assert browser.seqs() == [1, 2, 3, 4, 5, 6]


async def test_a_stalled_browser_delays_nobody_and_misses_nothing_when_it_reads_again(studio: Studio) -> None:
    async with studio.watching(HANNAH) as healthy, studio.watching(SAM) as stalled:
        stalled.reading.clear()
        for number in range(300):
            await studio.record(said(Party.CALLER, number, "word", at_ms=number * 1000))
        await healthy.until(lambda: len(healthy.seqs()) == 301)
        assert len(stalled.seqs()) < 10
        stalled.reading.set()
        await stalled.until(lambda: len(stalled.seqs()) == 301)
    assert stalled.seqs() == healthy.seqs() == list(range(1, 302))


async def test_a_browser_that_takes_nothing_for_too_long_is_let_go(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "STALL_S", 0.01)
    browser = Browser()
    browser.reading.clear()
    screen = await studio.feeds.join(HANNAH, {}, session="s")
    with pytest.raises(BrowserStalled):
        await studio.feeds.write(screen, browser.send)


async def test_words_go_only_to_those_with_a_grant(studio: Studio) -> None:
    await studio.record(said(Party.CALLER, 0, "secret", at_ms=1000))
    async with studio.watching(HARRY, {CALL: 0}) as browser:
        await studio.record(said(Party.CALLER, 1, "secret", at_ms=2000))
        studio.bus.publish(DraftHeard(call=CALL, draft=draft(Party.CALLER, 2, "secret", at_ms=3000)))
        await studio.record(CallEnded(at_ms=5000, why=Ending.HUNG_UP))
        await browser.until(lambda: bool(browser.of("line")))
    assert browser.of("events") == browser.of("draft") == []
    assert "secret" not in json.dumps(browser.messages)


async def test_a_new_grant_arrives_while_the_browser_watches(studio: Studio) -> None:
    async with studio.watching(HARRY) as browser:
        assert browser.seqs() == []
        await studio.grants.give(CALL, HARRY.id)
        studio.bus.publish(GrantGiven(call=CALL, person=HARRY.id))
        await browser.until(lambda: browser.seqs() == [1])


async def test_the_list_shows_the_calls_of_ones_own_force_to_those_on_duty(studio: Studio) -> None:
    await studio.record(arrived(ForceId("otherton")), call=OTHER)
    idle = person("ivy", Role.SPECIALIST, on_duty=False)
    async with studio.watching(HARRY) as handler, studio.watching(idle) as off_duty:
        assert [line["call"] for line in handler.of("lines")[0]["lines"]] == [CALL]
        assert off_duty.of("lines")[0]["lines"] == []
        studio.bus.publish(DutyChanged(person=idle.id, on_duty=True))
        await off_duty.until(lambda: len(off_duty.of("lines")) == 2)
        assert [line["call"] for line in off_duty.of("lines")[1]["lines"]] == [CALL]


async def test_a_line_of_the_list_counts_open_prompts_and_says_no_words(studio: Studio) -> None:
    async with studio.watching(HARRY) as browser:
        await studio.record(THROAT, raised(1, THROAT))
        await browser.until(lambda: bool(browser.of("line")))
    line = browser.of("line")[-1]["line"]
    assert (line["open_prompts"], line["unowned_prompts"]) == (1, 1)
    assert "throat" not in json.dumps(browser.messages)


async def test_a_supervisor_opens_a_call_of_the_own_force_and_no_other(studio: Studio) -> None:
    await studio.record(arrived(ForceId("otherton")), call=OTHER)
    async with studio.watching(SUE) as browser:
        assert browser.screen is not None
        assert browser.seqs() == []
        assert await studio.feeds.open(browser.screen, CALL) is None
        refusal = await studio.feeds.open(browser.screen, OTHER)
        await browser.until(lambda: browser.seqs() == [1])
    assert refusal is not None
    assert refusal.code == "not-your-call"
    assert browser.seqs(OTHER) == []


async def test_a_handler_cannot_open_a_call_that_was_not_granted(studio: Studio) -> None:
    async with studio.watching(HARRY) as browser:
        assert browser.screen is not None
        assert await studio.feeds.open(browser.screen, CALL) is not None


async def test_only_the_newest_draft_of_a_leg_is_sent(studio: Studio) -> None:
    async with studio.watching(HANNAH) as browser:
        for text in ("he", "he has", "he has got"):
            studio.bus.publish(DraftHeard(call=CALL, draft=draft(Party.CALLER, 0, text, at_ms=1000)))
        studio.bus.publish(BacklogSeen(call=CALL, party=Party.CALLER, backlog_ms=400))
        studio.bus.publish(BacklogSeen(call=CALL, party=Party.CALLER, backlog_ms=1700))
        await browser.until(lambda: bool(browser.of("backlog")))
    assert [len(message["words"]) for message in browser.of("draft")] == [3]
    assert [message["backlog_ms"] for message in browser.of("backlog")] == [1700]


async def test_a_prompt_is_delivered_and_painted_once_per_person(studio: Studio) -> None:
    async with studio.watching(HANNAH) as first, studio.watching(HANNAH) as second:
        await studio.record(THROAT, raised(1, THROAT))
        await second.until(lambda: len(second.seqs()) >= 4)
        for browser in (first, second):
            assert browser.screen is not None
            studio.feeds.painted(browser.screen, CALL, P1)
        await second.until(lambda: 5 in second.seqs())
    told = studio.journal.events(CALL)[3:]
    assert told == [
        PromptDelivered(at_ms=THROAT.at_ms, prompt=P1, person=HANNAH.id, after_ms=700),
        PromptPainted(at_ms=THROAT.at_ms, prompt=P1, person=HANNAH.id, after_ms=700),
    ]


async def test_what_others_were_shown_goes_with_the_next_news(studio: Studio) -> None:
    async with studio.watching(HANNAH) as first, studio.watching(SAM) as second:
        await studio.record(THROAT, raised(1, THROAT))
        await first.until(lambda: len(studio.journal.events(CALL)) == 5)
        await studio.record(said(Party.CALLER, 9, "and then", at_ms=9000))
        for browser in (first, second):
            await browser.until(lambda heard=browser: 6 in heard.seqs())  # type: ignore[misc]
    batches = [[event["seq"] for event in message["events"]] for message in first.of("events")]
    assert batches[-1] == [4, 5, 6]


async def test_after_a_restart_a_prompt_is_not_delivered_again(studio: Studio) -> None:
    async with studio.watching(HANNAH) as browser:
        await studio.record(THROAT, raised(1, THROAT))
        await browser.until(lambda: len(browser.seqs()) >= 4)
    studio.feeds = studio.fresh_feeds()
    async with studio.watching(HANNAH) as browser:
        await browser.until(lambda: len(browser.seqs()) >= 4)
    kinds = [type(event) for event in studio.journal.events(CALL)]
    assert kinds.count(PromptDelivered) == 1


async def test_when_the_words_are_no_longer_timed_delivery_counts_from_the_record(studio: Studio) -> None:
    studio.prompt_clock.after = None
    await studio.record(THROAT, raised(1, THROAT))
    studio.clock.advance(2.5)
    async with studio.watching(HANNAH):
        pass
    assert studio.journal.events(CALL)[-1] == PromptDelivered(
        at_ms=THROAT.at_ms, prompt=P1, person=HANNAH.id, after_ms=2500
    )


async def test_a_prompt_for_specialists_alone_is_not_counted_as_delivered_to_the_handler(
    studio: Studio,
) -> None:
    await studio.record(THROAT, raised(1, THROAT, severity=MarkerClass.HIGH))
    async with studio.watching(HANNAH), studio.watching(SAM):
        pass
    people = [event.person for event in studio.journal.events(CALL) if isinstance(event, PromptDelivered)]
    assert people == [SAM.id]


async def test_a_lost_journal_does_not_stop_a_prompt_from_being_shown(studio: Studio) -> None:
    async with studio.watching(HANNAH) as browser:
        entries = await studio.journal.append(CALL, [THROAT, raised(1, THROAT)])
        studio.journal.lost = True
        studio.feeds.hear(Recorded(call=CALL, entries=tuple(entries)))
        await browser.until(lambda: len(browser.seqs()) == 3)


async def test_words_whose_viewing_could_not_be_put_on_record_come_as_soon_as_it_can(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(_access: Access) -> None:
        raise PeopleLost("people could not be written")

    monkeypatch.setattr(screens, "AGAIN_S", 0)
    monkeypatch.setattr(studio.need_to_know.accesses, "add", lost)
    async with studio.watching(HANNAH) as browser:
        assert browser.of("unreadable")
        assert not browser.seqs()
        monkeypatch.setattr(studio.need_to_know.accesses, "add", FakeAccessLog(studio.clock).add)
        await browser.until(lambda: browser.seqs() == [1])


async def test_one_call_that_cannot_be_read_leaves_the_others_on_the_screen(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    await studio.record(arrived(), call=OTHER)
    await studio.grants.give(OTHER, HANNAH.id)
    read = studio.journal.entries

    async def damaged(call: CallId, *, after: int = 0) -> list[Entry]:
        if call == OTHER:
            raise JournalLost
        return await read(call, after=after)

    studio.feeds = studio.fresh_feeds()
    monkeypatch.setattr(studio.journal, "entries", damaged)
    async with studio.watching(HANNAH) as browser:
        assert browser.of("unreadable") == [{"type": "unreadable", "call": OTHER}]
        assert browser.seqs() == [1]
        monkeypatch.undo()
        await studio.record(said(Party.CALLER, 0, "mended", at_ms=1000), call=OTHER)
        await browser.until(lambda: browser.seqs(OTHER) == [1, 2])


async def test_a_call_that_ended_lately_stays_and_then_goes(studio: Studio) -> None:
    await studio.record(CallEnded(at_ms=5000, why=Ending.HUNG_UP))
    async with studio.watching(HANNAH) as browser:
        assert browser.seqs() == [1, 2]
    studio.clock.advance(timedelta(minutes=16).total_seconds())
    async with studio.watching(HANNAH) as browser:
        assert browser.of("lines")[0]["lines"] == []


async def test_signing_out_ends_the_screens_of_that_session_only(studio: Studio) -> None:
    ended: list[str] = []

    async def watch(who: Person, then: Awaitable[None] | None = None) -> None:
        screen = await studio.feeds.join(who, {}, session=f"session of {who.id}")
        ended.append(await studio.feeds.write(screen, Browser().send))

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(watch(HANNAH))
        other = tasks.create_task(watch(SAM))
        while studio.feeds.screens < 2:
            await asyncio.sleep(0)
        studio.feeds.sign_out(f"session of {HANNAH.id}")
        while not ended:
            await asyncio.sleep(0)
        other.cancel()
    assert ended == ["signed out"]


async def test_one_person_cannot_fill_the_room_with_screens(studio: Studio) -> None:
    for number in range(SCREENS_EACH):
        await studio.feeds.join(HANNAH, {}, session=str(number))
    with pytest.raises(TooManyScreens):
        await studio.feeds.join(HANNAH, {}, session="one more")
    await studio.feeds.join(SAM, {}, session="s")


async def test_a_prompt_that_is_shared_is_then_delivered_to_the_handler_and_can_be_seen(
    studio: Studio,
) -> None:
    await studio.record(THROAT, raised(1, THROAT, severity=MarkerClass.HIGH))
    async with studio.watching(HANNAH) as browser:
        assert browser.screen is not None
        studio.feeds.seen(browser.screen, CALL, P1)
        await studio.record(PromptShared(at_ms=5180, prompt=P1, because="heard in a second turn"))
        await browser.until(lambda: isinstance(studio.journal.events(CALL)[-1], PromptDelivered))
        studio.feeds.seen(browser.screen, CALL, P1)
        studio.feeds.seen(browser.screen, CALL, P1)
        await browser.until(lambda: isinstance(studio.journal.events(CALL)[-1], PromptSeen))
    told = [event for event in studio.journal.events(CALL) if isinstance(event, PromptDelivered | PromptSeen)]
    assert [(type(event), event.person) for event in told] == [
        (PromptDelivered, HANNAH.id),
        (PromptSeen, HANNAH.id),
    ]


async def test_a_line_says_what_a_board_needs_of_a_call(studio: Studio) -> None:
    await studio.record(
        HistoryLinked(at_ms=0, earlier_calls=2, within_7_days=1),
        NeedNoted(at_ms=0, person=HANNAH.id, need="language:pl"),
        SpecialistAssigned(at_ms=0, person=SAM.id, because=("the only one free",)),
        raised(1, THROAT),
        PromptEscalated(at_ms=5180, prompt=P1, to=Escalation.SUPERVISOR, after_ms=10_000),
    )
    together = Combination(name=TWO_HIGH, because="", markers=(), calls=(CALL, OTHER))
    await studio.record(CombinationSeen(at_ms=5180, combination=together))
    async with studio.watching(SUE) as browser:
        pass
    (line,) = browser.of("lines")[0]["lines"]
    assert line["together"] == [TWO_HIGH]
    assert (line["earlier_calls"], line["needs"], line["assigned_because"]) == (
        2,
        ["language:pl"],
        ["the only one free"],
    )
    assert (line["immediate_waiting"], line["escalated"]) == (1, "specialist and supervisor")
    await studio.record(
        CallEnded(at_ms=9000, why=Ending.HUNG_UP),
        PromptsUnresolved(at_ms=9000, prompts=(P1,)),
        ReviewAsked(at_ms=9000, why=ReviewWhy.UNRESOLVED),
    )
    async with studio.watching(SUE) as browser:
        pass
    (line,) = browser.of("lines")[0]["lines"]
    assert (line["escalated"], line["unresolved"], line["reviews"]) == ("", 1, ["unresolved at the end"])


async def test_a_line_tells_whoever_is_barred_from_an_earlier_call_nothing_of_what_stands_together_with_it(
    studio: Studio,
) -> None:
    together = Combination(name=TWO_HIGH, because="", markers=(), calls=(CALL, OTHER))
    await studio.record(CombinationSeen(at_ms=5180, combination=together))
    await studio.need_to_know.bars.bar(SUE.id, [OTHER], by="psd")
    async with studio.watching(SUE) as browser:
        pass
    (line,) = browser.of("lines")[0]["lines"]
    assert (line["call"], line["together"]) == (CALL, [])


async def test_the_ranked_waiting_list_goes_to_those_who_give_and_take_calls(studio: Studio) -> None:
    danger = RiskRaised(at_ms=5180, severity=MarkerClass.IMMEDIATE, because=THROAT.sighting.marker)
    await studio.record(danger)
    async with studio.watching(SAM) as sam, studio.watching(HANNAH) as hannah:
        assert [one["call"] for one in sam.of("waiting")[-1]["calls"]] == [CALL]
        await studio.record(arrived(), danger, raised(1, THROAT), call=OTHER)
        await sam.until(lambda: len(sam.of("waiting")[-1]["calls"]) == 2)
        first = sam.of("waiting")[-1]["calls"][0]
        assert (first["call"], first["rank"], first["because"]) == (
            OTHER,
            1,
            ["1 unresolved immediate marker"],
        )
        await studio.record(SpecialistAssigned(at_ms=5180, person=SAM.id), call=OTHER)
        await sam.until(lambda: len(sam.of("waiting")[-1]["calls"]) == 1)
        assert hannah.of("waiting") == []


async def test_faces_say_who_rests_and_what_they_can(studio: Studio) -> None:
    await studio.people.set_skills(SAM.id, frozenset({"child"}))
    await studio.people.set_break(SAM.id, on_break=True)
    async with studio.watching(SUE) as browser:
        pass
    (sam,) = [face for face in browser.of("people")[-1]["people"] if face["id"] == SAM.id]
    assert (sam["on_break"], sam["skills"]) == (True, ["child"])
