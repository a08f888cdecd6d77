"""Linking: what a call's journal should say of earlier calls, and nothing that it says already."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from server.domain.case import Case
from server.domain.combining import LINKED_CALLS, TOGETHER, combinations, prompt_of
from server.domain.entities import Known
from server.domain.events import CombinationSeen, Event, HistoryLinked, LinkFound, PromptRaised, RiskRaised
from server.domain.history import EarlierCall, digest, shared_numbers
from server.domain.ids import CallId, ForceId
from server.domain.linking import (
    DAY,
    POSSIBLE_FROM,
    YEAR,
    Agreement,
    Link,
    Strength,
    ago,
    confidence,
    reasons,
    strength,
)
from server.domain.markers import MarkerClass
from server.domain.memory import Memory, remembered
from server.ports.history import CallHistory, Matcher
from server.services.control_room import ControlRoom

POSSIBLE_KEPT = 8
LINKED_KEPT = 60
HIGH = MarkerClass.HIGH.rank
THROUGH_FROM = 0.93
THROUGH = 0.95
"""A call that is linked to a linked one is a little less sure than that one."""
TIED = 0.99
"""A person asked one in from the other."""
AGAINST = 0.5
"""Bits: what two calls say themselves outweighs that a third belongs to both."""
CORRECTED = "what it rested on was corrected"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sought:
    """The call that earlier ones are looked for."""

    call: CallId
    at: datetime
    forces: frozenset[ForceId]
    undone: frozenset[CallId]
    """What a person took away again stays away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Night:
    """What stands around a comparison."""

    at: datetime
    calls: int
    shared: frozenset[str]
    """Numbers that many people ring from."""


class Linking:
    def __init__(self, room: ControlRoom, *, history: CallHistory, matcher: Matcher) -> None:
        self._room = room
        self._history = history
        self._matcher = matcher

    async def changes(self, case: Case, tied: Collection[CallId] = ()) -> list[Event]:
        """Links, counts, combinations and what they raise, as far as they are new.

        `tied`: calls that a person has joined with this one, as the video call that was asked in from it.
        """
        force, at = case.state.force, case.arrived_at
        if force is None or at is None:
            return []
        found = await self.found(case.call, force, at, case.state.memory)
        found = await self._with_tied(found, tied, at, case.state.memory)
        events: list[Event] = [
            LinkFound(at_ms=case.at_ms, link=link) for link in _news(case.state.memory, found)
        ]
        memory = case.state.memory
        for event in events:
            memory = remembered(memory, event)
        events += [await self._weighed(one, memory) for one in _counted(case, memory)]
        return [*events, *await self._combined(case, force, at, memory)]

    async def _with_tied(
        self, found: Sequence[Link], tied: Collection[CallId], at: datetime, memory: Memory
    ) -> list[Link]:
        """What agrees says more to people than that the two are tied, so it stays where it is enough."""
        sure = {link.earlier for link in found if link.strength is Strength.LINKED}
        sure |= {one.link.earlier for one in memory.links.values() if one.undone_by is not None}
        left = [call for call in tied if call not in sure]
        added = [_tied_link(one, at) for one in await self._history.named(left)] if left else []
        return [*(link for link in found if link.earlier not in set(left)), *added]

    async def _weighed(self, linked: HistoryLinked, memory: Memory) -> HistoryLinked:
        """How many of the earlier calls showed a danger."""
        calls = [one.link.earlier for one in memory.linked if one.link.before_s >= 0]
        earlier = await self._history.named(calls) if calls else []
        grave = sum(any(marker.severity.rank >= HIGH for marker in one.markers) for one in earlier)
        return replace(linked, grave_calls=grave)

    def forces(self, force: ForceId) -> frozenset[ForceId]:
        """Whose calls this force's may be linked to: its own, and those that give it theirs."""
        giving = (other.id for other in self._room.forces.values() if force in other.gives_history_to)
        return frozenset({force, *giving})

    async def found(self, call: CallId, force: ForceId, at: datetime, memory: Memory) -> list[Link]:
        sought = _Sought(
            call=call,
            at=at,
            forces=self.forces(force),
            undone=frozenset(one.link.earlier for one in memory.links.values() if one.undone_by is not None),
        )
        known = memory.known
        near = await self._history.under(
            self._matcher.sought(known, at), forces=sought.forces, since=at - YEAR
        )
        near = [one for one in near if one.call != call]
        shared = shared_numbers(known, near) | set(self._room.force(force).shared_numbers)
        night = _Night(at=at, calls=await self._history.busy(forces=sought.forces, at=at), shared=shared)
        direct = await asyncio.to_thread(self._compared, known, near, night)
        direct = [link for link in direct if link.earlier not in sought.undone]
        through = await self._through(sought, direct, near)
        against = self._against(known, [one for one in near if one.call in through], shared)
        return [*direct, *(link for call, link in through.items() if call not in against)]

    def _against(
        self, known: Sequence[Known], near: Sequence[EarlierCall], shared: frozenset[str]
    ) -> frozenset[CallId]:
        """Those that share something with this call, and differ from it in as much else."""
        agreements = self._matcher.comparing(known, shared=frozenset(shared))
        weighed = ((one.call, agreements(one.known)) for one in near)
        return frozenset(call for call, agreed in weighed if sum(one.bits for one in agreed) <= AGAINST)

    def _compared(self, known: Sequence[Known], near: Sequence[EarlierCall], night: _Night) -> list[Link]:
        agreements = self._matcher.comparing(known, shared=night.shared)
        links = [_link(agreements(one.known), one, night) for one in near]
        found = sorted((link for link in links if link is not None), key=lambda link: -link.confidence)
        linked = [link for link in found if link.strength is Strength.LINKED]
        possible = [link for link in found if link.strength is Strength.POSSIBLE]
        return [*linked[:LINKED_KEPT], *possible[:POSSIBLE_KEPT]]

    async def _through(
        self, sought: _Sought, direct: Sequence[Link], near: Sequence[EarlierCall]
    ) -> dict[CallId, Link]:
        """The calls of the last day that a linked call is linked to, whatever this one shares with them."""
        calls = {one.call: one for one in near}
        linked = {link.earlier for link in direct if link.strength is Strength.LINKED}
        sure = {link.earlier: link for link in direct if link.confidence >= THROUGH_FROM}
        by = {other: link for link in sure.values() for other in calls[link.earlier].linked}
        since = sought.at - DAY
        named = await self._history.named([one for one in by if one not in linked])
        later = await self._history.under(frozenset(map(linked_to, sure)), forces=sought.forces, since=since)
        by |= {one.call: sure[other] for one in later for other in one.linked if other in sure}
        passed = linked | sought.undone | {sought.call}
        return {
            one.call: _through_link(one, by[one.call], sought.at)
            for one in {one.call: one for one in (*named, *later)}.values()
            if one.call not in passed and one.force in sought.forces and abs(sought.at - one.at) <= DAY
        }

    async def _combined(self, case: Case, force: ForceId, at: datetime, memory: Memory) -> list[Event]:
        linked = [one.link.earlier for one in memory.linked if one.link.before_s >= 0]
        earlier = await self._history.named(linked) if linked else []
        own = digest(case.call, force, at, "", case.state)
        told = {one.name for one in case.state.memory.combinations}
        events: list[Event] = []
        for combination in combinations(own, earlier):
            if combination.name in told:
                continue
            events.append(CombinationSeen(at_ms=case.at_ms, combination=combination))
            if combination.name == TOGETHER and not case.state.ended:
                number = sum(prompt.startswith("m") for prompt in case.state.prompts) + 1
                raised = prompt_of(combination, number=number, at_ms=case.at_ms)
                events += [*_risen(case), PromptRaised(at_ms=case.at_ms, prompt=raised)]
        return events


def index_keys(matcher: Matcher, earlier: EarlierCall) -> frozenset[str]:
    """What a call is found by: what it is about, and the calls that it is linked to."""
    return matcher.keys(earlier.known, earlier.at) | frozenset(map(linked_to, earlier.linked))


def _link(agreed: Sequence[Agreement], one: EarlierCall, night: _Night) -> Link | None:
    """None where too little speaks for it: of most calls that share something with this one."""
    if not any(each.words and each.bits > 0 for each in agreed):
        return None
    before = night.at - one.at
    sure = confidence(agreed, before, calls=night.calls)
    strong = strength(sure)
    if strong is None:
        return None
    return Link(
        earlier=one.call,
        force=one.force,
        before_s=int(before.total_seconds()),
        reasons=reasons(agreed, before),
        confidence=sure,
        strength=strong,
    )


def linked_to(call: CallId) -> str:
    return f"l:{call}"


def _through_link(one: EarlierCall, by: Link, at: datetime) -> Link:
    before = at - one.at
    via = timedelta(seconds=by.before_s)
    return Link(
        earlier=one.call,
        force=one.force,
        before_s=int(before.total_seconds()),
        reasons=(f"linked to the call {ago(via)}, {ago(before)}",),
        confidence=round(by.confidence * THROUGH, 2),
        strength=Strength.LINKED,
        through=by.earlier,
    )


def _tied_link(one: EarlierCall, at: datetime) -> Link:
    before = at - one.at
    first = "asked in from it" if before >= timedelta(0) else "asked in from this call"
    return Link(
        earlier=one.call,
        force=one.force,
        before_s=int(before.total_seconds()),
        reasons=(f"{first}, {ago(before)}",),
        confidence=TIED,
        strength=Strength.LINKED,
    )


def _news(memory: Memory, found: Iterable[Link]) -> list[Link]:
    """Links that are new, surer or otherwise reasoned; and those that nothing speaks for any more."""
    links = {link.earlier: link for link in found}
    new = [link for link in links.values() if _differs(memory, link)]
    gone = [
        replace(one.link, strength=Strength.POSSIBLE, confidence=POSSIBLE_FROM, reasons=(CORRECTED,))
        for earlier, one in memory.links.items()
        if earlier not in links and one.undone_by is None and one.link.reasons != (CORRECTED,)
    ]
    return [*new, *gone]


def _differs(memory: Memory, link: Link) -> bool:
    state = memory.links.get(link.earlier)
    if state is None:
        return True
    old = state.link
    return old.strength is not link.strength or {*link.reasons} != {*old.reasons}


def _counted(case: Case, memory: Memory) -> list[HistoryLinked]:
    """How many there are; said when it changes."""
    counts = memory.counts
    linked = [one for one in memory.linked if one.link.before_s >= 0]
    before = case.state.memory.counts
    same = (
        len(linked) == case.state.earlier_calls and {one.link.earlier for one in linked} == case.state.counted
    )
    if counts == before and same:
        return []
    because = "; ".join(linked[0].link.reasons) if linked else ""
    return [
        HistoryLinked(
            at_ms=case.at_ms,
            earlier_calls=len(linked),
            within_7_days=counts.week,
            because=because,
            tonight=counts.tonight,
            within_24_hours=counts.day,
            within_12_months=counts.year,
            counted=tuple((one.link.earlier, one.link.before_s) for one in linked),
        )
    ]


def _risen(case: Case) -> list[Event]:
    if case.state.severity is MarkerClass.IMMEDIATE:
        return []
    return [RiskRaised(at_ms=case.at_ms, severity=MarkerClass.IMMEDIATE, because=LINKED_CALLS)]
