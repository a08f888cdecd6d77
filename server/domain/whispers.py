"""Where a whisper stands, and what a judgement of a marker is about."""

from dataclasses import dataclass
from typing import NamedTuple

from server.domain.events import Reply, WhisperSent
from server.domain.ids import MarkerId, PersonId
from server.domain.speech import Party

WHISPER_LIMIT = 120
"""Characters: a handler reads it while somebody speaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whisper:
    sent: WhisperSent
    read_by: PersonId | None = None
    reply: Reply | None = None
    replied_by: PersonId | None = None


class Judged(NamedTuple):
    """A marker in the words of one utterance."""

    marker: MarkerId
    party: Party
    utterance: int
