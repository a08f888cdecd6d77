"""Open lines: whether a live call still shows a danger that nobody has answered."""

from collections.abc import Mapping

from server.domain.assigning import immediate_waiting
from server.domain.ids import CallId
from server.services.live_call import LiveCall


def in_danger(live: Mapping[CallId, LiveCall], call: CallId) -> bool:
    """Whether an immediate prompt waits: the line of such a call is not to be closed from here."""
    carried = live.get(call)
    return carried is not None and immediate_waiting(carried.state) > 0
