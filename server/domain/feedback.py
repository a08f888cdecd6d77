"""Feedback on a call: between the reviewer who wrote it and the handler whom it is for, and nobody else."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from server.domain.events.base import NO_ACT
from server.domain.ids import ActId, CallId, FeedbackId, PersonId
from server.domain.papers import PaperEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackSent(PaperEvent):
    call: CallId
    to: PersonId
    well: str = field(repr=False)
    """What went well comes first, and has to be said."""
    next_time: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackRead(PaperEvent):
    """Whom it is for has opened it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackAnswered(PaperEvent):
    """Either of the two says something back."""

    text: str = field(repr=False)
    act: ActId = NO_ACT


FeedbackEvent = FeedbackSent | FeedbackRead | FeedbackAnswered


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    id: FeedbackId
    sent: FeedbackSent
    read: bool = False
    answers: tuple[FeedbackAnswered, ...] = ()

    @property
    def between(self) -> frozenset[PersonId]:
        return frozenset({self.sent.person, self.sent.to})


def feedback_of(paper: FeedbackId, events: Iterable[PaperEvent]) -> Feedback | None:
    """None before it was sent."""
    found: Feedback | None = None
    for event in events:
        match event:
            case FeedbackSent():
                found = found or Feedback(id=paper, sent=event)
            case FeedbackRead() if found is not None:
                found = replace(found, read=True)
            case FeedbackAnswered() if found is not None:
                found = replace(found, answers=(*found.answers, event))
            case _:
                pass
    return found
