"""Playing a kept video call: any stretch of its sound and of a camera's pictures, out of sealed files."""

import asyncio
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from server.domain.ids import CallId
from server.domain.pcm_wav import RATE_HZ, interleaved, mixed
from server.domain.recordings import Place, Stream, StreamId, StreamKind
from server.domain.speech import Party
from server.ports.media import EncodedFrame, MediaReader
from server.ports.vault import Vault

AROUND_MS = 1500
"""So far from the moment that its piece names may a frame lie in the file."""
BACK_MS = (2_000, 15_000, 120_000, 2**31)
"""How far back a picture is looked for that needs no other."""
SEATS = {"victim": Party.CALLER, "specialist": Party.HANDLER}
BYTES_PER_MS = RATE_HZ // 1000 * 2
PICTURE = struct.Struct("<IBI")
"""Before each picture's bytes: when in the call, whether it needs no other, how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """One coming of one party: a file, and where in the call its pieces lie."""

    stream: Stream
    places: Sequence[Place]

    @property
    def party(self) -> Party:
        return party_of_stream(self.stream.id)

    @property
    def from_ms(self) -> int:
        return self.places[0].from_ms

    @property
    def to_ms(self) -> int:
        return self.places[-1].to_ms

    def near(self, from_ms: int, to_ms: int) -> list[int]:
        """The pieces in which what lies there was written; none where nothing does."""
        if to_ms < self.from_ms or from_ms > self.to_ms:
            return []
        early, late = from_ms - AROUND_MS, to_ms + AROUND_MS
        return [place.number for place in self.places if place.to_ms > early and place.from_ms < late]


def party_of_stream(stream: StreamId) -> Party:
    """Whose file this is, by the seat that its name begins with."""
    return SEATS.get(stream.rpartition("-")[0], Party.OTHER)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptVideos:
    vault: Vault
    reader: MediaReader

    async def files(self, call: CallId) -> list[KeptFile]:
        """Raises `VaultLost`."""
        there = [one for one in await self.vault.streams(call) if one.kind is StreamKind.WEBM]
        files = [KeptFile(stream=one, places=await self.vault.places(call, one)) for one in there]
        return sorted(
            (file for file in files if file.places), key=lambda file: (file.from_ms, file.stream.id)
        )

    async def sound(self, call: CallId, files: Iterable[KeptFile], from_ms: int, to_ms: int) -> bytes:
        """The caller left and everybody else right; silence where nothing was kept. Raises `VaultLost`."""
        sides: Mapping[bool, list[bytes]] = {True: [], False: []}
        for file in files:
            sides[file.party is Party.CALLER].append(await self._sound(call, file, from_ms, to_ms))
        size = (to_ms - from_ms) * BYTES_PER_MS
        return await asyncio.to_thread(
            lambda: interleaved(mixed(sides[True], size), mixed(sides[False], size))
        )

    async def pictures(
        self, call: CallId, file: KeptFile, from_ms: int, to_ms: int, *, fresh: bool
    ) -> list[EncodedFrame]:
        """Those of this stretch, in the call's time. Raises `VaultLost`.

        `fresh`: for a player that has shown none before: from the last one on that needs no other.
        """
        found: list[EncodedFrame] = []
        for back_ms in BACK_MS if fresh else (0,):
            begin = max(file.from_ms, from_ms - back_ms)
            found = [one for one in await self._pictures(call, file, begin, to_ms) if one.at_ms < to_ms]
            if not fresh:
                return [one for one in found if one.at_ms >= from_ms]
            keys = [at for at, one in enumerate(found) if one.key and one.at_ms <= from_ms]
            if keys or begin == file.from_ms:
                return found[keys[-1] if keys else 0 :]
        return found

    async def _sound(self, call: CallId, file: KeptFile, from_ms: int, to_ms: int) -> bytes:
        head, data = await self._read(call, file, file.near(from_ms, to_ms))
        begins_ms = file.from_ms
        return await asyncio.to_thread(
            lambda: self.reader.sound(head, data, from_ms=from_ms - begins_ms, to_ms=to_ms - begins_ms)
        )

    async def _pictures(self, call: CallId, file: KeptFile, from_ms: int, to_ms: int) -> list[EncodedFrame]:
        head, data = await self._read(call, file, file.near(from_ms, to_ms))
        pictures = await asyncio.to_thread(self.reader.pictures, head, data)
        return [
            EncodedFrame(kind=one.kind, at_ms=one.at_ms + file.from_ms, data=one.data, key=one.key)
            for one in pictures
        ]

    async def _read(self, call: CallId, file: KeptFile, numbers: list[int]) -> tuple[bytes, bytes]:
        """The file's header, and these pieces of it."""
        if not numbers:
            return b"", b""
        first = file.places[0].number
        wanted = numbers if numbers[0] == first else [first, *numbers]
        pieces = await self.vault.read(call, file.stream, wanted)
        data = b"".join(pieces if numbers[0] == first else pieces[1:])
        return self.reader.head(pieces[0]), data


def packed(pictures: Iterable[EncodedFrame]) -> bytes:
    """As they go to a browser, which decodes them."""
    return b"".join(PICTURE.pack(one.at_ms, one.key, len(one.data)) + one.data for one in pictures)
