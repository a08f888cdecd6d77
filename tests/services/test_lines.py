"""A call's line: what cannot be recorded is dropped without filling the log."""

import asyncio

import pytest

from server.domain.attention import Attention
from server.domain.events import DigitPressed
from server.domain.speech import Party
from server.services.lines import MOST_SIGNALS, LiveLine, Noted, Signal
from server.services.live_call import LiveCall
from tests.services.room import CALL, Room
from tests.services.stage import PlainReader


@pytest.fixture
def signals() -> asyncio.Queue[Signal]:
    return asyncio.Queue()


@pytest.fixture
def line(signals: asyncio.Queue[Signal]) -> LiveLine:
    reader = PlainReader()
    attention = Attention(markers=reader.markers)
    call = LiveCall(id=CALL, recorder=Room().recorder, reading=reader.begin(), attention=attention)
    return LiveLine(call=call, signals=signals, offset_ms=0, tap_ms=1000, epoch=1)


def press(line: LiveLine, times: int) -> None:
    for _ in range(times):
        line.press(Party.CALLER, "5", at_ms=0)


async def test_a_stretch_of_dropped_facts_is_said_once_and_counted_at_its_end(
    line: LiveLine, signals: asyncio.Queue[Signal], caplog: pytest.LogCaptureFixture
) -> None:
    press(line, MOST_SIGNALS + 300)
    assert [record.message for record in caplog.records] == ["facts dropped, the journal hangs"]
    signals.get_nowait()
    press(line, 1)
    said = caplog.records[-1]
    assert (said.message, said.__dict__["count"]) == ("facts were dropped", 300)
    assert signals.qsize() == MOST_SIGNALS, "the latest is kept again"


async def test_what_is_dropped_until_the_line_ends_is_counted_too(
    line: LiveLine, signals: asyncio.Queue[Signal], caplog: pytest.LogCaptureFixture
) -> None:
    press(line, MOST_SIGNALS + 2)
    line.silence()
    assert caplog.records[-1].__dict__["count"] == 2
    kept = signals.get_nowait()
    assert isinstance(kept, Noted)
    assert isinstance(kept.events[0], DigitPressed)
