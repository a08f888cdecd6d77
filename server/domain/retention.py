"""How long what is kept: classes of records, each with its time and its reason."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from server.domain.ids import CallId, PersonId
from server.domain.recordings import Part


class Marked(StrEnum):
    """Which calls a class is about."""

    ALL = "all"
    MARKED = "marked"
    """On which a sign of danger was raised, by the machine or by a person."""
    UNMARKED = "unmarked"


class Records(StrEnum):
    """What a class is about."""

    CALL = "call"
    CASE = "case"
    """Its time begins when it is closed."""
    REFERRAL = "referral"
    """When the service confirmed it, or it ended."""
    FEEDBACK = "feedback"
    """When something was last written."""
    TRAINING = "training"
    SUBJECT_ACCESS = "subject access"
    """When something was last written; what was disclosed stays on each call's own record."""
    ACCESS_LOG = "access log"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordClass:
    id: str
    title: str
    parts: frozenset[Part] = frozenset()
    """Of calls: what is erased once the time is over, sound or video by itself, or all of the call."""
    calls: Marked = Marked.ALL
    of: Records = Records.CALL
    keep: timedelta
    why: str

    def ended_before(self, now: datetime) -> datetime:
        """Calls that ended before this moment have been kept long enough."""
        return now - self.keep


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A call that may not be erased. Why is in its journal."""

    call: CallId
    by: PersonId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One line of the chain that outlives every call."""

    seq: int
    at: str
    kind: str
    call: CallId | None
    person: str
    facts: dict[str, str | int]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of checking the chain."""

    lines: int
    head: str
    broken_at: int | None = None
    """The first line that is not as it was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What a retention run did."""

    erased: tuple[tuple[str, str], ...] = ()
    """Each record with the class by which its time was over."""
    held: tuple[str, ...] = ()
    failed: tuple[str, ...] = field(default=())
