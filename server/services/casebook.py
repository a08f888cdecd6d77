"""The live calls with their times, kept level with the journal, for all that looks at several at once."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain.case import Case
from server.domain.events import Entry, UtteranceHeard
from server.domain.ids import CallId, ForceId, PersonId
from server.domain.speech import Party
from server.domain.watching import HARDLY_SPOKEN
from server.ports.bus import DraftHeard, Notice, Recorded
from server.ports.clock import Clock
from server.ports.journal import CallLine, Journal

ENDED_KEPT = timedelta(minutes=15)
"""An ended call is still looked at: its last prompts may be put aside, or a crash have cut its end short."""
ENDED_READ = 50
LIVE_READ = 10_000
OLDER_READ = 1000
"""After a start, ended calls of which something may still be owed are read too,"""
OLDER_WITHIN = timedelta(hours=12)
"""of so long ago,"""
OLDER_AT_ONCE = 25
"""and so many at each look, so that live calls do not wait for them."""


@dataclass(slots=True, kw_only=True)
class Held:
    case: Case
    spoken_at: datetime | None = None
    """When somebody was last heard to speak."""
    caller_spoke: bool = False
    """Whether words of the caller's are being heard that are not settled yet."""
    behind: bool = True
    """Whether the journal may hold entries that are not yet here."""


class Casebook:
    def __init__(self, *, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock
        self._held: dict[CallId, Held] = {}
        self._older: list[CallId] | None = None

    async def open(self) -> list[CallId]:
        """Look for calls that are live or ended lately and are not all here, as after a restart."""
        lines = [
            *await self._journal.calls(live=True, limit=LIVE_READ),
            *await self._journal.calls(live=False, limit=ENDED_READ),
        ]
        oldest = self._clock.now() - ENDED_KEPT
        found = [
            line.call
            for line in lines
            if (line.ended_at is None or line.ended_at > oldest) and self._is_behind(line)
        ]
        return [*found, *await self._some_older()]

    async def _some_older(self) -> list[CallId]:
        """Those that ended before a start and may still be owed something, a few at a time."""
        if self._older is None:
            since = self._clock.now() - OLDER_WITHIN
            lines = await self._journal.calls(live=False, limit=OLDER_READ)
            self._older = [
                line.call
                for line in lines
                if line.ended_at is not None and line.ended_at > since and line.call not in self._held
            ]
        some, self._older = self._older[:OLDER_AT_ONCE], self._older[OLDER_AT_ONCE:]
        return some

    def held(self, call: CallId) -> Held:
        return self._held.setdefault(call, Held(case=Case(call=call)))

    def cases(self, force: ForceId | None = None) -> list[Case]:
        cases = [held.case for held in self._held.values()]
        return [case for case in cases if force is None or case.state.force == force]

    def force_of(self, call: CallId) -> ForceId | None:
        """None: nothing of the call is here yet."""
        held = self._held.get(call)
        return held.case.state.force if held is not None else None

    def loads(self) -> Counter[PersonId]:
        """How many live calls each specialist has."""
        return Counter(
            case.state.specialist
            for case in self.cases()
            if case.state.specialist is not None and not case.state.ended
        )

    def brought_far(self) -> list[CallId]:
        """Live calls of which something was brought to the duty supervisor, and has no owner yet."""
        return [case.call for case in self.cases() if case.told and not case.state.ended]

    def owns(self, person: PersonId) -> bool:
        """Whether somebody owns what still waits on a live call."""
        return any(
            prompt.owner == person
            for case in self.cases()
            if not case.state.ended
            for prompt in case.state.waiting_prompts
        )

    def follow(self, notice: Notice) -> None:
        match notice:
            case Recorded():
                self._take(notice)
            case DraftHeard() if notice.call in self._held and notice.draft.words:
                held = self._held[notice.call]
                held.spoken_at = self._clock.now()
                spoke = notice.draft.party is Party.CALLER and len(notice.draft.words) >= HARDLY_SPOKEN
                held.caller_spoke = held.caller_spoke or spoke
            case _:
                pass

    def _is_behind(self, line: CallLine) -> bool:
        held = self.held(line.call)
        held.behind = held.behind or held.case.state.last_seq < line.last_seq
        return held.behind

    def _take(self, notice: Recorded) -> None:
        self.take(notice.call, notice.entries)
        if any(isinstance(entry.event, UtteranceHeard) for entry in notice.entries):
            self.held(notice.call).spoken_at = self._clock.now()

    def take(self, call: CallId, entries: Sequence[Entry]) -> None:
        """What somebody has read or recorded, whether or not a notice of it comes too."""
        held = self.held(call)
        for entry in entries:
            held.behind = held.behind or entry.seq > held.case.state.last_seq + 1
            held.case.add(entry)

    async def level(self, call: CallId) -> Held:
        """The call with everything that the journal has of it. Raises `JournalLost`."""
        held = self.held(call)
        if held.behind:
            held.behind = False
            try:
                entries = await self._journal.entries(call, after=held.case.state.last_seq)
            except BaseException:
                held.behind = True
                raise
            for entry in entries:
                held.case.add(entry)
        return held

    def let_go(self, *, but: Collection[CallId]) -> Iterable[CallId]:
        """Forget the calls that ended long ago, but for those whose time is still to come."""
        oldest = self._clock.now() - ENDED_KEPT
        gone = [
            call
            for call, held in self._held.items()
            if held.case.ended_at is not None and held.case.ended_at <= oldest and call not in but
        ]
        for call in gone:
            del self._held[call]
        return gone
