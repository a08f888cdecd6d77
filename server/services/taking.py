"""Who has a call: taken, released, handed over; what it wants of whoever has it; and who is here at all."""

import re
from collections.abc import Callable

from server.domain.events import (
    Event,
    HandlerAssigned,
    NeedNoted,
    PromptOwned,
    Quiet,
    QuietBegan,
    QuietEnded,
    ReviewDone,
    ReviewTaken,
    SpecialistAssigned,
    SpecialistReleased,
)
from server.domain.ids import CallId, PersonId
from server.domain.people import Person, Role, Skill
from server.ports.bus import DutyChanged
from server.ports.people import UnknownPerson
from server.services.control_room import ControlRoom
from server.services.pages import Doing, Page, Pages, check_on_duty, note_of
from server.services.refusals import (
    AlreadyTaken,
    BadText,
    CallEndedAlready,
    HoldsCalls,
    NobodyHasIt,
    NotHolder,
    NotInReview,
    NotRead,
    NotThere,
    OwnsPrompts,
    ReadOnly,
)
from server.services.staffing import released

NEED = re.compile(r"[a-z][a-z0-9_]{0,39}|language:[a-z]{2,3}")


class Taking:
    def __init__(self, room: ControlRoom) -> None:
        self._room = room
        self._pages = Pages(room)

    async def take(self, doing: Doing, call: CallId) -> None:
        """Put oneself on a call of one's force that still lacks a handler, or a specialist."""
        handling = doing.person.role is Role.HANDLER
        if not handling and not (doing.person.role is Role.SPECIALIST and doing.person.on_duty):
            raise ReadOnly("Specialists on duty take calls.")
        async with self._pages.of_force(doing.person, call) as page:
            _check_live(page)
            holder = page.state.handler if handling else page.state.specialist
            if holder is not None and holder != doing.by:
                raise AlreadyTaken(holder)
            # An act sent again after somebody released the call does not take it back.
            if holder is None and not page.done(doing, _assigns(doing.by)):
                await page.record(_taken(page, doing))
        # The grant comes second: if it fails, taking the call again repeats it.
        await self._room.duty.let_in(call, [HandlerAssigned(at_ms=0, person=doing.by)])

    async def release(self, doing: Doing, call: CallId, holder: PersonId, note: str = "") -> None:
        """Give a call back to the waiting list: one's own, or, as a supervisor, that of `holder`."""
        said = note_of(note)
        async with self._pages.of_force(doing.person, call) as page:
            if page.done(doing, lambda event: isinstance(event, SpecialistReleased)):
                return
            _check_live(page)
            holding = _holder(page, doing, holder)
            if holding is None:
                raise NobodyHasIt
            await page.record(*released(page.case(), _release(page, doing, holding, note=said)))

    async def hand_over(
        self, doing: Doing, call: CallId, holder: PersonId, to: PersonId, note: str = ""
    ) -> None:
        """Give a call, with what its holder owns on it, to a colleague who is here for it.

        A supervisor may do it for the holder, and for a call that nobody holds.
        """
        said = note_of(note)
        async with self._pages.of_force(doing.person, call) as page:
            if not page.done(doing, _assigns(to)):
                _check_live(page)
                holding = _holder(page, doing, holder)
                await self._check_here(page, to)
                if holding != to:
                    await page.record(*_handed(page, doing, holding, to, said))
        await self._room.duty.let_in(call, [SpecialistAssigned(at_ms=0, person=to)])

    async def need(self, doing: Doing, call: CallId, need: Skill) -> None:
        """Note what the call wants of a specialist. Noting twice is noting once."""
        if not NEED.fullmatch(need):
            raise BadText("A need is a skill such as child, or a language such as language:pl.")
        async with self._pages.granted(doing.person, call) as page:
            if need not in page.state.needs:
                await page.record(NeedNoted(at_ms=page.at_ms, person=doing.by, act=doing.act, need=need))

    async def quiet(self, doing: Doing, call: CallId, why: Quiet, *, on: bool) -> None:
        """Hold prompts back from the handler, or no longer."""
        async with self._pages.granted(doing.person, call) as page:
            if (why in page.state.quiet) is not on:
                kind = QuietBegan if on else QuietEnded
                await page.record(kind(at_ms=page.at_ms, why=why, person=doing.by))

    async def review(self, doing: Doing, call: CallId) -> None:
        """Let a specialist on duty read a call that is in the review queue; it is on record first."""
        if doing.person.role is not Role.SPECIALIST or not doing.person.on_duty:
            raise ReadOnly("Specialists on duty take calls for review.")
        async with self._pages.of_force(doing.person, call) as page:
            if not page.state.reviews:
                raise NotInReview
            if not await self._room.duty.grants.granted(call, doing.by):
                await page.record(ReviewTaken(at_ms=page.at_ms, person=doing.by, act=doing.act))
        await self._room.duty.let_in(call, [SpecialistAssigned(at_ms=0, person=doing.by)])

    async def reviewed(self, doing: Doing, call: CallId, note: str = "") -> None:
        """Take a call out of the review queue: whoever has read it, and is here."""
        said = note_of(note)
        if doing.person.role is Role.HANDLER:
            raise ReadOnly
        check_on_duty(doing.person)
        async with self._pages.of_force(doing.person, call) as page:
            since = page.entries[0].recorded_at
            if not await self._room.need_to_know.has_viewed(doing.by, call, since=since):
                raise NotRead
            if page.state.reviews:
                await page.record(ReviewDone(at_ms=page.at_ms, person=doing.by, act=doing.act, note=said))

    async def set_duty(self, person: Person, *, on_duty: bool) -> None:
        if person.role is Role.HANDLER:
            raise ReadOnly("Only specialists and supervisors come on duty and go off it.")
        if not on_duty and self._room.casebook.loads()[person.id]:
            raise HoldsCalls
        # Nothing presses anybody about what is owned, whether or not its owner is here.
        if not on_duty and self._room.casebook.owns(person.id):
            raise OwnsPrompts
        await self._room.duty.people.set_duty(person.id, on_duty=on_duty)
        self._room.duty.bus.publish(DutyChanged(person=person.id, on_duty=on_duty))

    async def set_break(self, person: Person, *, on_break: bool) -> None:
        """Stay on duty and be given no calls; those that one has one keeps."""
        if person.role is Role.HANDLER or not person.on_duty:
            raise ReadOnly("Only who is on duty can take a break.")
        await self._room.duty.people.set_break(person.id, on_break=on_break)
        self._room.duty.bus.publish(DutyChanged(person=person.id, on_duty=True))

    async def _check_here(self, page: Page, to: PersonId) -> None:
        try:
            person = await self._room.duty.people.person(to)
        except UnknownPerson:
            raise NotThere from None
        here = person.role is Role.SPECIALIST and person.on_duty and not person.on_break
        barred = await self._room.need_to_know.bars.barred(to, page.call)
        if not here or barred or person.force != page.state.force:
            raise NotThere


def _check_live(page: Page) -> None:
    if page.state.ended:
        raise CallEndedAlready


def _assigns(person: PersonId) -> Callable[[Event], bool]:
    """Whether an event gives this person the call: the id of another's act lets nobody else in."""
    return lambda event: isinstance(event, HandlerAssigned | SpecialistAssigned) and event.person == person


def _taken(page: Page, doing: Doing) -> Event:
    if doing.person.role is Role.HANDLER:
        return HandlerAssigned(at_ms=page.at_ms, person=doing.by, act=doing.act)
    return SpecialistAssigned(
        at_ms=page.at_ms, person=doing.by, because=("took it",), by=doing.by, act=doing.act
    )


def _holder(page: Page, doing: Doing, holder: PersonId) -> PersonId | None:
    """Who has the call, if this person may give it away. Raises `ReadOnly` or `NotHolder`."""
    if doing.person.role is Role.HANDLER:
        raise ReadOnly
    holding = page.state.specialist
    supervising = doing.person.role is Role.SUPERVISOR
    expected = holder or (holding if supervising else doing.by)
    if holding is None:
        if supervising and not holder:
            return None
        raise NobodyHasIt
    if holding != expected or not (supervising or holding == doing.by):
        raise NotHolder(holding)
    return holding


def _release(
    page: Page, doing: Doing, holder: PersonId, *, note: str, to: PersonId | None = None
) -> SpecialistReleased:
    return SpecialistReleased(
        at_ms=page.at_ms, person=doing.by, act=doing.act, holder=holder, to=to, note=note
    )


def _handed(page: Page, doing: Doing, holder: PersonId | None, to: PersonId, note: str) -> list[Event]:
    """No prompt is without its owner in between."""
    assigned = SpecialistAssigned(
        at_ms=page.at_ms,
        person=to,
        because=(f"handed over by {doing.by}",),
        by=doing.by,
        act=doing.act,
    )
    if holder is None:
        return [assigned]
    owned = [
        PromptOwned(at_ms=page.at_ms, person=to, prompt=prompt.prompt.id)
        for prompt in page.state.waiting_prompts
        if prompt.owner == holder
    ]
    return [_release(page, doing, holder, note=note, to=to), assigned, *owned]
