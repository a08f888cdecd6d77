"""The sound of live calls as far back as somebody may want to hear it: bounded, in memory, never on disk."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from server.domain.ids import CallId, ForceId
from server.domain.speech import AudioFrame, Party

BYTES_PER_MS = 8
"""G.711 µ-law at 8 kHz, as it came."""
BLOCK_MS = 10_000
SILENCE = b"\xff"
_BLOCK_BYTES = BLOCK_MS * BYTES_PER_MS
TOGETHER = 50
"""Frames that wait to be encoded, at most."""
STRAGGLING_MS = 200
"""A leg that is further behind the other than this is not waited for."""
WAITING_MS = 30_000
"""How much of a recorded call waits for a disk that hangs, at least; then the oldest goes, and it is said."""
SIDES = (Party.CALLER, Party.HANDLER)
"""The legs that can be listened to, in the order in which their sound is handed out."""


class LegSound:
    """One leg in blocks of ten seconds; where nothing came there is silence. The oldest block goes first.

    Frames wait, as they came, until there are a second of them or somebody reads: encoding
    them together costs a fraction of encoding each.
    """

    def __init__(self, *, keep_ms: int, encode: Callable[[bytes], bytes]) -> None:
        self._most = keep_ms // BLOCK_MS + 2
        self._encode = encode
        self._blocks: dict[int, bytearray] = {}
        self._frames: list[bytes] = []
        self._frames_at_ms = 0
        self._frames_end_ms = 0
        self.reached_ms = 0
        self.began_ms: int | None = None
        """Where the first sound lay."""

    @property
    def from_ms(self) -> int:
        """The earliest moment that is still held."""
        self._settle()
        return min(self._blocks) * BLOCK_MS if self._blocks else 0

    def keep(self, frame: AudioFrame) -> None:
        at_ms = frame.at_ms
        if self.began_ms is None:
            self.began_ms = at_ms
        if at_ms != self._frames_end_ms or len(self._frames) >= TOGETHER:
            self._settle()
        if not self._frames:
            self._frames_at_ms = at_ms
        self._frames.append(frame.pcm)
        end_ms = self._frames_end_ms = frame.end_ms
        self.reached_ms = max(self.reached_ms, end_ms)

    def read(self, from_ms: int, to_ms: int) -> bytes:
        self._settle()
        begin, end = from_ms * BYTES_PER_MS, to_ms * BYTES_PER_MS
        parts = []
        while begin < end:
            number, place = divmod(begin, _BLOCK_BYTES)
            size = min(end - begin, _BLOCK_BYTES - place)
            block = self._blocks.get(number)
            parts.append(bytes(block[place : place + size]) if block else SILENCE * size)
            begin += size
        return b"".join(parts)

    def _settle(self) -> None:
        if not self._frames:
            return
        rest = memoryview(self._encode(b"".join(self._frames)))
        begin = self._frames_at_ms * BYTES_PER_MS
        self._frames.clear()
        while rest:
            number, place = divmod(begin, _BLOCK_BYTES)
            part = rest[: _BLOCK_BYTES - place]
            self._block(number)[place : place + len(part)] = part
            begin, rest = begin + len(part), rest[len(part) :]

    def _block(self, number: int) -> bytearray:
        if number not in self._blocks:
            self._blocks[number] = bytearray(SILENCE * _BLOCK_BYTES)
            while len(self._blocks) > self._most:
                del self._blocks[min(self._blocks)]
        return self._blocks[number]


def _never() -> bool:
    return False


@dataclass(eq=False, slots=True, kw_only=True)
class CallSound:
    """One live call's two sides. Keeping never waits, whoever listens or does not."""

    force: ForceId | None
    keep_ms: int
    encode: Callable[[bytes], bytes]
    recorded: bool = False
    """Whether it is written down meanwhile, whoever may listen in."""
    over: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    _begins_ms: int | None = None
    _legs: dict[Party, LegSound] = field(default_factory=dict)
    _waiting: set[asyncio.Event] = field(default_factory=set)

    def keep(self, frame: AudioFrame) -> None:
        if frame.party not in SIDES or self.over or not (self.recorded or self.keep_ms > 0):
            return
        if frame.party not in self._legs:
            keep_ms = max(self.keep_ms, WAITING_MS if self.recorded else 0)
            self._legs[frame.party] = LegSound(keep_ms=keep_ms, encode=self.encode)
            self._begins_ms = frame.at_ms if self._begins_ms is None else self._begins_ms
        self._legs[frame.party].keep(frame)
        if self._waiting:
            self.nudge()

    @property
    def live_ms(self) -> int:
        """As far as both sides have come; a side that straggles is not waited for."""
        reached = [leg.reached_ms for leg in self._legs.values()]
        return max(min(reached), max(reached) - STRAGGLING_MS) if reached else 0

    @property
    def from_ms(self) -> int:
        """The earliest moment that can still be heard."""
        held = [leg.from_ms for leg in self._legs.values()]
        return max(self._begins_ms or 0, self.live_ms - self.keep_ms, max(held, default=0))

    def read(self, from_ms: int, to_ms: int) -> bytes:
        """Both sides of this stretch, one after the other."""
        silence = SILENCE * ((to_ms - from_ms) * BYTES_PER_MS)
        legs = [self._legs.get(party) for party in SIDES]
        return b"".join(leg.read(from_ms, to_ms) if leg else silence for leg in legs)

    async def beyond(self, at_ms: int, *, until: Callable[[], bool] = _never) -> bool:
        """Wait until there is sound after this moment; false: there will be none, or nobody wants it."""
        news = asyncio.Event()
        self._waiting.add(news)
        try:
            while not self.over and not until():
                if self.live_ms > at_ms:
                    return True
                news.clear()
                await news.wait()
            return False
        finally:
            self._waiting.discard(news)

    def leg(self, party: Party) -> LegSound | None:
        return self._legs.get(party)

    def end(self) -> None:
        """Nothing more comes. Whoever writes it down lets go of the rest when that is done."""
        self.over = True
        if not self.recorded:
            self._legs.clear()
        self.ended.set()
        self.nudge()

    def nudge(self) -> None:
        """Let everybody who waits look again."""
        for news in self._waiting:
            news.set()


def _as_it_is(pcm: bytes) -> bytes:
    return pcm


@dataclass(frozen=True, slots=True, kw_only=True)
class Sounds:
    """The sound of every live call of this node. It goes when its call ends."""

    keep_ms: int = 0
    """How far back; 0 keeps nothing, and nobody can listen in."""
    encode: Callable[[bytes], bytes] = _as_it_is
    """Signed 16-bit sound to µ-law."""
    _calls: dict[CallId, CallSound] = field(default_factory=dict)

    def begin(self, call: CallId, force: ForceId | None) -> CallSound:
        if call not in self._calls:
            self._calls[call] = CallSound(force=force, keep_ms=self.keep_ms, encode=self.encode)
        return self._calls[call]

    def of(self, call: CallId) -> CallSound | None:
        return self._calls.get(call)

    def end(self, call: CallId) -> None:
        if call in self._calls:
            self._calls.pop(call).end()
