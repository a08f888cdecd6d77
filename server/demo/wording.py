"""Words heard against words spoken: how many were wrong, missed or added."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

WORD = re.compile(r"[a-z0-9]+(?:'[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    spoken: int = 0
    wrong: int = 0
    missed: int = 0
    added: int = 0

    @property
    def error_rate(self) -> float:
        """Word error rate: every mistake, as a share of the words spoken."""
        return (self.wrong + self.missed + self.added) / self.spoken if self.spoken else float(self.added > 0)

    def __add__(self, other: "Score") -> "Score":
        return Score(
            spoken=self.spoken + other.spoken,
            wrong=self.wrong + other.wrong,
            missed=self.missed + other.missed,
            added=self.added + other.added,
        )


def words(text: str) -> list[str]:
    """The words as a recogniser writes them: small letters, apostrophes kept, no stops."""
    return WORD.findall(text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))


def score(spoken: Sequence[str], heard: Sequence[str]) -> Score:
    """Count the fewest mistakes that turn what was spoken into what was heard."""
    costs = _costs(spoken, heard)
    here, there = len(spoken), len(heard)
    wrong = missed = added = 0
    while here or there:
        match _step(costs, spoken, heard, (here, there)):
            case "missed":
                missed, here = missed + 1, here - 1
            case "added":
                added, there = added + 1, there - 1
            case step:
                wrong, here, there = wrong + (step == "wrong"), here - 1, there - 1
    return Score(spoken=len(spoken), wrong=wrong, missed=missed, added=added)


def _costs(spoken: Sequence[str], heard: Sequence[str]) -> list[list[int]]:
    costs = [list(range(len(heard) + 1))]
    for row, said in enumerate(spoken, start=1):
        line = [row]
        for column, got in enumerate(heard, start=1):
            line.append(min(costs[-1][column - 1] + (said != got), costs[-1][column] + 1, line[-1] + 1))
        costs.append(line)
    return costs


def _step(costs: list[list[int]], spoken: Sequence[str], heard: Sequence[str], at: tuple[int, int]) -> str:
    """The last step on a cheapest way to this place."""
    here, there = at
    if here and there:
        differs = spoken[here - 1] != heard[there - 1]
        if costs[here][there] == costs[here - 1][there - 1] + differs:
            return "wrong" if differs else "same"
    if here and costs[here][there] == costs[here - 1][there] + 1:
        return "missed"
    return "added"
