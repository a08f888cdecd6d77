import asyncio
import logging
from dataclasses import dataclass, field

import pytest

from server.demo.twilio_caller import Answer, CallRefused, answer_in
from server.domain.events import Ending
from server.domain.ids import CallId
from server.ports.journal import JournalLost
from tests.adapters.doorways.noting import FALLBACK, NotingLines, serving
from tests.adapters.doorways.test_twilio_voice import SID, post, ring


@dataclass
class LockedLines(NotingLines):
    """Records nothing until `unlocked`, as when another process locks the database."""

    unlocked: asyncio.Event = field(default_factory=asyncio.Event)

    async def callback(self, call: CallId, *, about: str, status: str, code: str = "") -> None:
        await self.unlocked.wait()
        await super().callback(call, about=about, status=status, code=code)


async def test_a_caller_whose_desk_failed_never_waits_on_the_journal() -> None:
    lines = LockedLines()
    async with serving(lines=lines) as here:
        await ring(here)
        async with asyncio.timeout(1):
            busy = await post(here, "/twilio/after-desk", CallSid=SID, DialCallStatus="busy")
            done = await post(here, "/twilio/after-desk", CallSid=SID, DialCallStatus="completed")
        lines.unlocked.set()
    assert answer_in(busy) == Answer(dial=FALLBACK)
    with pytest.raises(CallRefused, match="nobody"):
        answer_in(done)
    assert sorted(here.lines.callbacks) == [(SID, "desk", "busy", ""), (SID, "desk", "completed", "")]


async def test_twilio_is_answered_while_the_journal_is_locked_and_the_call_ends() -> None:
    lines = LockedLines()
    async with serving(lines=lines) as here:
        await ring(here)
        async with asyncio.timeout(1):
            await post(here, "/twilio/stream-status", CallSid=SID, StreamEvent="stream-stopped")
            await post(here, "/twilio/call-status", CallSid=SID, CallStatus="completed")
        assert lines.hung_up == [(SID, Ending.HUNG_UP)]
        assert lines.callbacks == []
        lines.unlocked.set()
    assert sorted(lines.callbacks) == [(SID, "call", "completed", ""), (SID, "stream", "stream-stopped", "")]


async def test_reports_beyond_the_bound_are_dropped_and_said(caplog: pytest.LogCaptureFixture) -> None:
    lines = LockedLines()
    async with serving(lines=lines, most_reports=2) as here:
        await ring(here)
        async with asyncio.timeout(2):
            for _ in range(3):
                await post(here, "/twilio/stream-status", CallSid=SID, StreamEvent="stream-started")
            busy = await post(here, "/twilio/after-desk", CallSid=SID, DialCallStatus="busy")
        lines.unlocked.set()
    assert answer_in(busy) == Answer(dial=FALLBACK)
    assert len(lines.callbacks) == 2
    assert here.tally == {"report-dropped": 2, "desk-unreachable": 1}
    assert [record.message for record in caplog.records] == ["report dropped, the journal hangs"] * 2


async def test_closing_waits_for_reports_but_not_for_ever() -> None:
    lines = LockedLines()
    async with asyncio.timeout(5), serving(lines=lines, close_within_s=0.05) as here:
        await ring(here)
        await post(here, "/twilio/stream-status", CallSid=SID, StreamEvent="stream-started")
        await here.doorway.close()
        assert lines.callbacks == []
        lines.unlocked.set()
    assert lines.callbacks == [(SID, "stream", "stream-started", "")]


@pytest.mark.parametrize("fault", [JournalLost(), RuntimeError("a bug")])
async def test_a_report_that_cannot_be_recorded_is_logged_and_twilio_is_not_troubled(
    fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(lines=NotingLines(fault=fault)) as here:
        await post(here, "/twilio/call-status", CallSid=SID, CallStatus="completed")
    assert here.lines.hung_up == [(SID, Ending.HUNG_UP)]
    assert here.tally == {"report-lost": 1}
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"StreamErrorCode": "31921", "StreamError": "Close Error"}, "31921"),
        ({"StreamError": "31920 - Stream - WebSocket - Handshake Error"}, "31920"),
        ({"StreamError": "She said: help, at 12 High Street, 07700 900123"}, ""),
        ({}, ""),
    ],
)
async def test_a_stream_that_cannot_reach_us_is_told_with_its_code_though_no_line_is_open(
    fields: dict[str, str], code: str
) -> None:
    async with serving() as here:
        await ring(here)
        form = {"CallSid": SID, "StreamEvent": "stream-error", **fields}
        await post(here, "/twilio/stream-status", **form)
    assert here.lines.lines == []
    assert here.lines.callbacks == [(SID, "stream", "stream-error", code)]
