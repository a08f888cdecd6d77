"""How late prompts and hearing were, now and by the quarter of an hour: figures only, and no words."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from server.domain.events import CallEnded, Entry, PromptPainted
from server.domain.ids import CallId, PromptId
from server.domain.speech import Party
from server.ports.bus import BacklogSeen, Notice, Recorded
from server.ports.clock import Clock

QUARTER = timedelta(minutes=15)
KEPT = 96
"""Quarters: a day. The oldest goes."""
SAMPLES = 2000
"""Delays kept of each quarter; further ones are counted and not kept."""
PROMPTS = 10_000
"""Prompts of which it is remembered that they were painted; the oldest goes."""
OFTEN = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    latency_ms: int | None
    """From the end of the words to the first screen, 95 times in 100; none: no prompt."""
    prompts: int
    backlog_ms: int
    """The most that any leg was heard late."""


@dataclass(slots=True)
class _Quarter:
    delays_ms: list[int] = field(default_factory=list)
    prompts: int = 0
    backlog_ms: int = 0

    def measured(self) -> Measured:
        ordered = sorted(self.delays_ms)
        latency_ms = ordered[int(OFTEN * (len(ordered) - 1))] if ordered else None
        return Measured(latency_ms=latency_ms, prompts=self.prompts, backlog_ms=self.backlog_ms)


class Daybook:
    """Follows the bus of this node, from its start."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._quarters: OrderedDict[datetime, _Quarter] = OrderedDict()
        self._painted: OrderedDict[tuple[CallId, PromptId], None] = OrderedDict()
        self._late_ms: dict[tuple[CallId, Party], int] = {}

    def follow(self, notice: Notice) -> None:
        match notice:
            case BacklogSeen():
                self._late_ms[notice.call, notice.party] = notice.backlog_ms
                quarter = self._quarter()
                quarter.backlog_ms = max(quarter.backlog_ms, notice.backlog_ms)
            case Recorded():
                for entry in notice.entries:
                    self._take(entry)
            case _:
                pass

    def now(self) -> Measured:
        """This quarter's prompts, and how late hearing is at this moment."""
        quarter = self._quarter().measured()
        latest_ms = max(self._late_ms.values(), default=0)
        return Measured(latency_ms=quarter.latency_ms, prompts=quarter.prompts, backlog_ms=latest_ms)

    def quarters(self) -> list[tuple[datetime, Measured]]:
        """Those in which anything was measured, the oldest first."""
        return [(begins, quarter.measured()) for begins, quarter in self._quarters.items()]

    def _take(self, entry: Entry) -> None:
        match entry.event:
            case PromptPainted() if (entry.call, entry.event.prompt) not in self._painted:
                self._painted[entry.call, entry.event.prompt] = None
                if len(self._painted) > PROMPTS:
                    self._painted.popitem(last=False)
                self._count(entry.event.after_ms)
            case CallEnded():
                for leg in [leg for leg in self._late_ms if leg[0] == entry.call]:
                    del self._late_ms[leg]
            case _:
                pass

    def _count(self, after_ms: int) -> None:
        quarter = self._quarter()
        quarter.prompts += 1
        if len(quarter.delays_ms) < SAMPLES:
            quarter.delays_ms.append(after_ms)

    def _quarter(self) -> _Quarter:
        now = self._clock.now()
        begins = now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % QUARTER
        if begins not in self._quarters:
            self._quarters[begins] = _Quarter()
            while len(self._quarters) > KEPT:
                self._quarters.popitem(last=False)
        return self._quarters[begins]
