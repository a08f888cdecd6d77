"""Where calls come in from every doorway, and are carried until they end."""

from dataclasses import dataclass, field
from typing import Protocol

from server.domain.events import Ending, GapCause
from server.domain.ids import CallId, ForceId
from server.domain.speech import AudioFrame, Party


class CallOver(Exception):
    """The call has ended; nothing more can be added to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A call as its doorway announces it."""

    call: CallId
    force: ForceId
    doorway: str
    caller: str = field(default="", repr=False)
    called: str = field(default="", repr=False)


class Line(Protocol):
    """One transport that carries the sound of a call's legs. Nothing here ever waits."""

    def join(self, party: Party) -> None:
        """Start hearing this party; joining twice is joining once."""
        ...

    def hear(self, frame: AudioFrame) -> None:
        """Offer sound in media order. When the ears lag, the oldest sound goes, and is recorded."""
        ...

    def gap(self, party: Party, *, from_ms: int, to_ms: int, cause: GapCause) -> None: ...

    def press(self, party: Party, digit: str, *, at_ms: int) -> None: ...

    def stop(self) -> None:
        """The source said that the sound is over: flush the last words, then end the call."""
        ...

    def lose(self, why: str) -> None:
        """The transport went away: keep the call for a new line, then end it."""
        ...


class Lines(Protocol):
    """What a doorway may ask of the switchboard."""

    async def arrive(self, arrival: Arrival) -> None:
        """Open the call and record its arrival; arriving twice is arriving once."""
        ...

    async def open_line(self, call: CallId) -> Line:
        """Connect a transport. An earlier line of the same call is superseded.

        Raises `UnknownCall` if the call never arrived, `CallOver` if it has ended.
        """
        ...

    async def callback(self, call: CallId, *, about: str, status: str, code: str = "") -> None:
        """Journal what the provider says about the call or its stream. Raises `UnknownCall`."""
        ...

    async def hang_up(self, call: CallId, why: Ending) -> None:
        """The provider says that the call is over. Hanging up twice is hanging up once."""
        ...
