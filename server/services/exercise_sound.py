"""An exercise's sound as one WAV file, made as far as it is asked for: caller left, everybody else right."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from server.domain.pcm_wav import mixed
from server.domain.speech import BYTES_PER_MS, Party
from server.domain.ulaw_wav import HEADER_BYTES, PER_MS, SIDES, header, interleaved

SAMPLE_BYTES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseSound:
    sides: Mapping[Party, bytes] = field(repr=False)
    """16-bit, each from the beginning; a shorter one is silent at its end."""
    encode: Callable[[bytes], bytes]
    """16-bit to µ-law."""

    @property
    def length_ms(self) -> int:
        return max(len(pcm) for pcm in self.sides.values()) // BYTES_PER_MS

    @property
    def size(self) -> int:
        """Of the whole file, in bytes."""
        return HEADER_BYTES + self.length_ms * PER_MS

    def stretch(self, begin: int, end: int) -> bytes:
        """From which byte of the file to before which. Work for a thread: of minutes it takes a while."""
        head = header(self.length_ms)[begin:end]
        from_byte = max(begin - HEADER_BYTES, 0)
        first, before = from_byte // SIDES, -(-max(end - HEADER_BYTES, 0) // SIDES)
        from_, to = first * SAMPLE_BYTES, before * SAMPLE_BYTES
        size = to - from_
        cut = {party: pcm[from_:to].ljust(size, b"\0") for party, pcm in self.sides.items()}
        caller = cut.pop(Party.CALLER, bytes(size))
        both = interleaved(self.encode(caller), self.encode(mixed([*cut.values()], size)))
        return head + both[from_byte - first * SIDES :][: end - begin - len(head)]
