"""Which packets of a stream did not come, and when to ask for them again."""

from dataclasses import dataclass

ASK_AGAIN_S = 0.06
ASKED_MOST = 5
MOST = 64
"""More than this missing at once is a break, not a loss."""


@dataclass(slots=True)
class _Asked:
    at_s: float
    times: int = 1


class Missing:
    def __init__(self) -> None:
        self._highest: int | None = None
        self._asked: dict[int, _Asked] = {}

    def after(self, sequence: int, *, now_s: float) -> list[int] | None:
        """What to ask for now that this packet came; none: too much is missing to be asked for."""
        self._asked.pop(sequence, None)
        if self._highest is None or sequence <= self._highest:
            self._highest = sequence if self._highest is None else self._highest
            return self._due(now_s)
        lost = range(self._highest + 1, sequence)
        self._highest = sequence
        if len(lost) + len(self._asked) > MOST:
            self._asked.clear()
            return None
        due = self._due(now_s)
        self._asked |= {number: _Asked(now_s) for number in lost}
        return [*due, *lost]

    def _due(self, now_s: float) -> list[int]:
        due: list[int] = []
        for number, asked in list(self._asked.items()):
            if now_s - asked.at_s < ASK_AGAIN_S:
                continue
            if asked.times >= ASKED_MOST:
                del self._asked[number]
                continue
            asked.at_s, asked.times = now_s, asked.times + 1
            due.append(number)
        return due
