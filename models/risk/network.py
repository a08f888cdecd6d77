# ruff: noqa: INP001 (a recipe, not a package)
"""The second opinion's network as it is trained; `server/adapters/language/opinion.py` runs it."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from server.adapters.language.opinion import MOST_WORDS, UNKNOWN

PAD = 1
FIRST = 2
"""The row of the first known word in here; the padding does not leave this file."""
WINDOWS, HIDDEN = 256, 384
DROPPED = 0.35
BATCH, BUCKET = 64, 16
RATE, VECTOR_RATE, DECAY, WARM_UP = 2e-3, 0.5, 0.02, 0.1
UNHEARD_WORDS = 0.05
"""The share of words hidden while learning, as a recogniser may hide them."""

Array = npt.NDArray[np.float64]


class Vectors:
    """What each word means before training."""

    def __init__(self, file: Path) -> None:
        with np.load(file, allow_pickle=False) as stored:
            self.words = [str(word) for word in stored["words"]]
            table = stored["vectors"] * stored["steps"]
        self.table = torch.tensor(np.vstack([np.zeros((FIRST, table.shape[1])), table]), dtype=torch.float32)
        self._rows = {word: row for row, word in enumerate(self.words, start=FIRST)}

    def rows(self, words: Sequence[str]) -> list[int]:
        return [self._rows.get(word, UNKNOWN) for word in words[:MOST_WORDS]] or [UNKNOWN]


class Network(nn.Module):
    def __init__(self, table: Tensor, heads: int) -> None:
        super().__init__()
        size = table.shape[1]
        self.vectors = nn.Embedding.from_pretrained(table.clone(), freeze=False, padding_idx=PAD, sparse=True)
        self.near = nn.Conv1d(size, WINDOWS, 3, padding=1)
        self.wide = nn.Conv1d(WINDOWS, WINDOWS, 3, padding=2, dilation=2)
        self.drop = nn.Dropout(DROPPED)
        self.hidden = nn.Linear(2 * WINDOWS, HIDDEN)
        self.heads = nn.Linear(HIDDEN, heads)
        self.direct = nn.Linear(2 * WINDOWS, heads, bias=False)

    def forward(self, rows: Tensor) -> Tensor:
        said = (rows != PAD)[:, None].float()
        near = torch.relu(self.near(self.drop(self.vectors(rows)).transpose(1, 2))) * said
        wide = torch.relu(self.wide(self.drop(near))) * said
        loudest = self.drop(torch.cat([near.amax(2), wide.amax(2)], 1))
        found: Tensor = self.heads(self.drop(torch.relu(self.hidden(loudest)))) + self.direct(loudest)
        return found

    def layers(self) -> dict[str, npt.NDArray[np.float16]]:
        """The weights as the server's own arithmetic takes them."""
        made = {
            "near": self.near.weight.permute(2, 1, 0).reshape(-1, WINDOWS),
            "near_bias": self.near.bias,
            "wide": self.wide.weight.permute(2, 1, 0).reshape(-1, WINDOWS),
            "wide_bias": self.wide.bias,
            "hidden": self.hidden.weight.T,
            "hidden_bias": self.hidden.bias,
            "heads": self.heads.weight.T,
            "direct": self.direct.weight.T,
            "bias": self.heads.bias,
        }
        return {f"layer_{name}": value.detach().numpy().astype(np.float16) for name, value in made.items()}

    def words(self) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
        """The vectors in eight bits, the unknown word first, and what one unit of each stands for."""
        table = self.vectors.weight.detach().numpy()
        table = np.vstack([table[UNKNOWN], table[FIRST:]])
        steps = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-6) / 127
        return np.rint(table / steps).astype(np.int8), steps.astype(np.float32)


def padded(rows: Sequence[Sequence[int]]) -> Tensor:
    longest = max(len(row) for row in rows)
    return torch.tensor([[*row, *[PAD] * (longest - len(row))] for row in rows])


def trained(
    vectors: Vectors, said: Sequence[Sequence[str]], wanted: Array, *, epochs: int, seed: int
) -> Network:
    torch.manual_seed(seed)
    chance = np.random.default_rng(seed)
    rows, targets = [vectors.rows(words) for words in said], torch.tensor(wanted, dtype=torch.float32)
    network = Network(vectors.table, targets.shape[1])
    others = [value for name, value in network.named_parameters() if name != "vectors.weight"]
    learning = [
        torch.optim.SparseAdam([network.vectors.weight]),
        torch.optim.AdamW(others, weight_decay=DECAY),
    ]
    steps = epochs * math.ceil(len(rows) / BATCH)
    network.train()
    for step, batch in enumerate(at for _ in range(epochs) for at in batches(rows, chance)):
        rate = RATE * min(1.0, step / steps / WARM_UP) * (1 + math.cos(math.pi * step / steps)) / 2
        for optimiser, share in zip(learning, (VECTOR_RATE, 1.0), strict=True):
            optimiser.param_groups[0]["lr"] = max(rate * share, 1e-6)
            optimiser.zero_grad()
        seen = [[UNKNOWN if chance.random() < UNHEARD_WORDS else row for row in rows[at]] for at in batch]
        loss = nn.functional.binary_cross_entropy_with_logits(network(padded(seen)), targets[batch])
        (loss * targets.shape[1]).backward()
        for optimiser in learning:
            optimiser.step()
    return network.eval()


def batches(rows: Sequence[Sequence[int]], chance: np.random.Generator) -> list[list[int]]:
    """All rows in an order of chance, those of like length together."""
    order = chance.permutation(len(rows)).tolist()
    near = [
        sorted(order[at : at + BATCH * BUCKET], key=lambda row: len(rows[row]))
        for at in range(0, len(order), BATCH * BUCKET)
    ]
    flat = [row for one in near for row in one]
    made = [flat[at : at + BATCH] for at in range(0, len(flat), BATCH)]
    return [made[at] for at in chance.permutation(len(made))]


def odds_of(network: Network, vectors: Vectors, said: Sequence[Sequence[str]]) -> Array:
    rows = [vectors.rows(words) for words in said]
    order = sorted(range(len(rows)), key=lambda row: len(rows[row]))
    found = np.zeros((len(rows), network.heads.out_features))
    with torch.no_grad():
        for at in range(0, len(order), BATCH):
            part = order[at : at + BATCH]
            found[part] = network(padded([rows[row] for row in part])).numpy()
    return found
