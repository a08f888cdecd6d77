"""The first layers of a sentence encoder, in plain arithmetic: what a turn says as a whole."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

UNKNOWN, OPENING, CLOSING = "[UNK]", "[CLS]", "[SEP]"
INSIDE = "##"
"""What a piece begins with that goes on with a word."""
MOST_PIECES = 64
LONGEST_WORD = 40
TINY = 1e-12
ENDINGS = frozenset({"s", "m", "d", "ll", "re", "ve"})
"""What normalising leaves of a contraction; the encoder learnt them behind an apostrophe."""

Array = npt.NDArray[np.float32]
Layer = Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Pieces:
    """Words cut into the pieces that the encoder knows, the longest first (WordPiece)."""

    rows: Mapping[str, int]

    def of(self, words: Iterable[str]) -> list[int]:
        """The rows of a turn's pieces, between those that open and close it."""
        cut = [row for word in words for part in _parts(word) for row in self._cut(part)]
        return [self.rows[OPENING], *cut[: MOST_PIECES - 2], self.rows[CLOSING]]

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
    """Rows of attention and windowless layers over the pieces; the mean and the loudest of each direction."""

    pieces: Pieces
    vectors: npt.NDArray[np.int8]
    steps: Array
    """What one unit of a piece's vector stands for."""
    places: Array
    first: Layer
    layers: Sequence[Layer]
    heads: Array
    bias: Array
    parts: int
    """How many ways each layer attends at once."""

    def odds(self, words: Sequence[str]) -> Array:
        """One log odds for each head."""
        rows = self.pieces.of(words)
        now = self.vectors[rows] * self.steps[rows] + self.places[: len(rows)]
        now = _levelled(now, self.first["scale"], self.first["shift"])
        for layer in self.layers:
            now = self._through(now, layer)
        told = np.concatenate((now.mean(axis=0), now.max(axis=0)))
        odds: Array = told @ self.heads + self.bias
        return odds

    def _through(self, now: Array, layer: Layer) -> Array:
        heard = self._attended(now @ layer["look"] + layer["look_bias"]) @ layer["join"] + layer["join_bias"]
        now = _levelled(now + heard, layer["scale"], layer["shift"])
        wide = _gate(now @ layer["up"] + layer["up_bias"]) @ layer["down"] + layer["down_bias"]
        return _levelled(now + wide, layer["last_scale"], layer["last_shift"])

    def _attended(self, looked: Array) -> Array:
        """Every piece as the others that it looks at, looked at in several ways."""
        count, size = looked.shape[0], looked.shape[1] // 3
        asked, offered, told = looked.reshape(count, 3, self.parts, size // self.parts).transpose(1, 2, 0, 3)
        match = asked @ offered.transpose(0, 2, 1) / np.float32(np.sqrt(size // self.parts))
        match = np.exp(match - match.max(axis=-1, keepdims=True))
        match /= match.sum(axis=-1, keepdims=True)
        joined: Array = (match @ told).transpose(1, 0, 2).reshape(count, size)
        return joined


def _levelled(rows: Array, scale: Array, shift: Array) -> Array:
    rows = rows - rows.mean(axis=-1, keepdims=True)
    rows /= np.sqrt((rows * rows).mean(axis=-1, keepdims=True) + np.float32(TINY))
    return rows * scale + shift


def _gate(rows: Array) -> Array:
    """The Gaussian error unit, by its usual approximation."""
    bent = rows * rows  # multiplied out: a power is ten times as slow
    bent *= rows
    bent *= np.float32(0.044715)
    bent += rows
    bent *= np.float32(0.7978846)
    np.tanh(bent, out=bent)
    bent += 1
    bent *= rows
    bent *= np.float32(0.5)
    return bent


WEIGHTS = ("look", "join", "up", "down")
"""The matrices of a layer; each is kept in eight bits, with the size of one step for every column."""


Stored = Mapping[str, npt.NDArray[Any]]


def encoder_of(stored: Stored) -> Encoder:
    """An encoder from the arrays of its file, as `models/risk/encoding.py` writes them."""
    names = sorted({name.partition("_")[0] for name in stored if re.match(r"layer\d+_", name)})
    return Encoder(
        pieces=Pieces({str(piece): row for row, piece in enumerate(stored["pieces"])}),
        vectors=stored["vectors"],
        steps=stored["vector_steps"],
        places=_whole(stored, "places"),
        first={name: _whole(stored, f"first_{name}") for name in ("scale", "shift")},
        layers=[_layer(stored, name) for name in names],
        heads=_whole(stored, "heads_weight"),
        bias=_whole(stored, "heads_bias"),
        parts=int(stored["parts"]),
    )


def _layer(stored: Stored, name: str) -> Layer:
    own = [key for key in stored if key.startswith(f"{name}_") and not key.endswith("_steps")]
    made = {key.removeprefix(f"{name}_"): _whole(stored, key) for key in own}
    for key in WEIGHTS:
        made[key] = made[key] * _whole(stored, f"{name}_{key}_steps")
    return made


def _whole(stored: Stored, name: str) -> Array:
    return np.ascontiguousarray(stored[name], dtype=np.float32)
