"""What a force's file may hold beside its numbers and desks: grades, services, shifts, rules."""

from datetime import date, time
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from server.domain.ids import PersonId
from server.domain.people import Grade, RecordingPolicy, Role, Service, Wording
from server.domain.rota import DAYS, Shift
from server.domain.rules import DeskRules, Policies, WatchRules
from server.settings.wording import written_as

Slug = Annotated[str, written_as(r"[a-z0-9-]{1,40}", "1 to 40 small letters, digits and hyphens")]
MarkerName = Annotated[str, written_as(r"[a-z0-9_]{1,40}", "the id of a marker, such as child_harm")]
Name = Annotated[str, Field(min_length=1, max_length=120)]
SKILL = r"[a-z][a-z0-9_]{0,39}|language:[a-z]{2,3}"
"""What a skill's name looks like."""
SkillName = Annotated[str, written_as(SKILL, "small letters, digits and _, or language: and its code")]
PolicyText = Annotated[str, Field(min_length=1, max_length=160)]
Number = Annotated[str, written_as(r"\+[1-9]\d{6,14}", "a number in E.164 such as +441632960000")]
Seconds = Annotated[float, Field(gt=0, le=3600)]
Day = Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
Clock = Annotated[str, written_as(r"([01]\d|2[0-3]):[0-5]\d", "a time of day such as 16:00")]


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("expected a time zone such as Europe/London") from None
    return value


Zone = Annotated[str, AfterValidator(_zone)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class GradeGiven(Part):
    name: Name
    attend_minutes: Annotated[int, Field(gt=0)] | None = None
    emergency: bool = False
    regrade_roles: tuple[Role, ...] = ()

    def meant(self) -> Grade:
        return Grade(
            name=self.name,
            attend_minutes=self.attend_minutes,
            emergency=self.emergency,
            regrade_roles=self.regrade_roles,
        )


class WordingGiven(Part):
    """A topic of the handler's checklist in the force's own words."""

    label: Annotated[str, Field(max_length=40)] = ""
    ask: Annotated[str, Field(max_length=90)] = ""
    yes_no: Annotated[str, Field(max_length=90)] = ""

    def meant(self) -> Wording:
        return Wording(label=self.label, ask=self.ask, yes_no=self.yes_no)


class ServiceGiven(Part):
    name: Name
    number: Annotated[str, written_as(r"[+\d][\d ]{4,19}", "a telephone number")]
    hours: Name
    skills: tuple[SkillName, ...] = ()
    checked: date | None = None

    def meant(self) -> Service:
        return Service(
            name=self.name,
            number=self.number,
            hours=self.hours,
            skills=frozenset(self.skills),
            checked=self.checked.isoformat() if self.checked else "",
        )


class ShiftGiven(Part):
    name: Name
    days: Annotated[list[Day], Field(min_length=1)]
    starts: Clock
    ends: Clock
    people: tuple[Name, ...] = ()

    def meant(self) -> Shift:
        return Shift(
            name=self.name,
            days=frozenset(DAYS.index(day) for day in self.days),
            starts=time.fromisoformat(self.starts),
            ends=time.fromisoformat(self.ends),
            people=frozenset(PersonId(person) for person in self.people),
        )


class RecordingGiven(Part):
    calls: bool = False
    video: bool = False
    policy: Annotated[str, Field(max_length=200)] = ""

    @model_validator(mode="after")
    def _says_by_what_right(self) -> Self:
        if (self.calls or self.video) and not self.policy:
            raise ValueError("expected the policy by which calls are recorded")
        return self

    def meant(self) -> RecordingPolicy:
        return RecordingPolicy(calls=self.calls, video=self.video, policy=self.policy)


class RulesGiven(Part):
    immediate_s: Seconds = 10.0
    duty_supervisor_s: Seconds = 30.0
    high_s: Seconds = 45.0
    apart_s: Seconds = 8.0
    first_s: Annotated[float, Field(ge=0, le=60)] = 5.0
    gap_s: Annotated[float, Field(ge=0, le=60)] = 1.5
    hold_immediate_s: Annotated[float, Field(ge=0, le=60)] = 5.0
    quiet_longest_s: Seconds = 30.0
    calls_each: Annotated[int, Field(ge=1, le=50)] = 3

    def meant(self) -> DeskRules:
        return DeskRules(**self.model_dump())


WatchSeconds = Annotated[float, Field(ge=0, le=86_400)]


class WatchGiven(Part):
    """Nought: not watched for."""

    no_unit_s: WatchSeconds = 300.0
    unit_share: Annotated[float, Field(gt=0, le=1)] = 0.5
    ring_back_s: WatchSeconds = 120.0
    queue_s: WatchSeconds = 300.0
    dispatch_queues: tuple[Name, ...] = ()
    answers_s: WatchSeconds = 60.0
    downgrade_s: WatchSeconds = 120.0
    receipt_s: WatchSeconds = 30.0
    named_s: WatchSeconds = 90.0
    supervisor_s: WatchSeconds = 60.0
    duty_supervisor_s: WatchSeconds = 180.0
    silent_s: WatchSeconds = 20.0

    def meant(self) -> WatchRules:
        return WatchRules(**self.model_dump())


class PoliciesGiven(Part):
    silent: PolicyText = Policies().silent
    abandoned: PolicyText = Policies().abandoned
    covert: PolicyText = Policies().covert

    def meant(self) -> Policies:
        return Policies(**self.model_dump())


class HistoryGiven(Part):
    gives_to: tuple[Slug, ...] = ()
    shared_numbers: tuple[Number, ...] = ()
