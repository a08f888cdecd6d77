"""How late prompts and hearing were, now and by the quarter of an hour: figures only, and no words."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from server.domain.events import CallEnded, Entry, LineLost, PromptPainted
from server.domain.ids import CallId, ForceId, PromptId
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
SAID_AGAIN_S = 15.0
"""A leg whose lateness nobody has said for so long is not heard any more, and so not late."""


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


@dataclass(frozen=True, slots=True)
class _Late:
    backlog_ms: int
    said_at_s: float


Quarters = OrderedDict[datetime, _Quarter]


class Daybook:
    """Follows the bus of this node, from its start, and keeps each force's figures apart."""

    def __init__(self, clock: Clock, force_of: Callable[[CallId], ForceId | None]) -> None:
        self._clock = clock
        self._force_of = force_of
        self._quarters: dict[ForceId, Quarters] = {}
        self._painted: OrderedDict[tuple[CallId, PromptId], None] = OrderedDict()
        self._late: dict[ForceId, dict[tuple[CallId, Party], _Late]] = {}

    def follow(self, notice: Notice) -> None:
        match notice:
            case BacklogSeen():
                self._note_late(notice)
            case Recorded():
                for entry in notice.entries:
                    self._take(entry)
            case _:
                pass

    def now(self, force: ForceId) -> Measured:
        """This quarter's prompts, and how late hearing is at this moment."""
        quarter = self._quarter(force).measured()
        latest_ms = max((late.backlog_ms for late in self._late_now(force).values()), default=0)
        return Measured(latency_ms=quarter.latency_ms, prompts=quarter.prompts, backlog_ms=latest_ms)

    def quarters(self, force: ForceId) -> list[tuple[datetime, Measured]]:
        """Those in which anything was measured, the oldest first."""
        kept = self._quarters.get(force, Quarters())
        return [(begins, quarter.measured()) for begins, quarter in kept.items()]

    def _note_late(self, notice: BacklogSeen) -> None:
        force = self._force_of(notice.call)
        if force is None:
            return  # a call of an earlier run that has not been taken up yet: it is said again in a second
        late = _Late(notice.backlog_ms, self._clock.monotonic_s())
        self._late.setdefault(force, {})[notice.call, notice.party] = late
        quarter = self._quarter(force)
        quarter.backlog_ms = max(quarter.backlog_ms, notice.backlog_ms)

    def _late_now(self, force: ForceId) -> dict[tuple[CallId, Party], _Late]:
        oldest_s = self._clock.monotonic_s() - SAID_AGAIN_S
        late = self._late.get(force, {})
        for leg in [leg for leg, late_leg in late.items() if late_leg.said_at_s < oldest_s]:
            del late[leg]
        return late

    def _take(self, entry: Entry) -> None:
        match entry.event:
            case PromptPainted():
                self._note_painted(entry.call, entry.event)
            case CallEnded() | LineLost():
                for late in self._late.values():
                    for leg in [leg for leg in late if leg[0] == entry.call]:
                        del late[leg]
            case _:
                pass

    def _note_painted(self, call: CallId, painted: PromptPainted) -> None:
        force = self._force_of(call)
        if force is None or (call, painted.prompt) in self._painted:
            return
        self._painted[call, painted.prompt] = None
        if len(self._painted) > PROMPTS:
            self._painted.popitem(last=False)
        quarter = self._quarter(force)
        quarter.prompts += 1
        if len(quarter.delays_ms) < SAMPLES:
            quarter.delays_ms.append(painted.after_ms)

    def _quarter(self, force: ForceId) -> _Quarter:
        now = self._clock.now()
        begins = now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % QUARTER
        quarters = self._quarters.setdefault(force, Quarters())
        if begins not in quarters:
            quarters[begins] = _Quarter()
            self._late_now(force)
            while len(quarters) > KEPT:
                quarters.popitem(last=False)
        return quarters[begins]
