"""Grades: set by people here or in the control system; a lowering against standing markers takes two."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from server.domain.call import folded
from server.domain.events import (
    DowngradeAsked,
    DowngradeConfirmed,
    DowngradeLapsed,
    DowngradeTurnedDown,
    Entry,
    Event,
    GradeSet,
    PromptAnswered,
    PromptAsked,
    PromptOwned,
)
from server.domain.grades import Downgrade, grade_named, lowers
from server.domain.ids import CallId, ChangeId, ForceId, MarkerId, PersonId, PromptId
from server.domain.linking import WEEK
from server.domain.people import Grade, Person
from server.domain.regrading import Against, against
from server.services.control_room import ControlRoom
from server.services.pages import Doing, Page, Pages, check_on_duty, line_of_text, note_of
from server.services.readers import Readers
from server.services.refusals import (
    NeedsReason,
    NeedsSecondPerson,
    NoSuchChange,
    NoSuchGrade,
)
from server.services.told import Hand, Told, told_text

REASON_LIMIT = 300
UNNAMED = "a grade without a name"
LINKED_READ = 20
"""Earlier calls whose markers are looked at, the newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """What stands against a lower grade, and when somebody last saw to it."""

    what: Against
    checked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grades:
    grade: str
    scale: tuple[Grade, ...]
    waiting: tuple[Downgrade, ...]
    against: tuple[Stands, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A grade that somebody sets or has set."""

    grade: str
    reason: str = field(default="", repr=False)
    second: PersonId | None = None


class Grading:
    def __init__(self, room: ControlRoom, readers: Readers) -> None:
        self._room = room
        self._readers = readers
        self._pages = Pages(room)

    async def look(self, person: Person, call: CallId) -> Grades:
        """How the call is graded, what waits for a second person, and what stands against a lower grade."""
        async with self._pages.granted(person, call) as page:
            return Grades(
                grade=page.state.graded.grade,
                scale=self._scale(page),
                waiting=tuple(page.state.graded.waiting.values()),
                against=tuple(await self._stands(page, person.id)),
            )

    async def set(self, doing: Doing, call: CallId, wanted: Wanted) -> None:
        """Grade the call. Raising it takes nobody else; a lowering may be asked for only."""
        async with self._pages.granted(doing.person, call) as page:
            if page.done(doing, lambda event: isinstance(event, GradeSet | DowngradeAsked)):
                return
            if grade_named(self._scale(page), wanted.grade) is None:
                raise NoSuchGrade
            if wanted.grade != page.state.graded.grade:
                await page.record(*await self._set(page, doing, wanted))

    async def confirm(self, doing: Doing, call: CallId, change: ChangeId) -> None:
        """Answer for a lowering beside whoever asked for it."""
        async with self._pages.granted(doing.person, call) as page:
            if page.done(doing, lambda event: isinstance(event, DowngradeConfirmed)):
                return
            downgrade = _waiting(page, change)
            if _same(downgrade.asked_by, doing.by):
                raise NeedsSecondPerson
            check_on_duty(doing.person)
            if not downgrade.done and not await self._may_lower(page, downgrade, doing.person):
                raise NeedsSecondPerson(self._whose(page, downgrade.grade))
            confirmed = DowngradeConfirmed(
                at_ms=page.at_ms, person=doing.by, act=doing.act, change=downgrade.change
            )
            await page.record(confirmed, *_carried_out(page, downgrade, doing.by))

    async def turn_down(self, doing: Doing, call: CallId, change: ChangeId, reason: str) -> None:
        said = note_of(reason, REASON_LIMIT)
        async with self._pages.granted(doing.person, call) as page:
            if page.done(doing, lambda event: isinstance(event, DowngradeTurnedDown)):
                return
            downgrade = _waiting(page, change)
            if downgrade.done and not said:
                raise NeedsReason("It has been done already: say why it should not stand.")
            turned_down = DowngradeTurnedDown(
                at_ms=page.at_ms, person=doing.by, act=doing.act, change=downgrade.change, reason=said
            )
            await page.record(turned_down)

    async def told(self, told: Told, call: CallId, wanted: Wanted) -> None:
        """The control system has graded the call: a fact, which stands flagged if it lacks its second."""
        wanted = replace(wanted, grade=told_text(wanted.grade, REASON_LIMIT) or UNNAMED)
        async with self._pages.told(told, call) as page:
            if page.done(told, lambda event: isinstance(event, GradeSet)):
                return
            if wanted.grade != page.state.graded.grade:
                await page.record(*await self._told(page, told, wanted))

    async def told_confirmed(self, told: Told, call: CallId, change: ChangeId) -> None:
        """The control system names the second person."""
        async with self._pages.told(told, call) as page:
            if page.done(told, lambda event: isinstance(event, DowngradeConfirmed)):
                return
            downgrade = _waiting(page, change)
            if _same(downgrade.asked_by, told.hand.person):
                raise NeedsSecondPerson
            confirmed = DowngradeConfirmed(
                at_ms=page.at_ms,
                person=told.hand.person,
                act=told.act,
                system=told.hand.system,
                change=downgrade.change,
            )
            await page.record(confirmed, *_carried_out(page, downgrade, told.hand.person))

    async def _set(self, page: Page, doing: Doing, wanted: Wanted) -> list[Event]:
        was = page.state.graded.grade
        set_now = _grade_set(page, doing.hand, wanted, note_of(wanted.reason, REASON_LIMIT))
        if not lowers(self._scale(page), was, wanted.grade):
            return [*_lapsed(page, doing.by, self._scale(page), wanted.grade), set_now]
        standing = await self._stands(page, doing.by)
        if not standing and self._role_lowers(page, wanted.grade, doing.person):
            return [*_asked_lapse(page, doing.by), replace(set_now, lowered=True)]
        asked = DowngradeAsked(
            at_ms=page.at_ms,
            person=doing.by,
            act=doing.act,
            change=page.state.graded.next_change,
            grade=wanted.grade,
            was=was,
            reason=_reason(wanted, self._whose(page, wanted.grade) if not standing else ""),
            against=_markers(standing),
            linked=sum(one.what.call != page.call for one in standing),
        )
        return [*_asked_lapse(page, doing.by), asked]

    async def _told(self, page: Page, told: Told, wanted: Wanted) -> list[Event]:
        scale = self._scale(page)
        set_now = _grade_set(page, told.hand, wanted, told_text(wanted.reason, REASON_LIMIT))
        if not lowers(scale, page.state.graded.grade, wanted.grade):
            return [*_lapsed(page, told.hand.person, scale, wanted.grade), set_now]
        standing = await self._stands(page, told.hand.person)
        second = wanted.second if wanted.second and not _same(wanted.second, told.hand.person) else None
        lacking = bool(standing) and (second is None or not wanted.reason.strip())
        lowered = replace(set_now, lowered=True, second=second, against=_markers(standing))
        if lacking:
            lowered = replace(lowered, unconfirmed=True, change=page.state.graded.next_change)
        return [*_asked_lapse(page, told.hand.person), lowered]

    async def _stands(self, page: Page, reader: PersonId) -> list[Stands]:
        """What this call says, then what the linked ones said that this person may know of."""
        markers = self._readers.of(page.state.force).markers
        found = _checked(against(page.call, page.state, markers), page.entries)
        barred = await self._room.need_to_know.bars.calls_barred(reader)
        recent = [
            one.link for one in page.state.memory.linked if one.link.before_s <= WEEK / timedelta(seconds=1)
        ]
        for link in [one for one in recent if one.earlier not in barred][:LINKED_READ]:
            entries = await self._room.recorder.journal.entries(link.earlier)
            found += _checked(against(link.earlier, folded(entries), markers), entries)
        return found

    async def _may_lower(self, page: Page, downgrade: Downgrade, second: Person) -> bool:
        """One of the two has to be somebody who may lower a call to this grade."""
        asked_by = await self._room.duty.people.person(downgrade.asked_by)
        return any(self._role_lowers(page, downgrade.grade, person) for person in (asked_by, second))

    def _role_lowers(self, page: Page, grade: str, person: Person) -> bool:
        meant = grade_named(self._scale(page), grade)
        return meant is None or not meant.regrade_roles or person.role in meant.regrade_roles

    def _whose(self, page: Page, grade: str) -> str:
        meant = grade_named(self._scale(page), grade)
        roles = " or ".join(meant.regrade_roles) if meant is not None else ""
        return f"This grade wants a {roles} as one of the two." if roles else ""

    def _scale(self, page: Page) -> tuple[Grade, ...]:
        return self._room.force(page.state.force or ForceId("")).grades


def _checked(found: Sequence[Against], entries: Sequence[Entry]) -> list[Stands]:
    at: Mapping[PromptId, datetime] = {
        entry.event.prompt: entry.recorded_at
        for entry in entries
        if isinstance(entry.event, PromptOwned | PromptAsked | PromptAnswered)
    }
    return [Stands(what=one, checked_at=at.get(one.prompt) if one.prompt else None) for one in found]


def _markers(standing: Sequence[Stands]) -> tuple[MarkerId, ...]:
    return tuple(dict.fromkeys(one.what.marker for one in standing))


def _reason(wanted: Wanted, whose: str) -> str:
    """Raises `NeedsReason` when there is none."""
    if not wanted.reason.strip():
        raise NeedsReason(f"{whose} Say why the grade is lowered." if whose else "")
    return line_of_text(wanted.reason, REASON_LIMIT)


def _grade_set(page: Page, hand: Hand, wanted: Wanted, reason: str) -> GradeSet:
    return GradeSet(
        at_ms=page.at_ms,
        person=hand.person,
        act=hand.act,
        system=hand.system,
        grade=wanted.grade,
        was=page.state.graded.grade,
        reason=reason,
    )


def _carried_out(page: Page, downgrade: Downgrade, second: PersonId) -> list[Event]:
    """What another system has done already is only confirmed."""
    if downgrade.done:
        return []
    return [
        GradeSet(
            at_ms=page.at_ms,
            person=downgrade.asked_by,
            grade=downgrade.grade,
            was=page.state.graded.grade,
            lowered=True,
            reason=downgrade.reason,
            second=second,
            change=downgrade.change,
            against=downgrade.against,
        )
    ]


def _waiting(page: Page, change: ChangeId) -> Downgrade:
    """Raises `NoSuchChange`."""
    downgrade = page.state.graded.waiting.get(change)
    if downgrade is None:
        raise NoSuchChange
    return downgrade


def _lapsed(page: Page, by: PersonId, scale: tuple[Grade, ...], grade: str) -> list[Event]:
    """The grade goes up: nothing that was asked for is left, nor what was undone by it."""
    waiting = page.state.graded.waiting.values()
    gone = [one for one in waiting if not one.done or not lowers(scale, one.was, grade)]
    return [_lapse(page, by, one) for one in gone]


def _asked_lapse(page: Page, by: PersonId) -> list[Event]:
    """What was asked for, and not done, gives way to the new change."""
    return [_lapse(page, by, one) for one in page.state.graded.waiting.values() if not one.done]


def _lapse(page: Page, by: PersonId, downgrade: Downgrade) -> DowngradeLapsed:
    return DowngradeLapsed(at_ms=page.at_ms, person=by, change=downgrade.change)


def _same(one: PersonId, other: PersonId) -> bool:
    """Other systems may write the same name otherwise."""
    return one.strip().casefold() == other.strip().casefold()
