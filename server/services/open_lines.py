"""Open lines: whether a live call still shows a danger that nobody has answered."""

from collections.abc import Mapping

from server.domain.assigning import immediate_waiting
from server.domain.ids import CallId
from server.services.live_call import LiveCall

CRY_HOLDS_MS = 60_000
"""How long after a cry a desk that hangs up leaves the caller's line open."""


def in_danger(live: Mapping[CallId, LiveCall], call: CallId) -> bool:
    """Whether an immediate prompt waits, or somebody may just have screamed: such a line is left open."""
    carried = live.get(call)
    if carried is None:
        return False
    crying = carried.state.cried_lately(carried.media_ms, within_ms=CRY_HOLDS_MS)
    return crying or immediate_waiting(carried.state) > 0
