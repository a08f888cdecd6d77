"""The control room's other systems: what they may do here, and what they are told."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from server.domain.ids import CallId, ForceId


class Scope(StrEnum):
    """What a system's key opens. Nothing else."""

    CALLS = "calls:read"
    JOURNAL = "journal:read"
    """Everything on record of a call, words included."""
    PROMPTS = "prompts:read"
    """Prompts, with the words that raised them."""
    ACT = "prompts:act"
    """Act on prompts for a named person; what they say needs `prompts:read` beside it."""
    DISPATCH = "dispatch:tell"
    """Tell of grades, units, queues, rings back and what was typed, as the control system does."""
    BRIEFS = "briefs:act"
    """Fetch briefs, words included, and say who received them."""
    REFERRALS = "referrals:act"
    """Fetch referrals that were sent this way, words included, and say who has them."""
    PEOPLE = "people:read"
    HEALTH = "health:read"
    SEARCH = "search:read"
    """Find calls by what was said, without being told it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """One system's key, without the secret."""

    id: str
    system: str
    force: ForceId
    scopes: frozenset[Scope]
    made_at: datetime
    until: datetime | None = None
    revoked_at: datetime | None = None

    def good_at(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.until is None or now < self.until)


class Topic(StrEnum):
    """What another system can be told of."""

    RAISED = "prompt.raised"
    OWNED = "prompt.owned"
    ESCALATED = "prompt.escalated"
    ENDED = "call.ended"
    GRADED = "grade.set"
    DOWNGRADE = "downgrade.asked"
    OWED = "watch.raised"
    BRIEF = "brief.sent"
    """A brief or a transfer sheet is there to be fetched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a system wants to be told."""

    name: str
    force: ForceId
    url: str
    topics: frozenset[Topic] = frozenset(Topic)
    secrets: tuple[bytes, ...] = field(repr=False)
    """The newest first; further ones while a secret is being replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One thing that an endpoint is to be told, until it has taken it."""

    id: str
    """The same at every try: who has seen it passes over it."""
    endpoint: str
    call: CallId
    seq: int
    topic: Topic
    body: str
    made_at: datetime
    tries: int = 0
    next_at: datetime
    dead_at: datetime | None = None
    """When it was given up."""
    why: str = ""
    """What went wrong the last time."""
