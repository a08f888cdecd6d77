"""Who works in the control room, and for which force."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from server.domain.ids import ForceId, MarkerId, PersonId
from server.domain.rota import Rota
from server.domain.rules import DeskRules, Policies, WatchRules

Skill = str
"""What a specialist can do that another may not: `child`, `honour_based_abuse`, `language:pl`."""


class Right(StrEnum):
    """What somebody may do beyond their role."""

    EXPORT = "export"
    """Take words out of the system."""

    BREAK_GLASS = "break-glass"
    """Sign in by a local account while the force's own sign-in is on."""


class Role(StrEnum):
    HANDLER = "handler"
    SPECIALIST = "specialist"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    id: PersonId
    """The sign-in name."""
    name: str = field(repr=False)
    role: Role
    force: ForceId
    on_duty: bool = False
    on_break: bool = False
    """On duty, and not to be given calls now."""
    skills: frozenset[Skill] = frozenset()
    rights: frozenset[Right] = frozenset()


class Presence(StrEnum):
    """What a change of duty is."""

    ON_DUTY = "on duty"
    OFF_DUTY = "off duty"
    ON_BREAK = "on a break"
    BACK = "back"


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyChange:
    person: PersonId
    at: datetime
    change: Presence


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where a call can be answered: what Twilio dials, and whose screen shows the call."""

    dial: str
    """`number:+44…`, `sip:…` or `queue:NAME`."""
    handler: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """How a force grades a call. People grade; nothing here does."""

    name: str
    attend_minutes: int | None
    """None: nobody is sent."""
    emergency: bool = False
    regrade_roles: tuple[str, ...] = ()
    """Who may lower a call to this grade."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Whom a force refers people to."""

    name: str
    number: str
    hours: str
    skills: frozenset[Skill] = frozenset()
    checked: str = ""
    """The day on which somebody last rang it, such as `2026-11-01`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingPolicy:
    """Whether a force has calls kept here, and the sentence of its policy by which it does."""

    calls: bool = False
    video: bool = False
    """Whether video calls are, too, of those who agreed to it."""
    policy: str = ""


class Topic(StrEnum):
    """What a handler has to have asked; how the asking sounds stands in `consoles/shared/topics.js`."""

    PLACE = "place"
    SUSPECT = "suspect"
    HURT = "hurt"
    CHILDREN = "children"
    WEAPONS = "weapons"
    BEFORE = "before"
    DRINK = "drink"
    ORDERS = "orders"
    NEEDS = "needs"
    LOOKS = "looks"
    WORD = "word"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How a force puts a topic of the checklist; what is empty is put as everybody puts it."""

    label: str = ""
    ask: str = ""
    yes_no: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Force:
    id: ForceId
    name: str
    numbers: tuple[str, ...]
    """The numbers (E.164) whose calls are this force's."""
    desks: tuple[Desk, ...]
    grades: tuple[Grade, ...] = ()
    services: tuple[Service, ...] = ()
    rota: Rota = field(default_factory=Rota)
    rules: DeskRules = field(default_factory=DeskRules)
    recording: RecordingPolicy = field(default_factory=RecordingPolicy)
    watch: WatchRules = field(default_factory=WatchRules)
    policies: Policies = field(default_factory=Policies)
    checklist: Mapping[Topic, Wording] = field(default_factory=lambda: MappingProxyType({}))
    nation: str = ""
    """`england`, `wales`, `scotland` or `northern ireland`: whose law and services hold; empty: not said."""
    skill_markers: Mapping[Skill, frozenset[MarkerId]] = field(default_factory=lambda: MappingProxyType({}))
    """The markers that make a call want a specialist with this skill."""
    gives_history_to: tuple[ForceId, ...] = ()
    """The forces that may link their calls to ours, and are shown what ours were about."""
    shared_numbers: tuple[str, ...] = ()
    """Telephones that many people ring from: a hostel's, a refuge's, a prison's."""
