"""How a call is graded, and which lowering waits for its second person: a fold over the call's events."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from server.domain.events.grading import (
    DowngradeAsked,
    DowngradeConfirmed,
    DowngradeLapsed,
    DowngradeTurnedDown,
    GradeSet,
)
from server.domain.ids import ChangeId, MarkerId, PersonId
from server.domain.people import Grade

NO_CHANGES: "Mapping[ChangeId, Downgrade]" = MappingProxyType({})
GRADING = (DowngradeAsked, DowngradeConfirmed, DowngradeLapsed, DowngradeTurnedDown, GradeSet)
Grading = DowngradeAsked | DowngradeConfirmed | DowngradeLapsed | DowngradeTurnedDown | GradeSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Downgrade:
    """A lowering that has no second person yet."""

    change: ChangeId
    grade: str
    was: str
    asked_by: PersonId
    reason: str = field(repr=False)
    against: tuple[MarkerId, ...]
    done: bool
    """Another system has done it already."""
    turned_down: bool = False
    """Somebody said no, after it was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    grade: str = ""
    """Empty: not known."""
    by: PersonId | None = None
    lowered: bool = False
    """Whether it was ever lowered."""
    changes: int = 0
    """How many lowerings were ever held up: the next one's number."""
    waiting: Mapping[ChangeId, Downgrade] = field(default_factory=lambda: NO_CHANGES)

    @property
    def next_change(self) -> ChangeId:
        return ChangeId(f"g{self.changes + 1}")

    @property
    def unconfirmed(self) -> bool:
        return any(one.done for one in self.waiting.values())


def graded(before: Graded, event: Grading) -> Graded:
    match event:
        case GradeSet():
            lowered = before.lowered or event.lowered
            after = replace(before, grade=event.grade, by=event.person, lowered=lowered)
            return _with(after, _done(event)) if event.unconfirmed else _without(after, event.change)
        case DowngradeAsked():
            return _with(before, _asked(event))
        case DowngradeTurnedDown() if event.change in before.waiting and before.waiting[event.change].done:
            return _with(before, replace(before.waiting[event.change], turned_down=True))
        case _:
            return _without(before, event.change)


def lowers(scale: tuple[Grade, ...], was: str, to: str) -> bool:
    """Whether `to` stands below `was`; what the scale does not know counts as lower than what it does."""
    names = [grade.name for grade in scale]
    if not was or was == to or to in names[:1]:
        return False
    if was not in names or to not in names:
        return True
    return names.index(to) > names.index(was)


def grade_named(scale: tuple[Grade, ...], name: str) -> Grade | None:
    return next((grade for grade in scale if grade.name == name), None)


def _asked(event: DowngradeAsked) -> Downgrade:
    return Downgrade(
        change=event.change,
        grade=event.grade,
        was=event.was,
        asked_by=event.person,
        reason=event.reason,
        against=event.against,
        done=False,
    )


def _done(event: GradeSet) -> Downgrade:
    return Downgrade(
        change=event.change,
        grade=event.grade,
        was=event.was,
        asked_by=event.person,
        reason=event.reason,
        against=event.against,
        done=True,
    )


def _with(before: Graded, downgrade: Downgrade) -> Graded:
    new = downgrade.change not in before.waiting
    waiting = MappingProxyType({**before.waiting, downgrade.change: downgrade})
    return replace(before, changes=before.changes + new, waiting=waiting)


def _without(before: Graded, change: ChangeId) -> Graded:
    left = {name: one for name, one in before.waiting.items() if name != change}
    return replace(before, waiting=MappingProxyType(left))
