"""The sound of carried calls is kept for those who listen in, as long as the call lasts."""

from dataclasses import replace

from server.domain.speech import Party
from server.services.sounds import Sounds
from server.services.switchboard import Line
from tests.services.stage import CALL, ToldTranscriber, frame, staged


def speak(line: Line) -> None:
    line.join(Party.CALLER)
    for at_ms in range(0, 100, 20):
        line.hear(frame(at_ms))


async def test_what_a_line_brings_can_be_listened_to_until_the_call_ends() -> None:
    async with staged(ToldTranscriber()) as stage:
        sounds = Sounds(keep_ms=60_000, encode=lambda pcm: pcm[::2])
        stage.switchboard._exchange = replace(stage.switchboard._exchange, sounds=sounds)
        await stage.arrive()
        line = await stage.switchboard.open_line(CALL)
        line.join(Party.CALLER)
        line.hear(frame(0))
        sound = sounds.of(CALL)
        assert sound is not None
        assert (sound.live_ms, sound.force) == (20, "demo")
        assert sound.read(0, 20)[:160] == bytes(160)
        line.stop()
        await stage.until("CallEnded")
        await sound.beyond(20)
    assert sound.over
    assert sounds.of(CALL) is None


async def test_a_later_line_is_kept_at_its_place_on_the_calls_timeline() -> None:
    async with staged(ToldTranscriber()) as stage:
        sounds = Sounds(keep_ms=60_000, encode=lambda pcm: pcm[::2])
        stage.switchboard._exchange = replace(stage.switchboard._exchange, sounds=sounds)
        await stage.arrive()
        first = await stage.switchboard.open_line(CALL)
        speak(first)
        second = await stage.switchboard.open_line(CALL)
        speak(second)
        sound = sounds.of(CALL)
        assert sound is not None
        assert sound.live_ms >= 200
        second.stop()
        await stage.until("CallEnded")
