import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import pytest

from server.adapters.doorways.twilio.refusals import Refusal
from server.demo.twilio_caller import PhoneCall, StreamScript, Trunk
from server.domain.events import GapCause
from server.domain.ids import CallId
from server.domain.speech import Party, Sound
from server.ports.journal import JournalLost
from server.services.switchboard import Line
from tests.adapters.doorways.noting import NUMBER, NotingLine, NotingLines, Serving, serving
from tests.fakes import FakeClock

SOUND = bytes(range(160))
CALL = PhoneCall(sid="CA" + "4" * 32, caller="+447700900123", called=NUMBER, inbound=SOUND * 5)
SECRET = "he has got a knife"


class Phone:
    """One call that has been answered, and its socket."""

    def __init__(self, here: Serving, socket: aiohttp.ClientWebSocketResponse, token: str) -> None:
        self.here = here
        self.socket = socket
        self.token = token
        self.script = StreamScript(call=CALL, account="AC0")

    async def start(self) -> NotingLine:
        """Open the stream, and return the line that it opened."""
        for message in self.script.opening({"token": self.token}):
            await self.socket.send_str(message)
        async with asyncio.timeout(5):
            while not self.here.lines.lines:
                await asyncio.sleep(0)
        return self.here.lines.lines[-1]

    async def closed(self) -> tuple[int | None, str]:
        """The close code and sentence; anything said on the stream would be a fault."""
        message = await self.socket.receive(timeout=5)
        assert message.type is aiohttp.WSMsgType.CLOSE
        return self.socket.close_code, message.extra or ""

    async def stop(self, line: NotingLine) -> None:
        await self.socket.send_str(self.script.stop())
        assert (await self.closed())[0] == aiohttp.WSCloseCode.OK
        assert line.ended == ["stopped"]


@asynccontextmanager
async def ringing(here: Serving) -> AsyncIterator[Phone]:
    async with aiohttp.ClientSession() as session:
        trunk = Trunk(here.exchange, session)
        answer = await here.caller.ring(trunk, CALL)
        async with trunk.socket(answer.stream) as socket:
            yield Phone(here, socket, answer.parameters["token"])


@asynccontextmanager
async def answered() -> AsyncIterator[Phone]:
    async with serving(clock=FakeClock()) as here, ringing(here) as phone:
        yield phone


async def test_lost_late_repeated_and_silent_stretches_are_recorded_and_never_guessed() -> None:
    async with answered() as phone:
        line = await phone.start()
        media = phone.script.media
        sent = [media("inbound", at, SOUND) for at in (0, 20, 40, 60)]
        lost = sent.pop(2)
        await send(phone, *sent, lost, sent[0])
        await send(phone, media("inbound", 160, SOUND))
        await phone.stop(line)
    assert line.gaps == [
        (Party.CALLER, 40, 60, GapCause.LOST),
        (Party.CALLER, 40, 60, GapCause.LATE),
        (Party.CALLER, 0, 20, GapCause.DUPLICATE),
        (Party.CALLER, 80, 160, GapCause.SILENT),
        # The handler's leg was silent throughout: what was lost may have been theirs.
        (Party.HANDLER, 0, 0, GapCause.LOST),
    ]
    assert line.stretches(Party.CALLER) == [
        (0, 40, Sound.HEARD),
        (40, 60, Sound.LOST),
        (60, 80, Sound.HEARD),
        (80, 160, Sound.SILENT),
        (160, 180, Sound.HEARD),
    ]


async def test_frames_bear_the_time_at_which_they_came() -> None:
    async with answered() as phone:
        line = await phone.start()
        await send(phone, phone.script.media("outbound", 0, SOUND))
        await phone.stop(line)
    assert [frame.received_s for frame in line.heard[Party.HANDLER]] == [FakeClock().elapsed_s]


async def test_sound_missing_at_the_very_end_is_told() -> None:
    async with answered() as phone:
        line = await phone.start()
        await send(phone, phone.script.media("inbound", 0, SOUND))
        phone.script.media("inbound", 20, SOUND)
        await phone.stop(line)
    assert (Party.CALLER, 20, 20, GapCause.LOST) in line.gaps


async def test_a_key_is_pressed_where_its_leg_has_come_to() -> None:
    async with answered() as phone:
        line = await phone.start()
        await send(phone, phone.script.media("inbound", 0, SOUND), phone.script.press("5"))
        await send(phone, json.dumps({"event": "mark", "sequenceNumber": "5", "mark": {"name": "m"}}))
        await send(phone, phone.script.press("5", track="outbound_track"))
        await phone.stop(line)
    assert line.pressed == [(Party.CALLER, "5", 20), (Party.HANDLER, "5", 0)]


async def test_a_lost_connection_keeps_the_call_for_another_line() -> None:
    async with serving() as here, ringing(here) as phone:
        line = await phone.start()
        await phone.socket.close()
        await asyncio.wait_for(line.over.wait(), 5)
    assert line.ended == ["the stream's connection was lost"]
    assert here.tally == {}


async def test_closing_the_doorway_closes_its_sockets() -> None:
    async with serving() as here, ringing(here) as phone:
        line = await phone.start()
        assert here.doorway.sockets == 1
        closing = asyncio.ensure_future(here.doorway.close())  # noqa: TID251 - both ends close at once
        code, _sentence = await phone.closed()
        await closing
        await asyncio.wait_for(line.over.wait(), 5)
    assert code == 1001


def start(phone: Phone, **changed: object) -> str:
    """A start with some of its fields changed."""
    message = json.loads(phone.script.opening({"token": phone.token})[1])
    message["start"] |= changed
    return json.dumps(message)


async def send(phone: Phone, *messages: str | bytes) -> None:
    for message in messages:
        if isinstance(message, bytes):
            await phone.socket.send_bytes(message)
        else:
            await phone.socket.send_str(message)


CODED = {"encoding": "audio/opus", "sampleRate": 48000, "channels": 2}
BEFORE_START: dict[str, tuple[Refusal, list[str | bytes]]] = {
    "not JSON": (Refusal.MALFORMED, [SECRET]),
    "JSON of another shape": (Refusal.MALFORMED, [f'["{SECRET}"]']),
    "deep JSON": (Refusal.MALFORMED, ["[" * 5000]),
    "nothing": (Refusal.MALFORMED, [""]),
    "unknown event": (Refusal.UNKNOWN_EVENT, [json.dumps({"event": SECRET})]),
    "binary": (Refusal.BINARY, [SECRET.encode()]),
    "oversized": (Refusal.OVERSIZED, ["x" * 20_000]),
    "two greetings": (Refusal.SECOND_START, ['{"event":"connected"}'] * 2),
    "stop at once": (Refusal.EARLY_MEDIA, ['{"event":"stop","sequenceNumber":"1"}']),
    "start without a body": (Refusal.MALFORMED, ['{"event":"start","sequenceNumber":"1"}']),
}


@pytest.mark.parametrize("name", BEFORE_START)
async def test_what_is_no_start_closes_the_socket_with_its_reason(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    refusal, messages = BEFORE_START[name]
    async with answered() as phone:
        await send(phone, *messages)
        assert (await phone.closed())[0] == refusal.close_code
    assert phone.here.tally == {refusal.code: 1}
    assert phone.here.lines.lines == []
    assert SECRET not in caplog.text
    assert "Traceback" not in caplog.text


async def test_sound_before_the_start_is_refused() -> None:
    async with answered() as phone:
        await send(phone, phone.script.media("inbound", 0, SOUND))
        assert await phone.closed() == (Refusal.EARLY_MEDIA.close_code, Refusal.EARLY_MEDIA.sentence)


@pytest.mark.parametrize(
    ("refusal", "changed"),
    [
        (Refusal.WRONG_FORMAT, {"mediaFormat": CODED}),
        (Refusal.NO_TOKEN, {"customParameters": {}}),
        (Refusal.BAD_TOKEN, {"customParameters": {"token": "guess"}}),
        (Refusal.FOREIGN_TOKEN, {"callSid": "CA" + "5" * 32}),
        (Refusal.MALFORMED, {"callSid": ""}),
    ],
)
async def test_a_start_that_is_not_this_calls_is_refused(
    refusal: Refusal, changed: dict[str, object]
) -> None:
    async with answered() as phone:
        await send(phone, start(phone, **changed))
        assert await phone.closed() == (refusal.close_code, refusal.sentence)
    assert (phone.here.lines.lines, phone.here.tally) == ([], {refusal.code: 1})


AFTER_START: dict[str, tuple[Refusal, str | bytes]] = {
    "not JSON": (Refusal.MALFORMED, SECRET),
    "unknown event": (Refusal.UNKNOWN_EVENT, json.dumps({"event": SECRET})),
    "binary": (Refusal.BINARY, SECRET.encode()),
    "oversized": (Refusal.OVERSIZED, json.dumps({"event": "mark", "sequenceNumber": "2", "x": "x" * 20_000})),
    "greeting": (Refusal.SECOND_START, '{"event":"connected"}'),
    "unknown track": (
        Refusal.MALFORMED,
        '{"event":"media","sequenceNumber":"2","media":{"track":"third","timestamp":"0","payload":""}}',
    ),
    "bad base64": (
        Refusal.MALFORMED,
        '{"event":"media","sequenceNumber":"2","media":{"track":"inbound","timestamp":"0","payload":"%%"}}',
    ),
    "time before the call": (
        Refusal.MALFORMED,
        '{"event":"media","sequenceNumber":"2","media":{"track":"inbound","timestamp":"-20","payload":""}}',
    ),
    "time next year": (
        Refusal.MALFORMED,
        '{"event":"media","sequenceNumber":"2","media":{"track":"inbound","timestamp":"99999999999","payload":""}}',
    ),
    "no key": (
        Refusal.MALFORMED,
        '{"event":"dtmf","sequenceNumber":"2","dtmf":{"track":"inbound_track","digit":"55"}}',
    ),
}


@pytest.mark.parametrize("name", AFTER_START)
async def test_a_wrong_message_closes_its_own_socket_and_no_other(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    refusal, message = AFTER_START[name]
    async with answered() as phone, ringing(phone.here) as other:
        line = await phone.start()
        phone.here.lines.lines.clear()
        others = await other.start()
        await send(phone, phone.script.media("inbound", 0, SOUND), message)
        assert (await phone.closed())[0] == refusal.close_code
        await asyncio.wait_for(line.over.wait(), 5)
        await send(other, other.script.media("inbound", 0, SOUND))
        await other.stop(others)
    assert line.ended == [refusal.sentence]
    assert line.stretches(Party.CALLER) == others.stretches(Party.CALLER) == [(0, 20, Sound.HEARD)]
    assert phone.here.tally == {refusal.code: 1}
    assert SECRET not in caplog.text


async def test_a_second_start_is_refused() -> None:
    async with answered() as phone:
        line = await phone.start()
        await send(phone, start(phone))
        assert await phone.closed() == (Refusal.SECOND_START.close_code, Refusal.SECOND_START.sentence)
        await asyncio.wait_for(line.over.wait(), 5)


async def test_a_token_opens_one_stream_only() -> None:
    async with answered() as phone:
        await phone.start()
        async with ringing(phone.here) as thief:
            thief.token = phone.token
            await send(thief, *thief.script.opening({"token": thief.token}))
            assert (await thief.closed())[0] == Refusal.BAD_TOKEN.close_code


async def test_a_call_answered_before_a_restart_is_heard_after_it() -> None:
    async with serving() as before, aiohttp.ClientSession() as session:
        answer = await before.caller.ring(Trunk(before.exchange, session), CALL)
    async with (
        serving() as after,
        aiohttp.ClientSession() as session,
        Trunk(after.exchange, session).socket(answer.stream) as socket,
    ):
        phone = Phone(after, socket, answer.parameters["token"])
        await phone.stop(await phone.start())
    assert after.lines.arrivals == before.lines.arrivals


@dataclass
class ForgetfulLines(NotingLines):
    """The journal cannot be read for the first `faults` openings."""

    faults: list[Exception] = field(default_factory=list)

    async def open_line(self, call: CallId) -> Line:
        if self.faults:
            raise self.faults.pop()
        return await super().open_line(call)


async def test_a_stream_is_taken_once_the_journal_can_be_read_again() -> None:
    async with serving(lines=ForgetfulLines(faults=[JournalLost()])) as here, ringing(here) as phone:
        line = await phone.start()
        await send(phone, phone.script.media("inbound", 0, SOUND))
        await phone.stop(line)
    assert line.stretches(Party.CALLER) == [(0, 20, Sound.HEARD)]


async def test_a_fault_while_the_line_is_opened_does_not_use_the_token_up() -> None:
    async with serving(lines=ForgetfulLines(faults=[RuntimeError("a bug")])) as here, ringing(here) as phone:
        await send(phone, *phone.script.opening({"token": phone.token}))
        assert (await phone.closed())[0] == Refusal.FAULT.close_code
        async with ringing(here) as again:
            again.token = phone.token
            await again.stop(await again.start())


async def test_a_token_grows_old() -> None:
    clock = FakeClock()
    async with serving(clock=clock) as here, ringing(here) as phone:
        clock.advance(301)
        await send(phone, *phone.script.opening({"token": phone.token}))
        assert (await phone.closed())[0] == Refusal.BAD_TOKEN.close_code


async def test_a_call_that_has_ended_takes_no_stream() -> None:
    async with answered() as phone:
        phone.here.lines.over.add(CallId(CALL.sid))
        await send(phone, *phone.script.opening({"token": phone.token}))
        assert (await phone.closed())[0] == Refusal.CALL_OVER.close_code


async def test_a_call_that_never_arrived_takes_no_stream() -> None:
    async with answered() as phone:
        phone.here.lines.unknown.add(CallId(CALL.sid))
        await send(phone, *phone.script.opening({"token": phone.token}))
        assert (await phone.closed())[0] == Refusal.UNKNOWN_CALL.close_code


async def test_a_fault_of_ours_closes_one_socket_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async with answered() as phone:
        line = await phone.start()
        line.heard = None  # type: ignore[assignment]
        await send(phone, phone.script.media("inbound", 0, SOUND))
        assert (await phone.closed())[0] == Refusal.FAULT.close_code
    assert [record.message for record in caplog.records if record.levelno == logging.ERROR] == [
        "media socket failed"
    ]
    assert len(line.ended) == 1


async def test_a_socket_that_never_starts_is_closed() -> None:
    async with serving(start_within_s=0.05) as here, ringing(here) as phone:
        assert await phone.closed() == (Refusal.NO_START.close_code, Refusal.NO_START.sentence)


def test_close_codes_are_ones_that_a_server_may_send() -> None:
    assert all(
        refusal.close_code in {1003, 1007, 1009, 1011} or 4000 <= refusal.close_code < 5000
        for refusal in Refusal
    )
    assert len({refusal.close_code for refusal in Refusal}) == len(Refusal)
    assert all(len(refusal.sentence.encode()) <= 123 for refusal in Refusal)
