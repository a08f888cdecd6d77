"""What people do about a prompt: own, drop, ask, answer, put aside, share, undo.

Every step is checked against the call's journal, one step of a call at a time, so that
of two people who act at the same moment the first is recorded and the second is told who was.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from server.domain.events import (
    Entry,
    Event,
    PromptAnswered,
    PromptAsked,
    PromptDismissed,
    PromptDropped,
    PromptOwned,
    PromptShared,
    PromptShown,
    PromptUndone,
)
from server.domain.ids import CallId, PersonId, PromptId
from server.domain.people import Person, Role
from server.domain.prompt_steps import BY_PEOPLE
from server.domain.prompts import Dismissal, Outcome, PromptState
from server.domain.quiet_calls import QUIET
from server.services.control_room import ControlRoom
from server.services.pages import Doing, Page, Pages, check_on_duty
from server.services.refusals import (
    AlreadyOwned,
    NeedsReason,
    NoSuchPrompt,
    NothingToUndo,
    PromptClosed,
    ReadOnly,
)


class Desk:
    def __init__(self, room: ControlRoom) -> None:
        self._pages = Pages(room)

    async def own(self, doing: Doing, call: CallId, prompt: PromptId) -> None:
        """Owning what one owns already changes nothing, so a double click is one step."""
        async with self._prompt_of(doing.person, call, prompt) as (page, shown):
            if page.done(doing, _is(PromptOwned, prompt)) or shown.owner == doing.by:
                return
            _check_open(shown)
            if shown.owner is not None:
                raise AlreadyOwned(shown.owner)
            check_on_duty(doing.person)
            await page.record(_owned(page, doing, prompt))

    async def drop(self, doing: Doing, call: CallId, prompt: PromptId) -> None:
        """Give back what one owns: it presses again."""
        async with self._prompt_of(doing.person, call, prompt) as (page, shown):
            if page.done(doing, _is(PromptDropped, prompt)) or shown.owner is None:
                return
            _check_open(shown)
            if shown.owner != doing.by:
                raise AlreadyOwned(shown.owner)
            await page.record(PromptDropped(at_ms=page.at_ms, prompt=prompt, person=doing.by, act=doing.act))

    async def ask(self, doing: Doing, call: CallId, prompt: PromptId) -> None:
        """The question was put. Whoever asks what nobody owns, owns it."""
        async with self._prompt_of(doing.person, call, prompt) as (page, shown):
            if page.done(doing, _is(PromptAsked, prompt)) or shown.asked:
                return
            _check_open(shown)
            if shown.owner is None:
                check_on_duty(doing.person)
            asked = PromptAsked(at_ms=page.at_ms, prompt=prompt, person=doing.by, act=doing.act)
            await page.record(*_owned_first(page, doing, shown), asked)

    async def answer(self, doing: Doing, call: CallId, prompt: PromptId, outcome: Outcome) -> None:
        """Whoever answers a prompt that nobody owns, owns it."""
        async with self._prompt_of(doing.person, call, prompt) as (page, shown):
            if page.done(doing, _is(PromptAnswered, prompt)) or shown.outcome is outcome:
                return
            _check_open(shown)
            answered = PromptAnswered(
                at_ms=page.at_ms, prompt=prompt, person=doing.by, act=doing.act, outcome=outcome
            )
            await page.record(*_owned_first(page, doing, shown), answered)

    async def dismiss(self, doing: Doing, call: CallId, prompt: PromptId, reason: Dismissal) -> None:
        async with self._prompt_of(doing.person, call, prompt) as (page, shown):
            if page.done(doing, _is(PromptDismissed, prompt)) or shown.dismissal is reason:
                return
            _check_open(shown)
            _check_not_quiet(shown)
            await page.record(
                PromptDismissed(
                    at_ms=page.at_ms, prompt=prompt, person=doing.by, act=doing.act, reason=reason
                )
            )

    async def share(self, doing: Doing, call: CallId, prompt: PromptId) -> None:
        """A specialist has the handler shown it too. Sharing twice is sharing once."""
        async with self._prompt_of(doing.person, call, prompt) as (page, shown):
            if doing.person.role is Role.HANDLER:
                raise ReadOnly("A specialist decides what the handler is shown.")
            if not shown.for_handler:
                _check_open(shown)
                because = "a specialist asks for it"
                await page.record(PromptShared(at_ms=page.at_ms, prompt=prompt, because=because, by=doing.by))

    async def undo(self, doing: Doing, call: CallId, prompt: PromptId, step: int) -> None:
        """Take back the step recorded as number `step`; the number keeps a double click from undoing two."""
        async with self._prompt_of(doing.person, call, prompt) as (page, shown):
            standing, undone = _steps(page.entries, prompt)
            if page.done(doing, _is(PromptUndone, prompt)) or step in undone:
                return
            # What was handed on or given back does not fall to who had it: they may have gone home.
            falls_to = shown.undone().owner
            if not standing or standing[-1] != step or falls_to not in {None, shown.owner, doing.by}:
                raise NothingToUndo
            taken_back = PromptUndone(at_ms=page.at_ms, prompt=prompt, person=doing.by, act=doing.act)
            await page.record(taken_back, *_before_the_handler(page, doing, shown))

    @asynccontextmanager
    async def _prompt_of(
        self, person: Person, call: CallId, prompt: PromptId
    ) -> AsyncIterator[tuple[Page, PromptState]]:
        async with self._pages.granted(person, call) as page:
            shown = page.state.prompts.get(prompt)
            if person.role is Role.SUPERVISOR and not _brought_to_supervisors(shown, person.id):
                raise ReadOnly
            if shown is None:
                raise NoSuchPrompt
            yield page, shown


def _brought_to_supervisors(prompt: PromptState | None, person: PersonId) -> bool:
    """Supervisors act on what nobody else took in time, and on what they took themselves."""
    return prompt is not None and (prompt.escalated > 0 or prompt.owner == person)


def _owned(page: Page, doing: Doing, prompt: PromptId) -> PromptOwned:
    return PromptOwned(at_ms=page.at_ms, prompt=prompt, person=doing.by, act=doing.act)


def _owned_first(page: Page, doing: Doing, shown: PromptState) -> list[Event]:
    return [_owned(page, doing, shown.prompt.id)] if shown.owner is None else []


def _check_open(prompt: PromptState) -> None:
    if not prompt.open:
        raise PromptClosed


def _check_not_quiet(prompt: PromptState) -> None:
    """A silence of people who have called before is put aside only as noise, with a reason."""
    if prompt.prompt.marker in QUIET:
        raise NeedsReason("Label the call as noise and say why, or answer the prompt.")


def _is(kind: type[Event], prompt: PromptId) -> Callable[[Event], bool]:
    """Whether an event is of this kind and about this prompt."""
    return lambda event: isinstance(event, kind) and getattr(event, "prompt", None) == prompt


def _before_the_handler(page: Page, doing: Doing, shown: PromptState) -> list[Event]:
    """What a handler takes back stands before them again, and not what has come in between."""
    prompt, state = shown.prompt.id, page.state
    if doing.person.role is not Role.HANDLER or shown.open or state.ended or state.shown == prompt:
        return []
    return [PromptShown(at_ms=page.at_ms, prompt=prompt, waited_ms=0)] if shown.for_handler else []


def _steps(entries: list[Entry], prompt: PromptId) -> tuple[list[int], set[int]]:
    """The numbers of the steps that stand, oldest first, and of those taken back."""
    standing: list[int] = []
    undone: set[int] = set()
    for entry in entries:
        event = entry.event
        if isinstance(event, BY_PEOPLE) and event.prompt == prompt:
            standing.append(entry.seq)
        elif isinstance(event, PromptUndone) and event.prompt == prompt and standing:
            undone.add(standing.pop())
    return standing, undone
