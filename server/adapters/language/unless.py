"""Words that rule a match out: in its own clause, or in the clauses beside it."""

import re
from dataclasses import dataclass

from server.adapters.language.made import BOUNDARY


@dataclass(frozen=True, slots=True)
class Unless:
    """An innocent reading reaches no further than this: elsewhere in a turn it must not silence a danger."""

    here: re.Pattern[str]
    """In the clauses of the match."""
    nearby: re.Pattern[str]
    """In those, or in the clause before or after them."""

    def rules_out(self, text: str, found: re.Match[str]) -> bool:
        start, end = _clauses(text, found.start(), max(found.start(), found.end() - 1))
        if _touches(self.here, text, start, end):
            return True
        wider = _clauses(text, max(0, start - 2), min(len(text), end + 1))
        return _touches(self.nearby, text, *wider)


def _clauses(text: str, first: int, last: int) -> tuple[int, int]:
    """The characters of the clauses between two positions."""
    end = text.find(BOUNDARY, last)
    return text.rfind(BOUNDARY, 0, first + 1) + 1, len(text) if end < 0 else end


def _touches(regex: re.Pattern[str], text: str, start: int, end: int) -> bool:
    return any(one.start() < end and one.end() > start for one in regex.finditer(text))
