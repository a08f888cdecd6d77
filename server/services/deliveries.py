"""The record of who was shown which prompt, and how long after the words that brought it."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from server.domain.events import PromptDelivered, PromptPainted, PromptRaised, PromptSeen, PromptShared
from server.domain.ids import CallId, PromptId
from server.domain.people import Person, Role
from server.ports.clock import Clock
from server.ports.journal import JournalLost
from server.services.followed import Encoded, FollowedCall
from server.services.recording import Recorder

log = logging.getLogger(__name__)

AFTER_THE_END = timedelta(minutes=1)
"""A call's last words can still be on their way to the screen; later readings are not deliveries."""


class PromptClock(Protocol):
    def after_ms(self, call: CallId, prompt: PromptId) -> int | None:
        """Milliseconds since the words behind the prompt ended; `None` when it is not remembered."""
        ...


class Deliveries:
    def __init__(self, *, recorder: Recorder, clock: Clock, prompt_clock: PromptClock) -> None:
        self._recorder = recorder
        self._clock = clock
        self._prompt_clock = prompt_clock

    async def delivered(self, call: FollowedCall, entries: Sequence[Encoded], person: Person) -> None:
        """These entries were written to the person's browser."""
        for encoded in entries:
            event = encoded.entry.event
            if isinstance(event, PromptRaised):
                await self._record(PromptDelivered, call, event.prompt.id, person)
            elif isinstance(event, PromptShared):
                await self._record(PromptDelivered, call, event.prompt, person)

    async def painted(self, call: FollowedCall, prompt: PromptId, person: Person) -> None:
        await self._record(PromptPainted, call, prompt, person)

    async def seen(self, call: FollowedCall, prompt: PromptId, person: Person) -> None:
        await self._record(PromptSeen, call, prompt, person)

    async def _record(
        self,
        kind: type[PromptDelivered | PromptPainted | PromptSeen],
        call: FollowedCall,
        prompt: PromptId,
        person: Person,
    ) -> None:
        key = (kind, prompt, person.id)
        if key in call.told or not self._counts(call, prompt, person):
            return
        call.told.add(key)
        event = kind(at_ms=call.at_ms, prompt=prompt, person=person.id, after_ms=self._after_ms(call, prompt))
        try:
            await self._recorder.record(call.call, event)
        except JournalLost:
            call.told.discard(key)
            log.warning("delivery not recorded", extra={"call": call.call, "prompt": prompt})

    def _after_ms(self, call: FollowedCall, prompt: PromptId) -> int:
        after_ms = self._prompt_clock.after_ms(call.call, prompt)
        if after_ms is not None:
            return after_ms
        # The node that heard the words is gone; since the prompt was recorded is the nearest that is known.
        return max(0, (self._clock.now() - call.raised_at[prompt]) // timedelta(milliseconds=1))

    def _counts(self, call: FollowedCall, prompt: PromptId, person: Person) -> bool:
        state = call.state.prompts.get(prompt)
        if state is None or not state.open or not (state.for_handler or person.role is not Role.HANDLER):
            return False
        return call.ended_at is None or self._clock.now() - call.ended_at < AFTER_THE_END
