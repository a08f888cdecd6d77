"""The live feed to every browser: a snapshot, then events by number, to those with a grant.

The publisher never waits for a browser. Each screen is written to by its own task, at
its own pace, from the journal's numbers: nothing is lost, nothing comes twice, and a
browser that stalls delays nobody.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from server.domain.ids import CallId, PersonId, PromptId
from server.domain.people import Person, Role
from server.ports.bus import BacklogSeen, Bus, DraftHeard, DutyChanged, GrantGiven, Notice, Recorded
from server.ports.clock import Clock
from server.ports.journal import JournalLost
from server.ports.people import Grants, PeopleBook
from server.services import feed_messages as say
from server.services.board import Board
from server.services.deliveries import Deliveries
from server.services.followed import FollowedCall, Line
from server.services.refusals import NotYourCall, TooManyScreens
from server.services.screens import Screen

T = TypeVar("T")
Send = Callable[[str], Awaitable[None]]

log = logging.getLogger(__name__)

SWEEP_S = 3.0
"""How long a lost hint can go unnoticed."""
BATCH = 200
"""Entries in one message to a browser that is catching up."""
TICK_S = 5.0
STALL_S = 20.0
"""A browser that takes nothing for so long is let go; it resumes when it comes back."""
SIGNED_OUT = "signed out"
CLOSING = "server closing"
SCREENS = 500
SCREENS_EACH = 8


class ScreenStalled(Exception):
    """The browser took nothing for too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where the feed's facts come from, and where deliveries are recorded."""

    board: Board
    grants: Grants
    people: PeopleBook
    bus: Bus
    clock: Clock
    deliveries: Deliveries


class Feeds:
    def __init__(self, sources: Sources) -> None:
        self._from = sources
        self._board = sources.board
        self._screens: dict[Screen, None] = {}

    async def run(self) -> None:
        """Follow the bus until cancelled, and look again now and then in case a hint was lost."""
        leave = self._from.bus.subscribe(self.hear)
        try:
            while True:
                try:
                    await self._sweep()
                except JournalLost:
                    log.warning("feed cannot read the journal")
                await asyncio.sleep(SWEEP_S)
        finally:
            leave()

    def hear(self, notice: Notice) -> None:
        match notice:
            case Recorded():
                self._recorded(notice)
            case DraftHeard() | BacklogSeen():
                self._hinted(notice)
            case GrantGiven():
                for screen in self._screens_of(notice.person):
                    screen.follow(notice.call)
                    screen.note_line(notice.call)
            case DutyChanged():
                self._duty_changed(notice)

    async def join(self, person: Person, resume: Mapping[CallId, int], *, session: str) -> Screen:
        """A browser that follows what the person was granted, each call from where it left off."""
        if len(self._screens) >= SCREENS or len(self._screens_of(person.id)) >= SCREENS_EACH:
            raise TooManyScreens
        screen = Screen(person, session=session)
        self._screens[screen] = None
        try:
            await self._follow(screen, resume)
        except BaseException:
            self.leave(screen)
            raise
        return screen

    def leave(self, screen: Screen) -> None:
        self._screens.pop(screen, None)

    def sign_out(self, session: str) -> None:
        """End every screen of this session."""
        for screen in self._screens:
            if screen.session == session:
                screen.end(SIGNED_OUT)

    def close(self) -> None:
        """End every screen, as the server goes down; browsers come back by themselves."""
        for screen in self._screens:
            screen.end(CLOSING)

    def lines(self) -> list[Line]:
        return self._board.lines()

    @property
    def screens(self) -> int:
        return len(self._screens)

    async def open(self, screen: Screen, call: CallId, *, after: int = 0) -> say.NotOpened | None:
        """Follow a call's words on this person's own wish, as supervisors do."""
        if await self._may_read(screen, call):
            screen.follow(call, after=max(0, after))
            self._note_present(screen, call)
            return None
        refusal = NotYourCall()
        return say.NotOpened(call=call, code=refusal.code, message=str(refusal))

    async def painted(self, screen: Screen, call: CallId, prompt: PromptId) -> None:
        """The browser says that it has shown the prompt."""
        if call in screen.sent:
            await self._from.deliveries.painted(self._board.call(call), prompt, screen.person)

    async def write(self, screen: Screen, send: Send) -> str:
        """Write to this browser until its screen is ended; returns why. Raises `ScreenStalled`."""
        patient = _patiently(send)
        person = screen.person
        hello = say.Hello(now=self._from.clock.now(), person=say.face(person), force=person.force)
        await patient(say.encoded(hello))
        await self._send_lists(screen, patient)
        await self._send_news(screen, patient)
        await patient(say.encoded(say.CaughtUp()))
        while not screen.over:
            if await screen.news(within_s=TICK_S):
                await self._send_news(screen, patient)
            else:
                await patient(say.encoded(say.Tick(now=self._from.clock.now())))
        return screen.over

    async def _send_news(self, screen: Screen, send: Send) -> None:
        """Recorded facts first, then the list, then the drafts, which soon change anyway."""
        for call in _taken(screen.calls):
            await self._send_entries(screen, call, send)
        if screen.people_changed:
            screen.people_changed = False
            await self._send_lists(screen, send)
        for call in _taken(screen.lines):
            await self._send_line(screen, call, send)
        await self._send_hints(screen, send)

    async def _send_entries(self, screen: Screen, call: CallId, send: Send) -> None:
        try:
            await self._send_readable(screen, call, send)
        except JournalLost:
            # One damaged call must not take the others off the screen; the sweep tries it again.
            log.warning("call cannot be read", extra={"call": call})
            await send(say.encoded(say.Unreadable(call=call)))

    async def _send_readable(self, screen: Screen, call: CallId, send: Send) -> None:
        followed = self._board.call(call)
        await self._board.level(followed)
        if screen.sent[call] > followed.state.last_seq:
            screen.sent[call] = 0
            await send(say.encoded(say.Reset(call=call)))
        entries = await self._board.since(followed, screen.sent[call])
        for start in range(0, len(entries), BATCH):
            batch = entries[start : start + BATCH]
            await send(say.encoded(say.events_of(call, batch)))
            screen.sent[call] = batch[-1].entry.seq
            await self._from.deliveries.delivered(followed, batch, screen.person)

    async def _send_line(self, screen: Screen, call: CallId, send: Send) -> None:
        followed = self._board.call(call)
        await self._level(followed)
        if screen.lists(followed):
            await send(say.encoded(say.OneLine(line=followed.line())))

    async def _send_hints(self, screen: Screen, send: Send) -> None:
        for call, party in _taken(screen.drafts):
            if draft := self._board.call(call).drafts.get(party):
                await send(say.encoded(say.draft_of(call, draft)))
        for call, party in _taken(screen.backlogs):
            backlog_ms = self._board.call(call).backlogs_ms.get(party, 0)
            await send(say.encoded(say.Backlog(call=call, party=party, backlog_ms=backlog_ms)))

    async def _send_lists(self, screen: Screen, send: Send) -> None:
        people = await self._from.people.people(screen.person.force)
        await send(say.encoded(say.People(people=[say.face(person) for person in people])))
        for call in self._board.calls():
            await self._level(call)
        screen.lines.clear()
        lines = [call.line() for call in self._board.calls() if screen.lists(call)]
        await send(say.encoded(say.Lines(lines=lines)))

    def _recorded(self, notice: Recorded) -> None:
        followed = self._board.call(notice.call)
        changed = followed.add(notice.entries)
        for screen in self._screens:
            screen.note_entries(notice.call)
            if changed or followed.behind:
                screen.note_line(notice.call)

    def _hinted(self, notice: DraftHeard | BacklogSeen) -> None:
        followed = self._board.call(notice.call)
        if isinstance(notice, DraftHeard):
            followed.drafts[notice.draft.party] = notice.draft
            for screen in self._screens:
                screen.note_draft(notice.call, notice.draft.party)
            return
        followed.backlogs_ms[notice.party] = notice.backlog_ms
        for screen in self._screens:
            screen.note_backlog(notice.call, notice.party)

    def _duty_changed(self, notice: DutyChanged) -> None:
        for screen in self._screens:
            if screen.person.id == notice.person:
                screen.person = replace(screen.person, on_duty=notice.on_duty)
            screen.note_people()

    async def _sweep(self) -> None:
        for call in await self._board.look_again():
            await self._level(self._board.call(call))
            for screen in self._screens:
                screen.note_entries(call)
                screen.note_line(call)

    async def _level(self, call: FollowedCall) -> None:
        """Level with the journal as far as it can be read."""
        try:
            await self._board.level(call)
        except JournalLost:
            log.warning("call cannot be read", extra={"call": call.call})

    async def _follow(self, screen: Screen, resume: Mapping[CallId, int]) -> None:
        await self._sweep()
        granted = await self._from.grants.calls_of(screen.person.id)
        known = {call.call for call in self._board.calls()}
        wanted = granted & (known | resume.keys())
        for call in resume.keys() - granted:
            if await self._may_read(screen, call):
                wanted.add(call)
        for call in wanted:
            screen.follow(call, after=max(0, resume.get(call, 0)))
            self._note_present(screen, call)

    def _note_present(self, screen: Screen, call: CallId) -> None:
        """The drafts and backlogs of a call, as they stand when the browser begins to follow it."""
        for party in self._board.call(call).drafts:
            screen.note_draft(call, party)
        for party in self._board.call(call).backlogs_ms:
            screen.note_backlog(call, party)

    async def _may_read(self, screen: Screen, call: CallId) -> bool:
        if await self._from.grants.granted(call, screen.person.id):
            return True
        if screen.person.role is not Role.SUPERVISOR:
            return False
        followed = self._board.known(call)
        await self._level(followed)
        return followed.state.force == screen.person.force

    def _screens_of(self, person: PersonId) -> list[Screen]:
        return [screen for screen in self._screens if screen.person.id == person]


def _taken(noted: dict[T, None]) -> list[T]:
    taken = list(noted)
    noted.clear()
    return taken


def _patiently(send: Send) -> Send:
    async def patient(message: str) -> None:
        try:
            async with asyncio.timeout(STALL_S):
                await send(message)
        except TimeoutError:
            raise ScreenStalled from None

    return patient
