"""The live feed to every browser: a snapshot, then events by number, to those with a grant.

The publisher never waits for a browser. Each screen is written to by its own task, at
its own pace, from the journal's numbers: nothing is lost, nothing comes twice, and a
browser that stalls delays nobody.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from server.domain.events import PromptDelivered, PromptPainted, PromptSeen
from server.domain.ids import CallId, PersonId, PromptId
from server.domain.people import Person, Role
from server.ports.bus import BacklogSeen, CallFound, DraftHeard, DutyChanged, GrantGiven, Notice, Recorded
from server.ports.journal import JournalLost
from server.ports.people import PeopleLost
from server.services import feed_messages as say
from server.services.feed_writing import Send, Sources, Writing
from server.services.followed import Line
from server.services.patience import patiently
from server.services.refusals import NotYourCall, TooManyScreens
from server.services.screens import Screen

log = logging.getLogger(__name__)

SWEEP_S = 3.0
"""How long a lost hint can go unnoticed."""
SHOWN = (PromptDelivered, PromptPainted, PromptSeen)
"""Of what others were shown nobody waits to hear: fifty consoles would tell each other of each prompt."""
SIGNED_OUT = "signed out"
CLOSING = "server closing"
SCREENS = 500
SCREENS_EACH = 8


class Feeds:
    def __init__(self, sources: Sources) -> None:
        self._from = sources
        self._board = sources.board
        self._screens: dict[Screen, None] = {}
        self._found: set[CallId] = set()
        """Calls of some time ago that have to be listed, until the next sweep lists them."""

    async def run(self) -> None:
        """Follow the bus until cancelled, and look again now and then in case a hint was lost."""
        leave = self._from.bus.subscribe(self.hear)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._keep_level())
                tasks.create_task(self._from.deliveries.run())
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
            case CallFound():
                self._found.add(notice.call)

    async def join(self, person: Person, resume: Mapping[CallId, int], *, session: str) -> Screen:
        """A browser that follows what the person was granted, each call from where it left off."""
        if len(self._screens) >= SCREENS or len(self._screens_of(person.id)) >= SCREENS_EACH:
            raise TooManyScreens
        screen = Screen(person, session=session)
        screen.bar(await self._from.need_to_know.bars.calls_barred(person.id), seen=resume.keys())
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

    def in_use(self, screen: Screen) -> bool:
        """A page with a live call's words on it does not go dark because nobody touches it."""
        return any(not self._board.known(call).state.ended for call in screen.sent)

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

    def painted(self, screen: Screen, call: CallId, prompt: PromptId) -> None:
        """The browser says that it has shown the prompt."""
        if call in screen.sent:
            self._from.deliveries.painted(self._board.call(call), prompt, screen.person)

    def seen(self, screen: Screen, call: CallId, prompt: PromptId) -> None:
        """The browser says that the prompt stood in front for long enough to be read."""
        if call in screen.sent:
            self._from.deliveries.seen(self._board.call(call), prompt, screen.person)

    async def write(self, screen: Screen, send: Send) -> str:
        """Write to this browser until its screen is ended; returns why. Raises `BrowserStalled`."""
        return await Writing(self._from, screen, partial(patiently, send)).run()

    def _recorded(self, notice: Recorded) -> None:
        followed = self._board.call(notice.call)
        changed = self._board.add(followed, notice.entries)
        can_wait = all(isinstance(entry.event, SHOWN) for entry in notice.entries)
        for screen in self._screens:
            screen.note_entries(notice.call, can_wait=can_wait)
            if changed or followed.behind:
                screen.note_line(notice.call)

    def _hinted(self, notice: DraftHeard | BacklogSeen) -> None:
        followed = self._board.call(notice.call)
        if isinstance(notice, DraftHeard):
            followed.hear(notice.draft)
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

    async def _keep_level(self) -> None:
        while True:
            try:
                await self._sweep()
            except (JournalLost, PeopleLost):
                log.warning("feed cannot read the journal")
            await asyncio.sleep(SWEEP_S)

    async def _sweep(self) -> None:
        await self._bar()
        found, self._found = self._found, set()
        for call in (*found, *await self._board.look_again()):
            await self._board.level_if_readable(self._board.call(call))
            for screen in self._screens:
                screen.note_entries(call)
                screen.note_line(call)

    async def _bar(self) -> None:
        """Look who has been barred from what, which is said by another process and so not on the bus."""
        bars = self._from.need_to_know.bars
        for person in {screen.person.id for screen in self._screens}:
            barred = await bars.calls_barred(person)
            for screen in self._screens_of(person):
                screen.bar(barred, seen=barred)
                screen.try_again()

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
        if await self._from.need_to_know.refuses(screen.person.id, call, by="feed"):
            return False
        if await self._from.grants.granted(call, screen.person.id):
            return True
        if screen.person.role is not Role.SUPERVISOR:
            return False
        followed = self._board.known(call)
        await self._board.level_if_readable(followed)
        return followed.state.force == screen.person.force

    def _screens_of(self, person: PersonId) -> list[Screen]:
        return [screen for screen in self._screens if screen.person.id == person]
