"""Recorded speech for the tests, and ways to send it down a line."""

import asyncio
import wave
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from server.adapters.speech.options import HearingOptions
from server.domain.speech import BYTES_PER_MS, AudioFrame, Draft, Party, Utterance, Word
from server.ports.speech import Deafened, Hearing, Progress, Reopened, Transcriber

MODEL = Path("models/speech/small-en-8k")
FRAME_BYTES = 20 * BYTES_PER_MS
KNIFE_WORDS = "please help me he has a knife"
QUIET_S = bytes(1000 * BYTES_PER_MS)


def options(**changed: Any) -> HearingOptions:  # noqa: ANN401 - whichever option a test is about
    usual: dict[str, Any] = {"model": MODEL, "workers": 1, "spares": 1, "stall_s": 8.0, "flush_s": 120.0}
    return HearingOptions(**(usual | changed))


def recorded(name: str) -> bytes:
    with wave.open(str(Path(__file__).parent / f"{name}.wav")) as clip:
        pcm: bytes = clip.readframes(clip.getnframes())
    return pcm


def framed(pcm: bytes, *, at_ms: int = 0, party: Party = Party.CALLER) -> Iterable[AudioFrame]:
    for start in range(0, len(pcm), FRAME_BYTES):
        part = pcm[start : start + FRAME_BYTES]
        yield AudioFrame(party=party, at_ms=at_ms + start // BYTES_PER_MS, pcm=part, received_s=0.0)


async def line(*parts: Iterable[AudioFrame] | Callable[[], Awaitable[object]]) -> AsyncIterator[AudioFrame]:
    """Send the frames of each part; a part that is a function is called and waited for."""
    for part in parts:
        if callable(part):
            await part()
            continue
        for frame in part:
            yield frame
            await asyncio.sleep(0)


@dataclass
class Notes:
    """Everything that was heard on one leg, in order."""

    all: list[Hearing] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def utterances(self) -> list[Utterance]:
        return [item for item in self.all if isinstance(item, Utterance)]

    @property
    def drafts(self) -> list[Draft]:
        return [item for item in self.all if isinstance(item, Draft)]

    @property
    def words(self) -> list[Word]:
        return [word for utterance in self.utterances for word in utterance.words]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def progress(self) -> list[Progress]:
        return [item for item in self.all if isinstance(item, Progress)]

    @property
    def breaks(self) -> list[type[Hearing]]:
        return [type(item) for item in self.all if isinstance(item, Deafened | Reopened)]

    def add(self, item: Hearing) -> None:
        self.all.append(item)
        self.changed.set()

    async def until(self, said: Callable[["Notes"], object]) -> None:
        async with asyncio.timeout(30):
            while not said(self):
                self.changed.clear()
                await self.changed.wait()

    async def listen(self, transcriber: Transcriber, frames: AsyncIterator[AudioFrame]) -> "Notes":
        async with aclosing(transcriber.transcribe(frames)) as heard:
            async for item in heard:
                self.add(item)
        return self
