"""What was said of danger on the earlier calls that a call is linked to: words, and when."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from server.domain.history import EarlierCall
from server.domain.ids import CallId, MarkerId
from server.domain.markers import MarkerClass
from server.domain.memory import Memory

MOST = 12
"""A danger to life before any other, the newest calls' first: a crew reads them on the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidEarlier:
    call: CallId
    marker: MarkerId
    title: str
    severity: MarkerClass
    quote: str = field(repr=False)
    said_at: datetime

    @property
    def grave(self) -> bool:
        """Whether it tells of a danger to life."""
        return self.severity is MarkerClass.IMMEDIATE


def linked_before(memory: Memory) -> list[CallId]:
    """The calls that count as linked and came before this one, the newest first."""
    return [one.link.earlier for one in memory.linked if one.link.before_s >= 0]


def said_earlier(calls: Sequence[EarlierCall], linked: Collection[CallId]) -> tuple[SaidEarlier, ...]:
    newest = sorted((one for one in calls if one.call in linked), key=lambda one: one.at, reverse=True)
    said = (one for call in newest for one in _of(call))
    return tuple(sorted(said, key=lambda one: -one.severity.rank)[:MOST])


def _of(call: EarlierCall) -> Iterator[SaidEarlier]:
    for one in call.markers:
        if one.severity.rank >= MarkerClass.HIGH.rank and one.quote:
            yield SaidEarlier(
                call=call.call,
                marker=one.marker,
                title=one.title or one.marker.replace("_", " ").capitalize(),
                severity=one.severity,
                quote=one.quote,
                said_at=call.at + timedelta(milliseconds=one.at_ms),
            )
