"""A kept recording comes back as the sound of each side from the call's beginning."""

import pytest

from server.adapters.doorways.ulaw import pcm_of, ulaw_of
from server.domain.ids import CallId
from server.domain.recordings import Stream, StreamId, StreamKind
from server.domain.speech import BYTES_PER_MS, Party
from server.ports.recordings import NoRecording
from server.services.kept_sound import KeptSound
from tests.services.test_keeping_sound import MemoryVault

CALL = CallId("CA1")
LOUD = (20_000).to_bytes(2, "little", signed=True) * 8
"""A millisecond."""


async def keep(vault: MemoryVault, name: str, kind: StreamKind, *places: tuple[int, int]) -> None:
    writing = await vault.write(CALL, Stream(id=StreamId(name), kind=kind))
    for from_ms, to_ms in places:
        await writing.keep(ulaw_of(LOUD * (to_ms - from_ms)), from_ms=from_ms, to_ms=to_ms)


async def test_each_piece_is_in_its_place_and_what_was_lost_is_silent() -> None:
    vault = MemoryVault()
    await keep(vault, "caller", StreamKind.ULAW, (100, 150), (200, 250))
    await keep(vault, "handler", StreamKind.ULAW)
    await keep(vault, "victim-video", StreamKind.WEBM, (0, 10))
    sound = await KeptSound(vault=vault, decode=pcm_of).sound(CALL)
    assert sound[Party.HANDLER] == b""
    caller = sound[Party.CALLER]
    assert len(caller) == 250 * BYTES_PER_MS
    loud = [any(caller[at * BYTES_PER_MS :][:BYTES_PER_MS]) for at in (99, 100, 149, 150, 199, 200, 249)]
    assert loud == [False, True, True, False, False, True, True]


async def test_a_call_of_which_nothing_was_kept_says_so() -> None:
    with pytest.raises(NoRecording, match="no sound of this call was kept"):
        await KeptSound(vault=MemoryVault(), decode=pcm_of).sound(CALL)
