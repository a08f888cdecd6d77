"""The review queue, and one call as its reviewer sees it."""

from dataclasses import dataclass
from datetime import date, datetime

from server.domain.events import (
    ActionDone,
    ActionOpened,
    Entry,
    FindingJudged,
    FindingVerdict,
    HandlerAssigned,
    ReviewWhy,
)
from server.domain.ids import ActionId, CallId, FindingId, PersonId
from server.domain.markers import MarkerClass
from server.domain.people import Person, Role
from server.domain.review import OpenAction, Review, reviewed
from server.ports.access import Bars
from server.ports.journal import Journal
from server.ports.people import UnknownPerson
from server.services.control_room import ControlRoom
from server.services.duty_refusals import NoSuchAction, NoSuchFinding
from server.services.pages import Doing, Pages, line_of_text, note_of
from server.services.refusals import BadText, NotYourCall, ReadOnly

PRESSING = (
    ReviewWhy.HEARD_MORE,
    ReviewWhy.DOWNGRADED,
    ReviewWhy.UNOWNED,
    ReviewWhy.NOBODY_ON_DUTY,
    ReviewWhy.NEVER_ASSIGNED,
    ReviewWhy.UNRESOLVED,
    ReviewWhy.IMMEDIATE_PUT_ASIDE,
    ReviewWhy.MARKER,
)
"""The order in which reasons press, among calls that show the same class of danger."""
TEXT_LIMIT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ToReview:
    call: CallId
    since: datetime
    whys: tuple[ReviewWhy, ...]
    """None that can be read: damaged, or written by a newer version."""
    severity: MarkerClass = MarkerClass.NONE

    @property
    def pressing(self) -> tuple[int, int, datetime]:
        """Sorts the most pressing first: the danger, then the reason, then who waits longest."""
        reason = min((PRESSING.index(why) for why in self.whys), default=len(PRESSING))
        return -self.severity.rank, reason, self.since


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewing:
    journal: Journal
    bars: Bars

    async def queue(self, person: Person) -> list[ToReview]:
        """The calls of the person's force that wait for review, the most pressing first."""
        if person.role is Role.HANDLER:
            raise ReadOnly
        waiting: dict[CallId, ToReview] = {}
        for asked in await self.journal.to_review(person.force):
            before = waiting.get(asked.call)
            graver = before.severity if before else MarkerClass.NONE
            waiting[asked.call] = ToReview(
                call=asked.call,
                since=before.since if before else asked.since,
                whys=(*(before.whys if before else ()), *((asked.why,) if asked.why else ())),
                severity=max(graver, asked.severity, key=lambda one: one.rank),
            )
        barred = await self.bars.calls_barred(person.id)
        return sorted(
            (one for call, one in waiting.items() if call not in barred), key=lambda one: one.pressing
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """Everything that a reviewer has before them."""

    call: CallId
    review: Review
    entries: tuple[Entry, ...]
    handlers: tuple[PersonId, ...]
    """Who handled the call, in turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionLine:
    """What somebody is to do, wherever it was opened."""

    call: CallId
    action: OpenAction


class Judging:
    """What a reviewer does about a call."""

    def __init__(self, room: ControlRoom) -> None:
        self._room = room
        self._pages = Pages(room)

    async def open(self, person: Person, call: CallId, *, session: str = "") -> Reviewed:
        """For whoever took the call for review; that they looked is on record before they see a word."""
        _check_role(person)
        async with self._pages.granted(person, call) as page:
            await self._room.need_to_know.viewed(person.id, call, by="review", session=session)
            handlers = [one.event.person for one in page.entries if isinstance(one.event, HandlerAssigned)]
            return Reviewed(
                call=call,
                review=reviewed(page.entries),
                entries=tuple(page.entries),
                handlers=tuple(dict.fromkeys(handlers)),
            )

    async def judge(
        self, doing: Doing, call: CallId, finding: FindingId, verdict: FindingVerdict, note: str = ""
    ) -> None:
        """Say what one makes of a line of the three lists; judging again is another judgement."""
        said = note_of(note, TEXT_LIMIT)
        _check_role(doing.person)
        async with self._pages.granted(doing.person, call) as page:
            if page.done(doing, lambda event: isinstance(event, FindingJudged)):
                return
            if all(one.id != finding for one in reviewed(page.entries).findings):
                raise NoSuchFinding
            await page.record(
                FindingJudged(
                    at_ms=page.at_ms,
                    person=doing.by,
                    act=doing.act,
                    finding=finding,
                    verdict=verdict,
                    note=said,
                )
            )

    async def act(self, doing: Doing, call: CallId, what: str, owner: PersonId, due: date) -> ActionId:
        """Open an action with somebody of the force who is to do it, and a day."""
        said = line_of_text(what, TEXT_LIMIT)
        _check_role(doing.person)
        if due < self._room.clock.now().date():
            raise BadText("The day is over already.")
        async with self._pages.granted(doing.person, call) as page:
            opened = [one.event for one in page.entries if isinstance(one.event, ActionOpened)]
            if page.done(doing, lambda event: isinstance(event, ActionOpened)):
                return next(one.action for one in opened if one.act == doing.act)
            await self._check_of_force(owner, doing.person)
            action = ActionId(f"a{len(opened) + 1}")
            await page.record(
                ActionOpened(
                    at_ms=page.at_ms,
                    person=doing.by,
                    act=doing.act,
                    action=action,
                    what=said,
                    owner=owner,
                    due=due,
                )
            )
            return action

    async def done(self, doing: Doing, call: CallId, action: ActionId, note: str = "") -> None:
        """By whoever owns it, or whoever may review the call. Doing it twice is doing it once."""
        said = note_of(note, TEXT_LIMIT)
        async with self._pages.of_force(doing.person, call) as page:
            actions = {one.opened.action: one for one in reviewed(page.entries).actions}
            if action not in actions:
                raise NoSuchAction
            if actions[action].opened.owner != doing.by and doing.person.role is Role.HANDLER:
                raise NotYourCall
            if actions[action].done is None:
                await page.record(
                    ActionDone(at_ms=page.at_ms, person=doing.by, act=doing.act, action=action, note=said)
                )

    async def actions(self, person: Person) -> list[ActionLine]:
        """What is still to be done: a handler sees their own, others their force's; the first due first."""
        entries = await self._room.recorder.journal.of_kinds([ActionOpened, ActionDone], force=person.force)
        waiting: dict[tuple[CallId, ActionId], ActionLine] = {}
        for entry in entries:
            if isinstance(entry.event, ActionOpened):
                line = ActionLine(call=entry.call, action=OpenAction(opened=entry.event))
                waiting[entry.call, entry.event.action] = line
            elif isinstance(entry.event, ActionDone):
                waiting.pop((entry.call, entry.event.action), None)
        barred = await self._room.need_to_know.bars.calls_barred(person.id)
        theirs = [
            line
            for line in waiting.values()
            if line.call not in barred
            and (person.role is not Role.HANDLER or line.action.opened.owner == person.id)
        ]
        return sorted(theirs, key=lambda line: line.action.opened.due)

    async def _check_of_force(self, owner: PersonId, by: Person) -> None:
        try:
            person = await self._room.duty.people.person(owner)
        except UnknownPerson:
            raise BadText("Nobody has that sign-in name.") from None
        if person.force != by.force:
            raise BadText("Nobody of your force has that sign-in name.")


def _check_role(person: Person) -> None:
    if person.role is Role.HANDLER:
        raise ReadOnly
