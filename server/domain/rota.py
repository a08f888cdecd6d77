"""When specialists are meant to be here: shifts by weekday, in the force's own time."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.domain.ids import PersonId

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    name: str
    days: frozenset[int]
    """The weekdays on which it begins, Monday being 0."""
    starts: time
    ends: time
    """When it is not later than `starts`, on the next day."""
    people: frozenset[PersonId] = frozenset()
    """Who works it; empty: whoever comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rota:
    shifts: tuple[Shift, ...] = ()
    zone: str = "Europe/London"

    def until(self, person: PersonId, now: datetime) -> str:
        """Until when this person is rostered, such as `00:00`; empty if they are not now."""
        running = [
            ends
            for shift, starts, ends in self._spells(now)
            if starts <= now < ends and (not shift.people or person in shift.people)
        ]
        return f"{max(running):%H:%M}" if running else ""

    def next_start(self, now: datetime) -> str:
        """When the next shift begins, such as `Thu 16:00`; empty if none is on the rota."""
        coming = [starts for _, starts, _ in self._spells(now) if starts > now]
        if not coming:
            return ""
        first = min(coming)
        return f"{DAYS[first.weekday()]} {first:%H:%M}"

    def _spells(self, now: datetime) -> list[tuple[Shift, datetime, datetime]]:
        """Each shift's beginning and end, from yesterday's to those of a week from now."""
        today = now.astimezone(ZoneInfo(self.zone)).date()
        return [
            (shift, *self._spell(shift, today + timedelta(days=ahead)))
            for shift in self.shifts
            for ahead in range(-1, 8)
            if (today + timedelta(days=ahead)).weekday() in shift.days
        ]

    def _spell(self, shift: Shift, day: date) -> tuple[datetime, datetime]:
        zone = ZoneInfo(self.zone)
        last = day if shift.ends > shift.starts else day + timedelta(days=1)
        return datetime.combine(day, shift.starts, zone), datetime.combine(last, shift.ends, zone)
