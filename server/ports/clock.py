"""The two times: the wall's, for records, and the monotonic one, for waiting and measuring."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, UTC."""
        ...

    def monotonic_s(self) -> float:
        """Seconds from an arbitrary start; the same clock that asyncio's loop waits by."""
        ...
