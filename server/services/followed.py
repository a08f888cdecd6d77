"""One call as every screen follows it: folded once, encoded once, however many look on."""

import asyncio
from collections import deque
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from server.domain.assigning import immediate_waiting
from server.domain.call import CallState, applied
from server.domain.events import (
    CallArrived,
    CallEnded,
    Entry,
    Escalation,
    PromptDelivered,
    PromptEscalated,
    PromptPainted,
    PromptRaised,
    PromptSeen,
    ReviewWhy,
    UtteranceHeard,
    Watch,
)
from server.domain.handed_over import HandedOver, handed_over
from server.domain.ids import CallId, ForceId, PersonId, PromptId, SheetId
from server.domain.markers import MarkerClass
from server.domain.memory import Memory
from server.domain.people import Skill
from server.domain.speech import Draft, Party
from server.domain.taking_over import received
from server.domain.transfers import Received
from server.domain.withholding import earlier_for, memory_for
from server.services.transfer_lines import TransferLine, transfer_line
from server.services.wire import entry_json

TAIL = 512
"""Entries kept encoded: a screen that is further behind than that reads the journal again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A call in the list: what colleagues may know of it without its words."""

    call: CallId
    force: ForceId | None
    doorway: str
    arrived_at: datetime | None
    ended_at: datetime | None
    handler: PersonId | None
    specialist: PersonId | None
    nobody_on_duty: bool
    connected: bool
    deaf: tuple[Party, ...]
    severity: MarkerClass
    open_prompts: int
    unowned_prompts: int
    assigned_because: tuple[str, ...]
    """Why the specialist has it."""
    awaited: bool
    """Specialists are on duty, and none is free."""
    needs: tuple[Skill, ...]
    earlier_calls: int
    tonight: int
    """How many of them came in the last twelve hours: this is the next one."""
    immediate_waiting: int
    """Prompts that count as immediate and that nobody has answered."""
    escalated: str
    """How far an un-owned prompt of the call has been brought; empty: nowhere."""
    unresolved: int
    """Prompts that were open when the call ended and still are."""
    reviews: tuple[ReviewWhy, ...]
    grade: str
    """Empty: not known."""
    downgrade: str
    """`asked`: a lower grade waits for a second person; `unconfirmed`: it was set without one; or empty."""
    watches: Mapping[Watch, Escalation]
    """What is owed to the call, and to whom that has been brought."""
    noise: bool
    together: tuple[str, ...] = ()
    """What stands together over it and the calls that it is linked to, by name."""
    ring: tuple[str, ...] = ()
    """Whom to ring of what was handed over to them and is not acknowledged, with their numbers."""
    transfer: TransferLine | None = None
    """What another force has told of it, where it came from one: with its words, for nothing may drop out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    entry: Entry
    json: bytes


def encode(entry: Entry) -> Encoded:
    return Encoded(entry=entry, json=entry_json(entry))


class FollowedCall:
    def __init__(self, call: CallId) -> None:
        self.call = call
        self.state = CallState()
        self.at_ms = 0
        self.behind = True
        """Whether the journal may hold entries that are not yet here."""
        self.reading = asyncio.Lock()
        self.drafts: dict[Party, Draft] = {}
        self.backlogs_ms: dict[Party, int] = {}
        self.told: set[tuple[type, PromptId, PersonId]] = set()
        """Deliveries and paintings on record, or about to be: each happens once."""
        self.raised_at: dict[PromptId, datetime] = {}
        self.ended_at: datetime | None = None
        self.arrived_at: datetime | None = None
        self._doorway = ""
        self._received: Received | None = None
        self._handed_over: dict[SheetId, HandedOver] = {}
        self._brought: dict[PromptId, Escalation] = {}
        self._tail: deque[Encoded] = deque(maxlen=TAIL)
        self._line: Line | None = None
        self._messages: dict[Hashable, str] = {}

    def add(self, entries: Sequence[Entry]) -> bool:
        """Take the entries that come next, and only those. Returns whether the list line changed."""
        before = self.line()
        self._line = None
        self._messages.clear()
        for entry in entries:
            if entry.seq == self.state.last_seq + 1:
                self._add(entry)
            elif entry.seq > self.state.last_seq:
                self.behind = True
        return self.line() != before

    def hear(self, draft: Draft) -> None:
        self.drafts[draft.party] = draft
        self._messages.pop(draft.party, None)

    def message(self, of: Hashable, make: Callable[[], str]) -> str:
        """What screens are told of it as it stands: encoded for the first, and the same for the others."""
        if of not in self._messages:
            self._messages[of] = make()
        return self._messages[of]

    def since(self, seq: int) -> list[Encoded] | None:
        """The entries after `seq`; `None` if they reach further back than is kept here."""
        new = self.state.last_seq - seq
        if new <= 0:
            return []
        if new > len(self._tail):
            return None
        return list(islice(self._tail, len(self._tail) - new, None))

    def line(self) -> Line:
        """As it stands: made once for all screens."""
        if self._line is None:
            self._line = self._new_line()
        return self._line

    def line_for(self, barred: frozenset[CallId]) -> Line:
        """For somebody who may not know of these calls."""
        line, memory = self.line(), self.state.memory
        earlier = earlier_for(memory, line.earlier_calls, barred)
        known = memory_for(memory, barred)
        together = _together(known)
        return replace(line, earlier_calls=earlier, tonight=known.counts.tonight, together=together)

    def _new_line(self) -> Line:
        state = self.state
        waiting = [prompt for prompt in state.prompts.values() if prompt.open]
        return Line(
            call=self.call,
            force=state.force,
            doorway=self._doorway,
            arrived_at=self.arrived_at,
            ended_at=self.ended_at,
            handler=state.handler,
            specialist=state.specialist,
            nobody_on_duty=state.nobody_on_duty,
            connected=state.connected,
            deaf=tuple(sorted(state.deaf)),
            severity=state.severity,
            open_prompts=len(waiting),
            unowned_prompts=sum(prompt.owner is None for prompt in waiting),
            assigned_because=state.assigned_because,
            awaited=state.awaited,
            needs=tuple(sorted(state.needs)),
            earlier_calls=state.earlier_calls,
            tonight=state.memory.counts.tonight,
            together=_together(state.memory),
            immediate_waiting=immediate_waiting(state),
            escalated=self._escalated(),
            unresolved=sum(state.prompts[prompt].waits for prompt in state.unresolved),
            reviews=tuple(sorted(state.reviews)),
            grade=state.graded.grade,
            downgrade=_downgrade(state),
            watches={watch: brought.to for watch, brought in state.dispatched.watches.items()},
            noise=state.dispatched.noise,
            ring=tuple(f"{one.name}, {one.phone}" for one in self._handed_over.values() if one.waits),
            transfer=transfer_line(self._received) if self._received is not None else None,
        )

    def _escalated(self) -> str:
        """The furthest that any prompt has been brought which still has no owner."""
        far = [
            self._brought[prompt.prompt.id]
            for prompt in self.state.waiting_prompts
            if prompt.owner is None and prompt.escalated and prompt.prompt.id in self._brought
        ]
        return max(far, key=list(Escalation).index, default="") if not self.state.ended else ""

    def _add(self, entry: Entry) -> None:
        event = entry.event
        self.state = replace(applied(self.state, event), last_seq=entry.seq)
        self.at_ms = max(self.at_ms, event.at_ms)
        self._tail.append(encode(entry))
        self._received = received(self._received, entry)
        handed_over(self._handed_over, entry)
        match event:
            case CallArrived():
                self.arrived_at, self._doorway = entry.recorded_at, event.doorway
            case CallEnded():
                self.ended_at = entry.recorded_at
                self.drafts.clear()
                self.backlogs_ms.clear()
            case UtteranceHeard():
                self._settled(event)
            case PromptRaised():
                self.raised_at[event.prompt.id] = entry.recorded_at
            case PromptEscalated():
                self._brought[event.prompt] = event.to
            case PromptDelivered() | PromptPainted() | PromptSeen():
                self.told.add((type(event), event.prompt, event.person))
            case _:
                pass

    def _settled(self, heard: UtteranceHeard) -> None:
        draft = self.drafts.get(heard.utterance.party)
        if draft is not None and draft.number <= heard.utterance.number:
            del self.drafts[heard.utterance.party]


def _together(memory: Memory) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.name for one in memory.combinations))


def _downgrade(state: CallState) -> str:
    if state.graded.unconfirmed:
        return "unconfirmed"
    return "asked" if state.graded.waiting else ""
