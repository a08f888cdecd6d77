"""What every event has: when on the call it happened, and who did it if a person did."""

from dataclasses import dataclass

from server.domain.ids import ActId, PersonId

NO_ACT = ActId("")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvent:
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Act(CallEvent):
    """What a person did on a call."""

    person: PersonId
    act: ActId = NO_ACT
    """The browser's own id of the act: one that comes again under the same id is done once."""
