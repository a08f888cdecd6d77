"""The messages of Twilio Media Streams, typed; every number comes as a string."""

from typing import Annotated, Literal

import msgspec

from server.adapters.doorways.twilio.refusals import Refusal, Refused

_Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
_Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=24 * 60 * 60 * 1000)]
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]


class _Part(msgspec.Struct, rename="camel", frozen=True):
    """An object inside a message; fields that we do not use are let pass."""


class MediaFormat(_Part, frozen=True):
    encoding: str
    sample_rate: int
    channels: int

    @property
    def telephone(self) -> bool:
        return (self.encoding, self.sample_rate, self.channels) == ("audio/x-mulaw", 8000, 1)


class StartOf(_Part, frozen=True):
    call_sid: _Name
    media_format: MediaFormat
    custom_parameters: dict[str, str] = {}


class MediaOf(_Part, frozen=True):
    track: Literal["inbound", "outbound"]
    timestamp: _Milliseconds
    payload: bytes
    """µ-law; base64 on the wire."""


class DigitOf(_Part, frozen=True):
    digit: Annotated[str, msgspec.Meta(pattern="^[0-9*#A-D]\\Z")]
    track: str = "inbound_track"


class _Message(msgspec.Struct, rename="camel", tag_field="event", frozen=True):
    """One text message, told apart by its `event`."""


class Connected(_Message, tag="connected", frozen=True):
    protocol: str = ""


class Start(_Message, tag="start", frozen=True):
    sequence_number: _Count
    start: StartOf


class Media(_Message, tag="media", frozen=True):
    sequence_number: _Count
    media: MediaOf


class Digit(_Message, tag="dtmf", frozen=True):
    sequence_number: _Count
    dtmf: DigitOf


class Mark(_Message, tag="mark", frozen=True):
    sequence_number: _Count


class Stop(_Message, tag="stop", frozen=True):
    sequence_number: _Count


Message = Connected | Start | Media | Digit | Mark | Stop
_EVENTS = frozenset({"connected", "start", "media", "dtmf", "mark", "stop"})


class _Envelope(msgspec.Struct, frozen=True):
    event: str


_message: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message, strict=False)
_envelope = msgspec.json.Decoder(_Envelope)


def read(text: bytes | str) -> Message:
    """Raises `Refused`, without a word of what was sent."""
    try:
        return _message.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refused(_fault_of(text)) from None


def _fault_of(text: bytes | str) -> Refusal:
    try:
        known = _envelope.decode(text).event in _EVENTS
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Refusal.MALFORMED
    return Refusal.MALFORMED if known else Refusal.UNKNOWN_EVENT
