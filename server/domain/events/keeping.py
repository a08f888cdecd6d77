"""What was kept of a call, who heard it again or took it out, and what can no longer be read."""

from dataclasses import dataclass, field
from enum import StrEnum

from server.domain.events.base import Act, CallEvent
from server.domain.ids import PersonId
from server.domain.recordings import StreamId, StreamKind


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingBegan(CallEvent):
    """From now on this stream is kept; again after a restart, with what there was before."""

    stream: StreamId
    medium: StreamKind
    policy: str
    """What the force's policy says of it, as it stood."""
    pieces: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentKept(CallEvent):
    """So much of the stream is safe. The chain is over every piece up to here."""

    stream: StreamId
    pieces: int
    to_ms: int
    chain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingHurt(CallEvent):
    """What is said from here on is not kept, until a `SegmentKept` says that it is again."""

    stream: StreamId
    why: str
    from_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingEnded(CallEvent):
    stream: StreamId
    pieces: int
    to_ms: int
    chain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackBegan(Act):
    """This person may hear the recording from now on; what of it, their browser decides."""

    from_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPlaced(Act):
    """The call may not be erased."""

    why: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLiftAsked(Act):
    """Somebody wants the hold to end; somebody else has to agree."""

    why: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLifted(Act):
    why: str = field(repr=False)


class Purpose(StrEnum):
    """What a disclosure is for."""

    PROSECUTION = "prosecution"
    SUBJECT_ACCESS = "subject access"
    COURT = "court order"
    COMPLAINT = "complaint"
    OTHER = "other"


class Pictures(StrEnum):
    """What of a video call's pictures leaves. Nothing is cut: sound and faces stay as they are."""

    WHOLE = "whole"
    STILLS = "stills only"
    NONE = "left out"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureAsked(Act):
    """Somebody wants to take the call out; somebody else has to agree."""

    purpose: Purpose
    why: str = field(repr=False)
    redact: bool
    names: tuple[str, ...] = field(default=(), repr=False)
    """Other people's names, which are left out beside numbers and postcodes."""
    pictures: Pictures = Pictures.WHOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureApproved(Act):
    asked: int
    """The number of the entry that asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureRefused(Act):
    asked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosed(Act):
    """The bundle was made, and is about to leave."""

    asked: int
    approved_by: PersonId
    digest: str
    """SHA-256 of the bundle's list of hashes."""
    removed: int
    """How many stretches of words were left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsErased(CallEvent):
    """Stands where an entry was whose key was destroyed. Nobody ever records it."""

    was: str
