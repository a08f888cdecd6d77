"""How many video bridges a core carries, and what one costs in memory.

`python -m tests.load.video --bridges 1 2 4 8` puts so many rooms of two on a server process: 640x480 at 30
pictures a second, about a megabit each way, and Opus, each voice decoded. The clients are this process.
CPU time is the server's own, so that a busy machine makes it no larger.
`--soak MINUTES` holds the last step and prints memory a minute.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.load.video.peers import Client, Footage, footage

SETTLE_S, MEASURE_S = 6.0, 15.0


@dataclass
class Server:
    process: asyncio.subprocess.Process
    clients: list[Client] = field(default_factory=list)

    async def ask(self, **facts: object) -> dict[str, object]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(facts).encode() + b"\n")
        said: dict[str, object] = json.loads(await self.process.stdout.readline())
        return said

    async def add(self, shown: Footage) -> None:
        pair = [Client(shown), Client(shown)]
        said = await self.ask(offers=[await one.offer() for one in pair])
        answers = said["answers"]
        assert isinstance(answers, list)
        for one, sdp in zip(pair, answers, strict=True):
            await one.answered(sdp)
        self.clients += pair

    async def used(self) -> tuple[float, int, int]:
        said = await self.ask()
        return float(str(said["cpu_s"])), int(str(said["memory_kb"])), int(str(said["heard"]))

    def received(self) -> int:
        return sum(one.packets for one in self.clients)


async def main(steps: Sequence[int], soak_minutes: int) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.load.video.bridges",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**20,
    )
    server, shown = Server(process), footage()
    print(f"{'bridges':>7} {'core %':>7} {'% each':>7} {'packets/s out':>13} {'heard/s':>8} {'MB':>6}")
    for step in steps:
        while len(server.clients) < 2 * step:
            await server.add(shown)
        await asyncio.sleep(SETTLE_S)
        await _measure(server, step, MEASURE_S)
    for _ in range(soak_minutes):
        await _measure(server, steps[-1], 60.0)
    for one in server.clients:
        await one.connection.close()
    process.kill()
    await process.wait()


async def _measure(server: Server, bridges: int, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    begun_s, (cpu_s, _, heard), received = loop.time(), await server.used(), server.received()
    await asyncio.sleep(seconds)
    after_s, memory_kb, after_heard = await server.used()
    wall_s = loop.time() - begun_s
    core = 100 * (after_s - cpu_s) / wall_s
    packets = (server.received() - received) / wall_s
    print(
        f"{bridges:7} {core:7.1f} {core / bridges:7.1f} {packets:13.0f} "
        f"{(after_heard - heard) / wall_s:8.0f} {memory_kb / 1024:6.1f}",
        flush=True,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bridges", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--soak", type=int, default=0, metavar="MINUTES")
    given = parser.parse_args()
    asyncio.run(main(given.bridges, given.soak))
