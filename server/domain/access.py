"""Who looked at which call, who was kept from it, and who came in by which way."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from server.domain.ids import CallId, PersonId


class AccessKind(StrEnum):
    VIEWED = "viewed"
    """The words of a call went to a screen, or to another system."""
    REFUSED = "refused"
    """Somebody who is barred from a call asked for it."""
    EXPORTED = "exported"
    SEARCHED = "searched"
    """Somebody looked for calls; `by` says for what."""
    BARRED = "barred"
    UNBARRED = "unbarred"
    SIGNED_IN = "signed in"
    BREAK_GLASS = "broke glass"
    """Signed in by a local account although the force's own sign-in is on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    person: PersonId
    """The sign-in name; `key:…` for another system, `account:…` for somebody at the server's terminal."""
    kind: AccessKind
    call: CallId | None = None
    by: str = ""
    """The way it came, or who did it: `feed`, `listening in`, the name of an administrator."""
    at: datetime | None = None
    """When it was recorded; set by the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A person who must not know of a call."""

    person: PersonId
    call: CallId
