"""People who heard a call's sound from elsewhere: on record before the first of it leaves us."""

from dataclasses import dataclass

from server.domain.events.base import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class ListeningBegan(Act):
    """This person may hear both sides from now on, from this moment of the call."""

    from_ms: int
    live: bool
    """Whether they asked for what is being said now, not for what was said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListeningEnded(Act):
    """What was sent to them reached so far; they may have heard less."""

    to_ms: int
