"""A side-channel off a live stream: it never makes the stream wait."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable

from server.domain.speech import AudioFrame


class Tap:
    """Holds one leg's sound for its ear. When it is full the oldest sound goes, and is reported."""

    def __init__(self, *, capacity_ms: int, lost: Callable[[AudioFrame], None]) -> None:
        self._frames: deque[AudioFrame] = deque()
        self._held_ms = 0
        self._capacity_ms = capacity_ms
        self._lost = lost
        self._more = asyncio.Event()
        self._closed = False

    @property
    def held_ms(self) -> int:
        return self._held_ms

    def offer(self, frame: AudioFrame) -> None:
        if self._closed:
            return
        self._frames.append(frame)
        self._held_ms += frame.end_ms - frame.at_ms
        while self._held_ms > self._capacity_ms:
            oldest = self._frames.popleft()
            self._held_ms -= oldest.end_ms - oldest.at_ms
            self._lost(oldest)
        self._more.set()

    def close(self) -> None:
        """No more sound will come; what is held is still handed out."""
        self._closed = True
        self._more.set()

    @property
    def closed(self) -> bool:
        return self._closed and not self._frames

    async def frames(self) -> AsyncGenerator[AudioFrame, None]:
        """The frames in order, ending when the tap is closed and empty. One reader at a time."""
        while True:
            while self._frames:
                frame = self._frames.popleft()
                self._held_ms -= frame.end_ms - frame.at_ms
                yield frame
            if self._closed:
                return
            self._more.clear()
            await self._more.wait()
