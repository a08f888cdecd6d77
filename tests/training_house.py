"""A house with a training room: the real room, on ears that hear what they are told."""

import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread, current_thread

from server.adapters.clock import SystemClock
from server.adapters.doorways.replay.scripts import ScriptFolders
from server.adapters.doorways.ulaw import pcm_of, ulaw_of
from server.adapters.store import Store, open_store
from server.ports.speech import Hearing
from server.services.exercises import Shelf
from server.services.kept_sound import KeptSound
from server.services.readers import Readers
from server.services.training import Training
from server.wiring.training import Making, opened
from tests.house import House, open_house
from tests.services.stage import PlainReader, ToldTranscriber

SCRIPT = """title: A knife at the door
audio: knife.wav
00:00.100 handler: police what is happening
00:00.400 caller: he has a knife
expect: weapon within 2s of 00:00.600
"""
SOUND_MS = 1500


@dataclass(frozen=True, slots=True)
class TrainingHouse:
    house: House
    apart: Store
    training: Training
    shelf: Shelf
    encoding: "Encoding"


class Encoding:
    """As the server encodes, and in which threads it did, with how many bytes."""

    def __init__(self) -> None:
        self.done: list[tuple[Thread, int]] = []

    def __call__(self, pcm: bytes) -> bytes:
        self.done.append((current_thread(), len(pcm)))
        return ulaw_of(pcm)


@asynccontextmanager
async def open_training(folder: Path, *heard: Hearing) -> AsyncIterator[TrainingHouse]:
    """As soon as an exercise's sound comes, `heard` is what is heard of the caller."""
    write_script(folder / "scripts")
    async with (
        open_house(folder) as house,
        open_store(f"sqlite:{folder / 'apart.db'}", clock=SystemClock()) as apart,
    ):
        assert house.vault is not None
        encoding = Encoding()
        shelf = Shelf(
            papers=house.store.papers,
            scripts=ScriptFolders(folder / "scripts"),
            recordings=KeptSound(vault=house.vault, decode=pcm_of),
            vault=house.vault,
            encode=encoding,
        )
        making = Making(
            store=apart,
            ears=ToldTranscriber(during=[*heard]),
            readers=Readers(shipped=PlainReader()),
            clock=SystemClock(),
            live=house.room,
            papers=house.store.papers,
            signed_in=house.store.sessions,
            shelf=shelf,
        )
        async with opened(making) as training:
            house.training = training
            await house.restart()
            try:
                yield TrainingHouse(house, apart, training, shelf, encoding)
            finally:
                await house.close()


def write_script(folder: Path) -> None:
    folder.mkdir()
    (folder / "knife.call").write_text(SCRIPT)
    with wave.open(str(folder / "knife.wav"), "wb") as file:
        file.setparams((2, 2, 8000, 0, "NONE", ""))
        file.writeframes(b"\x10\x01\x20\x01" * (SOUND_MS * 8))
