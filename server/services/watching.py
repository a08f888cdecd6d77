"""Watching: what the control room still owes a call, brought to somebody by the clock of its journal."""

from datetime import datetime

from server.domain.case import Case
from server.domain.events import Escalation, Event, WatchRaised
from server.domain.people import Force
from server.domain.quiet_calls import next_silence, quiet_calls
from server.domain.watching import next_watch, watched
from server.ports.bus import CallFound
from server.services.casebook import ENDED_KEPT, Held
from server.services.control_room import ControlRoom


class Watching:
    def __init__(self, room: ControlRoom) -> None:
        self._room = room

    async def watch(self, held: Held, force: Force, now: datetime) -> None:
        """Ask about silences, raise the watches that are due, and end those that are over."""
        case = held.case
        quiet = quiet_calls(case, force, now, caller_spoke=held.caller_spoke)
        await self._room.recorder.record(case.call, *quiet, *await self._watched(case, force, now))
        if _ended_long_ago(case, now) and case.state.dispatched.watches:
            self._room.duty.bus.publish(CallFound(call=case.call))

    def next(self, case: Case, force: Force, now: datetime) -> datetime | None:
        """When to look again."""
        times = (next_watch(case, force, now), next_silence(case, force, now))
        return min((at for at in times if at is not None), default=None)

    async def _watched(self, case: Case, force: Force, now: datetime) -> list[Event]:
        due = watched(case, force, now, None)
        if not any(isinstance(one, WatchRaised) and one.to is Escalation.DUTY_SUPERVISOR for one in due):
            return due
        barred = await self._room.need_to_know.bars.people_barred(case.call)
        here = await self._room.duty.supervisors(force.id, but=barred)
        return watched(case, force, now, here[0] if here else None)


def _ended_long_ago(case: Case, now: datetime) -> bool:
    """Screens have let go of it, or a restart never showed it to them."""
    return case.ended_at is not None and case.ended_at <= now - ENDED_KEPT
