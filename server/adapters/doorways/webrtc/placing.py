"""Where a stream's packets lie on a timeline: by its own clock, so that nothing drifts against it."""

from collections.abc import Callable

STRAYED_MS = 2000
"""A stream whose clock runs so far ahead of ours, or falls so far behind itself, is placed anew."""
BEHIND_MS = 60_000
"""Packets that a busy node reads late are still in their places, up to this."""


class Placing:
    """One a stream for those who hear it, and one for those who keep it: both place each packet alike."""

    def __init__(self, clock_hz: int, now_ms: Callable[[], int]) -> None:
        self._per_ms = clock_hz // 1000
        self._now_ms = now_ms
        self._base: tuple[int, int] | None = None
        """A timestamp, and where it lies."""

    def place(self, timestamp: int, *, next_ms: int = 0) -> int:
        """Nothing that is placed anew lies before `next_ms`."""
        now_ms = self._now_ms()
        if self._base is not None:
            at_ms = self._base[1] + (timestamp - self._base[0]) // self._per_ms
            behind = at_ms < max(next_ms - STRAYED_MS, now_ms - BEHIND_MS)
            if at_ms <= now_ms + STRAYED_MS and not behind:
                return at_ms
        at_ms = max(now_ms, next_ms)
        self._base = (timestamp, at_ms)
        return at_ms

    def ahead_ms(self, timestamp: int, at_ms: float) -> float | None:
        """What has to be added to a sender's time to have ours, if this timestamp was taken then."""
        if self._base is None:
            return None
        return self._base[1] + (timestamp - self._base[0]) / self._per_ms - at_ms
