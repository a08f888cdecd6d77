"""The vault in a folder: a folder a call, a file a stream, worked from threads of its own."""

import asyncio
import hashlib
import shutil
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from server.adapters.vault.stream_file import HEAD, StreamFile, StreamWriter
from server.domain.ids import CallId
from server.domain.recordings import STREAM, Part, Piece, Place, Stream, StreamId, StreamKind
from server.ports.vault import (
    NEVER_MADE,
    KeyGone,
    KeyName,
    KeyShelf,
    Remains,
    Sealer,
    VaultLost,
    WrappedKey,
    Writing,
)

T = TypeVar("T")
THREADS = 4
"""Each waits for the disk; writers of different calls do not wait for each other."""


class FileVault:
    def __init__(self, folder: Path, *, sealer: Sealer, keys: KeyShelf) -> None:
        self._folder = folder
        self._sealer = sealer
        self._keys = keys
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="vault")

    async def write(self, call: CallId, stream: Stream) -> Writing:
        file = await self._file(call, stream, make=True)
        return _Writing(await self.done(lambda: StreamWriter(file)), self)

    async def streams(self, call: CallId) -> list[Stream]:
        return await self.done(lambda: _streams_in(self._of(call)))

    async def places(self, call: CallId, stream: Stream) -> list[Place]:
        return await self.done((await self._file(call, stream)).places)

    async def read(self, call: CallId, stream: Stream, numbers: Sequence[int]) -> list[bytes]:
        file = await self._file(call, stream)
        return await self.done(lambda: file.read(numbers))

    async def chained(self, call: CallId, stream: Stream) -> list[Piece]:
        return await self.done((await self._file(call, stream)).chained)

    async def erase(self, call: CallId, parts: Collection[Part] = frozenset(Part)) -> Remains:
        return await self.done(lambda: self._erase(call, parts))

    async def close(self) -> None:
        await asyncio.to_thread(self._threads.shutdown)

    async def _file(self, call: CallId, stream: Stream, *, make: bool = False) -> StreamFile:
        if not STREAM.fullmatch(stream.id):
            raise VaultLost("a stream's name has small letters, digits and hyphens")
        path = self._of(call) / f"{stream.id}.{stream.kind}"
        there = await self.done(path.exists)
        if not make and not there:
            raise KeyGone("nothing is kept of this stream")
        key = await self._key(call, stream.kind.part, make=make, there=there)
        return StreamFile(path=path, call=call, stream=stream, sealer=self._sealer, key=key)

    async def _key(self, call: CallId, part: Part, *, make: bool, there: bool) -> WrappedKey:
        """A video that an older version began is sealed with the key of the sound."""
        if part is Part.VIDEO and there:
            try:
                return await self._keys.key(KeyName(subject=call, part=part))
            except KeyGone as gone:
                if str(gone) != NEVER_MADE:
                    raise
                part = Part.RECORDING
        return await self._keys.key(KeyName(subject=call, part=part), make=make)

    def _of(self, call: CallId) -> Path:
        """By a hash: a call's id is the doorway's to choose, and may be no name for a folder."""
        name = hashlib.sha256(call.encode()).hexdigest()[:32]
        return self._folder / name[:2] / name

    def _erase(self, call: CallId, parts: Collection[Part]) -> Remains:
        folder = self._of(call)
        pieces = size = 0
        streams = [stream for stream in _streams_in(folder) if stream.kind.part in parts]
        for stream in streams:
            path = folder / f"{stream.id}.{stream.kind}"
            size += path.stat().st_size
            pieces += _pieces_in(path)
            path.unlink()
        if folder.exists() and not _streams_in(folder):
            shutil.rmtree(folder)
        return Remains(streams=len(streams), pieces=pieces, bytes=size)

    async def done(self, work: Callable[[], T]) -> T:
        """Carried out even if the caller is cancelled: a piece is written or not, and never half."""
        try:
            return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._threads, work))
        except OSError as error:
            raise VaultLost(f"the vault cannot be used ({error.strerror})") from None


class _Writing:
    def __init__(self, writer: StreamWriter, vault: FileVault) -> None:
        self._writer = writer
        self._vault = vault

    @property
    def last(self) -> Piece | None:
        return self._writer.last

    async def keep(self, data: bytes, *, from_ms: int, to_ms: int) -> Piece:
        return await self._vault.done(lambda: self._writer.keep(data, from_ms=from_ms, to_ms=to_ms))

    async def close(self) -> None:
        await self._vault.done(self._writer.close)


def _streams_in(folder: Path) -> list[Stream]:
    if not folder.is_dir():
        return []
    kinds = {kind.value: kind for kind in StreamKind}
    return [
        Stream(id=StreamId(path.stem), kind=kinds[path.suffix[1:]])
        for path in sorted(folder.iterdir())
        if path.suffix[1:] in kinds
    ]


def _pieces_in(path: Path) -> int:
    """Without the key: how many there are is known by their heads."""
    number, at, size = 0, 0, path.stat().st_size
    with path.open("rb") as file:
        while at + HEAD.size <= size:
            file.seek(at)
            at += HEAD.size + HEAD.unpack(file.read(HEAD.size))[4]
            number += at <= size
    return number
