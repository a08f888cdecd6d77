"""One leg being heard: its sound is kept until its words are settled, whatever becomes of the recogniser."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterable, Callable

from server.adapters.speech.cutting import choose_cut
from server.adapters.speech.messages import Finished, Heard, Settled, TimedWord
from server.adapters.speech.options import HearingOptions
from server.adapters.speech.outbox import Outbox
from server.adapters.speech.pool import Pool
from server.adapters.speech.retained import SAMPLES_PER_MS, Retained
from server.adapters.speech.session import Reply, Session
from server.adapters.speech.sounds import Sounds
from server.adapters.speech.wording import Wording
from server.domain.speech import AudioFrame
from server.ports.speech import Deafened, HearingLost, Progress, Reopened, Unheard

log = logging.getLogger(__name__)

LEAD_MS = 2000
"""How much sound a recogniser hears before what it is asked for: it mishears the first that it is given."""
BEFORE_WORDS_MS = 3000
"""How much sound before the words that stand is heard again: a busy machine's times are not exact yet."""
BEFORE_QUIET_MS = 4500
"""The same where no words stand: a word shows in a draft within a second and a half."""
TICK_S = 0.5
DEAF_AFTER_S = 2.0
"""A leg that has waited for a recogniser for this long is said to be deaf."""
UNDECODED_MS = 700
"""At a pause, sound newer than this may not be decoded yet; the pause itself is at least as long."""
TAIL_MS = 100
IDLE_SETTLES_S = 2.0
"""When no sound comes for this long, words that stand are settled: nothing more would do it."""
RENEW_MS = 8 * 60_000
"""After ten minutes Vosk rebuilds its front end and drops what it holds: renewed at a pause before then."""


class Leg:
    """Hears one party: pulls frames, feeds one recogniser after another, puts what is heard in the outbox."""

    def __init__(self, frames: AsyncIterable[AudioFrame], pool: Pool, options: HearingOptions) -> None:
        self.outbox = Outbox()
        self._frames = frames
        self._pool = pool
        self._options = options
        self._clock: Callable[[], float] = asyncio.get_running_loop().time
        self._sound = Retained()
        self._sounds = Sounds()
        self._wording = Wording(self._sound)
        self._wake = asyncio.Event()
        self._room = asyncio.Event()
        self._ended = False
        self._over = False
        self._whole = False
        self._arrived_s = self._got_on_s = self._clock()
        self._settled = 0
        self._from = 0
        self._heard = 0
        self._heard_ms = 0
        self._furthest = 0
        self._lost_at = 0
        self._losses = 0
        self._deaf = False
        self._listening = asyncio.Event()
        self._drafts_current = False

    async def run(self) -> None:
        """Hear until the frames end or hearing is lost. Never raises but to be cancelled."""
        error: BaseException | None = HearingLost("hearing was shut down")
        try:
            async with asyncio.TaskGroup() as tasks:
                pull = tasks.create_task(self._pull(), name="leg-sound")
                await self._hear()
                pull.cancel()
            error = None
        except* HearingLost as lost:
            error = lost.exceptions[0]
        except* Exception as faults:  # boundary: a fault in one leg must not end the others
            log.exception("leg failed")
            error = HearingLost("the leg failed")
            error.__cause__ = faults
        finally:
            if error:
                self._give_up()
            self.outbox.close(error)

    async def _pull(self) -> None:
        async for frame in self._frames:
            self._sound.append(frame)
            self._wording.party = frame.party
            self._arrived_s = self._clock()
            self._wake.set()
            for heard in self._sounds.hear(frame):
                await self.outbox.put(heard)
            while self._sound.held_ms > self._options.retain_s * 1000:
                self._room.clear()
                await self._room.wait()
        for heard in self._sounds.end():
            await self.outbox.put(heard)
        self._ended = True
        self._got_on_s = self._clock()
        self._wake.set()
        await self._while_getting_on()
        if not self._listening.is_set():
            # A worker may be loading its model, and will then be given all that is held.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._listening.wait(), self._options.start_s)
                await self._while_getting_on()
        raise HearingLost("the last words were not heard in time")

    async def _while_getting_on(self) -> None:
        """Return when the last answer, or the last recogniser that was opened, is too long ago."""
        left_s = self._options.flush_s
        while left_s > 0:
            await asyncio.sleep(left_s)
            left_s = self._got_on_s + self._options.flush_s - self._clock()

    async def _hear(self) -> None:
        while not self._over:
            session = await self._open()
            try:
                await self._follow(session)
            finally:
                self._pool.release(session)
            if session.lost:
                await self._lose(session.lost)

    async def _open(self) -> Session:
        """Wait for a recogniser as long as it takes: sound is kept, and what does not fit waits upstream."""
        self._listening.clear()
        since_s = self._clock()
        while (session := await self._pool.open(self._wake.set, within_s=TICK_S)) is None:
            if self._sound.end and self._clock() - since_s > DEAF_AFTER_S:
                await self._deafen("no speech worker is ready")
            await self._report()
        self._listening.set()
        self._got_on_s = self._clock()
        if self._deaf:
            self._deaf = False
            replayed_ms = (self._sound.end - self._settled) // SAMPLES_PER_MS
            await self.outbox.put(Reopened(at_ms=self._received_ms, replayed_ms=replayed_ms))
        return session

    async def _lose(self, why: str) -> None:
        self._losses = 1 if self._heard > self._lost_at else self._losses + 1
        self._lost_at = max(self._lost_at, self._heard)
        await self._deafen(why)
        self._pass_over_quiet()
        self._heard = self._settled
        self._heard_ms = self._sound.media_ms(self._heard)
        if self._losses >= self._options.tries:
            raise HearingLost("replacement after replacement failed")

    async def _deafen(self, why: str) -> None:
        if not self._deaf:
            self._deaf = True
            self._heard_ms = self._sound.media_ms(self._heard)
            await self.outbox.put(Deafened(at_ms=self._heard_ms, why=why))

    def _pass_over_quiet(self) -> None:
        """Hear again only from well before the words that stand: what came before was heard as quiet.

        When a worker dies all its legs are heard again at once, so every second counts for all of them.
        """
        if self._drafts_current:
            words_at = self._wording.standing_since(self._heard)
            margin_ms = BEFORE_WORDS_MS if self._wording.standing else BEFORE_QUIET_MS
            self._settled = max(self._settled, words_at - margin_ms * SAMPLES_PER_MS)
        self._drafts_current = False

    async def _follow(self, session: Session) -> None:
        """Feed this recogniser and take its answers until it is lost, is to be replaced, or all is heard."""
        self._from = self._settled
        origin = cursor = max(self._sound.first, self._from - LEAD_MS * SAMPLES_PER_MS)
        while not session.lost:
            self._wake.clear()
            cursor = self._feed(session, cursor)
            for reply in session.take_replies():
                if await self._take(session, reply, origin):
                    return
            if session.moving and not self._wording.standing and not session.in_flight:
                return
            if not (session.has_room and self._block_at(cursor)):
                await self._idle(session, cursor)

    async def _idle(self, session: Session, cursor: int) -> None:
        """Wait for something to happen; a line that has gone quiet altogether has its last words settled."""
        try:
            async with asyncio.timeout(TICK_S):
                await self._wake.wait()
        except TimeoutError:
            await self._report()
        quiet = self._clock() - self._arrived_s > IDLE_SETTLES_S and not self._block_at(cursor)
        if quiet and self._wording.standing and session.unasked:
            self._whole = True
            session.finish(self._clock())

    def _feed(self, session: Session, cursor: int) -> int:
        while session.has_room and (block := self._block_at(cursor)):
            session.feed(block, self._clock())
            cursor += len(block) // 2
        if session.has_room and self._ended:
            session.finish(self._clock())
        return cursor

    def _block_at(self, cursor: int) -> bytes:
        whole = self._options.block_ms * SAMPLES_PER_MS
        if self._sound.end - cursor < whole and not self._ended:
            return b""
        return self._sound.read(cursor, whole)

    async def _take(self, session: Session, reply: Reply, origin: int) -> bool:
        """Deal with one answer; True when this session is over."""
        at = origin + reply.samples
        self._got_on_s = self._clock()
        self._heard = max(self._heard, at)
        self._furthest = max(self._furthest, at)
        match reply:
            case Heard():
                await self._drafted(session, reply, origin)
            case Settled():
                words = self._asked(reply.words, origin)
                if words or at >= self._furthest:
                    await self._settle(words, origin)
                latest = max((word.end_ms + TAIL_MS for word in words), default=0)
                self._move_on(max(origin + latest * SAMPLES_PER_MS, at - UNDECODED_MS * SAMPLES_PER_MS), at)
            case Finished():
                await self._finished(reply, origin)
        await self._report()
        outworn = session.moving or reply.samples > RENEW_MS * SAMPLES_PER_MS
        return isinstance(reply, Finished) or (isinstance(reply, Settled) and outworn)

    async def _drafted(self, session: Session, reply: Heard, origin: int) -> None:
        limit = int(self._options.monologue_s * 1000) * SAMPLES_PER_MS
        at = origin + reply.samples
        # While sound is heard again, the draft of the last recogniser stands: it must not seem withdrawn.
        if reply.words is not None and at >= self._furthest:
            await self._say_draft(self._asked(reply.words, origin), origin)
        spoken_for = at - self._wording.standing_since(at)
        if spoken_for > limit or at - self._settled > 2 * limit:
            session.finish(self._clock())

    async def _say_draft(self, words: tuple[TimedWord, ...], origin: int) -> None:
        self._drafts_current = True
        if draft := self._wording.draft(words, origin, self._heard):
            await self.outbox.put(draft)

    async def _finished(self, reply: Finished, origin: int) -> None:
        at = origin + reply.samples
        self._over = self._ended and at >= self._sound.end
        whole, self._whole = self._whole, False
        words = self._asked(reply.words, origin)
        if self._over or whole:
            await self._settle(words, origin)
            self._move_on(at, at)
            return
        from_ms = (self._settled - origin) // SAMPLES_PER_MS
        self._drafts_current = False
        cut = choose_cut(words, from_ms=from_ms, to_ms=reply.samples // SAMPLES_PER_MS)
        await self._settle(words[: cut.settled], origin)
        self._move_on(origin + cut.at_ms * SAMPLES_PER_MS, at)

    def _asked(self, words: tuple[TimedWord, ...], origin: int) -> tuple[TimedWord, ...]:
        """Without the words of the lead, which another recogniser settled."""
        from_ms = (self._from - origin) // SAMPLES_PER_MS
        return tuple(word for word in words if word.start_ms + word.end_ms >= 2 * from_ms)

    async def _settle(self, words: tuple[TimedWord, ...], origin: int) -> None:
        if utterance := self._wording.settle(words, origin, self._heard):
            await self.outbox.put(utterance)
            self._losses = 0

    def _move_on(self, settled: int, limit: int) -> None:
        self._settled = min(max(self._settled, settled), limit)
        self._sound.forget_before(self._settled - LEAD_MS * SAMPLES_PER_MS)
        self._room.set()

    @property
    def _received_ms(self) -> int:
        return self._sound.end_ms

    async def _report(self) -> None:
        if not (self._deaf or self._furthest):
            return
        if not self._deaf:
            self._heard_ms = self._sound.media_ms(self._heard)
        heard_ms = min(self._heard_ms, self._received_ms)
        await self.outbox.put(Progress(received_to_ms=self._received_ms, heard_to_ms=heard_ms))

    def _give_up(self) -> None:
        """Settle the words that stand, as they stand, and say which sound after them nobody will hear."""
        self._pass_over_quiet()
        standing = self._wording.standing
        from_ms = standing[-1].end_ms if standing else self._sound.media_ms(self._settled)
        if last := self._wording.settle_draft(self._received_ms):
            self.outbox.put_now(last)
        if from_ms < self._received_ms:
            self.outbox.put_now(Unheard(from_ms=from_ms, to_ms=self._received_ms))
