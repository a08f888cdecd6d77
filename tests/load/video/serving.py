"""The bench's server process, as whoever measures it has it."""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

ANSWER_BYTES = 2**20
PORT = re.compile(r"^a=candidate:\S+ 1 udp \d+ \S+ (\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Used:
    cpu_s: float
    memory_kb: int
    heard: int
    """Frames of sound."""


class Server:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.ports: set[int] = set()
        """At which it is reached for media."""

    async def join(self, offers: Sequence[str]) -> list[str]:
        """Two who talk with each other in a room of their own; what each is answered."""
        answers = (await self._ask(offers=list(offers)))["answers"]
        assert isinstance(answers, list)
        self.ports |= {int(port) for answer in answers for port in PORT.findall(answer)}
        return answers

    async def used(self) -> Used:
        said = await self._ask()
        return Used(float(str(said["cpu_s"])), int(str(said["memory_kb"])), int(str(said["heard"])))

    async def _ask(self, **facts: object) -> dict[str, object]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(facts).encode() + b"\n")
        said: dict[str, object] = json.loads(await self._process.stdout.readline())
        return said


@asynccontextmanager
async def serving() -> AsyncIterator[Server]:
    pipe = asyncio.subprocess.PIPE
    command = [sys.executable, "-m", "tests.load.video.bridges"]
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, limit=ANSWER_BYTES)
    try:
        yield Server(process)
    finally:
        process.kill()
        await process.wait()
