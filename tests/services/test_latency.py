"""Timing a prompt from the end of the words that brought it."""

from server.domain.ids import CallId, PromptId
from server.services.latency import KEPT_PROMPTS, LatencyBook, LegTimes
from tests.fakes import FakeClock
from tests.services.stage import frame


def test_media_time_is_anchored_by_the_frame_that_came_with_least_delay() -> None:
    times = LegTimes()
    for at_ms, received_s in ((0, 100.5), (20, 100.12), (40, 100.3)):
        times.heard(frame(at_ms, received_s=received_s))
    assert round(times.spoken_s(1000), 3) == 101.08


def test_a_word_was_received_with_the_frame_that_holds_its_end() -> None:
    times = LegTimes()
    for at_ms, received_s in ((0, 100.02), (20, 100.04), (40, 100.09)):
        times.heard(frame(at_ms, received_s=received_s))
    assert times.received_s(35) == 100.04
    assert times.received_s(41) == 100.09


def test_a_prompt_is_timed_until_it_is_forgotten() -> None:
    clock = FakeClock()
    book = LatencyBook(clock)
    book.note(CallId("a"), PromptId("p1"), spoken_s=clock.monotonic_s())
    clock.advance(1.25)
    assert book.after_ms(CallId("a"), PromptId("p1")) == 1250
    assert book.after_ms(CallId("b"), PromptId("p1")) is None
    for number in range(KEPT_PROMPTS):
        book.note(CallId(f"later{number}"), PromptId("p1"), spoken_s=0.0)
    assert book.after_ms(CallId("a"), PromptId("p1")) is None
