"""What the node and a speech worker say to each other: length-prefixed msgpack over a local socket."""

import asyncio
import socket
import struct

import msgspec

MAX_MESSAGE_BYTES = 1 << 20
_LENGTH = struct.Struct(">I")


class Open(msgspec.Struct, frozen=True, tag=True):
    """Make a recogniser. Nothing answers; the first `Heard` does."""

    session: int


class Feed(msgspec.Struct, frozen=True, tag=True):
    session: int
    pcm: bytes


class Finish(msgspec.Struct, frozen=True, tag=True):
    """Settle all that was fed, answer `Finished`, and let the recogniser go."""

    session: int


class Close(msgspec.Struct, frozen=True, tag=True):
    """Let the recogniser go; nothing answers."""

    session: int


ToWorker = Open | Feed | Finish | Close


class TimedWord(msgspec.Struct, frozen=True, array_like=True):
    """A word in the recogniser's own time: milliseconds since its first sample."""

    text: str
    start_ms: int
    end_ms: int
    confidence: float


class Ready(msgspec.Struct, frozen=True, tag=True):
    load_ms: int


class Heard(msgspec.Struct, frozen=True, tag=True):
    """One block was taken in."""

    session: int
    samples: int
    """How many samples this recogniser has taken in altogether."""
    words: tuple[TimedWord, ...] | None
    """The draft as it stands; None where more sound was already waiting and no draft was made."""


class Settled(msgspec.Struct, frozen=True, tag=True):
    """One block was taken in and the speaker paused: these words will not change."""

    session: int
    samples: int
    words: tuple[TimedWord, ...]


class Finished(msgspec.Struct, frozen=True, tag=True):
    session: int
    samples: int
    words: tuple[TimedWord, ...]


class Failed(msgspec.Struct, frozen=True, tag=True):
    """This recogniser broke; the worker lives on."""

    session: int


FromWorker = Ready | Heard | Settled | Finished | Failed

_encoder = msgspec.msgpack.Encoder()
_to_worker = msgspec.msgpack.Decoder(ToWorker)
_from_worker = msgspec.msgpack.Decoder(FromWorker)


def packed(message: ToWorker | FromWorker) -> bytes:
    body = _encoder.encode(message)
    return _LENGTH.pack(len(body)) + body


async def next_from_worker(reader: asyncio.StreamReader) -> FromWorker:
    """Raises `EOFError` when the worker is gone, `ValueError` when it speaks nonsense."""
    length = _checked(await reader.readexactly(_LENGTH.size))
    message: FromWorker = _from_worker.decode(await reader.readexactly(length))
    return message


def next_to_worker(channel: socket.socket) -> ToWorker | None:
    """None when the node has closed the channel."""
    head = _exactly(channel, _LENGTH.size)
    body = head and _exactly(channel, _checked(head))
    if not body:
        return None
    message: ToWorker = _to_worker.decode(body)
    return message


def _checked(head: bytes) -> int:
    length: int = _LENGTH.unpack(head)[0]
    if length > MAX_MESSAGE_BYTES:
        raise ValueError("a message between node and speech worker is too long")
    return length


def _exactly(channel: socket.socket, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        part = channel.recv(count - len(parts))
        if not part:
            return b""
        parts += part
    return bytes(parts)
