"""The first layers of a sentence encoder: what a turn says as a whole."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

UNKNOWN, OPENING, CLOSING = "[UNK]", "[CLS]", "[SEP]"
INSIDE = "##"
"""What a piece begins with that goes on with a word."""
MOST_PIECES = 64
MOST_ASKED = 24
"""Of a question's pieces so many are heard, the last."""
LONGEST_WORD = 40
ERRORS = 3
"""Of ONNX Runtime's own log nothing less grave is wanted."""
ENDINGS = frozenset({"s", "m", "d", "ll", "re", "ve"})
"""What normalising leaves of a contraction; the encoder learnt them behind an apostrophe."""

Array = npt.NDArray[np.float32]
Stored = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Pieces:
    """Words cut into the pieces that the encoder knows, the longest first (WordPiece)."""

    rows: Mapping[str, int]

    def of(self, words: Iterable[str], asked: Iterable[str] = ()) -> list[int]:
        """The rows of a turn's pieces, between those that open and close it, behind what it answers."""
        opening = [self.rows[OPENING]]
        if question := self._all(asked)[-MOST_ASKED:]:
            opening += [*question, self.rows[CLOSING]]
        return [*opening, *self._all(words)[: MOST_PIECES - len(opening) - 1], self.rows[CLOSING]]

    def _all(self, words: Iterable[str]) -> list[int]:
        return [row for word in words for part in _parts(word) for row in self._cut(part)]

    def _cut(self, word: str) -> list[int]:
        cut: list[int] = []
        start = 0
        while start < len(word):
            ends = range(len(word), start, -1)
            before = INSIDE if start else ""
            end = next((end for end in ends if before + word[start:end] in self.rows), 0)
            if not end:
                return [self.rows[UNKNOWN]]
            cut.append(self.rows[before + word[start:end]])
            start = end
        return cut


def _parts(word: str) -> Iterator[str]:
    if word in ENDINGS:
        yield "'"
    for part in re.findall(r"[a-z]+|[0-9]+|'", word.lower()):
        yield part[:LONGEST_WORD]


@dataclass(frozen=True, slots=True)
class Encoder:
    """Layers of attention over the pieces of a turn, and the heads above them."""

    pieces: Pieces
    session: onnxruntime.InferenceSession

    def odds(self, words: Sequence[str], asked: Sequence[str] = ()) -> Array:
        """One log odds for each head, of a turn or of an answer to what was asked."""
        rows = np.array(self.pieces.of(words, asked), dtype=np.int64)
        odds: Array = self.session.run(None, {"rows": rows})[0]
        return odds


def encoder_of(stored: Stored) -> Encoder:
    """An encoder from the arrays of its file, as `models/risk/graph.py` writes them.

    It works in the thread that asks: a turn is too short to be shared out.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = ERRORS
    return Encoder(
        pieces=Pieces({str(piece): row for row, piece in enumerate(stored["pieces"])}),
        session=onnxruntime.InferenceSession(
            stored["graph"].tobytes(), options, providers=["CPUExecutionProvider"]
        ),
    )
