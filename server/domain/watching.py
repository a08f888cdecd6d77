"""What has to happen on a call in time, and to whom it is brought when it does not (facts, R-12)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain.case import Case
from server.domain.events import Ending, Escalation, Event, Watch, WatchEnded, WatchRaised
from server.domain.grades import grade_named
from server.domain.ids import PersonId
from server.domain.markers import MarkerClass
from server.domain.people import Force
from server.domain.transfers import TRANSFER
from server.domain.watch_times import in_danger

TO = (Escalation.SPECIALIST, Escalation.SUPERVISOR, Escalation.DUTY_SUPERVISOR)
HARDLY_SPOKEN = 3
"""A caller of fewer words may not have been able to speak; noise makes one or two of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Something that is not yet so, since when, and how long that may last."""

    watch: Watch
    since: datetime
    within_s: float


def wanted(case: Case, force: Force) -> list[Wanted]:
    """What the call wants now; what a force sets to nought is not watched for."""
    if case.state.dispatched.noise or not in_danger(case.state):
        found: list[Wanted] = []
    else:
        found = [*_unit(case, force), *_queue(case, force), *_ring_back(case, force)]
    if case.state.ended_in_cry and not (found or case.state.dispatched.noise):
        found = [*_ring_back(case, force)]
    found += [*_answers(case, force), *_second_person(case, force), *_transfers(case, force)]
    return [one for one in found if one.within_s > 0]


def watched(case: Case, force: Force, now: datetime, duty: PersonId | None) -> list[Event]:
    """The steps that are due, and the watches that are over. `duty` is the duty supervisor."""
    wants = {one.watch: one for one in wanted(case, force)}
    over = [watch for watch in case.state.dispatched.watches if watch not in wants]
    return [
        *(WatchEnded(at_ms=case.at_ms, watch=watch) for watch in over),
        *(
            WatchRaised(
                at_ms=case.at_ms,
                watch=one.watch,
                to=to,
                after_s=round((now - one.since).total_seconds()),
                person=duty if to is Escalation.DUTY_SUPERVISOR else None,
            )
            for one, at, to in _coming(case, force)
            if at <= now
        ),
    ]


def next_watch(case: Case, force: Force, now: datetime) -> datetime | None:
    """When to look again; none: nothing is left to bring to anybody."""
    return min((at for _, at, _ in _coming(case, force) if at > now), default=None)


def abandoned(case: Case) -> bool:
    """Whether the call broke off before the caller could say what was wrong, or in the middle of it.

    What ended in a cry did, whatever had been said: nobody knows what became of the caller.
    """
    if not case.state.ended or case.state.doorway == TRANSFER:
        return False
    lost = case.ending is Ending.LINE_LOST or case.state.ended_in_cry
    return lost or case.times.caller_words < HARDLY_SPOKEN


def _coming(case: Case, force: Force) -> Iterator[tuple[Wanted, datetime, Escalation]]:
    """Every step not yet taken."""
    rules = force.watch
    pauses_s = (0.0, rules.supervisor_s, rules.duty_supervisor_s)
    for one in wanted(case, force):
        brought = case.state.dispatched.watches.get(one.watch)
        for place in range(brought.steps if brought else 0, len(TO)):
            yield one, one.since + timedelta(seconds=one.within_s + pauses_s[place]), TO[place]


def _unit(case: Case, force: Force) -> Iterator[Wanted]:
    state, since = case.state, case.times.wanted_since
    if since is None or state.dispatched.units or state.dispatched.not_needed:
        return
    meant = grade_named(force.grades, state.graded.grade)
    if meant is not None and meant.attend_minutes is None:
        return
    within_s = force.watch.no_unit_s
    if meant is not None and meant.attend_minutes is not None and not meant.emergency:
        within_s = max(within_s, meant.attend_minutes * 60 * force.watch.unit_share) if within_s else 0
    yield Wanted(watch=Watch.NO_UNIT, since=max(since, case.times.unitless_since or since), within_s=within_s)


def _queue(case: Case, force: Force) -> Iterator[Wanted]:
    since = case.times.wanted_since
    if since is None or not force.watch.dispatch_queues:
        return
    if case.state.dispatched.queue not in force.watch.dispatch_queues:
        yield Wanted(
            watch=Watch.WRONG_QUEUE,
            since=max(since, case.times.queued_since or since),
            within_s=force.watch.queue_s,
        )


def _ring_back(case: Case, force: Force) -> Iterator[Wanted]:
    if abandoned(case) and case.ended_at is not None and not case.state.dispatched.rung_back:
        yield Wanted(watch=Watch.NOT_RUNG_BACK, since=case.ended_at, within_s=force.watch.ring_back_s)


def _answers(case: Case, force: Force) -> Iterator[Wanted]:
    grave = [one for one in case.state.waiting_prompts if one.severity.rank >= MarkerClass.HIGH.rank]
    if case.ended_at is not None and grave:
        yield Wanted(watch=Watch.UNANSWERED, since=case.ended_at, within_s=force.watch.answers_s)


def _second_person(case: Case, force: Force) -> Iterator[Wanted]:
    since = [case.times.asked_since[change] for change in case.state.graded.waiting]
    if since:
        yield Wanted(watch=Watch.DOWNGRADE, since=min(since), within_s=force.watch.downgrade_s)


def _transfers(case: Case, force: Force) -> Iterator[Wanted]:
    """What another force has not said of a sheet of ours, and we have not said of theirs."""
    open_sheets = [one for one in case.times.handed_over.values() if not one.ended]
    unreceived = [one.sent_at for one in open_sheets if one.received_at is None]
    if unreceived:
        yield Wanted(watch=Watch.NO_RECEIPT, since=min(unreceived), within_s=force.watch.receipt_s)
    unnamed = [one.received_at for one in open_sheets if one.received_at is not None and one.missing]
    if unnamed:
        yield Wanted(watch=Watch.NOT_NAMED, since=min(unnamed), within_s=force.watch.named_s)
    theirs = case.times.received
    if theirs is not None and not theirs.taken:
        yield Wanted(watch=Watch.NOT_TAKEN_OVER, since=theirs.at, within_s=force.watch.named_s)
