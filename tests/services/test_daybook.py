"""The day's figures: the first painting of each prompt, the worst backlog, a quarter of an hour at a time."""

from datetime import timedelta

from server.domain.events import CallEnded, Ending, Entry, Event, LineLost, PromptPainted
from server.domain.ids import CallId, ForceId, PersonId, PromptId
from server.domain.speech import Party
from server.ports.bus import BacklogSeen, Recorded
from server.services.daybook import KEPT, SAID_AGAIN_S, Daybook, Measured
from tests.fakes import FakeClock
from tests.stories import MIDSHIRE

CALL, EAST = CallId("CA1"), CallId("CAeast")
EASTSHIRE = ForceId("eastshire")


def book_on(clock: FakeClock) -> Daybook:
    return Daybook(clock, {CALL: MIDSHIRE, EAST: EASTSHIRE}.get)


def recorded(*events: Event) -> Recorded:
    at = FakeClock().now()
    entries = (
        Entry(call=CALL, seq=place, recorded_at=at, event=event) for place, event in enumerate(events, 1)
    )
    return Recorded(call=CALL, entries=tuple(entries))


def painted(prompt: int, after_ms: int, person: str = "sam") -> PromptPainted:
    return PromptPainted(at_ms=0, prompt=PromptId(f"p{prompt}"), person=PersonId(person), after_ms=after_ms)


def late(backlog_ms: int) -> BacklogSeen:
    return BacklogSeen(call=CALL, party=Party.CALLER, backlog_ms=backlog_ms)


def test_only_the_first_screen_that_shows_a_prompt_counts() -> None:
    book = book_on(FakeClock())
    book.follow(recorded(painted(1, 700), painted(1, 90_000, "sue")))
    assert book.now(MIDSHIRE) == Measured(latency_ms=700, prompts=1, backlog_ms=0)


def test_the_delay_is_the_one_that_95_of_100_stay_within() -> None:
    book = book_on(FakeClock())
    book.follow(recorded(*(painted(number, 100 * number) for number in range(1, 101))))
    assert book.now(MIDSHIRE).latency_ms == 9500


def test_the_worst_backlog_of_a_quarter_is_kept_and_the_present_one_is_said_beside_it() -> None:
    book = book_on(FakeClock())
    book.follow(late(4000))
    book.follow(late(300))
    assert book.now(MIDSHIRE).backlog_ms == 300
    assert [measured.backlog_ms for _, measured in book.quarters(MIDSHIRE)] == [4000]


def test_an_ended_call_is_late_no_more() -> None:
    book = book_on(FakeClock())
    book.follow(late(4000))
    book.follow(recorded(CallEnded(at_ms=0, why=Ending.HUNG_UP)))
    assert book.now(MIDSHIRE).backlog_ms == 0


def test_a_call_without_a_line_is_late_no_more() -> None:
    book = book_on(FakeClock())
    book.follow(late(4000))
    book.follow(recorded(LineLost(at_ms=0, epoch=1, why="closed")))
    assert book.now(MIDSHIRE).backlog_ms == 0


def test_lateness_that_nobody_says_again_is_over() -> None:
    clock = FakeClock()
    book = book_on(clock)
    book.follow(recorded(CallEnded(at_ms=0, why=Ending.HUNG_UP)))
    book.follow(late(4000))
    assert book.now(MIDSHIRE).backlog_ms == 4000
    clock.advance(SAID_AGAIN_S + 1)
    assert book.now(MIDSHIRE).backlog_ms == 0


def test_each_force_has_its_own_figures() -> None:
    book = book_on(FakeClock())
    book.follow(recorded(painted(1, 700)))
    book.follow(BacklogSeen(call=EAST, party=Party.CALLER, backlog_ms=4000))
    assert book.now(MIDSHIRE) == Measured(latency_ms=700, prompts=1, backlog_ms=0)
    assert book.now(EASTSHIRE) == Measured(latency_ms=None, prompts=0, backlog_ms=4000)
    assert [measured.backlog_ms for _, measured in book.quarters(MIDSHIRE)] == [0]


def test_each_quarter_stands_for_itself_and_a_day_of_them_is_kept() -> None:
    clock = FakeClock()
    book = book_on(clock)
    for number in range(KEPT + 5):
        book.follow(recorded(painted(number, number)))
        clock.at += timedelta(minutes=15)
    kept = book.quarters(MIDSHIRE)
    assert [measured.latency_ms for _, measured in kept] == list(range(5, KEPT + 5))
    assert {(begins.minute % 15, begins.second, begins.microsecond) for begins, _ in kept} == {(0, 0, 0)}


def test_a_quarter_without_prompts_has_no_delay() -> None:
    book = book_on(FakeClock())
    book.follow(late(10))
    assert book.now(MIDSHIRE) == Measured(latency_ms=None, prompts=0, backlog_ms=10)
