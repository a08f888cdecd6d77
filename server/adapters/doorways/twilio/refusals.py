"""Why a media socket is closed: the whole table, as operators and Twilio's debugger see it."""

from enum import Enum


class Refusal(Enum):
    """Each has a name for logs and counters, a close code for the wire, and a sentence for people."""

    MALFORMED = ("malformed", 1007, "The message is not JSON of the shape that its event has.")
    UNKNOWN_EVENT = ("unknown-event", 4400, "The message's event is not one of Media Streams.")
    BINARY = ("binary", 1003, "Media Streams are text; a binary message came.")
    OVERSIZED = ("oversized", 1009, "The message is larger than any that Media Streams send.")
    WRONG_FORMAT = ("wrong-format", 4415, "The sound is not audio/x-mulaw, 8000 Hz, one channel.")
    NO_START = ("no-start", 4408, "No start came in time.")
    EARLY_MEDIA = ("early-media", 4409, "Sound, a key or a stop came before the start.")
    SECOND_START = ("second-start", 4410, "The stream was opened twice.")
    NO_TOKEN = ("no-token", 4401, "The start carries no token.")
    BAD_TOKEN = ("bad-token", 4403, "The token is unknown, used or too old.")
    FOREIGN_TOKEN = ("foreign-token", 4404, "The token was given out for another call.")
    UNKNOWN_CALL = ("unknown-call", 4405, "No call arrived under this CallSid.")
    CALL_OVER = ("call-over", 4406, "The call has ended.")
    FAULT = ("fault", 1011, "The server could not take the stream.")

    def __init__(self, code: str, close_code: int, sentence: str) -> None:
        self.code = code
        self.close_code = close_code
        self.sentence = sentence


class Refused(Exception):
    """This socket is to be closed; everything else carries on."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
