"""What is said on a recorded call is kept as it came, and the journal proves it or says what is missing."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from server.adapters.bus.local import LocalBus
from server.domain.events import (
    CallArrived,
    Event,
    RecordingBegan,
    RecordingEnded,
    RecordingHurt,
    SegmentKept,
)
from server.domain.ids import CallId, ForceId
from server.domain.people import Force, RecordingPolicy
from server.domain.recordings import START, Part, Piece, Place, Stream, piece_of
from server.domain.speech import BYTES_PER_MS, AudioFrame, Party
from server.ports.vault import Remains, VaultFull, Writing
from server.services.keeping_sound import SAY_EVERY, SoundKeeping
from server.services.recording import Recorder
from server.services.sounds import CallSound
from tests.fakes import FakeJournal

CALL, FORCE = CallId("CA1"), ForceId("demo")
ARRIVED = CallArrived(at_ms=0, force=FORCE, doorway="replay", caller="+441", called="+442")


@dataclass
class MemoryVault:
    """Set `full` and it takes nothing more."""

    kept: dict[tuple[CallId, Stream], list[tuple[Piece, bytes]]] = field(default_factory=dict)
    full: bool = False
    tried: int = 0

    async def write(self, call: CallId, stream: Stream) -> Writing:
        self.kept.setdefault((call, stream), [])
        return MemoryWriting(self, self.kept[call, stream])

    async def streams(self, call: CallId) -> list[Stream]:
        return [stream for of, stream in self.kept if of == call]

    async def places(self, call: CallId, stream: Stream) -> list[Place]:
        return [piece.place for piece, _ in self.kept[call, stream]]

    async def read(self, call: CallId, stream: Stream, numbers: Sequence[int]) -> list[bytes]:
        return [self.kept[call, stream][number - 1][1] for number in numbers]

    async def chained(self, call: CallId, stream: Stream) -> list[Piece]:
        return [piece for piece, _ in self.kept[call, stream]]

    async def erase(self, call: CallId, parts: Collection[Part] = frozenset()) -> Remains:
        del parts
        gone = [self.kept.pop(key) for key in list(self.kept) if key[0] == call]
        return Remains(streams=len(gone), pieces=sum(map(len, gone)))


@dataclass
class MemoryWriting:
    vault: MemoryVault
    pieces: list[tuple[Piece, bytes]]

    @property
    def last(self) -> Piece | None:
        return self.pieces[-1][0] if self.pieces else None

    async def keep(self, data: bytes, *, from_ms: int, to_ms: int) -> Piece:
        self.vault.tried += 1
        if self.vault.full:
            raise VaultFull("no room")
        place = Place(number=len(self.pieces) + 1, from_ms=from_ms, to_ms=to_ms, size=len(data))
        piece = piece_of(place, data, self.last.chain if self.last else START)
        self.pieces.append((piece, data))
        return piece

    async def close(self) -> None:
        return


@dataclass
class Kept:
    """A recorded call whose keeping is driven by hand."""

    vault: MemoryVault = field(default_factory=MemoryVault)
    journal: FakeJournal = field(default_factory=FakeJournal)
    policy: RecordingPolicy = field(default_factory=lambda: RecordingPolicy(calls=True, policy="by law"))
    over: bool = True

    def __post_init__(self) -> None:
        self.sound = self._sound()

    def _sound(self) -> CallSound:
        return CallSound(force=FORCE, keep_ms=0, encode=lambda pcm: pcm[::2], recorded=True)

    def keeping(self) -> SoundKeeping:
        force = Force(id=FORCE, name="Demo", numbers=(), desks=(), recording=self.policy)
        recorder = Recorder(journal=self.journal, bus=LocalBus())
        return SoundKeeping(vault=self.vault, recorder=recorder, forces={FORCE: force}, piece_s=0)

    def say(self, from_ms: int, to_ms: int, party: Party = Party.CALLER) -> None:
        for at_ms in range(from_ms, to_ms, 20):
            pcm = bytes([at_ms // 20 % 256]) * (20 * BYTES_PER_MS)
            self.sound.keep(AudioFrame(party=party, at_ms=at_ms, pcm=pcm, received_s=0.0))

    async def run(self, *steps: Any) -> None:  # noqa: ANN401 - what happens meanwhile, one after the other
        await self.journal.append(CALL, [ARRIVED])
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.keeping().keep(CALL, self.sound, lambda: self.over))
            for step in steps:
                step()
                await self.taken()
            self.sound.end()

    async def taken(self) -> None:
        for _ in range(50):
            await asyncio.sleep(0)

    def of(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.journal.events(CALL) if isinstance(event, kind)]

    def sound_of(self, party: str) -> bytes:
        found = [pieces for (_, stream), pieces in self.vault.kept.items() if stream.id == party]
        return b"".join(data for _, data in found[0]) if found else b""


async def test_both_sides_are_kept_as_they_came_to_the_last_word() -> None:
    kept = Kept()
    await kept.run(lambda: kept.say(0, 1000), lambda: kept.say(0, 700, Party.HANDLER))
    assert kept.sound_of("caller") == b"".join(bytes([number]) * 160 for number in range(50))
    assert len(kept.sound_of("handler")) == 700 * 8
    assert [began.policy for began in kept.of(RecordingBegan)] == ["by law", "by law"]


async def test_the_journal_ends_with_the_chain_of_what_was_kept() -> None:
    kept = Kept()
    await kept.run(
        *(lambda number=number: kept.say(number * 1000, number * 1000 + 1000) for number in range(3))
    )
    (ended,) = kept.of(RecordingEnded)
    (pieces,) = kept.vault.kept.values()
    assert (ended.chain, ended.pieces, ended.to_ms) == (pieces[-1][0].chain, len(pieces), 3000)


async def test_a_long_call_says_now_and_then_how_much_of_it_is_safe() -> None:
    kept = Kept()
    steps = range(SAY_EVERY * 2 + 1)
    await kept.run(*(lambda number=number: kept.say(number * 100, number * 100 + 100) for number in steps))
    assert [said.pieces for said in kept.of(SegmentKept)] == [SAY_EVERY, SAY_EVERY * 2]


async def test_without_a_policy_nothing_is_kept() -> None:
    kept = Kept(policy=RecordingPolicy())
    kept.sound.recorded = False
    await kept.run(lambda: kept.say(0, 1000))
    assert kept.vault.kept == {}
    assert kept.of(RecordingBegan) == []


async def test_sound_waits_for_a_full_disk_and_is_kept_once_there_is_room() -> None:
    kept = Kept()

    kept.vault.full = True

    def room() -> None:
        kept.vault.full = False

    await kept.run(lambda: kept.say(0, 1000), room)
    assert kept.vault.tried > 1
    assert len(kept.sound_of("caller")) == 8000
    assert [(hurt.why, hurt.from_ms) for hurt in kept.of(RecordingHurt)] == [("no room on the disk", 0)]
    assert [said.to_ms for said in kept.of(SegmentKept)] == [1000]


async def test_what_a_disk_could_not_take_in_time_is_left_out_and_never_replaced_by_silence() -> None:
    kept = Kept()
    kept.vault.full = True

    def room() -> None:
        kept.vault.full = False

    await kept.run(*(lambda at=at: kept.say(at, at + 20_000) for at in range(0, 80_000, 20_000)), room)
    (pieces,) = kept.vault.kept.values()
    assert pieces[0][0].place.from_ms > 0
    assert pieces[-1][0].place.to_ms == 80_000
    assert kept.of(RecordingHurt)


async def test_a_recording_goes_on_after_a_restart_and_ends_once() -> None:
    kept = Kept(over=False)
    await kept.run(lambda: kept.say(0, 1000))
    assert kept.of(RecordingEnded) == []
    assert [said.to_ms for said in kept.of(SegmentKept)] == [1000]
    kept.sound, kept.over = kept._sound(), True
    await kept.run(lambda: kept.say(4000, 5000))
    assert [began.pieces for began in kept.of(RecordingBegan)] == [0, 1]
    (pieces,) = kept.vault.kept.values()
    assert [(piece.place.from_ms, piece.place.to_ms) for piece, _ in pieces] == [(0, 1000), (4000, 5000)]
    assert len(kept.of(RecordingEnded)) == 1


async def test_a_call_that_ends_after_a_killed_server_still_ends_its_recording() -> None:
    kept = Kept(over=False)
    await kept.run(lambda: kept.say(0, 1000))
    kept.sound, kept.over = kept._sound(), True
    await kept.run()
    assert [ended.to_ms for ended in kept.of(RecordingEnded)] == [1000]
