"""What is kept of a live call's sound, and for how long."""

import asyncio

from server.adapters.doorways.ulaw import pcm_of, ulaw_of
from server.domain.ids import CallId
from server.domain.speech import AudioFrame, Party
from server.services.sounds import BLOCK_MS, BYTES_PER_MS, CallSound, Sounds
from tests.stories import MIDSHIRE

CALL = CallId("CA1")


def sounds(keep_ms: int = 60_000) -> CallSound:
    return Sounds(keep_ms=keep_ms, encode=ulaw_of).begin(CALL, MIDSHIRE)


def spoken(party: Party, at_ms: int, byte: int, *, ms: int = 20) -> AudioFrame:
    return AudioFrame(party=party, at_ms=at_ms, pcm=pcm_of(bytes([byte]) * ms * BYTES_PER_MS), received_s=0.0)


def sides(sound: CallSound, from_ms: int, to_ms: int) -> tuple[bytes, bytes]:
    both = sound.read(from_ms, to_ms)
    return both[: len(both) // 2], both[len(both) // 2 :]


def test_both_sides_are_read_as_they_came_and_apart() -> None:
    sound = sounds()
    sound.keep(spoken(Party.CALLER, 0, 0x10))
    sound.keep(spoken(Party.HANDLER, 0, 0x20))
    assert sides(sound, 0, 20) == (b"\x10" * 160, b"\x20" * 160)


def test_where_nothing_came_there_is_silence() -> None:
    sound = sounds()
    sound.keep(spoken(Party.CALLER, 0, 0x10))
    sound.keep(spoken(Party.CALLER, 40, 0x11))
    caller, handler = sides(sound, 0, 60)
    assert caller == b"\x10" * 160 + b"\xff" * 160 + b"\x11" * 160
    assert handler == b"\xff" * 480


def test_a_stretch_over_the_border_of_two_blocks_is_whole() -> None:
    sound = sounds()
    sound.keep(spoken(Party.CALLER, BLOCK_MS - 10, 0x10))
    assert sides(sound, BLOCK_MS - 10, BLOCK_MS + 10)[0] == b"\x10" * 160


def test_what_is_older_than_is_kept_is_gone_however_long_the_call() -> None:
    sound = sounds(keep_ms=30_000)
    for at_ms in range(0, 600_000, 1000):
        sound.keep(spoken(Party.CALLER, at_ms, 0x10, ms=1000))
    assert sound.from_ms == 570_000
    sound.read(0, 1)
    held = sum(len(block) for leg in sound._legs.values() for block in leg._blocks.values())
    assert held <= (30_000 + 2 * BLOCK_MS) * BYTES_PER_MS


def test_a_side_that_straggles_is_waited_for_a_moment_only() -> None:
    sound = sounds()
    sound.keep(spoken(Party.CALLER, 0, 0x10, ms=1000))
    sound.keep(spoken(Party.HANDLER, 0, 0x20, ms=950))
    assert sound.live_ms == 950
    sound.keep(spoken(Party.CALLER, 1000, 0x10, ms=1000))
    assert sound.live_ms == 1800


def test_nothing_is_kept_where_nothing_shall_be() -> None:
    sound = sounds(keep_ms=0)
    sound.keep(spoken(Party.CALLER, 0, 0x10))
    assert (sound.live_ms, sound._legs) == (0, {})


async def test_a_call_that_ends_lets_its_sound_go_and_its_listeners() -> None:
    kept = Sounds(keep_ms=60_000, encode=ulaw_of)
    sound = kept.begin(CALL, MIDSHIRE)
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(sound.beyond(0))
        await asyncio.sleep(0)
        kept.end(CALL)
    assert waiting.result() is False
    sound.keep(spoken(Party.CALLER, 0, 0x10))
    assert (kept.of(CALL), sound._legs) == (None, {})


def test_sound_that_comes_in_odd_pieces_and_out_of_step_is_kept_in_its_place() -> None:
    sound = sounds()
    for at_ms, ms, byte in ((0, 30, 1), (30, 10, 2), (100, 20, 3), (40, 20, 4), (60, 20, 5)):
        sound.keep(spoken(Party.CALLER, at_ms, byte, ms=ms))
    expected = ((1, 30), (2, 10), (4, 20), (5, 20), (0xFF, 20), (3, 20))
    assert sides(sound, 0, 120)[0] == b"".join(bytes([byte]) * ms * BYTES_PER_MS for byte, ms in expected)


def test_what_somebody_reads_is_never_behind_what_came() -> None:
    sound = sounds()
    for at_ms in range(0, 2000, 20):
        sound.keep(spoken(Party.CALLER, at_ms, at_ms // 20 % 100))
        assert sides(sound, at_ms, at_ms + 20)[0] == bytes([at_ms // 20 % 100]) * 160
