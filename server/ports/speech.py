"""Hearing: sound in, words out."""

from collections.abc import AsyncGenerator, AsyncIterable
from dataclasses import dataclass
from typing import Protocol

from server.domain.sounds import SoundHeard
from server.domain.speech import AudioFrame, Draft, Utterance


class HearingLost(Exception):
    """The engine cannot hear this leg any more, and could not be replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the engine has got. Backlog is the difference.

    Not sent before an engine has heard some of the leg or the leg was said to be `Deafened`;
    from then until `Reopened`, `heard_to_ms` stands still.
    """

    received_to_ms: int
    heard_to_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deafened:
    """No engine hears this leg, because it stopped or none was ready; one is being found."""

    at_ms: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """A replacement is listening and was given the sound since the last settled words."""

    at_ms: int
    replayed_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheard:
    """Sound that was taken in and will never be heard; the last value before `HearingLost`."""

    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CryHeard:
    """A loud cry, or a noise like one: a doubt. One that goes on is told again after ten seconds."""

    from_ms: int
    to_ms: int


Hearing = Draft | Utterance | Progress | Deafened | Reopened | Unheard | CryHeard | SoundHeard


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineHealth:
    """For `/readyz`, `/metrics` and `earshot check`."""

    model: str
    """The model's name."""
    demonstration: bool
    """Whether the model is the built-in one, not fit for real callers."""
    workers: int
    workers_ready: int
    restarts: int
    legs: int
    """Legs being heard now."""


class Transcriber(Protocol):
    """Hears legs. One engine serves every leg of the node."""

    def transcribe(self, frames: AsyncIterable[AudioFrame]) -> AsyncGenerator[Hearing, None]:
        """Hear one leg.

        Utterances come out in the order they were spoken, numbered from 0. Drafts
        between them replace one another. Blocks may be empty of words. When the frames
        end, the last words are flushed as an utterance and the stream ends. An engine
        that fails is replaced and the sound since the last utterance replayed:
        `Deafened`, then `Reopened`. While there is no engine the sound is kept, and
        what no longer fits waits in `frames`. Only if nothing more can be heard is
        `HearingLost` raised, and the sound lost with it told before as `Unheard`.
        Closing the generator releases the recogniser.
        """
        ...

    async def wait_ready(self, *, timeout_s: float) -> None:
        """Wait until the engine can hear. Raises `HearingLost` if it cannot by then."""
        ...

    def health(self) -> EngineHealth: ...
