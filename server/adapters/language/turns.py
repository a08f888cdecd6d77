"""One turn, encoded for the rules: a character for each word, a boundary between clauses."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from server.adapters.language.clauses import boundaries
from server.adapters.language.knowledge import Knowledge
from server.adapters.language.made import BOUNDARY
from server.adapters.language.patterns import MASKED
from server.adapters.language.slips import mended
from server.adapters.language.words import Token


@dataclass(frozen=True, slots=True)
class Line:
    """The encoded turn and the way back from its characters to tokens."""

    text: str
    token_at: tuple[int, ...]
    """For each character the token it stands for; for a boundary, the token after it."""

    def clause(self, at: int) -> tuple[int, int]:
        """The characters of the clause around a position."""
        start = self.text.rfind(BOUNDARY, 0, at) + 1
        end = self.text.find(BOUNDARY, at)
        return start, len(self.text) if end < 0 else end

    def before(self, char: int) -> int:
        """The token right before a position."""
        return self.token_at[min(max(0, char - 1), len(self.token_at) - 1)]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Characters to tokens, half-open; boundaries at the edges fall away."""
        while start < end and self.text[start] == BOUNDARY:
            start += 1
        while end > start and self.text[end - 1] == BOUNDARY:
            end -= 1
        if start >= end:
            return 0, 0
        return self.token_at[start], self.token_at[end - 1] + 1


def encode(tokens: Sequence[Token], starts: Sequence[bool], known: Knowledge) -> Line:
    """Encode; figures of speech are masked, so that no rule sees into them."""
    letters: list[str] = []
    token_at: list[int] = []
    for at, token in enumerate(tokens):
        if starts[at] and at:
            letters.append(BOUNDARY)
            token_at.append(at)
        letters.append(known.alphabet.encode(token.text))
        token_at.append(at)
    text = known.cues["figurative"].sub(_masked, "".join(letters))
    return Line(text, tuple(token_at))


def _masked(found: re.Match[str]) -> str:
    return "".join(BOUNDARY if letter == BOUNDARY else MASKED for letter in found[0])


def spoken(tokens: Sequence[Token]) -> list[Token]:
    """Without fillers; a clause end before a filler is kept for the word after it."""
    kept: list[Token] = []
    stop = False
    for token in mended(tokens):
        stop = stop or token.stop
        if token.filler and not (token.text == "just" and kept and kept[-1].text == "not"):
            continue
        kept.append(Token(token.text, token.first, token.last, stop))
        stop = False
    return kept


def clause_starts(tokens: Sequence[Token]) -> list[bool]:
    return boundaries(tokens)
