"""What sealing costs the journal: appends and reads a second, in the clear and sealed, on the same disk.

`python -m tests.load.sealing` writes calls side by side, as a busy room does, and reads them again.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from server.adapters.clock import SystemClock
from server.adapters.store import Store, open_store
from server.adapters.vault import AesSealer
from server.domain.ids import CallId
from server.domain.speech import Party
from server.ports.vault import Sealer
from tests.stories import arrived, said

TURN = "he said he would burn the house down if i ever tried to leave with the children again"
ROUNDS = 3


async def main(calls: int, turns: int) -> None:
    for _ in range(ROUNDS):
        for name, sealer in (("in the clear", None), ("sealed", AesSealer([bytes(32)]))):
            with tempfile.TemporaryDirectory() as folder:
                print(f"{name:>12}: {await _measured(Path(folder), sealer, calls, turns)}", flush=True)


async def _measured(folder: Path, sealer: Sealer | None, calls: int, turns: int) -> str:
    async with open_store(f"sqlite:{folder}/earshot.db", clock=SystemClock(), sealer=sealer) as store:
        names = [CallId(f"CA{number}") for number in range(calls)]
        wrote_s, cpu_s = await _write(store, names, turns)
        began_s = time.perf_counter()
        for call in names:
            await store.journal.entries(call)
        read_s = time.perf_counter() - began_s
    entries = calls * (turns + 1)
    size = sum(file.stat().st_size for file in folder.iterdir()) / 2**20  # noqa: ASYNC240 - the clock has stopped
    return (
        f"{entries / wrote_s:7.0f} written/s  {cpu_s / entries * 1e6:5.0f} us of processor each"
        f"  {entries / read_s:7.0f} read/s  {size:5.1f} MB"
    )


async def _write(store: Store, names: list[CallId], turns: int) -> tuple[float, float]:
    began_s, cpu_s = time.perf_counter(), time.process_time()
    async with asyncio.TaskGroup() as tasks:
        for call in names:
            tasks.create_task(_speak(store, call, turns))
    return time.perf_counter() - began_s, time.process_time() - cpu_s


async def _speak(store: Store, call: CallId, turns: int) -> None:
    await store.journal.append(call, [arrived()])
    for turn in range(turns):
        await store.journal.append(call, [said(Party.CALLER, turn, TURN, at_ms=turn * 4000)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100)
    parser.add_argument("--turns", type=int, default=100)
    given = parser.parse_args()
    asyncio.run(main(given.calls, given.turns))
