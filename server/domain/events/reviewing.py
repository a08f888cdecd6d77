"""A call looked at again: heard a second time, judged by a reviewer, and what is to be done about it."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from server.domain.events.base import Act, CallEvent
from server.domain.ids import ActionId, FindingId, PersonId
from server.domain.sightings import Sighting
from server.domain.speech import Utterance


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardAgain(CallEvent):
    """The recording was heard a second time, without hurry, and read by the same reader."""

    model: str
    how: str
    """In what this hearing was better than the live one: `a larger model`, `a wider search`."""
    utterances: tuple[Utterance, ...] = field(repr=False)
    sightings: tuple[Sighting, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotHeardAgain(CallEvent):
    """Nobody could hear the call a second time; the review rests on what was heard live."""

    why: str


class FindingVerdict(StrEnum):
    AGREED = "agreed"
    """It is as the list says."""
    NOT_SO = "not so"
    """The machine is wrong: the words do not say that."""
    NO_MATTER = "no matter"
    """It is so, and nothing should have been done differently."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingJudged(Act):
    """What the reviewer makes of one line of the three lists. The latest stands; all are kept."""

    finding: FindingId
    verdict: FindingVerdict
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionOpened(Act):
    """Somebody is to do something by a day."""

    action: ActionId
    what: str = field(repr=False)
    owner: PersonId
    due: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionDone(Act):
    action: ActionId
    note: str = field(default="", repr=False)
