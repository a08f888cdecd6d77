"""Slowing down whoever keeps guessing."""

from collections import OrderedDict
from dataclasses import dataclass

from server.ports.clock import Clock

FORGOTTEN_AFTER_S = 900.0
MOST_KEPT = 10_000
"""Names or addresses remembered; beyond these, the one that failed longest ago is forgotten."""


@dataclass(slots=True)
class _Tries:
    count: int
    last_s: float


class Throttle:
    """After `limit` failures under one key, each further try must wait `wait_s` after the last.

    A try counts as a failure from its start until it is forgiven, so that a thousand at
    once do not slip through together.
    """

    def __init__(self, clock: Clock, *, limit: int, wait_s: float) -> None:
        self._clock = clock
        self._limit = limit
        self._wait_s = wait_s
        self._kept: OrderedDict[str, _Tries] = OrderedDict()

    def wait_s(self, key: str) -> float:
        """How long until this key may try again; 0 if now."""
        tries = self._kept.get(key)
        if tries is None or tries.count < self._limit:
            return 0.0
        return max(0.0, tries.last_s + self._wait_s - self._clock.monotonic_s())

    def count(self, key: str) -> None:
        now_s = self._clock.monotonic_s()
        tries = self._kept.pop(key, None)
        if tries is None or now_s - tries.last_s > max(FORGOTTEN_AFTER_S, self._wait_s):
            tries = _Tries(0, now_s)
        self._kept[key] = _Tries(tries.count + 1, now_s)
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)

    def forgive(self, key: str, *, wholly: bool) -> None:
        """The try was none: take it back, or with it everything that went before."""
        tries = self._kept.get(key)
        if tries is None:
            return
        tries.count -= 1
        if wholly or tries.count <= 0:
            del self._kept[key]

    def __len__(self) -> int:
        return len(self._kept)
