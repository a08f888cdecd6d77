import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from aiohttp import ClientSession

from server.adapters.doorways.twilio import twiml
from server.demo.twilio_caller import Answer, CallRefused, PhoneCall, Trunk, answer_in
from server.domain.events import Ending
from server.domain.ids import CallId, PersonId
from server.domain.people import Desk
from server.ports.journal import JournalLost
from server.services.switchboard import Arrival
from tests.adapters.doorways.noting import (
    DESK,
    FALLBACK,
    NUMBER,
    PUBLIC_URL,
    NotingLines,
    Serving,
    serving,
)

SID = "CA" + "2" * 32
CALL = PhoneCall(sid=SID, caller="+447700900123", called=NUMBER, inbound=b"")


@asynccontextmanager
async def trunk(here: Serving) -> AsyncIterator[Trunk]:
    async with ClientSession() as session:
        yield Trunk(here.exchange, session)


async def ring(here: Serving, call: PhoneCall = CALL) -> Answer:
    async with trunk(here) as line:
        return await here.caller.ring(line, call)


async def post(here: Serving, path: str, **form: str) -> str:
    async with trunk(here) as line:
        return await line.post(path, form)


async def test_the_answer_forks_the_sound_and_connects_the_caller() -> None:
    async with serving() as here:
        first, second = await ring(here), await ring(here)
    assert first.stream == "wss://earshot.example.police.uk/twilio/media"
    assert first.stream_status == f"{PUBLIC_URL}/twilio/stream-status"
    assert (first.dial, first.dial_action) == (DESK.dial, f"{PUBLIC_URL}/twilio/after-desk")
    assert len(first.parameters["token"]) >= 43
    assert first.parameters["token"] != second.parameters["token"]


@pytest.mark.parametrize(
    "dial", ["number:+441632960001", "sip:desk@pbx.example", "sips:a@b.example", "queue:999 desk"]
)
async def test_a_desk_is_a_number_a_sip_address_or_a_queue(dial: str) -> None:
    async with serving(desk=Desk(dial=dial, handler=PersonId("harriet"))) as here:
        assert (await ring(here)).dial == dial


def test_a_caller_waits_in_a_queue_and_is_not_bridged_to_another_caller() -> None:
    assert "<Enqueue>desk</Enqueue>" in twiml.connected("queue:desk")


@pytest.mark.parametrize("dial", ["", "desk", "number:", "http://x", "client:a"])
def test_a_fallback_that_cannot_be_dialled_is_refused_at_the_start(dial: str) -> None:
    with pytest.raises(ValueError, match="desk is"):
        twiml.connected(dial)


def test_names_are_escaped_in_twiml() -> None:
    assert answer_in(twiml.connected('queue:<a & "b">')).dial == 'queue:<a & "b">'


async def test_a_call_to_an_unknown_number_is_connected_to_the_fallback_unheard() -> None:
    async with serving() as here:
        answer = await ring(here, PhoneCall(sid=SID, caller="+447700900123", called="+4420", inbound=b""))
    assert answer == Answer(dial=FALLBACK)
    assert (here.lines.arrivals, here.tally) == ([], {"unknown-number": 1})


async def test_a_call_that_cannot_be_brought_in_is_still_connected_to_its_desk() -> None:
    async with serving(lines=NotingLines(fault=RuntimeError("a bug"))) as here:
        answer = await ring(here)
    assert (answer.stream, answer.dial) == ("", DESK.dial)
    assert here.tally == {"unheard": 1}


class SlowLines(NotingLines):
    """Hangs on the first arrival, as a locked database does."""

    tried = 0

    async def arrive(self, arrival: Arrival) -> None:
        self.tried += 1
        if self.tried == 1:
            await asyncio.Event().wait()
        await super().arrive(arrival)


async def test_a_journal_that_hangs_holds_no_caller_up_and_the_call_is_heard_after_all(
    caplog: pytest.LogCaptureFixture,
) -> None:
    lines = SlowLines()
    async with asyncio.timeout(10), serving(lines=lines) as here:
        answer = await here.caller.call(replace(CALL, inbound=bytes(1600)), speed=50)
    assert answer.dial == DESK.dial
    assert here.tally == {"arrival-late": 1, "unknown-call": 1}
    assert "arrival not recorded yet" in caplog.messages
    assert "Traceback" not in caplog.text
    assert lines.lines[0].ended == ["stopped"]


async def test_a_journal_that_is_lost_leaves_caller_and_handler_talking() -> None:
    async with serving(lines=NotingLines(fault=JournalLost())) as here:
        answer = await ring(here)
    assert answer.dial == DESK.dial
    assert here.tally == {"arrival-late": 1}


async def test_a_desk_that_cannot_be_dialled_falls_back() -> None:
    async with serving(desk=Desk(dial="nonsense", handler=PersonId("harriet"))) as here:
        answer = await ring(here)
    assert answer == Answer(dial=FALLBACK)


async def test_a_strange_call_sid_is_connected_unheard() -> None:
    async with serving() as here:
        answer = await ring(here, PhoneCall(sid="CA../../x", caller="", called=NUMBER, inbound=b""))
    assert (answer.stream, answer.dial, here.lines.arrivals) == ("", DESK.dial, [])


async def test_while_draining_callers_are_connected_unheard_and_sockets_turned_away() -> None:
    async with serving() as here:
        before = await ring(here)
        here.doorway.drain()
        answer = await ring(here)
        async with trunk(here) as line:
            headers = {"X-Twilio-Signature": line.signature(before.stream)}
            async with (
                ClientSession() as session,
                session.get(here.url + "/twilio/media", headers=headers) as response,
            ):
                status = response.status
    assert (answer.stream, answer.dial, status) == ("", DESK.dial, 503)


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed"])
async def test_a_caller_whose_desk_cannot_be_reached_is_not_left_alone(status: str) -> None:
    async with serving() as here:
        await ring(here)
        answer = answer_in(await post(here, "/twilio/after-desk", CallSid=SID, DialCallStatus=status))
    assert answer == Answer(dial=FALLBACK)
    assert here.lines.callbacks == [(SID, "desk", status, "")]


@pytest.mark.parametrize("fault", [JournalLost(), None])
async def test_a_full_queue_falls_back_even_when_nothing_can_be_recorded(fault: Exception | None) -> None:
    async with serving(lines=NotingLines(fault=fault)) as here:
        answer = await post(here, "/twilio/after-desk", CallSid=SID, QueueResult="queue-full")
    assert answer_in(answer) == Answer(dial=FALLBACK)


async def test_after_a_finished_conversation_the_call_ends() -> None:
    async with serving() as here:
        answer = await post(here, "/twilio/after-desk", CallSid=SID, DialCallStatus="completed")
    with pytest.raises(CallRefused, match="nobody"):
        answer_in(answer)


async def test_a_caller_in_danger_is_not_hung_up_on_when_the_desk_goes() -> None:
    async with serving(lines=NotingLines(danger={CallId(SID)})) as here:
        answer = await post(here, "/twilio/after-desk", CallSid=SID, DialCallStatus="completed")
    assert '<Pause length="300"' in answer


@pytest.mark.parametrize(
    ("status", "ended"),
    [("ringing", 0), ("in-progress", 0)]
    + [(status, 1) for status in ("completed", "failed", "busy", "no-answer", "canceled")],
)
async def test_the_call_ends_when_twilio_says_so(status: str, ended: int) -> None:
    async with serving() as here:
        await ring(here)
        await post(here, "/twilio/call-status", CallSid=SID, CallStatus=status)
    assert here.lines.callbacks == [(SID, "call", status, "")]
    assert here.lines.hung_up == [(SID, Ending.HUNG_UP)] * ended


async def test_the_desks_end_of_the_call_ends_nothing() -> None:
    async with serving() as here:
        await ring(here)
        form = {"CallSid": "CA" + "3" * 32, "ParentCallSid": SID, "CallStatus": "completed"}
        await post(here, "/twilio/call-status", **form)
    assert here.lines.callbacks == [(SID, "desk", "completed", "")]
    assert here.lines.hung_up == []


async def test_a_streams_status_is_recorded_with_its_code_and_no_free_text() -> None:
    async with serving() as here:
        await ring(here)
        form = {"StreamEvent": "stream-error", "StreamErrorCode": "31921", "StreamError": "She said: help"}
        await post(here, "/twilio/stream-status", CallSid=SID, **form)
        await post(here, "/twilio/stream-status", CallSid=SID, StreamEvent="what is this")
    assert here.lines.callbacks == [(SID, "stream", "stream-error", "31921"), (SID, "stream", "", "")]


async def test_a_callback_about_an_unknown_call_is_counted_and_accepted() -> None:
    async with serving() as here:
        await post(here, "/twilio/stream-status", CallSid=SID, StreamEvent="stream-started")
    assert here.tally == {"unknown-call": 1}


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"a=" + b"x" * 70_000, "application/x-www-form-urlencoded", 413),
        (b"&".join(b"a=1" for _ in range(300)), "application/x-www-form-urlencoded", 400),
        (b"a=\xff\xfe", "application/x-www-form-urlencoded", 400),
        (b"{}", "application/json", 415),
    ],
)
async def test_what_is_not_a_small_form_is_refused(body: bytes, kind: str, status: int) -> None:
    async with serving() as here, ClientSession() as session:
        headers = {"Content-Type": kind}
        async with session.post(here.url + "/twilio/voice", data=body, headers=headers) as response:
            assert response.status == status


async def test_no_number_reaches_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with serving(lines=NotingLines(fault=JournalLost())) as here:
        await ring(here)
    records = [record for record in caplog.records if record.name.startswith("server")]
    assert records
    assert all("7700900123" not in str(record.__dict__) for record in records)
