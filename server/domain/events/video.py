"""What happens in a video call beside what is said."""

from dataclasses import dataclass, field

from server.domain.events.base import Act, CallEvent
from server.domain.ids import CallId, ParticipantId, PersonId
from server.domain.seats import Leaving, Seat, Switched


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoOpened(CallEvent):
    """The room was opened by the first who came."""

    from_call: CallId | None
    """The phone call that it came from,"""
    case: str = ""
    """and the case."""
    invited_by: PersonId | None = None
    record: bool = False
    """Whether whoever opened it agreed to be recorded. In older journals this is all that was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoJoined(CallEvent):
    participant: ParticipantId
    seat: Seat
    talks: bool
    """Whether this one is seen and heard; otherwise receives only."""
    person: PersonId | None = None
    name: str = field(default="", repr=False)
    record: bool | None = None
    """Whether this visitor agreed to be recorded; none: of a colleague, and in older journals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoReconnecting(CallEvent):
    """The connection went; the place is kept."""

    participant: ParticipantId


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoRejoined(CallEvent):
    participant: ParticipantId


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoLeft(CallEvent):
    participant: ParticipantId
    why: Leaving


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaTurned(CallEvent):
    """A camera or microphone was turned on or off, or denied."""

    participant: ParticipantId
    camera: Switched
    microphone: Switched
    quality: str = ""
    """What their line carries from them: `full`, `stills`, `sound` or `text`; empty: not said."""
    takes: str = ""
    """What it carries to them, likewise, as the bridge finds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatSent(CallEvent):
    participant: ParticipantId
    chat: str
    """The browser's own id of it."""
    text: str = field(repr=False)
    utterance: int
    """Under which number of the party's leg it was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DuressTapped(CallEvent):
    """Somebody is there who must not know: told without a sign on the page."""

    participant: ParticipantId


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationShared(CallEvent):
    participant: ParticipantId
    latitude: float = field(repr=False)
    longitude: float = field(repr=False)
    accuracy_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StillTaken(Act):
    """One picture of somebody's camera was kept."""

    participant: ParticipantId
    still: str
    """Its name in the vault,"""
    digest: str
    """and the SHA-256 of its bytes."""
