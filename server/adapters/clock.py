"""The one place that reads a clock."""

import time
from datetime import UTC, datetime


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - this is the clock that others take

    def monotonic_s(self) -> float:
        return time.monotonic()
