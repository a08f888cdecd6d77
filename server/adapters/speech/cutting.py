"""Where to cut somebody who does not pause: between two words, at the widest gap, never through a word."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from server.adapters.speech.messages import TimedWord

UNRIPE_MS = 1000
"""The newest second is left to be heard again: its last words may be half spoken."""
LATE_MS = 5000
PAUSE_MS = 90
RUN_UP_MS = 300
"""Quiet given to the next recogniser before its first word, where there is that much."""


@dataclass(frozen=True, slots=True)
class Cut:
    settled: int
    """How many of the words are settled."""
    at_ms: int
    """Where the next recogniser starts to listen, in the time of the words."""


@dataclass(frozen=True, slots=True)
class _Gap:
    before: int
    start_ms: int
    end_ms: int

    @property
    def width_ms(self) -> int:
        return self.end_ms - self.start_ms

    @property
    def cut_ms(self) -> int:
        return self.end_ms - min(RUN_UP_MS, self.width_ms // 2)


def choose_cut(words: Sequence[TimedWord], *, from_ms: int, to_ms: int) -> Cut:
    """Choose where to cut the stretch [from, to) that these words were heard in.

    Words before the cut are settled, sound after it is heard again, so no word is lost or doubled.
    A pause in the last seconds is preferred: what is heard again delays what is said next.
    """
    ripe = [gap for gap in _gaps(words, from_ms, to_ms) if from_ms < gap.cut_ms <= to_ms - UNRIPE_MS]
    if not ripe:
        return Cut(settled=len(words), at_ms=to_ms)
    late = [gap for gap in ripe if gap.cut_ms >= to_ms - LATE_MS and gap.width_ms >= PAUSE_MS]
    best = max(late or ripe, key=lambda gap: (gap.width_ms, gap.end_ms))
    return Cut(settled=best.before, at_ms=best.cut_ms)


def _gaps(words: Sequence[TimedWord], from_ms: int, to_ms: int) -> Iterator[_Gap]:
    start_ms = from_ms
    for index, word in enumerate(words):
        if word.start_ms >= start_ms:
            yield _Gap(index, start_ms, word.start_ms)
        start_ms = max(start_ms, word.end_ms)
    if to_ms - UNRIPE_MS > start_ms:
        yield _Gap(len(words), start_ms, to_ms - UNRIPE_MS)
