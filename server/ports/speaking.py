"""A voice for what stands in an exercise where somebody was named."""

from typing import Protocol


class Voice(Protocol):
    async def say(self, text: str, *, within_ms: int) -> bytes | None:
        """16-bit sound at 8 kHz that is no longer than that; none: it does not fit, or there is no voice."""
        ...
