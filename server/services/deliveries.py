"""The record of who was shown which prompt, and how long after the words that brought it."""

import asyncio
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


Shown = type[PromptDelivered | PromptPainted | PromptSeen]


class Deliveries:
    """No browser waits for this record: what comes while the journal writes goes together with the next.

    What waits is bounded: a prompt is delivered to a person once, painted once and seen once.
    """

    def __init__(self, *, recorder: Recorder, clock: Clock, prompt_clock: PromptClock) -> None:
        self._recorder = recorder
        self._clock = clock
        self._prompt_clock = prompt_clock
        self._waiting: dict[FollowedCall, list[PromptDelivered | PromptPainted | PromptSeen]] = {}
        self._writing: set[FollowedCall] = set()
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Put on record what was shown, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                await self._news.wait()
                self._news.clear()
                for call in self._waiting.keys() - self._writing:
                    self._writing.add(call)
                    tasks.create_task(self._write(call))

    def delivered(self, call: FollowedCall, entries: Sequence[Encoded], person: Person) -> None:
        """These entries were written to the person's browser."""
        for encoded in entries:
            event = encoded.entry.event
            if isinstance(event, PromptRaised):
                self._note(PromptDelivered, call, event.prompt.id, person)
            elif isinstance(event, PromptShared):
                self._note(PromptDelivered, call, event.prompt, person)

    def painted(self, call: FollowedCall, prompt: PromptId, person: Person) -> None:
        self._note(PromptPainted, call, prompt, person)

    def seen(self, call: FollowedCall, prompt: PromptId, person: Person) -> None:
        self._note(PromptSeen, call, prompt, person)

    def _note(self, kind: Shown, call: FollowedCall, prompt: PromptId, person: Person) -> None:
        key = (kind, prompt, person.id)
        if key in call.told or not self._counts(call, prompt, person):
            return
        call.told.add(key)
        event = kind(at_ms=call.at_ms, prompt=prompt, person=person.id, after_ms=self._after_ms(call, prompt))
        self._waiting.setdefault(call, []).append(event)
        self._news.set()

    async def _write(self, call: FollowedCall) -> None:
        try:
            while events := self._waiting.pop(call, []):
                try:
                    await self._recorder.record(call.call, *events)
                except JournalLost:
                    call.told.difference_update((type(event), event.prompt, event.person) for event in events)
                    log.warning("deliveries not recorded", extra={"call": call.call, "lost": len(events)})
        finally:
            self._writing.discard(call)

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
