"""Links that let somebody in by their own browser: what each opens, for how long, and for which browser."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from server.domain.ids import CallId, ForceId, LinkId, PersonId

LONGEST = timedelta(minutes=30)
"""No link waits for longer to be opened (domain facts, 2E)."""


class LinkKind(StrEnum):
    VIDEO = "video"
    TEXT = "text"
    """Typed words only: no camera and no microphone is ever asked for."""
    LOCATION = "location"
    """One place, once."""


class Closing(StrEnum):
    """Why a link opens nothing any more."""

    REVOKED = "revoked"
    LEFT = "left"
    QUICK_EXIT = "quick exit"
    OVER = "call over"
    NOT_SENT = "not sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoLink:
    id: LinkId
    """Names it among us; what is in the address is another secret, of which only a hash is kept."""
    call: CallId
    """The call whose journal tells of it."""
    room: CallId
    """The call that is opened by whoever comes in."""
    force: ForceId
    kind: LinkKind
    guest: bool = False
    """Whether it is for an officer or an interpreter, and not for whom the call is about;"""
    talks: bool = True
    """a guest who does not talk only sees and hears."""
    by: PersonId
    made_at: datetime
    until: datetime
    """When it can no longer be opened for the first time."""
    language: str = "en"
    name: str = ""
    """What a guest is called in the call, such as `Interpreter`."""
    record: bool = False
    """Whether whom it is for agreed to be recorded."""
    browser_hash: str = field(default="", repr=False)
    """Of the secret of the one browser that opened it; empty until then."""
    opened_at: datetime | None = None
    closed: Closing | None = None

    def fresh(self, now: datetime) -> bool:
        """Whether a browser may open it for the first time."""
        return self.closed is None and self.opened_at is None and now < self.until

    def held(self, browser_hash: str, now: datetime, *, for_how_long: timedelta) -> bool:
        """Whether this browser opened it, and may still come back."""
        if self.closed is not None or self.opened_at is None or not browser_hash:
            return False
        return self.browser_hash == browser_hash and now < self.opened_at + for_how_long
