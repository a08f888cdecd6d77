"""One stream on disk: sealed pieces one after the other, each with its place in front."""

import errno
import os
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from server.adapters.vault.master import sync_folder
from server.domain.ids import CallId
from server.domain.recordings import START, Piece, Place, Stream, piece_of
from server.ports.vault import SealBroken, Sealer, VaultFull, VaultLost, WrappedKey

HEAD = struct.Struct("<4sIQQI")
"""Of each piece: a mark, its number, from and to in milliseconds, and how many sealed bytes follow."""
MARK = b"EAR1"
OVERHEAD = 28
"""Bytes by which sealing lengthens: nonce and tag."""
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True, slots=True)
class _Found:
    place: Place
    begin: int
    """Where in the file the sealed bytes begin."""
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamFile:
    """Reading; each piece only opens in its own place of its own stream of its own call."""

    path: Path
    call: CallId
    stream: Stream
    sealer: Sealer
    key: WrappedKey

    def places(self) -> list[Place]:
        return [found.place for found in self.walk()]

    def read(self, numbers: Sequence[int]) -> list[bytes]:
        found = {one.place.number: one for one in self.walk()}
        missing = [number for number in numbers if number not in found]
        if missing:
            raise SealBroken(f"piece {missing[0]} of {self.stream.id} is not there")
        with self.path.open("rb") as file:
            return [self._opened(file.fileno(), found[number]) for number in numbers]

    def chained(self) -> list[Piece]:
        pieces: list[Piece] = []
        with self.path.open("rb") as file:
            for found in self.walk():
                data = self._opened(file.fileno(), found)
                pieces.append(piece_of(found.place, data, pieces[-1].chain if pieces else START))
        return pieces

    def walk(self, *, torn: bool = False) -> Iterator[_Found]:
        """Piece by piece. A tail that is no whole piece raises `SealBroken`, unless it may be `torn`."""
        at, number, size = 0, 1, self.path.stat().st_size
        with self.path.open("rb") as file:
            while at < size:
                found = self._found(file.read(HEAD.size), at, number, size)
                if found is None:
                    if torn:
                        return
                    raise SealBroken(f"{self.stream.id} cannot be followed beyond piece {number - 1}")
                yield found
                at, number = found.end, number + 1
                file.seek(at)

    def _found(self, head: bytes, at: int, number: int, size: int) -> _Found | None:
        if len(head) < HEAD.size:
            return None
        mark, said, from_ms, to_ms, length = HEAD.unpack(head)
        begin = at + HEAD.size
        if mark != MARK or said != number or length < OVERHEAD or begin + length > size:
            return None
        place = Place(number=number, from_ms=from_ms, to_ms=to_ms, size=length - OVERHEAD)
        return _Found(place, begin, begin + length)

    def _opened(self, file: int, found: _Found) -> bytes:
        sealed = os.pread(file, found.end - found.begin, found.begin)
        return self.sealer.open(self.key, sealed, about=self.about(found.place))

    def about(self, place: Place) -> bytes:
        stream = self.stream
        where = f"{place.number}|{place.from_ms}|{place.to_ms}|{place.size}"
        return f"earshot piece|{stream.kind}|{stream.id}|{where}|{self.call}".encode()


class StreamWriter:
    """Appending. What was not wholly written is taken back: the next piece follows the last safe one."""

    def __init__(self, file: StreamFile) -> None:
        self._file = file
        self._new = not file.path.exists()
        file.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._fd = os.open(file.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self.last, self._end = self._whole()
            os.ftruncate(self._fd, self._end)
        except BaseException:
            os.close(self._fd)
            raise
        self._hurt = False

    def keep(self, data: bytes, *, from_ms: int, to_ms: int) -> Piece:
        self._mend()
        number = self.last.place.number + 1 if self.last else 1
        place = Place(number=number, from_ms=from_ms, to_ms=to_ms, size=len(data))
        sealed = self._file.sealer.seal(self._file.key, data, about=self._file.about(place))
        whole = HEAD.pack(MARK, number, from_ms, to_ms, len(sealed)) + sealed
        try:
            self._append(whole)
        except OSError as error:
            self._hurt = True
            lost = VaultFull if error.errno in NO_ROOM else VaultLost
            raise lost(f"a piece could not be written ({error.strerror})") from None
        self._end += len(whole)
        self.last = piece_of(place, data, self.last.chain if self.last else START)
        return self.last

    def close(self) -> None:
        os.close(self._fd)

    def _append(self, whole: bytes) -> None:
        at, rest = self._end, memoryview(whole)
        while rest:
            written = os.pwrite(self._fd, rest, at)
            at, rest = at + written, rest[written:]
        os.fdatasync(self._fd)
        if self._new:
            sync_folder(self._file.path.parent)
            self._new = False

    def _mend(self) -> None:
        if not self._hurt:
            return
        try:
            os.ftruncate(self._fd, self._end)
        except OSError as error:
            raise VaultLost(f"a torn piece could not be taken back ({error.strerror})") from None
        self._hurt = False

    def _whole(self) -> tuple[Piece | None, int]:
        """The last piece that opens, and where it ends. Raises `SealBroken` for a wrong one before it."""
        last, end = None, 0
        for found in self._file.walk(torn=True):
            data = os.pread(self._fd, found.end - found.begin, found.begin)
            try:
                plain = self._file.sealer.open(self._file.key, data, about=self._file.about(found.place))
            except SealBroken:
                if found.end < os.fstat(self._fd).st_size:
                    raise
                break  # space that the system had given and not yet filled
            last, end = piece_of(found.place, plain, last.chain if last else START), found.end
        return last, end
