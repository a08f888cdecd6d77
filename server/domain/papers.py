"""What is on record beside the calls: every paper is a journal of its own, its facts in order."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from server.domain.ids import PersonId

PaperId = NewType("PaperId", str)
"""`feedback-…`, `exercise-…`, `session-…` or `subject-…`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperEvent:
    """What a person did."""

    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a paper."""

    paper: PaperId
    seq: int
    """Counts from 1 within the paper, without gaps."""
    recorded_at: datetime
    """Aware, UTC."""
    event: PaperEvent
