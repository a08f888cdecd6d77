"""How often somebody may ask: a bucket for each, that fills again as time passes."""

from collections import OrderedDict
from dataclasses import dataclass

from server.ports.clock import Clock

MOST_KEPT = 10_000
"""Buckets remembered; beyond these, the one that was used longest ago is forgotten, full again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    per_s: float
    burst: int
    """How many may come at once."""


@dataclass(slots=True)
class _Bucket:
    left: float
    at_s: float


class Rates:
    def __init__(self, clock: Clock, rate: Rate) -> None:
        self._clock = clock
        self._rate = rate
        self._kept: OrderedDict[str, _Bucket] = OrderedDict()

    def wait_s(self, key: str) -> float:
        """How many seconds until there is one to take; 0 if now."""
        bucket = self._kept.get(key)
        left = self._rate.burst if bucket is None else self._left(bucket, self._clock.monotonic_s())
        return 0.0 if left >= 1 else (1 - left) / self._rate.per_s

    def take(self, key: str) -> float:
        """Take one; returns 0, or how many seconds until there is one."""
        now_s = self._clock.monotonic_s()
        bucket = self._kept.pop(key, None) or _Bucket(self._rate.burst, now_s)
        bucket.left = self._left(bucket, now_s)
        bucket.at_s = now_s
        self._kept[key] = bucket
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        if bucket.left < 1:
            return (1 - bucket.left) / self._rate.per_s
        bucket.left -= 1
        return 0.0

    def _left(self, bucket: _Bucket, now_s: float) -> float:
        return min(self._rate.burst, bucket.left + (now_s - bucket.at_s) * self._rate.per_s)
