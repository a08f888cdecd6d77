"""How long a prompt takes by stage, from the end of the words that brought it."""

from collections import OrderedDict, deque
from dataclasses import dataclass

from server.domain.ids import CallId, PromptId
from server.domain.speech import AudioFrame
from server.ports.clock import Clock

KEPT_FRAMES = 6000
"""Two minutes of 20 ms frames a leg: a word that settles later than that is not timed."""
KEPT_PROMPTS = 10_000


class LegTimes:
    """When each stretch of one leg arrived, on the node's monotonic clock."""

    def __init__(self) -> None:
        self._arrivals: deque[tuple[int, float]] = deque(maxlen=KEPT_FRAMES)
        self._spoken_at_zero_s = float("inf")

    def heard(self, frame: AudioFrame) -> None:
        self._arrivals.append((frame.end_ms, frame.received_s))
        # The frame that came with the least delay tells when media time nought was spoken.
        self._spoken_at_zero_s = min(self._spoken_at_zero_s, frame.received_s - frame.end_ms / 1000)

    def spoken_s(self, at_ms: int) -> float:
        return self._spoken_at_zero_s + at_ms / 1000

    def received_s(self, at_ms: int) -> float:
        """When the frame that holds this moment arrived."""
        for end_ms, received_s in self._arrivals:
            if end_ms >= at_ms:
                return received_s
        return self._arrivals[-1][1] if self._arrivals else self.spoken_s(at_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """Monotonic seconds at which one prompt passed each stage."""

    spoken_s: float
    received_s: float
    draft_s: float
    sighted_s: float


class LatencyBook:
    """Remembers when the words behind each prompt ended, so that later stages can be timed."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._spoken_s: OrderedDict[tuple[CallId, PromptId], float] = OrderedDict()

    def note(self, call: CallId, prompt: PromptId, *, spoken_s: float) -> None:
        self._spoken_s[call, prompt] = spoken_s
        while len(self._spoken_s) > KEPT_PROMPTS:
            self._spoken_s.popitem(last=False)

    def after_ms(self, call: CallId, prompt: PromptId) -> int | None:
        """Milliseconds since the triggering word ended; `None` when it is not remembered."""
        spoken_s = self._spoken_s.get((call, prompt))
        if spoken_s is None:
            return None
        return max(0, round((self._clock.monotonic_s() - spoken_s) * 1000))
