"""Markers of risk, as they were sighted and as the settled words withdrew them."""

from dataclasses import dataclass, field

from server.domain.events.base import CallEvent
from server.domain.ids import MarkerId
from server.domain.markers import MarkerClass
from server.domain.prompts import Standing
from server.domain.sightings import Sighting
from server.domain.speech import Party


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerSighted(CallEvent):
    sighting: Sighting
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class SightingWithdrawn(CallEvent):
    """The settled words did not hold what a draft had shown: heard differently."""

    marker: MarkerId
    party: Party
    utterance: int
    heard: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskRaised(CallEvent):
    """The call now shows a marker of a class that it had not shown before."""

    severity: MarkerClass
    because: MarkerId
