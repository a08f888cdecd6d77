"""Kept recordings as plain sound, for those who hear a call again."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from server.domain.ids import CallId
from server.domain.recordings import Place, Stream, StreamId, StreamKind
from server.domain.speech import BYTES_PER_MS, Party
from server.ports.recordings import NoRecording
from server.ports.vault import KeyGone, Vault, VaultLost

PARTIES = {StreamId(party.value): party for party in Party}
LONGEST_MS = 4 * 3600 * 1000
"""What is kept of a call at most; a place beyond it is damaged, and would only fill the memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSound:
    """Implements `Recordings` over the vault."""

    vault: Vault
    decode: Callable[[bytes], bytes]
    """µ-law to 16-bit."""

    async def sound(self, call: CallId) -> Mapping[Party, bytes]:
        try:
            sides = {
                PARTIES[stream.id]: stream
                for stream in await self.vault.streams(call)
                if stream.kind is StreamKind.ULAW and stream.id in PARTIES
            }
            sound = {party: await self._side(call, stream) for party, stream in sides.items()}
        except KeyGone:
            raise NoRecording("the recording was erased") from None
        except VaultLost:
            raise NoRecording("the recording cannot be read") from None
        if not any(sound.values()):
            raise NoRecording("no sound of this call was kept")
        return sound

    async def _side(self, call: CallId, stream: Stream) -> bytes:
        places = [place for place in await self.vault.places(call, stream) if place.to_ms <= LONGEST_MS]
        pieces = await self.vault.read(call, stream, [place.number for place in places])
        return await asyncio.to_thread(self._joined, places, pieces)

    def _joined(self, places: Sequence[Place], pieces: Sequence[bytes]) -> bytes:
        """In a thread: of a long call it would hold up every other."""
        sound = bytearray(max((place.to_ms for place in places), default=0) * BYTES_PER_MS)
        for place, piece in zip(places, pieces, strict=True):
            pcm = self.decode(piece)
            at = place.from_ms * BYTES_PER_MS
            sound[at : at + len(pcm)] = pcm
        return bytes(sound)
