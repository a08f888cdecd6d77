"""What a force has to answer for over a time, as its journals tell it; no words, and nobody is graded."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain.briefs import Brief, Sureness, brief_of
from server.domain.call import folded
from server.domain.events import (
    CallArrived,
    DowngradeConfirmed,
    Entry,
    GradeSet,
    RecordCheck,
    RecordChecked,
    UnitArrived,
)
from server.domain.ids import CallId, MarkerId, PersonId
from server.domain.markers import Marker
from server.domain.topics import Asking


@dataclass(frozen=True, slots=True, kw_only=True)
class Lowered:
    """A grade that was lowered, and what stood against it then."""

    at: datetime
    was: str
    grade: str
    against: tuple[MarkerId, ...]
    by: PersonId
    second: PersonId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Who looked something up on the records, and when."""

    check: RecordCheck
    found: str
    by: PersonId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReport:
    call: CallId
    arrived_at: datetime
    ended: bool
    grade: str
    markers: tuple[MarkerId, ...]
    lowered: tuple[Lowered, ...]
    attended_after_s: int | None
    """None: nobody is on record as having arrived."""
    raised: tuple[MarkerId, ...]
    missed: tuple[MarkerId, ...]
    """The prompts that were raised, and those that nobody had answered or put aside at the end."""
    looked: tuple[Looked, ...]
    not_looked: tuple[RecordCheck, ...]
    not_asked: tuple[str, ...]
    """What of the handler's list nobody asked, or nobody answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerReport:
    """What the calls of the time have of one marker."""

    marker: MarkerId
    calls: int
    """In so many it stood; of these it is said how soon somebody came."""
    attended: int
    median_s: int | None
    nine_in_ten_s: int | None
    """So soon were half, and nine in ten, of those that were attended."""
    raised: int
    missed: int
    """Over all calls: a prompt was raised also where its words turned out to be others."""
    lowered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ForceReport:
    calls: tuple[CallReport, ...]
    not_readable: int
    """Calls of the time whose words are erased or whose journal is damaged: nothing is said of them."""


def call_report(entries: Sequence[Entry], markers: Mapping[MarkerId, Marker]) -> CallReport | None:
    """None for a call whose arrival cannot be read: its words are erased."""
    first = entries[0] if entries else None
    if first is None or not isinstance(first.event, CallArrived):
        return None
    state, brief = folded(entries), brief_of(first.call, entries, markers)
    asked = [one.prompt.marker for one in state.prompts.values()]
    missed = [one.prompt.marker for one in state.prompts.values() if state.ended and one.waits]
    return CallReport(
        call=first.call,
        arrived_at=first.recorded_at,
        ended=state.ended,
        grade=state.graded.grade,
        # What a brief carries in doubt, so that nothing grave is lost, did not stand.
        markers=tuple(sorted({line.marker for line in brief.lines if line.sure is Sureness.SAID})),
        lowered=tuple(_lowered(entries)),
        attended_after_s=_attended(entries, first.recorded_at),
        raised=tuple(asked),
        missed=tuple(missed),
        looked=tuple(_looked(entries)),
        not_looked=brief.not_checked,
        not_asked=_not_asked(brief),
    )


def by_marker(calls: Iterable[CallReport]) -> list[MarkerReport]:
    """The commonest first."""
    every = tuple(calls)
    named = {marker for call in every for marker in _named(call)}
    reports = [_of_marker(marker, every) for marker in named]
    return sorted(reports, key=lambda one: (-one.calls, one.marker))


def _named(call: CallReport) -> Iterator[MarkerId]:
    yield from call.markers
    yield from call.raised
    for one in call.lowered:
        yield from one.against


def _of_marker(marker: MarkerId, calls: Sequence[CallReport]) -> MarkerReport:
    stood = [one for one in calls if marker in one.markers]
    after = sorted(one.attended_after_s for one in stood if one.attended_after_s is not None)
    return MarkerReport(
        marker=marker,
        calls=len(stood),
        attended=len(after),
        median_s=_part(after, 0.5),
        nine_in_ten_s=_part(after, 0.9),
        raised=sum(one.raised.count(marker) for one in calls),
        missed=sum(one.missed.count(marker) for one in calls),
        lowered=sum(marker in each.against for one in calls for each in one.lowered),
    )


def _part(ordered: Sequence[int], of: float) -> int | None:
    return ordered[min(len(ordered) - 1, int(of * len(ordered)))] if ordered else None


def _lowered(entries: Sequence[Entry]) -> Iterator[Lowered]:
    later = {
        one.event.change: one.event.person for one in entries if isinstance(one.event, DowngradeConfirmed)
    }
    for entry in entries:
        if isinstance(event := entry.event, GradeSet) and event.lowered:
            yield Lowered(
                at=entry.recorded_at,
                was=event.was,
                grade=event.grade,
                against=event.against,
                by=event.person,
                second=event.second or later.get(event.change),
            )


def _attended(entries: Iterable[Entry], arrived_at: datetime) -> int | None:
    there = [entry.recorded_at for entry in entries if isinstance(entry.event, UnitArrived)]
    return (there[0] - arrived_at) // timedelta(seconds=1) if there else None


def _looked(entries: Iterable[Entry]) -> Iterator[Looked]:
    for entry in entries:
        if isinstance(event := entry.event, RecordChecked):
            yield Looked(check=event.check, found=event.found, by=event.person, at=entry.recorded_at)


def _not_asked(brief: Brief) -> tuple[str, ...]:
    return tuple(one.label for one in brief.topics if one.asking in (Asking.NOT_ASKED, Asking.ASKED))
