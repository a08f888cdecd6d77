"""Watching a call's line: which legs went quiet or came back, whether any line came, how far the ears lag."""

from server.domain.events import EarLost, EarRestored, Event, LineLost
from server.ports.bus import BacklogSeen, Bus
from server.ports.clock import Clock
from server.services.lines import LiveLine
from server.services.live_call import LiveCall


class Watch:
    """Looks at one call now and then. Beside the ears, so that it sees when they hang."""

    def __init__(self, *, call: LiveCall, clock: Clock, bus: Bus, quiet_s: float) -> None:
        self._call = call
        self._clock = clock
        self._bus = bus
        self._quiet_s = quiet_s
        self._lineless_since_s = clock.monotonic_s()
        self._missed = False

    def expect_no_line(self) -> None:
        """The provider says that no stream will come."""
        self._lineless_since_s = float("-inf")

    def look(self, line: LiveLine | None) -> list[Event]:
        """What has to be recorded now."""
        if line is None:
            return self._never_came()
        self._say_backlog(line)
        quiet = line.quiet_since(self._clock.monotonic_s() - self._quiet_s)
        at_ms = self._call.media_ms
        lost = quiet - self._call.state.deaf
        back = self._call.quiet - quiet
        self._call.quiet = set(quiet)
        return [
            *(EarLost(at_ms=at_ms, party=party, why="no sound arrives") for party in sorted(lost)),
            *(EarRestored(at_ms=at_ms, party=party, replayed_ms=0) for party in sorted(back)),
        ]

    def _never_came(self) -> list[Event]:
        late = self._clock.monotonic_s() - self._lineless_since_s >= self._quiet_s
        if self._missed or self._call.state.epoch > 0 or not late:
            return []
        self._missed = True
        return [LineLost(at_ms=0, epoch=0, why="no stream came")]

    def _say_backlog(self, line: LiveLine) -> None:
        for party in line.parties:
            reached_ms = self._call.reached_ms.get(party, 0)
            backlog_ms = max(0, reached_ms - self._call.heard_ms.get(party, line.begins_ms))
            self._bus.publish(BacklogSeen(call=self._call.id, party=party, backlog_ms=backlog_ms))
