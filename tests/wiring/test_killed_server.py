"""A server that is killed in the middle of a recorded call leaves a recording that can be proved."""

import asyncio
import signal
import sys
from contextlib import suppress
from pathlib import Path

from server.adapters.bus.local import LocalBus
from server.adapters.clock import SystemClock
from server.adapters.store import open_store
from server.adapters.vault import AesSealer, FileVault
from server.domain.events import RecordingEnded
from server.domain.ids import CallId
from server.domain.people import Force, RecordingPolicy
from server.domain.speech import BYTES_PER_MS, AudioFrame, Party
from server.ports.journal import Journal
from server.ports.vault import VaultLost
from server.services.keeping_sound import SoundKeeping
from server.services.proving import proof_of
from server.services.recording import Recorder
from server.services.sounds import CallSound
from tests.stories import MIDSHIRE, arrived

CALL = CallId("CA1")
PIECES = 3
PIECE_S = 0.05
SERVER = (
    "import asyncio, sys; from tests.wiring.test_killed_server import serve; asyncio.run(serve(sys.argv[1]))"
)


def keeping_in(journal: Journal, vault: FileVault) -> SoundKeeping:
    policy = RecordingPolicy(calls=True, policy="law")
    force = Force(id=MIDSHIRE, name="Midshire", numbers=(), desks=(), recording=policy)
    recorder = Recorder(journal=journal, bus=LocalBus())
    return SoundKeeping(vault=vault, recorder=recorder, forces={MIDSHIRE: force}, piece_s=PIECE_S)


def new_sound() -> CallSound:
    return CallSound(force=MIDSHIRE, keep_ms=60_000, encode=lambda pcm: pcm[::2], recorded=True)


async def serve(folder: str) -> None:
    """Until it is killed: a call that goes on, and a line for each of its pieces that is safe."""
    sealer = AesSealer([bytes(32)])
    async with open_store(f"sqlite:{folder}/earshot.db", clock=SystemClock(), sealer=sealer) as store:
        vault = FileVault(Path(folder) / "vault", sealer=sealer, keys=store.shelf)
        await store.journal.append(CALL, [arrived()])
        sound = new_sound()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(keeping_in(store.journal, vault).keep(CALL, sound, lambda: False))
            tasks.create_task(_say(vault))
            for at_ms in range(0, 3_600_000, 20):
                pcm = bytes(20 * BYTES_PER_MS)
                sound.keep(AudioFrame(party=Party.CALLER, at_ms=at_ms, pcm=pcm, received_s=0.0))
                await asyncio.sleep(0.01)


async def _say(vault: FileVault) -> None:
    while True:
        await asyncio.sleep(PIECE_S)
        with suppress(VaultLost):  # a piece that is just being written
            for stream in await vault.streams(CALL):
                sys.stdout.write(f"{len(await vault.places(CALL, stream))}\n")
                sys.stdout.flush()


async def test_a_killed_server_leaves_a_recording_that_the_next_start_ends_and_proves(tmp_path: Path) -> None:
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVER, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert server.stdout is not None
    safe = 0
    while safe < PIECES:
        safe = int(await server.stdout.readline())
    server.send_signal(signal.SIGKILL)
    await server.wait()
    sealer = AesSealer([bytes(32)])
    async with open_store(f"sqlite:{tmp_path}/earshot.db", clock=SystemClock(), sealer=sealer) as store:
        vault = FileVault(tmp_path / "vault", sealer=sealer, keys=store.shelf)
        sound = new_sound()
        sound.end()
        await keeping_in(store.journal, vault).keep(CALL, sound, lambda: True)
        entries = await store.journal.entries(CALL)
        (ended,) = [entry.event for entry in entries if isinstance(entry.event, RecordingEnded)]
        assert ended.pieces >= safe
        assert await proof_of(store.journal, vault, CALL) == []
        await vault.close()
