"""Who works in the control room, and for which force."""

from dataclasses import dataclass, field
from enum import StrEnum

from server.domain.ids import ForceId, PersonId

Skill = str
"""What a specialist can do that another may not: `child`, `honour_based_abuse`, `language:pl`."""


class Right(StrEnum):
    """What somebody may do beyond their role."""

    EXPORT = "export"
    """Take words out of the system."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where a call can be answered: what Twilio dials, and whose screen shows the call."""

    dial: str
    """`number:+44…`, `sip:…` or `queue:NAME`."""
    handler: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Force:
    id: ForceId
    name: str
    numbers: tuple[str, ...]
    """The numbers (E.164) whose calls are this force's."""
    desks: tuple[Desk, ...]
