"""What it brings that nothing more is said: while the line stays open, and when the call is over."""

from server.domain.sightings import Sighting
from server.domain.speech import Party
from server.ports.language import CallReading
from server.services.carrying import CallLimits
from server.services.readers import Readers
from tests.services.stage import (
    CALL,
    PlainReader,
    PlainReading,
    ToldTranscriber,
    frame,
    said,
    sighting,
    staged,
)


class WaitingReading(PlainReading):
    """Sees a danger in silence: in that of an open line, or only in that of a call that is over."""

    def __init__(self, *, only_over: bool) -> None:
        self._only_over = only_over
        self._told = False

    def wait(self, at_ms: int, *, over: bool = False) -> tuple[Sighting, ...]:
        if self._told or (self._only_over and not over):
            return ()
        self._told = True
        return (sighting("weapon"),)


class WaitingReader(PlainReader):
    def __init__(self, *, only_over: bool) -> None:
        self._only_over = only_over

    def begin(self) -> CallReading:
        return WaitingReading(only_over=self._only_over)


async def test_a_call_that_ends_on_words_left_unanswered_raises_them_before_it_ends() -> None:
    readers = Readers(shipped=WaitingReader(only_over=True))
    async with staged(ToldTranscriber(at_end=[said("hello")]), readers=readers) as stage:
        await stage.arrive()
        line = await stage.switchboard.open_line(CALL)
        line.join(Party.CALLER)
        line.hear(frame(0))
        line.stop()
        await stage.until("CallEnded")
        kinds = stage.kinds()
        assert kinds.index("UtteranceHeard") < kinds.index("PromptRaised") < kinds.index("CallEnded")


async def test_silence_on_an_open_line_raises_what_it_may_mean() -> None:
    readers = Readers(shipped=WaitingReader(only_over=False))
    limits = CallLimits(tick_s=0.01)
    async with staged(ToldTranscriber(), readers=readers, limits=limits) as stage:
        await stage.arrive()
        line = await stage.switchboard.open_line(CALL)
        line.join(Party.CALLER)
        line.hear(frame(0))
        await stage.until("PromptRaised")
        assert "CallEnded" not in stage.kinds()
        line.stop()
        await stage.until("CallEnded")
