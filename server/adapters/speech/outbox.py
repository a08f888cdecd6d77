"""What a leg has to say, in order, for whoever listens to it."""

import asyncio
from collections import deque

from server.ports.speech import Hearing, Progress

CAPACITY = 64


class Outbox:
    """Bounded and lossless: a full outbox makes the leg wait, and its sound waits upstream with it.

    Only a `Progress` gives way, to a newer one.
    """

    def __init__(self) -> None:
        self._items: deque[Hearing] = deque()
        self._filled = asyncio.Event()
        self._drained = asyncio.Event()
        self._closed = False
        self._error: BaseException | None = None

    async def put(self, item: Hearing) -> None:
        while len(self._items) >= CAPACITY:
            self._drained.clear()
            await self._drained.wait()
        self.put_now(item)

    def put_now(self, item: Hearing) -> None:
        """For the last words, which do not wait."""
        if isinstance(item, Progress) and self._items and isinstance(self._items[-1], Progress):
            self._items.pop()
        self._items.append(item)
        self._filled.set()

    def close(self, error: BaseException | None = None) -> None:
        """Nothing more comes; `get` gives what is left, then ends, with this error if there is one."""
        self._closed = True
        self._error = error
        self._filled.set()

    async def get(self) -> Hearing | None:
        """None at the end."""
        while not self._items:
            if self._closed and self._error:
                raise self._error
            if self._closed:
                return None
            self._filled.clear()
            await self._filled.wait()
        self._drained.set()
        return self._items.popleft()
