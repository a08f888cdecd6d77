"""What invitations into video go by, and what is shown to, wanted and got by whoever sends one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from server.domain.events import SafetyAsked
from server.domain.events.inviting import Answer, Others
from server.domain.ids import CallId, LinkId
from server.domain.invitations import Invitation
from server.domain.video_facts import VideoFact
from server.domain.video_links import LONGEST, LinkKind


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteRules:
    base_url: str
    """What a link begins with; it should name neither police nor this product."""
    messages: Mapping[str, str] = field(repr=False)
    """By language, with `{link}` in it."""
    channel: str
    link: timedelta = timedelta(minutes=20)
    safety: timedelta = timedelta(hours=24)

    def __post_init__(self) -> None:
        if self.link > LONGEST:
            raise ValueError("no link may wait for longer than half an hour")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What they said to the three questions, and the word that they agreed on."""

    phone_safe: Answer
    others: Others
    alone: Answer
    word: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What somebody has before them who thinks of video."""

    safety: SafetyAsked | None
    facts: tuple[VideoFact, ...]
    invitations: tuple[Invitation, ...]
    number: str = field(repr=False)
    video: bool
    """Whether this is a video call itself, into which guests can be asked."""
    records: bool
    """Whether the force's policy records the video of people who agree to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    kind: LinkKind
    to: str = field(repr=False)
    language: str = "en"
    guest: bool = False
    talks: bool = True
    name: str = ""
    record: bool = False
    knowing: bool = False
    """Whether the stop signs were read, and it is wanted all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FromCase:
    """The case from which somebody is asked: its latest call carries it, and all its calls speak."""

    case: str
    facts: tuple[VideoFact, ...] = ()
    """What the case's other calls show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    link: LinkId
    room: CallId
    state: str
    instead: str = ""
    shown: str = field(default="", repr=False)
    """In development, what would have been sent."""
