import pytest

from server.adapters.doorways.ulaw import pcm_of
from server.demo.twilio_caller import CallRefused, PhoneCall, answer_in
from server.domain.events import Ending
from server.domain.ids import CallId
from server.domain.speech import Party, Sound
from server.services.switchboard import Arrival
from tests.adapters.doorways.noting import DESK, FORCE, NUMBER, serving

INBOUND = bytes(range(256)) * 25
OUTBOUND = INBOUND[::-1]
CALL = PhoneCall(
    sid="CA" + "1" * 32, caller="+447700900123", called=NUMBER, inbound=INBOUND, outbound=OUTBOUND
)


async def test_a_call_is_heard_on_both_legs_to_the_last_sample_and_then_ends() -> None:
    reached: list[int] = []
    async with serving() as here:
        answer = await here.caller.call(CALL, speed=50, progress=reached.append)
        line = here.lines.lines[0]
    assert (answer.dial, reached[0], reached[-1]) == (DESK.dial, 0, CALL.duration_ms)
    assert here.lines.arrivals == [
        Arrival(
            call=CallId(CALL.sid),
            force=FORCE.id,
            doorway="twilio",
            caller=CALL.caller,
            called=NUMBER,
            handler=DESK.handler,
        )
    ]
    assert line.joined == [Party.CALLER, Party.HANDLER]
    assert line.sound_of(Party.CALLER) == pcm_of(INBOUND)
    assert line.sound_of(Party.HANDLER) == pcm_of(OUTBOUND)
    assert line.stretches(Party.CALLER) == [(0, 800, Sound.HEARD)]
    assert (line.gaps, line.ended) == ([], ["stopped"])
    assert here.lines.callbacks == [
        (CALL.sid, "stream", "stream-started", ""),
        (CALL.sid, "stream", "stream-stopped", ""),
        (CALL.sid, "desk", "completed", ""),
        (CALL.sid, "call", "completed", ""),
    ]
    assert here.lines.hung_up == [(CALL.sid, Ending.HUNG_UP)]
    assert here.tally == {}


async def test_a_caller_whose_stream_is_turned_away_says_so_and_still_hangs_up() -> None:
    async with serving() as here:
        here.lines.over.add(CallId(CALL.sid))
        with pytest.raises(CallRefused, match="4406"):
            await here.caller.call(CALL, speed=50)
    assert here.lines.hung_up == [(CALL.sid, Ending.HUNG_UP)]


@pytest.mark.parametrize("twiml", ["<Response/>", "<!DOCTYPE x><Response/>", "<Response>" + "x" * 70_000])
def test_an_answer_that_connects_nobody_is_no_answer(twiml: str) -> None:
    with pytest.raises(CallRefused):
        answer_in(twiml)
