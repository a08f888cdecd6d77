"""What browsers say to a video room: one JSON object to a message, in bounds."""

from typing import Annotated

import msgspec
from msgspec import Meta

from server.domain.seats import Leaving, Switched
from server.services.room_refusals import BadMessage

MESSAGE_BYTES = 65_536

Id = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Attempt = Annotated[int, Meta(ge=1, le=1_000_000)]
Quality = Annotated[str, Meta(pattern=r"^(full|stills|sound|text)?$")]


class _FromBrowser(msgspec.Struct, tag_field="type", frozen=True, kw_only=True):
    pass


class Hello(_FromBrowser, tag="hello", frozen=True, kw_only=True):
    page: Annotated[str, Meta(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9]+$")]


class Offer(_FromBrowser, tag="offer", frozen=True, kw_only=True):
    sdp: str
    """The bridge says what is wrong with it, and which is too long."""
    attempt: Attempt


class Candidate(_FromBrowser, tag="candidate", frozen=True, kw_only=True):
    attempt: Attempt
    candidate: Annotated[str, Meta(max_length=1024)] = ""


class State(_FromBrowser, tag="state", frozen=True, kw_only=True):
    camera: Switched
    microphone: Switched
    quality: Quality = ""


class Chat(_FromBrowser, tag="chat", frozen=True, kw_only=True):
    id: Id
    text: Annotated[str, Meta(min_length=1, max_length=500)]


class Duress(_FromBrowser, tag="duress", frozen=True, kw_only=True):
    id: Id


class Location(_FromBrowser, tag="location", frozen=True, kw_only=True):
    id: Id
    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]
    accuracy_m: Annotated[float, Meta(ge=0, le=1_000_000)]


class Leave(_FromBrowser, tag="leave", frozen=True, kw_only=True):
    why: Leaving


class Ping(_FromBrowser, tag="ping", frozen=True, kw_only=True):
    n: int


Message = Hello | Offer | Candidate | State | Chat | Duress | Location | Leave | Ping
_decoder: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)


def read(text: str) -> Message:
    """Raises `BadMessage`; what was wrong is said, never what was in it."""
    try:
        return _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError):
        raise BadMessage from None


def kind_of(text: str) -> str:
    """The type that a message claims, for the answer to it; empty where none can be read."""
    try:
        kind = msgspec.json.decode(text, type=_Typed).type
    except (msgspec.DecodeError, UnicodeEncodeError):
        return ""
    return kind if kind.isalpha() and len(kind) <= 20 else ""


class _Typed(msgspec.Struct):
    type: str = ""
