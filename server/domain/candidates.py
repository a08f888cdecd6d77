"""Which of the earlier calls that were found are compared: a bounded number, however common what they share.

Under each key the newest `PER_KEY` are looked at. Of these the newest few of every key are compared in any
case, and of all others those for which the most speaks: a key counts the more, the fewer stand under it.
So a number that was rung from once outweighs a name that half a town bears, and two common things together
outweigh one of them.
"""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import TypeVar

Call = TypeVar("Call", bound=Hashable)

PER_KEY = 1000
NEWEST = 12
"""Of every key: enough to see that a telephone is a shared one, and tonight's calls before last year's."""
COMPARED = 400


def candidates(found: Sequence[Sequence[tuple[Call, int]]]) -> list[Call]:
    """`found`: under each key, calls with their times, the newest first."""
    times: dict[Call, int] = {}
    speaks: defaultdict[Call, float] = defaultdict(float)
    newest: set[Call] = set()
    for under in found:
        times.update(under)
        newest.update(call for call, _ in under[:NEWEST])
        for call, _ in under:
            speaks[call] += 1 / len(under)
    best = sorted(times, key=lambda call: (call in newest, speaks[call], times[call]), reverse=True)
    return sorted(best[:COMPARED], key=times.__getitem__, reverse=True)
