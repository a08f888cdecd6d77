"""The figures for `/metrics`: a follower of the bus that counts, and never sees a word."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from server.domain.events import (
    CallArrived,
    CallEnded,
    EarLost,
    Event,
    GapHeard,
    PromptDelivered,
    PromptPainted,
    PromptRaised,
    PromptTimed,
    PromptWithdrawn,
)
from server.domain.ids import CallId
from server.domain.speech import Party
from server.ports.bus import BacklogSeen, Notice, Recorded
from server.ports.speech import EngineHealth

SECONDS = (0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0)
BACKLOG_ALARM_MS = 1000
"""Above this the console and the alarm say that listening lags."""


class Metrics:
    """One node's figures."""

    def __init__(self, *, health: Callable[[], EngineHealth], live_calls: Callable[[], int]) -> None:
        self.registry = CollectorRegistry()
        self._backlog: dict[tuple[CallId, Party], int] = {}
        self._counts()
        self._gauges(health, live_calls)

    def _counts(self) -> None:
        registry = self.registry
        self._calls = Counter("earshot_calls", "Calls that arrived.", ["doorway"], registry=registry)
        self._ended = Counter("earshot_calls_ended", "Calls that ended.", ["why"], registry=registry)
        self._prompts = Counter(
            "earshot_prompts", "Prompts raised.", ["marker", "severity"], registry=registry
        )
        self._withdrawn = Counter(
            "earshot_prompts_withdrawn", "Prompts heard differently in the end.", registry=registry
        )
        self._gaps = Counter(
            "earshot_gap_seconds", "Sound that nobody's ears had.", ["cause"], registry=registry
        )
        self._deaf = Counter("earshot_ears_lost", "Legs that went unheard for a while.", registry=registry)
        self._lagging = Counter(
            "earshot_backlog_alarms", "Reports of a leg heard over a second late.", registry=registry
        )
        self._refused = Counter(
            "earshot_refused", "Requests and sockets refused at a doorway.", ["reason"], registry=registry
        )
        self._stages = Histogram(
            "earshot_prompt_seconds",
            "From the end of the triggering word to each stage of its prompt.",
            ["stage"],
            buckets=SECONDS,
            registry=registry,
        )

    def _gauges(self, health: Callable[[], EngineHealth], live_calls: Callable[[], int]) -> None:
        def gauge(name: str, what: str, value: Callable[[], float]) -> None:
            Gauge(name, what, registry=self.registry).set_function(value)

        gauge("earshot_live_calls", "Calls being carried.", live_calls)
        gauge("earshot_legs_heard", "Legs being heard.", lambda: health().legs)
        gauge("earshot_workers_ready", "Speech workers that can hear.", lambda: health().workers_ready)
        gauge("earshot_worker_restarts", "Speech workers replaced so far.", lambda: health().restarts)
        gauge("earshot_backlog_seconds", "The largest backlog of any leg.", self._largest_backlog_s)
        self._leg_backlog = Gauge(
            "earshot_leg_backlog_seconds",
            "Sound of a live leg that came and is not yet heard.",
            ["call", "party"],
            registry=self.registry,
        )

    def refused(self, reason: str) -> None:
        self._refused.labels(reason=reason).inc()

    def follow(self, notice: Notice) -> None:
        if isinstance(notice, Recorded):
            for entry in notice.entries:
                if isinstance(entry.event, CallEnded):
                    self._forget(notice.call)
                self._count(entry.event)
                self._time(entry.event)
        elif isinstance(notice, BacklogSeen):
            self._backlog[notice.call, notice.party] = notice.backlog_ms
            self._leg_backlog.labels(call=notice.call, party=notice.party).set(notice.backlog_ms / 1000)
            if notice.backlog_ms > BACKLOG_ALARM_MS:
                self._lagging.inc()

    def render(self) -> bytes:
        """In Prometheus' text format."""
        return generate_latest(self.registry)

    def _count(self, event: Event) -> None:
        match event:
            case CallArrived():
                self._calls.labels(doorway=event.doorway).inc()
            case CallEnded():
                self._ended.labels(why=event.why).inc()
            case PromptRaised():
                self._prompts.labels(marker=event.prompt.marker, severity=event.prompt.severity).inc()
            case PromptWithdrawn():
                self._withdrawn.inc()
            case GapHeard():
                self._gaps.labels(cause=event.cause).inc(max(0, event.to_ms - event.from_ms) / 1000)
            case EarLost():
                self._deaf.inc()
            case _:
                pass

    def _time(self, event: Event) -> None:
        match event:
            case PromptTimed():
                self._stage("received", event.received_ms)
                self._stage("draft", event.draft_ms)
                self._stage("sighted", event.sighted_ms)
                self._stage("raised", event.raised_ms)
            case PromptDelivered():
                self._stage("delivered", event.after_ms)
            case PromptPainted():
                self._stage("painted", event.after_ms)
            case _:
                pass

    def _stage(self, stage: str, after_ms: int) -> None:
        self._stages.labels(stage=stage).observe(after_ms / 1000)

    def _largest_backlog_s(self) -> float:
        return max(self._backlog.values(), default=0) / 1000

    def _forget(self, call: CallId) -> None:
        for leg in [leg for leg in self._backlog if leg[0] == call]:
            del self._backlog[leg]
            self._leg_backlog.remove(*leg)
