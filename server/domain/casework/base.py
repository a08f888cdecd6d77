"""What every fact of a case has: who did it, and by which act."""

from dataclasses import dataclass
from typing import NewType

from server.domain.events.base import NO_ACT
from server.domain.ids import ActId, PersonId

CaseId = NewType("CaseId", str)
"""`case-…`."""
PartyId = NewType("PartyId", str)
ThingId = NewType("ThingId", str)
"""An address, an order, an assessment within a case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """What somebody did about a case."""

    person: PersonId
    act: ActId = NO_ACT
