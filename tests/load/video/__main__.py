"""How many video calls a core carries, what the way through the server adds, and what a call costs in memory.

`python -m tests.load.video` prints all three; with `--minutes 30` the memory is watched for half an hour.

Bridges: so many rooms of two on a server process under uvloop, as the product runs it: 640x480 at 30
pictures a second, about a megabit each way, and Opus, each voice decoded for the ears (`heard/s`: 100 a
bridge is all of it). The clients are this process. For how long each packet is inside the server is seen from
outside (`passing.py`). What is counted is the server's own seconds of a core,
so that a busy machine makes it no larger, and the pictures that really arrived at whoever received least.
Glass: see `glass.py`.
"""

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.load.video.glass import glass
from tests.load.video.passing import inside, watched
from tests.load.video.peers import FPS, Client, Footage, footage
from tests.load.video.serving import Server, serving

SETTLE_S, MEASURE_S, SAMPLE_S = 6.0, 15.0, 30.0
WARM = 0.2
"""Of the samples of memory, so many at the beginning are no part of the slope."""
GOAL_BRIDGES = 8
HEAD = "bridges  core %  % each  pictures/s  carried %  heard/s     MB"


@dataclass
class Load:
    server: Server
    clients: list[Client] = field(default_factory=list)

    async def add(self, shown: Footage) -> None:
        pair = [Client(shown), Client(shown)]
        answers = await self.server.join([await one.offer() for one in pair])
        for one, sdp in zip(pair, answers, strict=True):
            await one.answered(sdp)
        self.clients += pair

    def begin(self) -> None:
        for one in self.clients:
            one.begin()

    @property
    def least_carried(self) -> float:
        """Of the pictures that were sent, the share that whoever received least has received whole."""
        pairs = zip(self.clients[::2], self.clients[1::2], strict=True)
        ways = [way for one, other in pairs for way in ((one, other), (other, one))]
        return min(viewer.pictures / max(1, sender.shown.sent) for sender, viewer in ways)


@dataclass(frozen=True)
class Figures:
    bridges: int
    core: float
    """Of one core, per cent."""
    pictures: float
    carried: float
    heard: float
    megabytes: float


async def main(steps: Sequence[int], minutes: float, glass_s: float) -> None:
    async with serving() as server:
        load, shown = Load(server), footage()
        print("bridges, hearing on", flush=True)
        print(HEAD, flush=True)
        figures: list[Figures] = []
        for step in steps:
            while len(load.clients) < 2 * step:
                await load.add(shown)
            await asyncio.sleep(SETTLE_S)
            figures.append(await _measure(load, MEASURE_S))
        _say_bridges(figures)
        await _watch_memory(load, minutes)
        for one in load.clients:
            await one.connection.close()
    if glass_s:
        print(await glass(glass_s), flush=True)


async def _measure(load: Load, seconds: float) -> Figures:
    loop, server, bridges = asyncio.get_running_loop(), load.server, len(load.clients) // 2
    begun_s, before = loop.time(), await server.used()
    load.begin()
    with watched(server.ports) as traffic:
        await asyncio.sleep(seconds)
    after, carried = await server.used(), load.least_carried
    wall_s = loop.time() - begun_s
    figures = Figures(
        bridges=bridges,
        core=100 * (after.cpu_s - before.cpu_s) / wall_s,
        pictures=min(one.pictures for one in load.clients) / wall_s,
        carried=100 * min(1.0, carried),
        heard=(after.heard - before.heard) / wall_s,
        megabytes=after.memory_kb / 1024,
    )
    print(
        f"{bridges:7} {figures.core:7.1f} {figures.core / bridges:7.1f} {figures.pictures:11.1f} "
        f"{figures.carried:10.1f} {figures.heard:8.0f} {figures.megabytes:6.1f}",
        flush=True,
    )
    print(f"        {inside(traffic)}", flush=True)
    return figures


def _say_bridges(figures: Sequence[Figures]) -> None:
    most, first = figures[-1], figures[0]
    a_core = 100 * most.bridges / most.core
    print(f"a core carries {a_core:.0f} bridges (goal {GOAL_BRIDGES}: {a_core / GOAL_BRIDGES:.1f} times)")
    print(f"at {most.bridges} at once the least served saw {most.pictures:.1f} of {FPS} pictures a second")
    if most.bridges > first.bridges:
        each = (most.megabytes - first.megabytes) / (most.bridges - first.bridges)
        print(f"memory a bridge {each:.1f} MB", flush=True)


async def _watch_memory(load: Load, minutes: float) -> None:
    if not minutes:
        return
    bridges, loop = len(load.clients) // 2, asyncio.get_running_loop()
    samples: list[tuple[float, float]] = []
    began_s = loop.time()
    load.begin()
    while (at_s := loop.time() - began_s) < 60 * minutes:
        samples.append((at_s / 3600, (await load.server.used()).memory_kb / 1024))
        await asyncio.sleep(min(SAMPLE_S, 60 * minutes / 10))
    kept = samples[int(len(samples) * WARM) :]
    first, warm, last = samples[0][1], kept[0][1], kept[-1][1]
    print(
        f"memory over {minutes:g} min with {bridges} bridges: {first:.1f} MB at first, {warm:.1f} once warm, "
        f"{last:.1f} at the end; {_slope(kept) / bridges:+.2f} MB an hour and bridge; "
        f"{100 * load.least_carried:.1f} % carried",
        flush=True,
    )


def _slope(points: Sequence[tuple[float, float]]) -> float:
    """By least squares."""
    middle_x = sum(x for x, _ in points) / len(points)
    middle_y = sum(y for _, y in points) / len(points)
    spread = sum((x - middle_x) ** 2 for x, _ in points)
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / spread if spread else 0.0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bridges", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument(
        "--minutes", type=float, default=2.0, help="for how long memory is watched; 0: not at all"
    )
    parser.add_argument("--glass", type=float, default=30.0, metavar="SECONDS", help="0: without Chromium")
    given = parser.parse_args()
    asyncio.run(main(given.bridges, given.minutes, given.glass))
