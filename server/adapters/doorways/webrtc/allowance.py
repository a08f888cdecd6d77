"""How much a camera may send: less as soon as its packets queue up on the way, slowly more while they do not.

aiortc's own estimate of the rate never rises far above what is being sent, so that a camera that shows a
still room is told to send next to nothing, and its picture then breaks when somebody moves. Only its
judgement whether packets are being delayed is used here.
"""

from server.adapters.doorways.webrtc.lag import Lag
from server.adapters.doorways.webrtc.transport import BandwidthUsage, RemoteBitrateEstimator

START = 600_000
LEAST = 30_000
DROP = 0.85
RISE_A_S = 1.2
MOST_DROP = 0.5
"""A moment in which nobody had time to read packets looks like a queue too: one look halves at most."""
HOLD_MS = 1500
"""After a drop the rate stays for so long,"""
AGAIN_MS = 1000
"""and is not lowered again before this."""


class Allowance:
    def __init__(self, lag: Lag) -> None:
        self._lag = lag
        self._estimator = RemoteBitrateEstimator()
        self.rate = START
        self._changed_ms: int | None = None
        self._dropped_ms = -HOLD_MS

    def take(self, send_time: int, size: int, ssrc: int, *, now_ms: int) -> bool:
        """Count a packet; whether the rate was lowered by it."""
        if self._changed_ms is None:
            self._changed_ms = now_ms
        self._estimator.add(abs_send_time=send_time, arrival_time_ms=now_ms, payload_size=size, ssrc=ssrc)
        if self._estimator.detector.state() is not BandwidthUsage.OVERUSING:
            self._rise(now_ms)
            return False
        # What waits because this node is busy did not queue on its way.
        if self._lag.lately or now_ms - self._dropped_ms < AGAIN_MS:
            return False
        arriving = self._estimator.incoming_bitrate.rate(now_ms) or self.rate
        lowered = max(DROP * arriving, MOST_DROP * self.rate)
        self.rate = max(LEAST, min(self.rate, round(lowered)))
        self._dropped_ms = self._changed_ms = now_ms
        return True

    def _rise(self, now_ms: int) -> None:
        if now_ms - self._dropped_ms < HOLD_MS:
            self._changed_ms = now_ms
            return
        since_s = (now_ms - (self._changed_ms or now_ms)) / 1000
        if since_s >= 0.1:
            self.rate = min(10_000_000, round(self.rate * RISE_A_S**since_s) + 1)
            self._changed_ms = now_ms
