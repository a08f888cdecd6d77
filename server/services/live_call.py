"""One live call as its ears and its line share it."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime

from server.domain.attention import Attention
from server.domain.call import CallState, applied
from server.domain.events import (
    Entry,
    Event,
    HandlerAssigned,
    HistoryLinked,
    LineLost,
    LineOpened,
    MarkerSighted,
    NobodyOnDuty,
    PromptEscalated,
    PromptRaised,
    PromptShared,
    PromptShown,
    PromptUpgraded,
    RiskRaised,
    SpecialistAssigned,
    SpecialistAwaited,
    UtteranceHeard,
)
from server.domain.events.base import Act
from server.domain.ids import CallId
from server.domain.sightings import BY_HAND
from server.domain.speech import Party
from server.ports.language import CallReading
from server.services.latency import LegTimes
from server.services.recording import Recorder
from server.services.sounds import CallSound

ELSEWHERE = (
    Act,
    HandlerAssigned,
    HistoryLinked,
    NobodyOnDuty,
    PromptEscalated,
    PromptShared,
    PromptShown,
    PromptUpgraded,
    RiskRaised,
    SpecialistAssigned,
    SpecialistAwaited,
)
"""The ears raise risks too, and take them twice: the second time changes nothing."""


@dataclass(slots=True, kw_only=True)
class LiveCall:
    id: CallId
    recorder: Recorder
    reading: CallReading
    attention: Attention
    state: CallState = field(default_factory=CallState)
    media_ms: int = 0
    """How far the call's sound has come, on the leg that has come furthest."""
    line_opened_at: datetime | None = None
    """When the first transport began: media time nought, on the wall's clock."""
    reached_ms: dict[Party, int] = field(default_factory=dict)
    """How far each leg's sound has come,"""
    heard_ms: dict[Party, int] = field(default_factory=dict)
    """how far it has been listened to,"""
    settled_ms: dict[Party, int] = field(default_factory=dict)
    """and how far what was said is in the journal."""
    shown_ms: int | None = None
    """How far the sound had come when a prompt was last put before the handler."""
    quiet: set[Party] = field(default_factory=set)
    """The legs of which no sound arrives."""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held from deciding what a call's journal says next until it says so."""
    next_utterance: dict[Party, int] = field(default_factory=dict)
    drafting: dict[Party, int] = field(default_factory=dict)
    """The number of what each leg is saying now."""
    times: dict[Party, LegTimes] = field(default_factory=dict)
    sound: CallSound | None = None
    """For those who listen in."""

    async def record(self, *events: Event) -> list[Entry]:
        entries = await self.recorder.record(self.id, *events)
        for entry in entries:
            self._take(entry)
        return entries

    def _take(self, entry: Entry) -> None:
        self.state = replace(applied(self.state, entry.event), last_seq=entry.seq)
        if isinstance(entry.event, LineOpened) and self.line_opened_at is None:
            self.line_opened_at = entry.recorded_at

    def follow(self, entry: Entry) -> None:
        """Hear of what others recorded: people at their desks, and what time brought."""
        if _elsewhere(entry.event):
            self.state = applied(self.state, entry.event)
            self._remember(entry.event)

    def _remember(self, event: Event) -> None:
        if isinstance(event, HistoryLinked) and event.grave_calls:
            self.reading.remember()
        elif isinstance(event, PromptShown):
            self.shown_ms = self.media_ms

    def revive(self, entries: list[Entry]) -> None:
        """Stand where the journal left the call: what was said is read again, so answers find questions."""
        for entry in entries:
            self._take(entry)
            self.media_ms = max(self.media_ms, entry.event.at_ms)
            self._remember(entry.event)
            if isinstance(entry.event, UtteranceHeard):
                said = entry.event.utterance
                self.reading.settle(said)
                self.next_utterance[said.party] = said.number + 1
                self.reached_ms[said.party] = said.heard_to_ms
            elif isinstance(entry.event, LineLost):
                self.reached_ms |= dict.fromkeys(self.state.legs, entry.event.at_ms)

    def settle_number(self, party: Party, number: int) -> None:
        self.next_utterance[party] = max(self.next_utterance.get(party, 0), number + 1)
        self.drafting.pop(party, None)

    def take_number(self, party: Party) -> int:
        """For words that were typed: a number that nothing spoken has or will have."""
        spoken = [self.drafting[party] + 1] if party in self.drafting else []
        number = max(self.next_utterance.get(party, 0), *spoken, 0)
        self.next_utterance[party] = number + 1
        return number

    def times_of(self, party: Party) -> LegTimes:
        return self.times.setdefault(party, LegTimes())


def _elsewhere(event: Event) -> bool:
    """Whether this is recorded by others than the call's own ears and line."""
    match event:
        case MarkerSighted():
            return event.sighting.rule == BY_HAND
        case PromptRaised():
            return not event.prompt.id.startswith("p")
        case _:
            return isinstance(event, ELSEWHERE)
