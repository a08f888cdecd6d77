"""The vault: what is sealed with a key per call, and the keys; where a key ends, what it sealed ends."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from server.domain.ids import CallId
from server.domain.recordings import Part, Piece, Place, Stream

NEVER_MADE = "there is no such key"


class VaultLost(Exception):
    """What is sealed could not be written or read; the sentence never holds any of it."""


class VaultFull(VaultLost):
    """There is no room to keep more."""


class SealBroken(VaultLost):
    """What was sealed has been changed, swapped or cut, or was sealed with another key."""


class KeyGone(VaultLost):
    """The key was destroyed, or never made: what it sealed can never be read again."""


class MasterLost(VaultLost):
    """The master key that wrapped this key is not here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyName:
    subject: str
    """A call's id, or that of whatever else has a key of its own."""
    part: Part


@dataclass(frozen=True, slots=True, kw_only=True)
class WrappedKey:
    """A key as it may lie on disk: of no use without the master key."""

    name: KeyName
    master: str
    """The fingerprint of the master key that wrapped it."""
    wrapped: bytes = field(repr=False)


class Sealer(Protocol):
    """Seals and opens with wrapped keys. Never waits; may be used from any thread."""

    @property
    def master(self) -> str:
        """The fingerprint of the master key that wraps new keys."""
        ...

    @property
    def masters(self) -> frozenset[str]:
        """The fingerprints of all master keys that are here."""
        ...

    def new_key(self, name: KeyName) -> WrappedKey: ...

    def rewrap(self, key: WrappedKey) -> WrappedKey:
        """The same key under the newest master key. Raises `MasterLost` or `SealBroken`."""
        ...

    def seal(self, key: WrappedKey, plain: bytes, *, about: bytes) -> bytes:
        """`about` is not kept, and has to be the same on opening: what this is and where it belongs."""
        ...

    def open(self, key: WrappedKey, sealed: bytes, *, about: bytes) -> bytes:
        """Raises `SealBroken` or `MasterLost`."""
        ...


class KeyShelf(Protocol):
    """Where the wrapped keys lie. There is one shelf for the node."""

    async def key(self, name: KeyName, *, make: bool = False) -> WrappedKey:
        """Raises `KeyGone` for one that was destroyed, or was never made and is not to be."""
        ...

    async def rewrap(self) -> int:
        """Wrap every key with the newest master key; how many were not yet."""
        ...

    async def masters(self) -> dict[str, int]:
        """How many keys are wrapped by which master key."""
        ...


class Writing(Protocol):
    """A stream that is being written, by one writer."""

    @property
    def last(self) -> Piece | None:
        """The last piece that is safe; none yet: nothing is."""
        ...

    async def keep(self, data: bytes, *, from_ms: int, to_ms: int) -> Piece:
        """Sealed, hashed and on disk on return; else nothing of it is. Raises `VaultLost`, `VaultFull`."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Remains:
    """How much was there when it was erased."""

    streams: int = 0
    pieces: int = 0
    bytes: int = 0


class Vault(Protocol):
    """The streams of calls: sound, video, stills. A piece is as long as may be lost: two seconds at most."""

    async def write(self, call: CallId, stream: Stream) -> Writing:
        """Begin a stream, or go on after its last whole piece: a torn one, of a killed server, is cut off."""
        ...

    async def streams(self, call: CallId) -> list[Stream]: ...

    async def places(self, call: CallId, stream: Stream) -> list[Place]:
        """Where everything lies, without opening it. Raises `SealBroken` when it cannot be followed."""
        ...

    async def read(self, call: CallId, stream: Stream, numbers: Sequence[int]) -> list[bytes]:
        """These pieces, in this order. Raises `VaultLost`."""
        ...

    async def chained(self, call: CallId, stream: Stream) -> list[Piece]:
        """Every piece, opened and hashed again. Raises `VaultLost`."""
        ...

    async def erase(self, call: CallId, parts: Collection[Part] = frozenset(Part)) -> Remains:
        """Remove the call's files of these parts; without the key they are of no use. Twice is once."""
        ...
