"""The second opinion: a trained network that may question a rule or bear it out, and never speaks by itself.

It reads the words of a turn in their order, each by what it means, and says how much the turn sounds like
abuse at all and how much like each marker. How far a rule's finding is believed is weighed from that and from
how often the rule was right on sentences that it was not written from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from server.adapters.language.encoder import Stored, encoder_of
from server.domain.ids import MarkerId

ABUSE = "abuse"
UNHEARD = 5.0
"""The margin of a marker that no head was trained for: its own rules stand, a broad one does not."""
UNKNOWN = 0
"""The row of a word that the network has never seen."""
MOST_WORDS = 60

Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Heard:
    """What the heads make of one turn, as log odds."""

    abuse: float
    markers: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Network:
    """Two rows of windows over the words, the loudest of each window kind, and a layer above them."""

    rows: Mapping[str, int]
    vectors: npt.NDArray[np.int8]
    steps: Array
    """What one unit of a word's vector stands for."""
    layers: Mapping[str, Array]

    def odds(self, words: Sequence[str], asked: Sequence[str] = ()) -> Array:
        """One log odds for each head."""
        rows = [self.rows.get(word, UNKNOWN) for word in (*asked, *words)[:MOST_WORDS]] or [UNKNOWN]
        near = (
            _windows(self.vectors[rows] * self.steps[rows], 1) @ self.layers["near"]
            + self.layers["near_bias"]
        )
        np.maximum(near, 0, out=near)
        wide = _windows(near, 2) @ self.layers["wide"] + self.layers["wide_bias"]
        loudest = np.concatenate((near.max(axis=0), np.maximum(wide.max(axis=0), 0)))
        hidden = np.maximum(loudest @ self.layers["hidden"] + self.layers["hidden_bias"], 0)
        odds: Array = hidden @ self.layers["heads"] + loudest @ self.layers["direct"] + self.layers["bias"]
        return odds


def _windows(rows: Array, reach: int) -> Array:
    """Each word's numbers between those of the words `reach` before and after it."""
    quiet = np.zeros((reach, rows.shape[1]), dtype=np.float32)
    padded = np.concatenate((quiet, rows, quiet))
    return np.concatenate((padded[: -2 * reach], rows, padded[2 * reach :]), axis=1)


class Hearing(Protocol):
    def odds(self, words: Sequence[str], asked: Sequence[str] = ()) -> Array:
        """One log odds for each head, of a turn or of an answer to what was asked."""
        ...


class Lately:
    """A slow network, asked the same again by every rule of a turn and by a draft that stands still."""

    def __init__(self, network: Hearing, *, most: int = 64) -> None:
        self._network = network
        self._most = most
        self._told: dict[tuple[tuple[str, ...], tuple[str, ...]], Array] = {}

    def odds(self, words: Sequence[str], asked: Sequence[str] = ()) -> Array:
        key = tuple(words), tuple(asked)
        told = self._told.get(key)
        if told is None:
            told = self._network.odds(words, asked)
            if len(self._told) >= self._most:
                del self._told[next(iter(self._told))]
            self._told[key] = told
        return told


@dataclass(frozen=True, slots=True)
class Opinion:
    """A network, and how its odds weigh against a rule's word."""

    network: Hearing
    heads: tuple[str, ...]
    trust: Array
    """How the odds weigh: of abuse and of the marker, then the same for a broad rule."""
    lean: Mapping[str, tuple[float, float]]
    """For each marker, how far its own rules and its broad ones are believed before any head is heard."""
    rules: Mapping[str, float]
    """How much more, or less, a rule is believed than others of its marker."""

    def hear(self, words: Sequence[str], asked: Sequence[str] = ()) -> Heard:
        named = dict(zip(self.heads, self.network.odds(words, asked).tolist(), strict=True))
        return Heard(named.pop(ABUSE), named)

    def margin(self, heard: Heard, marker: MarkerId, *, broad: bool, rule: str = "") -> float:
        """How far a rule's sighting is to be believed, as log odds over what it needs."""
        if marker not in self.lean:
            return -UNHEARD if broad else UNHEARD
        weights = self.trust[2:] if broad else self.trust[:2]
        heads = heard.abuse * float(weights[0]) + heard.markers[marker] * float(weights[1])
        return self.lean[marker][broad] + self.rules.get(rule, 0.0) + heads


def _windowed(stored: Stored) -> Network:
    return Network(
        rows={str(word): row for row, word in enumerate(stored["words"], start=UNKNOWN + 1)},
        vectors=stored["vectors"],
        steps=stored["steps"],
        layers={
            name.removeprefix("layer_"): stored[name].astype(np.float32)
            for name in stored
            if name.startswith("layer_")
        },
    )


def load(file: Path) -> Opinion:
    with np.load(file, allow_pickle=False) as stored:
        return Opinion(
            network=Lately(encoder_of(stored)) if "pieces" in stored else _windowed(stored),
            heads=tuple(str(head) for head in stored["heads"]),
            trust=stored["trust"],
            lean={
                str(name): (float(strict), float(broad))
                for name, (strict, broad) in zip(stored["leaning"], stored["lean"], strict=True)
            },
            rules={
                str(name): float(lean)
                for name, lean in zip(stored["rules"], stored["rule_lean"], strict=True)
            },
        )
