"""The sound of one leg since its last settled words, addressed by sample, with the way back to media time."""

from bisect import bisect_right

from server.domain.speech import BYTES_PER_MS, AudioFrame

SAMPLES_PER_MS = BYTES_PER_MS // 2
GAP_MS = 100
"""From here on, missing sound is a gap: the words on either side are not one phrase."""
FILL_MS = 1000
"""Quiet put in place of a gap: enough for the recogniser to settle what came before it."""


class Retained:
    def __init__(self) -> None:
        self._pcm = bytearray()
        self._first = 0
        self._marks: list[tuple[int, int]] = []
        self._expected_ms: int | None = None

    @property
    def first(self) -> int:
        """The earliest sample still held."""
        return self._first

    @property
    def end(self) -> int:
        """One past the latest sample."""
        return self._first + len(self._pcm) // 2

    @property
    def held_ms(self) -> int:
        return (self.end - self._first) // SAMPLES_PER_MS

    @property
    def end_ms(self) -> int:
        """Media time of the end of the latest frame."""
        return self._expected_ms or 0

    def append(self, frame: AudioFrame) -> None:
        expected_ms = self._expected_ms
        if expected_ms is not None and frame.at_ms - expected_ms >= GAP_MS:
            self._pcm += bytes(min(FILL_MS, frame.at_ms - expected_ms) * BYTES_PER_MS)
        if frame.at_ms != expected_ms:
            self._marks.append((self.end, frame.at_ms))
        self._pcm += frame.pcm[: len(frame.pcm) // 2 * 2]
        self._expected_ms = frame.end_ms

    def read(self, start: int, count: int) -> bytes:
        at = (start - self._first) * 2
        return bytes(self._pcm[at : at + count * 2])

    def forget_before(self, sample: int) -> None:
        sample = min(max(sample, self._first), self.end)
        del self._pcm[: (sample - self._first) * 2]
        self._first = sample
        keep = max(0, bisect_right(self._marks, sample, key=lambda mark: mark[0]) - 1)
        del self._marks[:keep]

    def media_ms(self, sample: int) -> int:
        """Where the sound at this sample lies in the leg."""
        if not self._marks:
            return 0
        index = max(0, bisect_right(self._marks, sample, key=lambda mark: mark[0]) - 1)
        at, at_ms = self._marks[index]
        return at_ms + (sample - at) // SAMPLES_PER_MS

    def media_end_ms(self, sample: int) -> int:
        """Where the sound that ends just before this sample ends: never beyond a gap that starts there."""
        return self.media_ms(max(self._first, sample - SAMPLES_PER_MS)) + 1
