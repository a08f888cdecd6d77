"""Writing to one browser, at its own pace, from the journal's numbers: nothing lost, nothing twice."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from server.domain.ids import CallId
from server.domain.speech import Draft
from server.domain.withholding import waiting_for
from server.ports.bus import Bus
from server.ports.clock import Clock
from server.ports.journal import JournalLost
from server.ports.people import Grants, PeopleBook, PeopleLost
from server.services import feed_messages as say
from server.services.board import Board
from server.services.deliveries import Deliveries
from server.services.followed import Encoded, FollowedCall
from server.services.need_to_know import NeedToKnow
from server.services.screens import Screen

T = TypeVar("T")
Send = Callable[[str], Awaitable[None]]

log = logging.getLogger(__name__)

BATCH = 200
"""Entries in one message to a browser that is catching up."""
NEWS = 20
"""Entries in a message that many screens are sent alike: more than that is somebody's catching up."""
TICK_S = 5.0
LINE = "line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where the feed's facts come from, and where deliveries are recorded."""

    board: Board
    grants: Grants
    people: PeopleBook
    bus: Bus
    clock: Clock
    deliveries: Deliveries
    need_to_know: NeedToKnow


class Writing:
    """What one screen is sent."""

    def __init__(self, sources: Sources, screen: Screen, send: Send) -> None:
        self._from = sources
        self._board = sources.board
        self._screen = screen
        self._send = send
        self._waiting_sent = ""

    async def run(self) -> str:
        """Write until the screen is ended; returns why."""
        person = self._screen.person
        hello = say.Hello(now=self._from.clock.now(), person=say.face(person), force=person.force)
        await self._send(say.encoded(hello))
        await self._send_lists()
        await self._send_news()
        await self._send(say.encoded(say.CaughtUp()))
        while not self._screen.over:
            if await self._screen.news(within_s=TICK_S):
                await self._send_news()
            else:
                await self._send(say.encoded(say.Tick(now=self._from.clock.now())))
        return self._screen.over

    async def _send_news(self) -> None:
        """Recorded facts first, then the list, then the drafts, which soon change anyway."""
        for call in _taken(self._screen.hide):
            await self._send(say.encoded(say.Hidden(call=call)))
        for call in _taken(self._screen.calls):
            await self._send_entries(call)
        if self._screen.people_changed:
            self._screen.people_changed = False
            await self._send_lists()
        for call in _taken(self._screen.lines):
            await self._send_line(call)
        await self._send_waiting()
        await self._send_hints()

    async def _send_entries(self, call: CallId) -> None:
        try:
            await self._send_readable(call)
        except JournalLost:
            # One damaged call must not take the others off the screen; the sweep tries it again.
            log.warning("call cannot be read", extra={"call": call})
            await self._send(say.encoded(say.Unreadable(call=call)))
        except PeopleLost:
            log.warning("view not recorded, so not shown yet", extra={"call": call})
            self._screen.try_later(call)
            await self._send(say.encoded(say.Unreadable(call=call)))

    async def _send_readable(self, call: CallId) -> None:
        followed = self._board.call(call)
        await self._board.level(followed)
        await self._from.need_to_know.viewed(
            self._screen.person.id, call, by="feed", session=self._screen.session
        )
        if call not in self._screen.sent:
            return  # barred meanwhile
        if self._screen.sent[call] > followed.state.last_seq:
            self._screen.sent[call] = 0
            await self._send(say.encoded(say.Reset(call=call)))
        entries = await self._board.since(followed, self._screen.sent[call])
        for start in range(0, len(entries), BATCH):
            if call not in self._screen.sent:
                return
            batch = entries[start : start + BATCH]
            await self._send(self._events(followed, batch))
            if call in self._screen.sent:
                self._screen.sent[call] = batch[-1].entry.seq
            self._from.deliveries.delivered(followed, batch, self._screen.person)

    def _events(self, followed: FollowedCall, batch: list[Encoded]) -> str:
        barred = self._screen.barred
        if barred or len(batch) > NEWS or batch[-1].entry.seq != followed.state.last_seq:
            return say.encoded(say.events_of(followed.call, batch, barred))
        first = batch[0].entry.seq
        return followed.message(first, lambda: say.encoded(say.events_of(followed.call, batch)))

    async def _send_line(self, call: CallId) -> None:
        followed = self._board.call(call)
        await self._board.level_if_readable(followed)
        if not self._screen.lists(followed):
            return
        if self._screen.barred:
            await self._send(say.encoded(say.OneLine(line=followed.line_for(self._screen.barred))))
        else:
            await self._send(followed.message(LINE, lambda: say.encoded(say.OneLine(line=followed.line()))))

    async def _send_waiting(self) -> None:
        """The ranked waiting list, when it is another than before."""
        if not (self._screen.waiting_changed and self._screen.staffs):
            return
        self._screen.waiting_changed = False
        waiting = self._waiting()
        if waiting != self._waiting_sent:
            self._waiting_sent = waiting
            await self._send(waiting)

    def _waiting(self) -> str:
        force, barred = self._screen.person.force, self._screen.barred
        ranked = self._board.waiting(force)
        if barred:
            return say.encoded(say.WaitingList(calls=waiting_for(ranked, barred)))
        return self._board.message(force, lambda: say.encoded(say.WaitingList(calls=ranked)))

    async def _send_hints(self) -> None:
        for call, party in _taken(self._screen.drafts):
            followed = self._board.call(call)
            draft = followed.drafts.get(party)
            if draft and call in self._screen.sent:
                await self._send(followed.message(party, partial(_draft, call, draft)))
        for call, party in _taken(self._screen.backlogs):
            backlog_ms = self._board.call(call).backlogs_ms.get(party, 0)
            await self._send(say.encoded(say.Backlog(call=call, party=party, backlog_ms=backlog_ms)))

    async def _send_lists(self) -> None:
        people = await self._from.people.people(self._screen.person.force)
        await self._send(say.encoded(say.People(people=[say.face(person) for person in people])))
        for call in self._board.calls():
            await self._board.level_if_readable(call)
        self._screen.lines.clear()
        barred = self._screen.barred
        lines = [call.line_for(barred) for call in self._board.calls() if self._screen.lists(call)]
        await self._send(say.encoded(say.Lines(lines=lines)))


def _draft(call: CallId, draft: Draft) -> str:
    return say.encoded(say.draft_of(call, draft))


def _taken(noted: dict[T, None]) -> list[T]:
    taken = list(noted)
    noted.clear()
    return taken
