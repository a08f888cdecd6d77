"""The bus: hints that something is new. Losing one loses speed, never a fact."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from server.domain.events import Entry
from server.domain.ids import CallId, PersonId
from server.domain.speech import Draft, Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """These entries were added to a call's journal."""

    call: CallId
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftHeard:
    """A leg's words as they stand; not recorded, since the next draft replaces it."""

    call: CallId
    draft: Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class BacklogSeen:
    """How much of a leg has arrived and is not yet heard."""

    call: CallId
    party: Party
    backlog_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantGiven:
    """A person may now see a call."""

    call: CallId
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyChanged:
    """A specialist came on duty or went off it."""

    person: PersonId
    on_duty: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFound:
    """A call of some time ago that screens have to show: something is still owed to it."""

    call: CallId


Notice = Recorded | DraftHeard | BacklogSeen | GrantGiven | DutyChanged | CallFound
Subscriber = Callable[[Notice], None]


class Bus(Protocol):
    def publish(self, notice: Notice) -> None:
        """Tell every subscriber. Never waits and never raises for a subscriber's fault."""
        ...

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call `subscriber` with every notice from now on, in order; it must not block.

        Returns the function that ends the subscription.
        """
        ...
