"""What one browser has been sent, and what it is still to be sent: bounded, whatever the browser does.

Nothing recorded is queued here. A call with news is only marked, and the entries after
the browser's own number are read when its turn to be written to comes, so a slow
browser costs nothing and misses nothing. Of drafts and backlogs only the newest is sent.
"""

import asyncio
from collections.abc import Collection

from server.domain.ids import CallId
from server.domain.people import Person, Role
from server.domain.speech import Party
from server.services.followed import FollowedCall

WAIT_S = 0.25
"""How long news that nobody waits for is gathered."""
AGAIN_S = 1.0
"""How soon a viewing that could not be put on record is tried again."""


class Screen:
    def __init__(self, person: Person, *, session: str) -> None:
        self.person = person
        self.session = session
        self.sent: dict[CallId, int] = {}
        """The calls whose words this browser follows, each with the last number written to it."""
        self.calls: dict[CallId, None] = {}
        """Calls with entries to send, in the order in which they became so."""
        self.lines: dict[CallId, None] = {}
        self.drafts: dict[tuple[CallId, Party], None] = {}
        self.backlogs: dict[tuple[CallId, Party], None] = {}
        self.barred: frozenset[CallId] = frozenset()
        """Calls of which this person must not know."""
        self.hide: dict[CallId, None] = {}
        """Calls that the browser may hold and has to forget."""
        self.unsent: dict[CallId, None] = {}
        """Calls whose viewing could not be put on record, to be tried again."""
        self.people_changed = False
        self.waiting_changed = True
        self.over = ""
        """Why nothing more will be sent; empty while the browser is served."""
        self._news = asyncio.Event()
        self._later: asyncio.TimerHandle | None = None

    def bar(self, calls: frozenset[CallId], *, seen: Collection[CallId]) -> None:
        """What the person is barred from now. The browser forgets what of it may have been `seen` there."""
        new, self.barred = calls - self.barred, calls
        for call in new:
            self.sent.pop(call, None)
            if call in seen:
                self.hide[call] = None
        if new:
            self.waiting_changed = True
            self._news.set()

    def try_later(self, call: CallId) -> None:
        """A busy database keeps words from a screen for a moment, not until the next sweep."""
        self.unsent[call] = None
        asyncio.get_running_loop().call_later(AGAIN_S, self.try_again)

    def try_again(self) -> None:
        for call in (*self.unsent,):
            del self.unsent[call]
            self.note_entries(call)

    def follow(self, call: CallId, *, after: int = 0) -> None:
        """Following twice changes nothing: only what was written moves the number on."""
        if call in self.barred:
            return
        self.sent.setdefault(call, after)
        self.note_entries(call)

    def note_entries(self, call: CallId, *, can_wait: bool = False) -> None:
        """What can wait goes with the next news, or by itself a little later."""
        if call not in self.sent:
            return
        self.calls[call] = None
        if not can_wait:
            self._news.set()
        elif self._later is None:
            self._later = asyncio.get_running_loop().call_later(WAIT_S, self._news.set)

    def note_line(self, call: CallId) -> None:
        self.lines[call] = None
        self.waiting_changed = True
        self._news.set()

    def note_draft(self, call: CallId, party: Party) -> None:
        if call in self.sent:
            self.drafts[call, party] = None
            self._news.set()

    def note_backlog(self, call: CallId, party: Party) -> None:
        if call in self.sent:
            self.backlogs[call, party] = None
            self._news.set()

    def note_people(self) -> None:
        self.people_changed = True
        self.waiting_changed = True
        self._news.set()

    def end(self, why: str) -> None:
        self.over = why
        self._news.set()

    async def news(self, *, within_s: float) -> bool:
        """Wait until there is something to send; false if there was nothing for so long."""
        try:
            async with asyncio.timeout(within_s):
                await self._news.wait()
        except TimeoutError:
            return False
        self._news.clear()
        if self._later is not None:
            self._later.cancel()
            self._later = None
        return True

    @property
    def staffs(self) -> bool:
        """Whether this person gives or takes calls, and so sees the waiting list."""
        if self.person.role is Role.SPECIALIST:
            return self.person.on_duty
        return self.person.role is Role.SUPERVISOR

    def lists(self, call: FollowedCall) -> bool:
        """Whether this person may see the call's line in the list."""
        if call.call in self.barred:
            return False
        if call.call in self.sent:
            return True
        if call.state.force is None or call.state.force != self.person.force:
            return False
        return self.person.role is not Role.SPECIALIST or self.person.on_duty
