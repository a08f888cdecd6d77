"""Reading: words in, sightings of risk markers out."""

from collections.abc import Mapping
from typing import Protocol

from server.domain.ids import MarkerId
from server.domain.markers import Marker, MarkerClass
from server.domain.sightings import Sighting
from server.domain.sounds import SoundHeard
from server.domain.speech import Draft, Party, Utterance


class BadMarkers(Exception):
    """The marker files cannot be used; the message lists every mistake by file and line."""


class CallReading(Protocol):
    """Reads one call, in order, remembering what was asked and who is who."""

    def draft(self, draft: Draft) -> tuple[Sighting, ...]:
        """What this draft shows, given the turns settled so far. Changes nothing."""
        ...

    def settle(self, utterance: Utterance) -> tuple[Sighting, ...]:
        """Add a settled turn and return every sighting that it brings, denials included.

        Among them may be sightings in earlier turns, which this one completes or
        releases (an answer to a question, the domestic frame).
        """
        ...

    def press(self, digit: str, *, party: Party, at_ms: int) -> tuple[Sighting, ...]:
        """Add a key press."""
        ...

    def sound(self, heard: SoundHeard, *, party: Party, shown_ms: int | None = None) -> tuple[Sighting, ...]:
        """Add what may be taps or coughs, and return what they answer.

        A question may settle after its answer was heard: `settle` then returns it.
        `shown_ms`: since when the handler is shown a prompt for a caller who may not be able to speak.
        """
        ...

    def wait(self, at_ms: int, *, over: bool = False) -> tuple[Sighting, ...]:
        """Nothing more was said up to here, or ever, where the call is over; return what that brings."""
        ...

    def remember(self) -> None:
        """The call belongs to earlier ones that were domestic: whatever is said is read within that frame."""
        ...

    @property
    def domestic(self) -> bool:
        """Whether the call has shown a domestic frame."""
        ...

    @property
    def severity(self) -> MarkerClass:
        """The highest class sighted and standing so far."""
        ...


class Reader(Protocol):
    @property
    def markers(self) -> Mapping[MarkerId, Marker]: ...

    def begin(self) -> CallReading:
        """Start on a new call."""
        ...
