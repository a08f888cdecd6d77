"""A control room whose force grades calls, with one call at its highest grade."""

from dataclasses import replace
from datetime import timedelta

from server.domain.events import DowngradeAsked, Event, GradeSet, LinkFound
from server.domain.ids import CallId, ForceId, PersonId
from server.domain.linking import Link, Strength
from server.domain.people import Grade, Person
from server.services.grading import Grading, Wanted
from server.services.readers import Readers
from server.services.told import Hand, Told
from tests.fakes import FakeJournal
from tests.services.room import CALL, FORCE, Room, doing
from tests.services.stage import PlainReader
from tests.stories import HANNAH, MIDSHIRE

EMERGENCY = Grade(name="emergency", attend_minutes=15, emergency=True)
PRIORITY = Grade(name="priority", attend_minutes=60, regrade_roles=("supervisor",))
APPOINTMENT = Grade(name="appointment", attend_minutes=2880)
SCALE = (EMERGENCY, PRIORITY, APPOINTMENT)
GRADED_FORCE = replace(FORCE, grades=SCALE)


class GradeRoom(Room):
    def __init__(self, *, journal: FakeJournal | None = None) -> None:
        super().__init__(journal=journal, force=GRADED_FORCE)
        self.grades = Grading(self.room, Readers(shipped=PlainReader()))

    async def graded(self, grade: str, who: Person = HANNAH, reason: str = "", act: str = "") -> None:
        await self.grades.set(doing(who, act), CALL, Wanted(grade=grade, reason=reason))

    async def told(self, grade: str, reason: str = "", second: str = "", act: str = "") -> None:
        wanted = Wanted(grade=grade, reason=reason, second=PersonId(second) if second else None)
        await self.grades.told(by_system("dee", act), CALL, wanted)

    async def linked(self, earlier: CallId, *, before: timedelta) -> None:
        link = Link(
            earlier=earlier,
            force=MIDSHIRE,
            before_s=round(before.total_seconds()),
            reasons=("same mobile",),
            confidence=0.99,
            strength=Strength.LINKED,
        )
        await self.happens(LinkFound(at_ms=0, link=link))

    def lowerings(self) -> list[Event]:
        return [one for one in self.of_kind(GradeSet) if isinstance(one, GradeSet) and one.lowered]

    def asked(self) -> list[DowngradeAsked]:
        return [one for one in self.of_kind(DowngradeAsked) if isinstance(one, DowngradeAsked)]


def by_system(person: str, act: str = "", force: ForceId = MIDSHIRE) -> Told:
    return Told(force=force, hand=Hand(person=PersonId(person), act=doing(HANNAH, act).act, system="CAD"))
