"""Speech workers that do as the test says, and hear a sound whose every sample is the number of a word."""

import asyncio
import os
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from server.adapters.speech.messages import (
    Close,
    Feed,
    Finish,
    Finished,
    FromWorker,
    Heard,
    Open,
    Ready,
    Settled,
    TimedWord,
    ToWorker,
)
from server.adapters.speech.process import Launch

SAMPLES_PER_MS = 8
WORD_MS = 300
REST_MS = 100
PAUSE_MS = 600
"""So much quiet settles the words before it."""


def numbers(first: int, last: int) -> bytes:
    """Sound in which these words are spoken, with a pause at the end."""
    spoken = [
        array("h", [n] * WORD_MS * SAMPLES_PER_MS + [0] * REST_MS * SAMPLES_PER_MS)
        for n in range(first, last)
    ]
    return b"".join(part.tobytes() for part in spoken) + bytes(PAUSE_MS * SAMPLES_PER_MS * 2)


@dataclass
class Ear:
    """One recogniser."""

    pcm: "array[int]" = field(default_factory=lambda: array("h"))
    since: int = 0

    def words(self) -> tuple[TimedWord, ...]:
        return tuple(self._words())

    def settles(self) -> bool:
        pause = PAUSE_MS * SAMPLES_PER_MS
        return bool(self.words()) and not any(self.pcm[-pause:])

    def _words(self) -> Iterator[TimedWord]:
        at = self.since
        for number, run in groupby(self.pcm[self.since :]):
            end = at + len(list(run))
            if number:
                yield TimedWord(f"w{number}", at // SAMPLES_PER_MS, end // SAMPLES_PER_MS, 1.0)
            at = end


class ScriptedWorker:
    """Stands in for a worker's process."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.exit_status: int | None = None
        self.stuck: set[int] = set()
        """Recognisers that answer nothing, by their number."""
        self.stopped = False
        self.answer_s = 0.0
        """How long each answer takes."""
        self._ears: dict[int, Ear] = {}
        self._answers: asyncio.Queue[FromWorker | None] = asyncio.Queue()

    def send(self, message: ToWorker) -> None:
        if self.stopped or message.session in self.stuck:
            return
        match message:
            case Open():
                self._ears[message.session] = Ear()
            case Feed():
                self.say(self._heard(message))
            case Finish():
                ear = self._ears.pop(message.session)
                self.say(Finished(message.session, len(ear.pcm), ear.words()))
            case Close():
                self._ears.pop(message.session)

    def _heard(self, message: Feed) -> FromWorker:
        ear = self._ears[message.session]
        ear.pcm.frombytes(message.pcm)
        words = ear.words()
        if not ear.settles():
            return Heard(message.session, len(ear.pcm), words)
        ear.since = len(ear.pcm)
        return Settled(message.session, len(ear.pcm), words)

    def say(self, message: FromWorker | None) -> None:
        self._answers.put_nowait(message)

    def ready(self) -> None:
        self.say(Ready(0))

    def kill(self) -> None:
        self.exit_status = -9
        self.say(None)

    async def read(self) -> FromWorker | None:
        await asyncio.sleep(self.answer_s)
        return await self._answers.get()

    def memory_mb(self) -> float:
        return 0.0

    def hang_up(self) -> None:
        self.say(None)

    async def end(self) -> None:
        """There is no process to end."""


@dataclass
class Works:
    """Starts the workers of a test, in place of processes."""

    all: list[ScriptedWorker] = field(default_factory=list)
    open: bool = True
    """Whether those that start from now on load their model."""

    async def start(self, _launch: Launch) -> ScriptedWorker:
        await asyncio.sleep(0)
        worker = ScriptedWorker(os.getpid() * 1000 + len(self.all))
        self.all.append(worker)
        if self.open:
            worker.ready()
        return worker

    def kill(self) -> None:
        for worker in self.living:
            worker.kill()

    def let_in(self) -> None:
        """Let those that wait load their model, and all after them."""
        self.open = True
        for worker in self.living:
            worker.ready()

    @property
    def living(self) -> list[ScriptedWorker]:
        return [worker for worker in self.all if worker.exit_status is None]
