"""The calls that screens follow, kept level with the journal."""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from server.domain.assigning import Waiting, is_waiting, ranked
from server.domain.events import Entry
from server.domain.ids import CallId, ForceId
from server.ports.clock import Clock
from server.ports.journal import CallLine, Journal, JournalLost
from server.services.followed import Encoded, FollowedCall, Line, encode

log = logging.getLogger(__name__)

ENDED_KEPT = timedelta(minutes=15)
"""An ended call stays in the list for its unanswered prompts."""
ENDED_LISTED = 50
LIVE_LISTED = 500


class Board:
    def __init__(self, *, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock
        self._calls: dict[CallId, FollowedCall] = {}
        self._waiting: dict[ForceId, list[Waiting]] = {}
        """Ranked once for all screens, until a call changes."""
        self._messages: dict[ForceId, str] = {}

    def call(self, call: CallId) -> FollowedCall:
        followed = self._calls.get(call)
        if followed is None:
            followed = self._calls[call] = FollowedCall(call)
        return followed

    def known(self, call: CallId) -> FollowedCall:
        """The call, without beginning to keep one that may not exist."""
        return self._calls.get(call) or FollowedCall(call)

    def calls(self) -> tuple[FollowedCall, ...]:
        return tuple(self._calls.values())

    def lines(self) -> list[Line]:
        return [call.line() for call in self._calls.values()]

    async def look_again(self) -> list[CallId]:
        """Compare with what the journal lists; returns the calls that have more than is here."""
        oldest = self._clock.now() - ENDED_KEPT
        live = await self._journal.calls(live=True, limit=LIVE_LISTED)
        ended = await self._journal.calls(live=False, limit=ENDED_LISTED)
        recent = (line for line in ended if line.ended_at is not None and line.ended_at > oldest)
        gone = [call for call, kept in self._calls.items() if _over(kept, oldest)]
        for call in gone:
            del self._calls[call]
            self._rank_anew()
        return list(self._behind((*reversed(live), *recent)))

    def add(self, call: FollowedCall, entries: Sequence[Entry]) -> bool:
        """Take what comes next of the call. Returns whether its line changed."""
        self._rank_anew()
        return call.add(entries)

    async def level(self, call: FollowedCall) -> None:
        """Read what the journal has and the call has not."""
        async with call.reading:
            if not call.behind:
                return
            call.behind = False
            try:
                self.add(call, await self._journal.entries(call.call, after=call.state.last_seq))
            except JournalLost:
                call.behind = True
                raise

    async def level_if_readable(self, call: FollowedCall) -> None:
        """Level as far as the call can be read."""
        try:
            await self.level(call)
        except JournalLost:
            log.warning("call cannot be read", extra={"call": call.call})

    def waiting(self, force: ForceId) -> list[Waiting]:
        """The force's calls that wait for a specialist, the most pressing first."""
        if force not in self._waiting:
            self._waiting[force] = self._ranked(force)
        return self._waiting[force]

    def message(self, force: ForceId, make: Callable[[], str]) -> str:
        """The waiting list as screens are told it: encoded for the first, and the same for the others."""
        if force not in self._messages:
            self._messages[force] = make()
        return self._messages[force]

    def _ranked(self, force: ForceId) -> list[Waiting]:
        return ranked(
            [
                (call.call, call.state, call.arrived_at)
                for call in self._calls.values()
                if call.state.force == force and is_waiting(call.state)
            ]
        )

    def _rank_anew(self) -> None:
        self._waiting.clear()
        self._messages.clear()

    async def since(self, call: FollowedCall, seq: int) -> list[Encoded]:
        """The entries after `seq`, from the call's tail or else from the journal."""
        kept = call.since(seq)
        if kept is not None:
            return kept
        return [encode(entry) for entry in await self._journal.entries(call.call, after=seq)]

    def _behind(self, lines: Iterable[CallLine]) -> Iterable[CallId]:
        for line in lines:
            followed = self.call(line.call)
            if followed.state.last_seq < line.last_seq:
                followed.behind = True
                yield line.call


def _over(call: FollowedCall, oldest: datetime) -> bool:
    """Whether nothing is left to see to: a call to which something is owed stays in the list."""
    return call.ended_at is not None and call.ended_at <= oldest and not call.state.dispatched.watches
