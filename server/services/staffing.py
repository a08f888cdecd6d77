"""Staffing: a call that wants a specialist gets the best one free, or is said to wait, or to have nobody."""

import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from functools import partial

from server.domain.assigning import Candidate, chosen, is_waiting, ranked, wanted_skills
from server.domain.call import CallState
from server.domain.case import Case
from server.domain.events import (
    Event,
    NobodyOnDuty,
    PromptDropped,
    ReviewAsked,
    ReviewWhy,
    SpecialistAssigned,
    SpecialistAwaited,
    SpecialistReleased,
)
from server.domain.ids import CallId, ForceId, PersonId
from server.domain.people import Force
from server.ports.journal import JournalLost
from server.ports.people import PeopleLost
from server.services.control_room import ControlRoom

log = logging.getLogger(__name__)

OFF_DUTY = "went off duty"
NO_LONGER = "no longer theirs"
NOT_LET_IN = "could not be let in"
"""Who was given a call and cannot see it is worse than nobody."""


class Staffing:
    def __init__(self, room: ControlRoom) -> None:
        self._room = room

    async def staff(self, force: Force) -> None:
        """Take calls from who went home or may not have them, then give every waiting one, in its rank."""
        candidates = await self._candidates(force)
        here = {one.person.id for one in candidates}
        for case in self._room.casebook.cases(force.id):
            holder = case.state.specialist
            if holder is not None and not case.state.ended:
                await self._safely(case.call, partial(self._take_back, holder=holder, here=here))
        await self._unown(force.id)
        for one in ranked(self._waiting(force.id)):
            if await self._safely(one.call, partial(self._give, force=force, candidates=candidates)):
                candidates = await self._candidates(force)

    async def _unown(self, force: ForceId) -> None:
        """What somebody owns who went home is nobody's, and presses again, whoever has the call."""
        working = await self._room.duty.working(force)
        for case in self._room.casebook.cases(force):
            if not case.state.ended and _left_behind(case, working):
                await self._safely(case.call, partial(self._give_back, working=working))

    async def _give_back(self, call: CallId, working: Collection[PersonId]) -> bool:
        case = (await self._room.casebook.level(call)).case
        if not case.state.ended:
            await self._room.recorder.record(call, *_left_behind(case, working))
        return False

    async def _safely(self, call: CallId, change: Callable[[CallId], Awaitable[bool]]) -> bool:
        """Whether the call changed hands."""
        try:
            async with self._room.turns.of(call):
                return await change(call)
        except (JournalLost, PeopleLost):
            # One damaged call must not keep the others waiting; the next round tries it again.
            log.warning("call not staffed", extra={"call": call})
            return False

    def _waiting(self, force: ForceId) -> list[tuple[CallId, CallState, datetime | None]]:
        return [
            (case.call, case.state, case.arrived_at)
            for case in self._room.casebook.cases(force)
            if is_waiting(case.state)
        ]

    async def _candidates(self, force: Force) -> list[Candidate]:
        return await self._room.duty.candidates(force, self._room.casebook.loads(), self._room.clock.now())

    async def _take_back(self, call: CallId, holder: PersonId, here: Collection[PersonId]) -> bool:
        """From who went home, or may no longer know of the call."""
        if holder in here and not await self._room.need_to_know.bars.barred(holder, call):
            return False
        return await self._release(call, holder, NO_LONGER if holder in here else OFF_DUTY)

    async def _release(self, call: CallId, holder: PersonId, note: str) -> bool:
        """The call waits again."""
        case = (await self._room.casebook.level(call)).case
        if case.state.specialist != holder or case.state.ended:
            return False
        gone = SpecialistReleased(at_ms=case.at_ms, person=holder, holder=holder, note=note)
        await self._room.recorder.record(call, *released(case, gone))
        return True

    async def _give(self, call: CallId, force: Force, candidates: Sequence[Candidate]) -> bool:
        case = (await self._room.casebook.level(call)).case
        if not is_waiting(case.state):
            return False
        wanted = wanted_skills(case.state, force)
        barred = await self._room.need_to_know.bars.people_barred(call)
        candidates = [one for one in candidates if one.person.id not in barred]
        choice = chosen(candidates, wanted, force.rules.calls_each)
        events: list[Event] = []
        if choice.person is not None:
            events = [SpecialistAssigned(at_ms=case.at_ms, person=choice.person, because=choice.because)]
        elif not candidates:
            events = _nobody(case, force.rota.next_start(self._room.clock.now()))
        elif not case.state.awaited:
            events = [SpecialistAwaited(at_ms=case.at_ms, because=choice.because)]
        await self._room.recorder.record(call, *events)
        try:
            await self._room.duty.let_in(call, events)
        except PeopleLost:
            if choice.person is not None:
                await self._release(call, choice.person, NOT_LET_IN)
            raise
        return choice.person is not None


def released(case: Case, release: SpecialistReleased) -> list[Event]:
    """The call without its specialist: what they owned is nobody's, and presses again."""
    return [
        release,
        *(
            PromptDropped(at_ms=case.at_ms, person=release.person, prompt=prompt.prompt.id)
            for prompt in case.state.waiting_prompts
            if prompt.owner == release.holder
        ),
    ]


def _left_behind(case: Case, working: Collection[PersonId]) -> list[Event]:
    return [
        PromptDropped(at_ms=case.at_ms, person=prompt.owner, prompt=prompt.prompt.id)
        for prompt in case.state.waiting_prompts
        if prompt.owner is not None and prompt.owner not in working
    ]


def _nobody(case: Case, next_shift: str) -> list[Event]:
    events: list[Event] = []
    if not case.state.nobody_on_duty:
        events.append(NobodyOnDuty(at_ms=case.at_ms, next_shift=next_shift))
    if ReviewWhy.NOBODY_ON_DUTY not in case.state.reviews_asked:
        events.append(ReviewAsked(at_ms=case.at_ms, why=ReviewWhy.NOBODY_ON_DUTY))
    return events
