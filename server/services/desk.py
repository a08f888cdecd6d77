"""What people do about a call and its prompts: take, own, answer, put aside, undo, come on duty.

Every step is checked against the call's journal, one step of a call at a time, so that
of two people who act at the same moment the first is recorded and the second is told who was.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from server.domain.call import folded
from server.domain.events import (
    Entry,
    HandlerAssigned,
    PromptAnswered,
    PromptDismissed,
    PromptOwned,
    PromptUndone,
    SpecialistAssigned,
)
from server.domain.ids import CallId, PersonId, PromptId
from server.domain.people import Person, Role
from server.domain.prompts import Dismissal, Outcome, PromptState
from server.ports.bus import Bus, DutyChanged, GrantGiven
from server.ports.people import Grants, PeopleBook
from server.services.recording import Recorder
from server.services.refusals import (
    AlreadyOwned,
    AlreadyTaken,
    CallEndedAlready,
    NoSuchPrompt,
    NothingToUndo,
    NotYourCall,
    PromptClosed,
    ReadOnly,
)

Step = PromptOwned | PromptAnswered | PromptDismissed
STEPS = (PromptOwned, PromptAnswered, PromptDismissed)


class Desk:
    def __init__(self, *, recorder: Recorder, people: PeopleBook, grants: Grants, bus: Bus) -> None:
        self._recorder = recorder
        self._people = people
        self._grants = grants
        self._bus = bus
        self._turns: WeakValueDictionary[CallId, asyncio.Lock] = WeakValueDictionary()

    async def own(self, person: Person, call: CallId, prompt: PromptId) -> None:
        """Owning what one owns already changes nothing, so a double click is one step."""
        async with self._prompt_of(person, call, prompt) as (page, shown):
            if shown.owner == person.id:
                return
            _check_open(shown)
            if shown.owner is not None:
                raise AlreadyOwned(shown.owner)
            await page.record(PromptOwned(at_ms=page.at_ms, prompt=prompt, person=person.id))

    async def answer(self, person: Person, call: CallId, prompt: PromptId, outcome: Outcome) -> None:
        """Whoever answers a prompt that nobody owns, owns it."""
        async with self._prompt_of(person, call, prompt) as (page, shown):
            if shown.outcome is outcome:
                return
            _check_open(shown)
            answered = PromptAnswered(at_ms=page.at_ms, prompt=prompt, person=person.id, outcome=outcome)
            if shown.owner is not None:
                await page.record(answered)
                return
            await page.record(PromptOwned(at_ms=page.at_ms, prompt=prompt, person=person.id), answered)

    async def dismiss(self, person: Person, call: CallId, prompt: PromptId, reason: Dismissal) -> None:
        async with self._prompt_of(person, call, prompt) as (page, shown):
            if shown.dismissal is reason:
                return
            _check_open(shown)
            await page.record(
                PromptDismissed(at_ms=page.at_ms, prompt=prompt, person=person.id, reason=reason)
            )

    async def undo(self, person: Person, call: CallId, prompt: PromptId, step: int) -> None:
        """Take back the step recorded as number `step`; the number keeps a double click from undoing two."""
        async with self._prompt_of(person, call, prompt) as (page, _):
            standing, undone = _steps(page.entries, prompt)
            if step in undone:
                return
            if not standing or standing[-1] != step:
                raise NothingToUndo
            await page.record(PromptUndone(at_ms=page.at_ms, prompt=prompt, person=person.id))

    async def take(self, person: Person, call: CallId) -> None:
        """Put oneself on a call of one's force that still lacks a handler, or a specialist."""
        if person.role is Role.SUPERVISOR:
            raise ReadOnly
        async with self._turn(call):
            page = await self._page(call)
            if not page.entries or page.state.force != person.force:
                raise NotYourCall
            if page.state.ended:
                raise CallEndedAlready
            await self._assign(person, page)
        # The grant comes second: if it fails, taking the call again repeats it.
        await self._grants.give(call, person.id)
        self._bus.publish(GrantGiven(call=call, person=person.id))

    async def set_duty(self, person: Person, *, on_duty: bool) -> None:
        if person.role is not Role.SPECIALIST:
            raise ReadOnly("Only specialists come on duty and go off it.")
        await self._people.set_duty(person.id, on_duty=on_duty)
        self._bus.publish(DutyChanged(person=person.id, on_duty=on_duty))

    async def _assign(self, person: Person, page: "_Page") -> None:
        handling = person.role is Role.HANDLER
        holder: PersonId | None = page.state.handler if handling else page.state.specialist
        if holder == person.id:
            return
        if holder is not None:
            raise AlreadyTaken(holder)
        assigned = HandlerAssigned if handling else SpecialistAssigned
        await page.record(assigned(at_ms=page.at_ms, person=person.id))

    @asynccontextmanager
    async def _prompt_of(
        self, person: Person, call: CallId, prompt: PromptId
    ) -> AsyncIterator[tuple["_Page", PromptState]]:
        if not await self._grants.granted(call, person.id):
            raise NotYourCall
        if person.role is Role.SUPERVISOR:
            raise ReadOnly
        async with self._turn(call):
            page = await self._page(call)
            if prompt not in page.state.prompts:
                raise NoSuchPrompt
            yield page, page.state.prompts[prompt]

    def _turn(self, call: CallId) -> asyncio.Lock:
        return self._turns.setdefault(call, asyncio.Lock())

    async def _page(self, call: CallId) -> "_Page":
        return _Page(call, await self._recorder.journal.entries(call), self._recorder)


class _Page:
    """A call's journal as it stood when this person's turn came."""

    def __init__(self, call: CallId, entries: list[Entry], recorder: Recorder) -> None:
        self.call = call
        self.entries = entries
        self.state = folded(entries)
        self.at_ms = max((entry.event.at_ms for entry in entries), default=0)
        """People act by the wall clock, which `recorded_at` keeps; in media time, after all that is known."""
        self._recorder = recorder

    async def record(self, *events: Step | PromptUndone | HandlerAssigned | SpecialistAssigned) -> None:
        await self._recorder.record(self.call, *events)


def _check_open(prompt: PromptState) -> None:
    if not prompt.open:
        raise PromptClosed


def _steps(entries: list[Entry], prompt: PromptId) -> tuple[list[int], set[int]]:
    """The numbers of the steps that stand, oldest first, and of those taken back."""
    standing: list[int] = []
    undone: set[int] = set()
    for entry in entries:
        event = entry.event
        if isinstance(event, STEPS) and event.prompt == prompt:
            standing.append(entry.seq)
        elif isinstance(event, PromptUndone) and event.prompt == prompt and standing:
            undone.add(standing.pop())
    return standing, undone
