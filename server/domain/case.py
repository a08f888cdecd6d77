"""A call with its times: when each thing happened, as the journal recorded it, so that timers outlive us."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from server.domain.call import CallState, applied
from server.domain.events import (
    CallArrived,
    CallEnded,
    Ending,
    Entry,
    Escalation,
    LineOpened,
    PromptConfirmed,
    PromptDropped,
    PromptEscalated,
    PromptOwned,
    PromptRaised,
    PromptShared,
    PromptShown,
    PromptUndone,
    PromptUpgraded,
    PromptWithdrawn,
    Quiet,
    QuietBegan,
)
from server.domain.ids import CallId, PersonId, PromptId
from server.domain.prompts import Standing
from server.domain.watch_times import WatchTimes


@dataclass(slots=True, kw_only=True)
class Case:
    """Folded from the journal, entry by entry."""

    call: CallId
    state: CallState = field(default_factory=CallState)
    at_ms: int = 0
    """The latest media time that any entry names."""
    arrived_at: datetime | None = None
    opened_at: datetime | None = None
    ended_at: datetime | None = None
    ending: Ending | None = None
    times: WatchTimes = field(default_factory=WatchTimes)
    unowned_since: dict[PromptId, datetime] = field(default_factory=dict)
    told: dict[PromptId, PersonId | None] = field(default_factory=dict)
    """Who was told of what was brought to the duty supervisor; none: nobody was there."""
    for_handler_since: dict[PromptId, datetime] = field(default_factory=dict)
    shown_at: datetime | None = None
    quiet_since: dict[Quiet, datetime] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        """Take the entry that comes next; any other is passed over."""
        if entry.seq != self.state.last_seq + 1:
            return
        self.state = replace(applied(self.state, entry.event), last_seq=entry.seq)
        self.at_ms = max(self.at_ms, entry.event.at_ms)
        self.times.note(entry, self.state)
        self._note_call(entry)
        self._note_prompt(entry)

    def _note_call(self, entry: Entry) -> None:
        match entry.event:
            case CallArrived():
                self.arrived_at = entry.recorded_at
            case LineOpened():
                self.opened_at = self.opened_at or entry.recorded_at
            case CallEnded():
                self.ended_at, self.ending = entry.recorded_at, entry.event.why
            case PromptShown():
                self.shown_at = entry.recorded_at
            case QuietBegan():
                self.quiet_since[entry.event.why] = entry.recorded_at
            case _:
                pass

    def _note_prompt(self, entry: Entry) -> None:
        match entry.event:
            case PromptRaised(prompt=prompt):
                self.unowned_since[prompt.id] = entry.recorded_at
                self._note_for_handler(prompt.id, entry.recorded_at)
            case PromptOwned(prompt=named) | PromptWithdrawn(prompt=named):
                self.unowned_since.pop(named, None)
                self.told.pop(named, None)
            case PromptDropped(prompt=named) | PromptUndone(prompt=named):
                self._note_unowned(named, entry.recorded_at)
            case PromptShared(prompt=named):
                self._note_for_handler(named, entry.recorded_at)
            case _:
                self._note_pressing(entry)

    def _note_pressing(self, entry: Entry) -> None:
        match entry.event:
            case PromptUpgraded(prompt=named) if named in self.unowned_since:
                self.unowned_since[named] = entry.recorded_at
            case PromptConfirmed(prompt=named) if named not in self.unowned_since:
                self._note_unowned(named, entry.recorded_at)
            case PromptEscalated(prompt=named, to=Escalation.DUTY_SUPERVISOR):
                self.told[named] = entry.event.person
            case _:
                pass

    def _note_unowned(self, prompt: PromptId, at: datetime) -> None:
        state = self.state.prompts.get(prompt)
        if state is not None and state.owner is None and state.prompt.standing is not Standing.WITHDRAWN:
            self.unowned_since[prompt] = at

    def _note_for_handler(self, prompt: PromptId, at: datetime) -> None:
        state = self.state.prompts.get(prompt)
        if state is not None and state.for_handler:
            self.for_handler_since.setdefault(prompt, at)
