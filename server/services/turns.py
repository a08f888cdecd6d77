"""One at a time on a call: people's steps and what time brings are each decided on what is recorded."""

import asyncio
from weakref import WeakValueDictionary

from server.domain.ids import CallId


class Turns:
    def __init__(self) -> None:
        self._locks: WeakValueDictionary[CallId, asyncio.Lock] = WeakValueDictionary()

    def of(self, call: CallId) -> asyncio.Lock:
        return self._locks.setdefault(call, asyncio.Lock())
