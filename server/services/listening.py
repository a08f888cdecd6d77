"""Listening: one ear to a leg turns its sound into words, sightings and prompts, each recorded.

An ear may fail; the call goes on, and every screen says that nobody is listening.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial

from server.domain.call import CallState
from server.domain.events import (
    CryDoubted,
    EarLost,
    EarRestored,
    Event,
    GapCause,
    GapHeard,
    PromptRaised,
    PromptTimed,
    UtteranceHeard,
)
from server.domain.ids import PromptId
from server.domain.quiet_calls import cannot_speak_shown
from server.domain.sightings import Sighting
from server.domain.sounds import SoundHeard
from server.domain.speech import Draft, Party, Utterance
from server.domain.stability import Stability
from server.ports.bus import BacklogSeen, Bus, DraftHeard
from server.ports.clock import Clock
from server.ports.journal import JournalLost
from server.ports.speech import (
    CryHeard,
    Deafened,
    Hearing,
    HearingLost,
    Progress,
    Reopened,
    Transcriber,
    Unheard,
)
from server.services.latency import LatencyBook, Stages
from server.services.live_call import LiveCall
from server.services.noticing import Noticing
from server.services.tap import Tap

log = logging.getLogger(__name__)

RETRY_S = 2.0
"""How long a leg whose engine could not be replaced waits before it is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """What every ear of the node shares."""

    transcriber: Transcriber
    bus: Bus
    clock: Clock
    latency: LatencyBook

    async def hear(self, call: LiveCall, party: Party, tap: Tap) -> None:
        """Listen to one leg until its tap is closed and empty and the last words have settled."""
        ear = Ear(shared=self, call=call, party=party, tap=tap)
        while True:
            try:
                await ear.follow()
            except HearingLost:
                log.warning("hearing lost", extra={"call": call.id, "party": party})
                await ear.deafen("the speech engine cannot be replaced")
            except Exception:  # boundary: a fault in the ear must not end the call
                log.exception("ear failed", extra={"call": call.id, "party": party})
                await ear.deafen("a fault in the ear")
            if tap.closed:
                return
            await asyncio.sleep(RETRY_S)


class Ear:
    """One leg's ear."""

    def __init__(self, *, shared: Listening, call: LiveCall, party: Party, tap: Tap) -> None:
        self._shared = shared
        self._call = call
        self._party = party
        self._tap = tap
        self._stability = Stability()
        self._spoken = -1
        self._number = 0
        self._deaf_from_ms = 0
        self._noticing = Noticing(party)

    async def follow(self) -> None:
        """Hear the tap's sound through one run of the engine."""
        self._call.next_utterance[self._party] = self._next_utterance()
        self._call.drafting.pop(self._party, None)
        self._spoken = -1
        self._stability = Stability()
        async with (
            aclosing(self._tap.frames()) as frames,
            aclosing(self._shared.transcriber.transcribe(frames)) as hearings,
        ):
            async for hearing in hearings:
                await self._take(hearing)

    def _next_utterance(self) -> int:
        """After every utterance that was settled or, in a draft that never settled, already acted on."""
        state = self._call.state
        drafted = [one.utterance + 1 for one in state.sightings if one.party is self._party]
        return max(self._call.next_utterance.get(self._party, 0), *drafted, 0)

    def _numbered(self, spoken: int) -> int:
        """The number on the leg of what this run of the engine numbers from 0; typed words take some too."""
        if spoken != self._spoken:
            self._spoken = spoken
            self._number = self._call.next_utterance.get(self._party, 0)
            self._call.drafting[self._party] = self._number
        return self._number

    async def deafen(self, why: str) -> None:
        """Say that nobody is listening, if it can be said at all."""
        self._deaf_from_ms = self._call.heard_ms.get(self._party, 0)
        if self._party in self._call.state.deaf:
            return
        try:
            await self._call.record(EarLost(at_ms=self._call.media_ms, party=self._party, why=why))
        except JournalLost:
            log.exception("deafness not recorded", extra={"call": self._call.id})

    async def _take(self, hearing: Hearing) -> None:
        match hearing:
            case Draft() | Utterance():
                await self._words(replace(hearing, number=self._numbered(hearing.number)))
            case Progress():
                await self._progress(hearing)
            case Deafened():
                self._deaf_from_ms = max(self._call.heard_ms.get(self._party, 0), hearing.at_ms)
                await self._call.record(EarLost(at_ms=hearing.at_ms, party=self._party, why=hearing.why))
            case Unheard() | CryHeard():
                await self._call.record(self._fact(hearing))
            case SoundHeard():
                await self._sound(hearing)
            case Reopened():
                await self._restored(hearing.at_ms, hearing.replayed_ms)

    def _fact(self, heard: Unheard | CryHeard) -> Event:
        from_ms, to_ms, party = heard.from_ms, heard.to_ms, self._party
        if isinstance(heard, CryHeard):
            return CryDoubted(at_ms=to_ms, party=party, from_ms=from_ms, to_ms=to_ms)
        return GapHeard(at_ms=from_ms, party=party, from_ms=from_ms, to_ms=to_ms, cause=GapCause.UNHEARD)

    async def _sound(self, heard: SoundHeard) -> None:
        if self._party is not Party.CALLER:
            return
        heard_s = self._shared.clock.monotonic_s()
        shown_ms = self._call.shown_ms if cannot_speak_shown(self._call.state) else None
        read = partial(self._call.reading.sound, heard, party=self._party, shown_ms=shown_ms)
        found = self._read(read)
        doubted = self._noticing.sound(heard, answers=bool(found))
        await self._act(lambda state: [*doubted, *self._call.attention.told(state, found)], heard_s)

    async def _progress(self, progress: Progress) -> None:
        deaf = self._party in self._call.state.deaf and self._party not in self._call.quiet
        if deaf and progress.heard_to_ms > self._deaf_from_ms:
            await self._restored(progress.heard_to_ms, 0)
        self._call.heard_ms[self._party] = progress.heard_to_ms
        backlog_ms = max(0, progress.received_to_ms - progress.heard_to_ms) + self._tap.held_ms
        self._shared.bus.publish(BacklogSeen(call=self._call.id, party=self._party, backlog_ms=backlog_ms))

    async def _restored(self, at_ms: int, replayed_ms: int) -> None:
        await self._call.record(EarRestored(at_ms=at_ms, party=self._party, replayed_ms=replayed_ms))

    async def _words(self, said: Draft | Utterance) -> None:
        if isinstance(said, Draft):
            await self._draft(said)
        else:
            await self._settle(said)

    async def _draft(self, draft: Draft) -> None:
        draft_s = self._shared.clock.monotonic_s()
        self._shared.bus.publish(DraftHeard(call=self._call.id, draft=draft))
        if doubted := self._noticing.words(draft.words):
            await self._call.record(*doubted)
        found = self._read(partial(self._call.reading.draft, draft))
        stable = self._stability.standing(draft, found)
        if stable:
            await self._act(lambda state: self._call.attention.drafted(state, stable), draft_s)

    async def _settle(self, utterance: Utterance) -> None:
        settled_s = self._shared.clock.monotonic_s()
        self._call.settle_number(self._party, utterance.number)
        found = self._read(partial(self._call.reading.settle, utterance))
        heard = [UtteranceHeard(at_ms=utterance.end_ms, utterance=utterance)] if utterance.words else []
        doubted = self._noticing.settled(utterance)

        def decide(state: CallState) -> list[Event]:
            return [*heard, *doubted, *self._call.attention.settled(state, utterance, found)]

        await self._act(decide, settled_s)
        self._call.settled_ms[self._party] = utterance.heard_to_ms

    def _read(self, read: Callable[[], tuple[Sighting, ...]]) -> tuple[Sighting, ...]:
        try:
            return read()
        except Exception:  # boundary: words that cannot be read must still be recorded
            log.exception("reading failed", extra={"call": self._call.id, "party": self._party})
            return ()

    async def _act(self, decide: Callable[[CallState], list[Event]], heard_s: float) -> None:
        """Decide, record and time every prompt, one ear at a time: each decides on what is recorded."""
        async with self._call.turn:
            await self._record(decide(self._call.state), heard_s)

    async def _record(self, events: list[Event], heard_s: float) -> None:
        if not events:
            return
        sighted_s = self._shared.clock.monotonic_s()
        prompts = [event.prompt for event in events if isinstance(event, PromptRaised)]
        times = {
            prompt.id: self._stages(prompt.party, prompt.at_ms, heard_s, sighted_s) for prompt in prompts
        }
        for prompt_id, stages in times.items():
            self._shared.latency.note(self._call.id, prompt_id, spoken_s=stages.spoken_s)
        await self._call.record(*events)
        raised_s = self._shared.clock.monotonic_s()
        await self._call.record(
            *(_timed(prompt_id, self._call.media_ms, stages, raised_s) for prompt_id, stages in times.items())
        )

    def _stages(self, party: Party, at_ms: int, heard_s: float, sighted_s: float) -> Stages:
        leg = self._call.times_of(party)
        return Stages(
            spoken_s=leg.spoken_s(at_ms),
            received_s=leg.received_s(at_ms),
            draft_s=heard_s,
            sighted_s=sighted_s,
        )


def _timed(prompt: PromptId, at_ms: int, stages: Stages, raised_s: float) -> PromptTimed:
    def after(moment_s: float) -> int:
        return max(0, round((moment_s - stages.spoken_s) * 1000))

    return PromptTimed(
        at_ms=at_ms,
        prompt=prompt,
        received_ms=after(stages.received_s),
        draft_ms=after(stages.draft_s),
        sighted_ms=after(stages.sighted_s),
        raised_ms=after(raised_s),
    )
