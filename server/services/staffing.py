"""Staffing: live calls that have no specialist get the first who comes on duty."""

import asyncio
import logging
from collections.abc import Callable, Iterable

from server.ports.bus import DutyChanged, Notice
from server.services.duty import Duty
from server.services.live_call import LiveCall

log = logging.getLogger(__name__)

LOOK_S = 5.0
"""How long a change of duty that no notice told of (the command line, another node) can go unseen."""


class Staffing:
    def __init__(self, *, duty: Duty, live: Callable[[], Iterable[LiveCall]]) -> None:
        self._duty = duty
        self._live = live
        self._changed = asyncio.Event()

    def follow(self, notice: Notice) -> None:
        if isinstance(notice, DutyChanged) and notice.on_duty:
            self._changed.set()

    async def run(self) -> None:
        """Look at every change of duty, and now and then, until cancelled."""
        while True:
            try:
                await self._staff()
            except Exception:  # boundary: who is on duty must not end the calls
                log.exception("waiting calls not assigned")
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._changed.wait()
            except TimeoutError:
                continue
            self._changed.clear()

    async def _staff(self) -> None:
        waiting = [call for call in self._live() if call.state.force and call.state.specialist is None]
        for call in waiting:
            async with call.turn:
                await self._give(call)

    async def _give(self, call: LiveCall) -> None:
        force, state = call.state.force, call.state
        if force is None or state.ended or state.specialist is not None:
            return
        if await self._duty.specialist(force) is None:
            return
        events = await self._duty.assigned(force, handler=None, at_ms=call.media_ms)
        await call.record(*events)
        await self._duty.let_in(call.id, events)
