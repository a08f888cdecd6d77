"""How many two-party calls with speech one core carries with a backlog below one second.

    python -m tests.load.calls [--seconds 10] [--most 12] [--core 0]

The speech worker is held to one core, the node and the sound run on the others. The peer (`peer.py`) is held
to the same core. Two figures each: the calls carried in real time on this machine as it is now, and the calls
that the processor time alone would allow, which a busy machine disturbs less.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from server.adapters.speech import ENGINES
from server.adapters.speech.options import HearingOptions
from server.adapters.speech.vosk_local import VoskTranscriber
from server.domain.speech import AudioFrame, Party
from server.ports.speech import Progress, Transcriber
from tests.load.calls.sounds import FRAME_BYTES, FRAME_MS, heard_from, legs

MODEL = Path("models/speech/small-en-8k")
ALLOWED_S = 1.0


@dataclass(frozen=True)
class Bench:
    seconds: float
    most: int
    core: int


@dataclass(frozen=True)
class Run:
    """What one number of calls came to."""

    calls: int
    p99_s: float
    cpu_s: float
    seconds: float

    @property
    def carried(self) -> bool:
        return self.p99_s < ALLOWED_S

    @property
    def calls_per_core(self) -> float:
        return self.calls * self.seconds / self.cpu_s


async def line(pcm: bytes) -> AsyncIterator[AudioFrame]:
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    for number, start in enumerate(range(0, len(pcm), FRAME_BYTES)):
        await asyncio.sleep(max(0.0, began_s + number * FRAME_MS / 1000 - loop.time()))
        part = pcm[start : start + FRAME_BYTES]
        yield AudioFrame(party=Party.CALLER, at_ms=number * FRAME_MS, pcm=part, received_s=loop.time())


async def backlogs(ears: Transcriber, pcm: bytes) -> list[float]:
    """The backlog of one leg each time that it was told, without the run-in."""
    async with aclosing(ears.transcribe(line(pcm))) as heard:
        told = [
            (item.received_to_ms - item.heard_to_ms) / 1000
            async for item in heard
            if isinstance(item, Progress)
        ]
    return told[len(told) // 3 :]


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def ours(bench: Bench, calls: int) -> Run:
    everywhere = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {bench.core})  # the worker inherits it
    options = HearingOptions(model=MODEL, workers=1, spares=0, flush_s=60.0, stall_s=30.0)
    async with ENGINES["vosk"](options) as ears:
        assert isinstance(ears, VoskTranscriber)
        await ears.wait_ready(timeout_s=60)
        os.sched_setaffinity(0, everywhere - {bench.core} or everywhere)
        worker, sounds = ears.worker_pids[0], legs()
        before_s = cpu_s(worker)
        async with asyncio.TaskGroup() as tasks:
            heard = [
                tasks.create_task(
                    backlogs(ears, heard_from(sounds[leg % len(sounds)], number=leg, seconds=bench.seconds))
                )
                for leg in range(calls * 2)
            ]
        spent_s = cpu_s(worker) - before_s
    os.sched_setaffinity(0, everywhere)
    told = sorted(backlog for task in heard for backlog in task.result())
    return Run(calls, told[len(told) * 99 // 100], spent_s, bench.seconds)


async def peer(bench: Bench, calls: int) -> Run:
    process = await asyncio.create_subprocess_exec(
        *("taskset", "-c", str(bench.core), sys.executable, "-m", "tests.load.calls.peer"),
        *("--calls", str(calls), "--seconds", str(bench.seconds)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    out, _ = await process.communicate()
    return Run(calls=calls, seconds=bench.seconds, **json.loads(out))


async def most_carried(name: str, bench: Bench) -> tuple[int, float]:
    """Halve the range until the largest number of calls that is carried stands."""
    carried, refused, cheapest = 0, bench.most + 1, 0.0
    while refused - carried > 1:
        calls = (carried + refused) // 2
        run = await (ours if name == "earshot" else peer)(bench, calls)
        cheapest = max(cheapest, run.calls_per_core)
        carried, refused = (calls, refused) if run.carried else (carried, calls)
        print(
            f"{name:8} {calls:3} calls: backlog p99 {run.p99_s:5.2f} s, "
            f"{run.cpu_s:5.1f} s of processor in {bench.seconds:.0f} s",
            flush=True,
        )
    return carried, cheapest


async def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=10.0)
    options.add_argument("--most", type=int, default=12)
    options.add_argument("--core", type=int, default=min(os.sched_getaffinity(0)))
    bench = Bench(**vars(options.parse_args()))
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    ours_carried, ours_cost = await most_carried("earshot", bench)
    peer_carried, peer_cost = await most_carried("peer", bench)
    print(f"earshot carries {ours_carried} calls on one core; by processor time {ours_cost:.1f}")
    print(f"the peer carries {peer_carried}; by processor time {peer_cost:.1f}")
    ratio = ours_carried / peer_carried if peer_carried else float("inf")
    print(f"ratio {ratio:.2f}; by processor time {ours_cost / peer_cost:.2f}")


if __name__ == "__main__":
    asyncio.run(main())
