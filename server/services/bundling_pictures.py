"""The video and the stills of a call in its disclosure bundle: as they were kept, and never cut."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from server.domain.events.keeping import Pictures
from server.domain.recordings import Piece, Stream, StreamKind

JPEG = b"\xff\xd8"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPictures:
    """One stream of video, or the stills of a call, piece by piece."""

    stream: Stream
    pieces: Sequence[Piece]
    data: Sequence[bytes] = field(repr=False)

    def files(self) -> Iterator[tuple[str, bytes]]:
        if self.stream.kind is StreamKind.WEBM:
            yield f"video/{self.stream.id}.webm", b"".join(self.data)
            return
        for piece, picture in zip(self.pieces, self.data, strict=True):
            yield still_name(piece.place.number, picture), picture


def still_name(number: int, picture: bytes) -> str:
    return f"stills/{number:04}.{'jpg' if picture.startswith(JPEG) else 'png'}"


def goes_with(stream: Stream, pictures: Pictures) -> bool:
    """Whether this stream is in a bundle that was asked for so."""
    if stream.kind is StreamKind.WEBM:
        return pictures is Pictures.WHOLE
    return stream.kind is StreamKind.STILL and pictures is not Pictures.NONE
