"""How somebody on a call was asked into video: what makes it safe, the link, and what became of it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from server.domain.events.base import Act, CallEvent
from server.domain.ids import CallId, LinkId
from server.domain.video_links import Closing, LinkKind


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    UNSURE = "not sure"


class Others(StrEnum):
    """Who else can see or hear the phone."""

    NOBODY = "nobody"
    SAFE = "somebody safe"
    SUSPECT = "the suspect"
    UNSURE = "not sure"


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyAsked(Act):
    """What they said before any link: it stands until it expires or is asked again."""

    phone_safe: Answer
    others: Others
    alone: Answer
    until: datetime
    word: str = field(default="", repr=False)
    """What they agreed to say when somebody comes in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoInvited(Act):
    link: LinkId
    room: CallId
    into: LinkKind
    guest: bool = False
    until: datetime
    channel: str
    """By which way the link goes out, such as `twilio`."""
    to: str = field(repr=False)
    language: str = "en"
    name: str = ""
    record: bool = False
    """Whether they agreed to be recorded."""
    case: str = ""
    """The case from which they were asked; empty: from the call itself."""
    stops: tuple[str, ...] = ()
    """The stop signs that whoever invites had before them, and went on past."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteReported(CallEvent):
    """The channel says how the message fared."""

    link: LinkId
    status: str
    """`sent`, `delivered` or `failed`."""
    instead: str = ""
    """What to do instead, where it failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOpened(CallEvent):
    """A browser opened it and holds it from now on."""

    link: LinkId


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTried(CallEvent):
    """Another browser than the one that holds it tried it: somebody else may have the message."""

    link: LinkId


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkClosed(CallEvent):
    """It opens nothing any more."""

    link: LinkId
    room: CallId
    why: Closing
