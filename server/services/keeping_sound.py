"""Keeping the sound of live calls, where the force's policy says so: sealed, piece by piece, beside the call.

The sound that listening in holds in memory is read from there once a second, each side at its own place:
nothing is queued, and a disk that hangs costs the call nothing. What the disk could not take in time is lost,
the oldest first, and the journal says from where; what is kept is proved by the journal's chain of hashes.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from server.domain.events import Event, RecordingBegan, RecordingEnded, RecordingHurt, SegmentKept
from server.domain.ids import CallId, ForceId
from server.domain.people import Force, RecordingPolicy
from server.domain.recordings import Stream, StreamId, StreamKind
from server.domain.speech import Party
from server.ports.journal import JournalLost, UnknownCall
from server.ports.vault import Vault, VaultFull, VaultLost, Writing
from server.services.recording import Recorder
from server.services.sounds import SIDES, CallSound, LegSound

log = logging.getLogger(__name__)

PIECE_S = 1.0
"""How often what was said goes to the disk: a killed server loses so much, and what a second piece takes."""
SAY_EVERY = 10
"""Pieces of a side between one `SegmentKept` and the next."""
NO_POLICY = RecordingPolicy()


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundKeeping:
    vault: Vault
    recorder: Recorder
    forces: Mapping[ForceId, Force]
    piece_s: float = PIECE_S

    def policy_of(self, force: ForceId | None) -> RecordingPolicy:
        known = self.forces.get(force) if force is not None else None
        return known.recording if known is not None else NO_POLICY

    async def keep(self, call: CallId, sound: CallSound, ended: Callable[[], bool]) -> None:
        """Keep both sides until no more sound comes. `ended` says then whether the call is over for good."""
        policy = self.policy_of(sound.force)
        if not policy.calls:
            return
        sound.recorded = True
        sides = [_Side(call=call, party=party, sound=sound, policy=policy, keeping=self) for party in SIDES]
        try:
            while not await _over(sound, self.piece_s):
                for side in sides:
                    await side.keep()
            for side in sides:
                await side.keep()
        finally:
            for side in sides:
                await side.end(call_over=ended())

    async def record(self, call: CallId, *events: Event) -> None:
        try:
            await self.recorder.record(call, *events)
        except (JournalLost, UnknownCall):
            log.exception("what was kept is not recorded", extra={"call": call})


async def _over(sound: CallSound, wait_s: float) -> bool:
    try:
        async with asyncio.timeout(wait_s):
            await sound.ended.wait()
    except TimeoutError:
        return False
    return True


class _Side:
    """One leg's place in its sound and in its stream."""

    def __init__(
        self, *, call: CallId, party: Party, sound: CallSound, policy: RecordingPolicy, keeping: SoundKeeping
    ) -> None:
        self._call = call
        self._party = party
        self._sound = sound
        self._policy = policy
        self._keeping = keeping
        self._stream = Stream(id=StreamId(party.value), kind=StreamKind.ULAW)
        self._writing: Writing | None = None
        self._at_ms = 0
        self._said = 0
        """How many pieces the journal knows of."""
        self._hurt = False

    async def keep(self) -> None:
        """What came since. When it cannot be kept now it waits, as long as there is room for it."""
        leg = self._sound.leg(self._party)
        if leg is None or leg.began_ms is None:
            return
        try:
            writing = self._writing or await self._begin(leg.began_ms)
            await self._keep(writing, leg)
        except VaultLost as lost:
            await self._hurt_by(lost)

    async def end(self, *, call_over: bool) -> None:
        """A call that goes on after a restart has not ended its recording."""
        try:
            writing = self._writing or (await self._begun_before() if call_over else None)
            if writing is None:
                return
            await writing.close()
        except VaultLost:
            log.exception("a recording could not be closed", extra={"call": self._call})
            return
        self._writing, last = None, writing.last
        if call_over and last is not None:
            number, to_ms, chain = last.place.number, last.place.to_ms, last.chain
            ended = RecordingEnded(
                at_ms=to_ms, stream=self._stream.id, pieces=number, to_ms=to_ms, chain=chain
            )
            await self._keeping.record(self._call, ended)
        elif last is not None:
            await self._say(writing)

    async def _begun_before(self) -> Writing | None:
        """What an earlier run of the server left, and may not have had time to say."""
        vault = self._keeping.vault
        if self._stream not in await vault.streams(self._call):
            return None
        return await vault.write(self._call, self._stream)

    async def _begin(self, began_ms: int) -> Writing:
        writing = self._writing = await self._keeping.vault.write(self._call, self._stream)
        last = writing.last
        self._at_ms = max(began_ms, last.place.to_ms if last else 0)
        self._said = last.place.number if last else 0
        began = RecordingBegan(
            at_ms=self._at_ms,
            stream=self._stream.id,
            medium=self._stream.kind,
            policy=self._policy.policy,
            pieces=self._said,
        )
        await self._keeping.record(self._call, began)
        return writing

    async def _keep(self, writing: Writing, leg: LegSound) -> None:
        from_ms, to_ms = max(self._at_ms, leg.from_ms), leg.reached_ms
        if from_ms > self._at_ms:
            await self._lost("the oldest sound made room")
        if to_ms <= from_ms:
            return
        kept = await writing.keep(leg.read(from_ms, to_ms), from_ms=from_ms, to_ms=to_ms)
        self._at_ms = to_ms
        if self._hurt or kept.place.number - self._said >= SAY_EVERY:
            await self._say(writing)
        self._hurt = False

    async def _say(self, writing: Writing) -> None:
        last = writing.last
        if last is None or last.place.number == self._said:
            return
        self._said = last.place.number
        kept = SegmentKept(
            at_ms=last.place.to_ms,
            stream=self._stream.id,
            pieces=self._said,
            to_ms=last.place.to_ms,
            chain=last.chain,
        )
        await self._keeping.record(self._call, kept)

    async def _hurt_by(self, lost: VaultLost) -> None:
        if self._hurt:
            return
        log.error("a call is not being kept", extra={"call": self._call, "why": str(lost)})
        await self._lost("no room on the disk" if isinstance(lost, VaultFull) else "the disk refused it")

    async def _lost(self, why: str) -> None:
        self._hurt = True
        hurt = RecordingHurt(at_ms=self._at_ms, stream=self._stream.id, why=why, from_ms=self._at_ms)
        await self._keeping.record(self._call, hurt)
